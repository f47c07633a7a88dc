package sandbox

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"

	"onetrans/flows/message/onetrans"
)

// What a trace number belongs to: the first byte of its entry.
const (
	traceOfCharge = 'c'
	traceOfRefund = 'r'
)

// number makes one of the platform's numbers: 19 digits, 17 of them random, so
// that a payment link can't be guessed.
func (b *book) number() string { return numberOf(b.random) }

func numberOf(random io.Reader) string {
	n, err := rand.Int(random, big.NewInt(1e17))
	if err != nil {
		panic("sandbox: no randomness: " + err.Error()) // crypto/rand never fails
	}
	return fmt.Sprintf("17%017d", n)
}

// newChargeNo makes a number for an order that no other has.
func (b *book) newChargeNo(outChargeNo string) string { return b.free(bucketCharges, outChargeNo) }

// newTrace makes a trace number and says what it belongs to.
func (b *book) newTrace(kind byte, out string) (string, error) {
	n := b.free(bucketTraces, out)
	return n, b.tx.Bucket(bucketTraces).Put([]byte(n), append([]byte{kind}, out...))
}

// free is a number that nothing in the bucket has: for the sample's order its own.
func (b *book) free(bucket []byte, outChargeNo string) string {
	n, ok := sampleTrace(outChargeNo)
	for !ok || b.tx.Bucket(bucket).Get([]byte(n)) != nil {
		n, ok = b.number(), true
	}
	return n
}

// trace finds the caller's number behind a trace number of the kind.
func (b *book) trace(traceNo string, kind byte) (out string, ok bool) {
	raw := b.tx.Bucket(bucketTraces).Get([]byte(traceNo))
	switch {
	case raw == nil && kind == traceOfCharge:
		return archivedBy(traceNo)
	case len(raw) == 0 || raw[0] != kind:
		return "", false
	}
	return string(raw[1:]), true
}

// newCallSN is the number under which the hospital books a payment.
func (b *book) newCallSN() string {
	return "HIS" + b.now.In(onetrans.Zone()).Format("20060102") + b.number()[2:12]
}
