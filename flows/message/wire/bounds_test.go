package wire_test

import (
	"errors"
	"strings"
	"testing"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
)

func TestTheLastKeyOfTheRangeIsOneAndTheNextIsNone(t *testing.T) {
	const order = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D541"
	if _, err := wire.ParsePrivateKey(order + "21"); err != nil {
		t.Errorf("the order less 2: %v", err)
	}
	if _, err := wire.ParsePrivateKey(order + "22"); !errors.Is(err, wire.ErrKeys) {
		t.Errorf("the order less 1: %v", err)
	}
}

// The point with x = 0 is on the curve; written with the prime for its x it
// would be a second spelling of one key.
func TestAPointHasOneSpelling(t *testing.T) {
	const (
		zero  = "0000000000000000000000000000000000000000000000000000000000000000"
		prime = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF"
		y     = "FD4511E81736A60F07E88A83D6CF5A167FAE6D1A9C9330E76E232E00F5CDC154"
	)
	if _, err := wire.ParsePublicKey("04" + zero + y); err != nil {
		t.Errorf("x = 0: %v", err)
	}
	if _, err := wire.ParsePublicKey("04" + prime + y); !errors.Is(err, wire.ErrKeys) {
		t.Errorf("x = the prime: %v", err)
	}
}

func TestASealedMessageMayBeAsLongAsAnyAndNoLonger(t *testing.T) {
	keys := load(t).keys(t, wire.SM3, wire.None)
	with := func(n int) ([]byte, error) {
		return keys.Seal([]byte(`{"data":{"a":"` + strings.Repeat("a", n) + `"}}`))
	}
	one, err := with(1)
	if err != nil {
		t.Fatal(err)
	}
	most := onetrans.MaxMessage - len(one) + 1
	if sealed, err := with(most); err != nil || len(sealed) != onetrans.MaxMessage {
		t.Errorf("as long as may be: %d bytes, %v", len(sealed), err)
	}
	if _, err := with(most + 1); !errors.Is(err, wire.ErrContent) {
		t.Errorf("one byte longer: %v", err)
	}
}
