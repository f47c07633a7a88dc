package wire

import "onetrans/flows/message/onetrans"

// Canonical is the canonical form of any bytes, for the specification's vectors.
func Canonical(value []byte) ([]byte, error) {
	if onetrans.Check(value) != nil {
		return nil, ErrMalformed
	}
	return canonicalForm(value)
}

// SignString is the sign string of any bytes, for the specification's vectors.
func SignString(plain []byte, appKey string) (string, error) {
	m, ok := parse(plain)
	if !ok {
		return "", ErrMalformed
	}
	return m.signString(appKey)
}
