package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// How long a message is remembered, and how far its clock may be off.
const (
	seenFor  = 24 * time.Hour
	clockOff = 10 * time.Minute
)

// seenMessage is a message that was answered: the same again gets the same.
type seenMessage struct {
	Hash   string         `json:"hash"`
	At     time.Time      `json:"at"`
	Answer jsontext.Value `json:"answer"`
}

// forgetAtOnce is how many old messages are forgotten with each new one, so that
// their number falls without delaying anybody.
const forgetAtOnce = 4

// hashMessage is what a plain message is known by.
func hashMessage(plain []byte) string {
	sum := sha256.Sum256(plain)
	return hex.EncodeToString(sum[:])
}

// recall finds what a message was answered, if it was seen. same is false
// when its number was used by a message with other content.
func (b *book) recall(key, hash string) (answer jsontext.Value, seen, same bool, err error) {
	m, err := get[seenMessage](b, bucketSeen, key)
	if errors.Is(err, errUnknownTrade) || err == nil && b.now.Sub(m.At) > seenFor {
		return nil, false, false, nil
	}
	if err != nil {
		return nil, false, false, err
	}
	return m.Answer, true, m.Hash == hash, nil
}

// remember keeps what a message was answered, and forgets some that are old.
func (b *book) remember(key, hash string, answer jsontext.Value) error {
	if err := put(b, bucketSeen, key, seenMessage{Hash: hash, At: b.now, Answer: answer}); err != nil {
		return err
	}
	if err := b.tx.Bucket(bucketSeenAt).Put(seenAtKey(b.now, key), nil); err != nil {
		return err
	}
	return b.forget()
}

func (b *book) forget() error {
	old := seenAtKey(b.now.Add(-seenFor), "")
	c := b.tx.Bucket(bucketSeenAt).Cursor()
	for range forgetAtOnce {
		k, _ := c.First()
		if k == nil || bytes.Compare(k, old) >= 0 {
			return nil
		}
		msg := bytes.Clone(k[8:])
		if err := c.Delete(); err != nil {
			return err
		}
		if m, err := get[seenMessage](b, bucketSeen, string(msg)); err != nil || !m.At.Before(b.now.Add(-seenFor)) {
			continue // used anew since
		}
		if err := b.tx.Bucket(bucketSeen).Delete(msg); err != nil {
			return err
		}
	}
	return nil
}

// seenAtKey sorts by time.
func seenAtKey(t time.Time, key string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(t.UnixNano())), key...)
}
