package store

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/gm"
	"onetrans/store/trust"
)

// An open trade's credentials are sealed with a key of their own, which is in a
// small file beside the journal and is overwritten when the trade is final: what
// old pages of the journal, and its backups, still have of them nobody can read
// then, not even with the store's key. Copies never take that file with them.

// SecretsPath is where the keys of open trades' credentials are.
func SecretsPath(journal string) string { return journal + ".secrets" }

// slotKeySize is how many bytes the key of one trade's credentials has.
const slotKeySize = 32

// slotsAtOnce is how many keys are made, and synced, at once: a trade takes one
// that is on the disk already, so that it waits for no sync of its own.
const slotsAtOnce = 64

// slots are the keys of open trades' credentials. A free one is random bytes.
type slots struct {
	mu     sync.Mutex
	file   *os.File // nil: there is none, and nothing can be read
	noSync bool
	keys   [][]byte
	free   []uint32 // on the disk, and no trade's
	spent  []uint32 // overwritten, and not on the disk yet
}

// openSlots opens the file beside a journal, to write in it.
func openSlots(journal string, noSync bool) (*slots, error) {
	path, s := SecretsPath(journal), &slots{noSync: noSync}
	err := regular(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		s.file, err = trust.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	}
	if err != nil {
		return &slots{}, err
	}
	return s, s.load()
}

// readSlots reads the file beside a journal, where there is one.
func readSlots(journal string) (*slots, error) {
	path, s := SecretsPath(journal), &slots{}
	err := regular(path)
	if err == nil {
		s.file, err = os.Open(path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &slots{}, nil
	case err != nil:
		return &slots{}, err
	}
	return s, s.load()
}

// regular says whether what is at path is a file: a pipe would be waited for.
func regular(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: fs.ErrInvalid}
	}
	return err
}

// maxSlots bounds the file: so many trades are never open.
const maxSlots = 1 << 20

func (s *slots) load() error {
	data, err := io.ReadAll(io.LimitReader(s.file, maxSlots*slotKeySize))
	if err != nil {
		return errors.Join(err, s.close())
	}
	for ; len(data) >= slotKeySize; data = data[slotKeySize:] {
		s.keys = append(s.keys, data[:slotKeySize])
	}
	return nil
}

// begin overwrites all but those in use, which open trades have: whoever was to do
// it may have been killed. What is far more than they need goes.
func (s *slots) begin(inUse map[uint32]bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	needed := 0
	for i := range s.keys {
		if inUse[uint32(i)] {
			needed = i + 1
		} else if err := s.overwrite(uint32(i)); err != nil {
			return err
		}
	}
	return s.shrink(needed + slotsAtOnce)
}

// shrink lets the file end after so many keys. What goes must be overwritten on the
// disk first: the blocks of a file that was cut are not.
func (s *slots) shrink(most int) error {
	if len(s.keys) <= most {
		return nil
	}
	if !s.noSync {
		if err := s.file.Sync(); err != nil {
			return err
		}
	}
	if err := s.file.Truncate(int64(most) * slotKeySize); err != nil {
		return err
	}
	s.keys = s.keys[:most]
	s.spent = slices.DeleteFunc(s.spent, func(i uint32) bool { return int(i) >= most })
	return nil
}

func (s *slots) overwrite(i uint32) error {
	if s.file == nil {
		return os.ErrClosed
	}
	key := make([]byte, slotKeySize)
	_, _ = rand.Read(key) // never fails
	if _, err := s.file.WriteAt(key, int64(i)*slotKeySize); err != nil {
		return err
	}
	s.keys[i] = key
	s.spent = append(s.spent, i)
	return nil
}

// allocate gives a key that is on the disk.
func (s *slots) allocate() (uint32, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.free) == 0 {
		if err := s.grow(); err != nil {
			return 0, fmt.Errorf("making keys for credentials: %w", err)
		}
	}
	i := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	return i, nil
}

// grow brings keys to the disk: those that were overwritten, or new ones.
func (s *slots) grow() error {
	for len(s.spent) == 0 {
		for range slotsAtOnce {
			s.keys = append(s.keys, nil)
			if err := s.overwrite(uint32(len(s.keys) - 1)); err != nil {
				s.keys = s.keys[:len(s.keys)-1]
				return err
			}
		}
	}
	if !s.noSync {
		if err := s.file.Sync(); err != nil {
			return err
		}
	}
	s.free, s.spent = append(s.free, s.spent...), nil
	return nil
}

// spend overwrites the keys of trades that are final.
func (s *slots) spend(all []uint32) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range all {
		if int(i) < len(s.keys) {
			err = errors.Join(err, s.overwrite(i))
		}
	}
	return err
}

// key is a slot's; nil where there is none.
func (s *slots) key(i uint32) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if int(i) >= len(s.keys) {
		return nil
	}
	return s.keys[i]
}

func (s *slots) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	return file.Close()
}

// What the journal has of a trade's credentials: the slot, a tag by which the
// same credentials are known, the credentials sealed, and a tag over all that.
const secretHeader = 4 + tagSize

// secretKey is the sealing key of a slot; without the slot's bytes the store's
// key alone is none.
func (k keys) secretKey(slot []byte) []byte { return mac(k.tag, []byte("credentials"), slot) }

func (k keys) secretTag(slot, plain []byte) []byte {
	return mac(slot, []byte("same"), plain)[:tagSize]
}

func (k keys) keptTag(trade, kept []byte) []byte {
	return mac(k.tag, []byte("kept"), trade, kept)[:tagSize]
}

// kept reads what the journal has of a trade's credentials. Its error is
// ErrAltered.
func (k keys) kept(trade, raw []byte) (slot uint32, body []byte, err error) {
	n := len(raw) - tagSize
	if n < secretHeader || !same(raw[n:], k.keptTag(trade, raw[:n])) {
		return 0, nil, flaw(ErrAltered, "credentials", "the credentials of {trade} are not as they were", "trade", trade)
	}
	return binary.BigEndian.Uint32(raw), raw[4:n], nil
}

// keepSecrets keeps an open trade's credentials, sealed, and erases a final one's.
func (s *Store) keepSecrets(tx *vetted, t txn.Trade, used *usedSlots) error {
	b, k := tx.Bucket(bucketSecrets), key(t.Order.Kind(), t.Order.No)
	before := b.Get(k)
	if t.Final() {
		if before == nil {
			return nil
		}
		if slot, _, err := s.keys.kept(k, before); err == nil {
			used.spent = append(used.spent, slot)
		}
		return b.Delete(k)
	}
	plain, err := json.Marshal(storedSecrets(t.Order.Secrets))
	if err != nil {
		return fmt.Errorf("encoding credentials: %w", err)
	}
	slot, body, err := s.keys.kept(k, before)
	if own := s.slots.key(slot); err == nil && own != nil && bytes.Equal(body[:tagSize], s.keys.secretTag(own, plain)) {
		return nil
	}
	if err != nil || s.slots.key(slot) == nil {
		if slot, err = s.slots.allocate(); err != nil {
			return err
		}
		used.taken = append(used.taken, slot)
	}
	return b.Put(k, s.keys.newKept(k, slot, s.slots.key(slot), plain))
}

func (k keys) newKept(trade []byte, slot uint32, own, plain []byte) []byte {
	raw := binary.BigEndian.AppendUint32(nil, slot)
	raw = append(raw, k.secretTag(own, plain)...)
	raw = append(raw, sealWith(newSeal(k.secretKey(own)[:gm.SM4Size]), plain, trade)...)
	return append(raw, k.keptTag(trade, raw)...)
}

// usedSlots are the keys that a step takes, and those that it needs no more.
type usedSlots struct{ taken, spent []uint32 }

// after overwrites what is needed no more, once the step stands or has failed.
func (s *Store) after(used usedSlots, err error) {
	over := used.spent
	if err != nil {
		over = used.taken
	}
	if err := s.slots.spend(over); err != nil {
		s.log.Error("credentials of a final trade could not be erased; the next start does it", "error", err)
	}
}

// secrets are an open trade's credentials; none where their key is not here, as
// in a backup.
func (s *Store) secrets(tx *vetted, k []byte) (txn.Secrets, error) {
	raw := tx.Bucket(bucketSecrets).Get(k)
	if raw == nil {
		return txn.Secrets{}, nil
	}
	return s.secretsIn(k, raw)
}

// secretsIn opens what the journal has of a trade's credentials. Where the seal, which
// is bound to the trade, opens, they are as they were.
func (s *Store) secretsIn(trade, raw []byte) (txn.Secrets, error) {
	if n := len(raw) - tagSize; n >= secretHeader {
		if secrets, ok := s.openSecrets(trade, binary.BigEndian.Uint32(raw), raw[4:n]); ok {
			return secrets, nil
		}
	}
	_, _, err := s.keys.kept(trade, raw)
	return txn.Secrets{}, err
}

func (s *Store) openSecrets(k []byte, slot uint32, body []byte) (secrets txn.Secrets, ok bool) {
	own := s.slots.key(slot)
	if own == nil {
		return secrets, false
	}
	plain, err := openWith(newSeal(s.keys.secretKey(own)[:gm.SM4Size]), body[tagSize:], k)
	if err == nil {
		secrets, err = readSecrets(plain)
	}
	return secrets, err == nil
}

func readSecrets(plain []byte) (txn.Secrets, error) {
	var stored storedSecrets
	if err := json.Unmarshal(plain, &stored); err != nil {
		return txn.Secrets{}, err
	}
	return txn.Secrets(stored), nil
}

// readable says whether these are a trade's credentials, and can be read.
func (s *Store) readable(k, raw []byte) bool {
	slot, body, err := s.keys.kept(k, raw)
	if err != nil {
		return false
	}
	_, ok := s.openSecrets(k, slot, body)
	return ok
}

// beginSlots overwrites the keys that no open trade has. Whether a trade's
// credentials are as they were is not asked here: they are not read.
func (s *Store) beginSlots() error {
	inUse := map[uint32]bool{}
	err := s.db.View(func(tx *vetted) error {
		return tx.Bucket(bucketSecrets).ForEach(func(_, raw []byte) error {
			if len(raw) >= secretHeader {
				inUse[binary.BigEndian.Uint32(raw)] = true
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return s.slots.begin(inUse)
}
