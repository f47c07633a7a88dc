// Package wire seals messages for the payment platform and opens its answers: the
// envelope of the national medical insurance exchange, signed with SM2 or SM3, its
// data encrypted with SM4. Terminal and platform use the same code.
package wire

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// SignType is a message's signtype.
type SignType string

// The kinds of signature.
const (
	SM2 SignType = "SM2" // by the terminal's or the platform's own key
	SM3 SignType = "SM3" // a hash with the application's key in it
)

// EncType is a message's enc_type.
type EncType string

// The kinds of encryption.
const (
	SM4  EncType = "SM4"  // data is sent as encData
	None EncType = "NONE" // data is sent in the clear: only over TLS or loopback
)

// Keys are what both sides have agreed on. Only the agreement counts: what a
// message says about its own protection is merely compared with it.
type Keys struct {
	AppID    string
	AppKey   string // secret; never sent
	SignType SignType
	EncType  EncType
	Private  *PrivateKey // ours, with SM2: signs what is sealed
	Peer     *PublicKey  // theirs, with SM2: verifies what is opened
}

// String keeps the keys out of logs.
func (k Keys) String() string { return fmt.Sprintf("wire.Keys{%s %s}", k.SignType, k.EncType) }

// GoString is [Keys.String].
func (k Keys) GoString() string { return k.String() }

// LogValue is [Keys.String].
func (k Keys) LogValue() slog.Value { return slog.StringValue(k.String()) }

// Check returns an error of the family [ErrKeys] if the keys cannot seal and open.
func (k Keys) Check() error {
	switch {
	case k.AppID == "" || k.AppKey == "":
		return ErrNoApp
	case widen(k.AppID) != k.AppID:
		return ErrAppID
	case k.SignType != SM2 && k.SignType != SM3:
		return ErrSignType
	case k.EncType != SM4 && k.EncType != None:
		return ErrEncType
	case k.SignType == SM2 && (k.Private == nil || k.Peer == nil):
		return ErrNoPair
	}
	return nil
}

// Seal signs a plain message, a request or an answer, and encrypts its data.
// signtype and enc_type become the agreed ones, app_key and any earlier seal are
// dropped, absent data becomes {}. In top-level text &, = and control characters
// become full-width forms. Its errors are [ErrContent] and [ErrKeys].
func (k Keys) Seal(plain []byte) ([]byte, error) {
	m, ok := parse(plain)
	if !ok {
		return nil, fmt.Errorf("%w: no strict JSON object", ErrContent)
	}
	return k.seal(m)
}

func (k Keys) seal(m message) ([]byte, error) {
	if err := k.Check(); err != nil {
		return nil, err
	}
	m, err := k.prepare(m)
	if err != nil {
		return nil, err
	}
	signature, err := k.sign(m)
	if err != nil {
		return nil, err
	}
	if k.EncType == SM4 {
		sealed, err := sm4Seal(k.dataKey(), m.get(nameData))
		if err != nil {
			return nil, fmt.Errorf("%w: SM4", ErrKeys)
		}
		m = m.without(nameData).setText(nameEncData, upperHex(sealed))
	}
	sealed := m.setText(nameSignData, signature).encode()
	if len(sealed) > onetrans.MaxMessage {
		return nil, fmt.Errorf("%w: too long", ErrContent)
	}
	return sealed, nil
}

// SealRequest is [Keys.Seal] for a request: it names its application, and fields
// that belong to answers are dropped, whoever wrote them.
func (k Keys) SealRequest(plain []byte) ([]byte, error) {
	m, ok := parse(plain)
	if !ok {
		return nil, fmt.Errorf("%w: no strict JSON object", ErrContent)
	}
	m = m.without(answerNames()...)
	if m.get(nameAppID) == nil {
		m = m.setText(nameAppID, k.AppID)
	}
	return k.seal(m)
}

// prepare turns a plain message into what is signed.
func (k Keys) prepare(m message) (message, error) {
	m = m.without(nameAppKey, nameSignData, nameEncData)
	if m.get(nameData) == nil {
		m = m.set(nameData, jsontext.Value("{}"))
	}
	if m.get(nameData).Kind() != '{' {
		return nil, fmt.Errorf("%w: data is no object", ErrContent)
	}
	for i, f := range m {
		if strings.ContainsAny(f.name, "&=") {
			return nil, fmt.Errorf("%w: a name holds & or =", ErrContent)
		}
		if f.value.Kind() == '"' && f.name != nameExtra {
			text, err := f.signed()
			if err != nil {
				return nil, fmt.Errorf("%w: text", ErrContent)
			}
			m[i].value, _ = jsontext.AppendQuote(nil, widen(string(text)))
		}
	}
	if id := m.get(nameAppID); id != nil {
		if text, ok := m.text(nameAppID); !ok || text != k.AppID {
			return nil, fmt.Errorf("%w: its app_id is not the keys'", ErrContent)
		}
	}
	return m.setText(nameSignType, string(k.SignType)).setText(nameEncType, string(k.EncType)), nil
}

// Open decrypts a sealed message, verifies it and returns it plain: without
// signData, encData and the unsigned extra, with data restored. Every error is of
// the family [ErrUntrusted] or [ErrKeys]; none holds content.
func (k Keys) Open(sealed []byte) ([]byte, error) {
	m, err := k.open(sealed)
	if err != nil {
		return nil, err
	}
	return m.encode(), nil
}

func (k Keys) open(sealed []byte) (message, error) {
	if err := k.Check(); err != nil {
		return nil, err
	}
	m, ok := parse(sealed)
	if !ok || !m.oneReading() {
		return nil, ErrMalformed
	}
	if err := k.agreed(m); err != nil {
		return nil, err
	}
	m, err := k.restore(m)
	if err != nil {
		return nil, err
	}
	if err := k.verify(m); err != nil {
		return nil, err
	}
	return m.without(nameSignData, nameExtra), nil
}

// OpenAnswer is [Keys.Open] for an answer. With SM3 both sides sign with one key,
// so a request of ours that is sent back is validly signed: it is [ErrNotAnswer],
// like anything that lacks the times and the number that every answer has.
func (k Keys) OpenAnswer(sealed []byte) ([]byte, error) {
	m, err := k.open(sealed)
	if err != nil {
		return nil, err
	}
	if !m.isAnswer() {
		return nil, ErrNotAnswer
	}
	return m.encode(), nil
}

// isAnswer judges by what is signed, so an empty field does not count.
func (m message) isAnswer() bool {
	respondTime, _ := m.text(nameRespondTime)
	infRefMsgID, _ := m.text(nameInfRefMsgID)
	return respondTime != "" && infRefMsgID != "" && m.get(nameAppID) == nil && m.get(nameTransType) == nil
}

// agreed reports whether the message is protected as agreed.
func (k Keys) agreed(m message) error {
	signType, _ := m.text(nameSignType)
	encType, _ := m.text(nameEncType)
	encrypted, plain := m.get(nameEncData) != nil, m.get(nameData) != nil
	switch {
	case signType != string(k.SignType) || encType != string(k.EncType):
		return ErrDowngrade
	case encrypted == plain || encrypted != (k.EncType == SM4):
		return ErrDowngrade
	}
	return nil
}

// restore replaces encData with the decrypted data.
func (k Keys) restore(m message) (message, error) {
	if k.EncType == SM4 {
		text, _ := m.text(nameEncData)
		sealed, err := hex.DecodeString(text)
		if err != nil {
			return nil, ErrCipher
		}
		data, ok := sm4Open(k.dataKey(), sealed)
		if !ok || onetrans.Check(data) != nil {
			return nil, ErrCipher
		}
		i := m.index(nameEncData)
		m[i] = field{nameData, data}
	}
	if m.get(nameData).Kind() != '{' {
		return nil, ErrMalformed
	}
	return m, nil
}

// sign is the signData of a plain message.
func (k Keys) sign(m message) (string, error) {
	text, err := m.signString(k.AppKey)
	if err != nil {
		return "", fmt.Errorf("%w: no sign string", ErrContent)
	}
	if k.SignType == SM3 {
		return upperHex(sm3Sum([]byte(text))), nil
	}
	signature, err := sm2Sign(k.Private, []byte(text))
	if err != nil {
		return "", fmt.Errorf("%w: SM2 does not sign", ErrKeys)
	}
	return base64.StdEncoding.EncodeToString(signature), nil
}

// verify reports whether signData is the peer's signature over the rest of the
// message.
func (k Keys) verify(m message) error {
	given, ok := m.text(nameSignData)
	text, err := m.signString(k.AppKey)
	if !ok || err != nil {
		return ErrSignature
	}
	if k.SignType == SM3 {
		signature, err := hex.DecodeString(given)
		if err != nil || subtle.ConstantTimeCompare(signature, sm3Sum([]byte(text))) != 1 {
			return ErrSignature
		}
		return nil
	}
	signature, err := base64.StdEncoding.Strict().DecodeString(given)
	if err != nil || !sm2Verify(k.Peer, []byte(text), signature) {
		return ErrSignature
	}
	return nil
}

// dataKey is the SM4 key of data: the first 16 characters of the upper-case hex
// of app_key, encrypted under the first 16 bytes of app_id (padded with 00).
func (k Keys) dataKey() []byte {
	var first [blockSize]byte
	copy(first[:], k.AppID)
	sealed, err := sm4Seal(first[:], []byte(k.AppKey))
	if err != nil {
		panic("wire: SM4 refuses a key of 16 bytes")
	}
	return []byte(upperHex(sealed)[:blockSize])
}

func upperHex(b []byte) string {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}
