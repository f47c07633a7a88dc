package onetrans

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrAmount means that a text is not an amount of money that the specification
// allows.
var ErrAmount = errors.New("not an amount")

// maxYuanDigits is how many digits an amount may have before its point.
const maxYuanDigits = 13

// Fen is an amount of money in fen (0.01 yuan). Money is never counted in anything
// else: no float holds 0.10 yuan.
type Fen int64

// ParseFen parses an amount in yuan, (0|[1-9][0-9]{0,12})(\.[0-9]{1,2})? with
// nothing around it: "200", "0.1", "0.01". Anything else is [ErrAmount].
func ParseFen(s string) (Fen, error) {
	yuan, cents, point := strings.Cut(s, ".")
	if !digits(yuan, 1, maxYuanDigits) || len(yuan) > 1 && yuan[0] == '0' {
		return 0, ErrAmount
	}
	if point && !digits(cents, 1, 2) {
		return 0, ErrAmount
	}
	n, err := strconv.ParseInt(yuan+(cents + "00")[:2], 10, 64)
	if err != nil {
		return 0, ErrAmount
	}
	return Fen(n), nil
}

// ParsePayable is [ParseFen] for an amount to be paid or refunded, which must be
// above zero.
func ParsePayable(s string) (Fen, error) {
	return AmountOf(T(s)).Payable()
}

// String is the amount in yuan with two decimals: "200.00", "-0.01".
func (f Fen) String() string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// Amount is a field that holds yuan, as text or number, with at most two decimals. It
// is converted when it is read, and never again.
type Amount struct {
	amountText
	fen Fen
	is  bool // an amount
}

type amountText = Text

// AmountOf is the field with this content; a number is parsed from its literal.
func AmountOf(t Text) Amount {
	fen, err := ParseFen(t.String())
	return Amount{t, fen, err == nil}
}

// Yuan is the field for f, as text with two decimals: "0.01".
func Yuan(f Fen) Amount { return AmountOf(T(f.String())) }

// UnmarshalJSONFrom accepts what [Text] does.
func (a *Amount) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	err := a.amountText.UnmarshalJSONFrom(dec)
	*a = AmountOf(a.amountText)
	return err
}

// Fen is the amount. Its error is [ErrAmount] when the field is absent, empty or not
// in [ParseFen]'s form. Zero is an amount.
func (a Amount) Fen() (Fen, error) {
	if !a.is {
		return 0, ErrAmount
	}
	return a.fen, nil
}

// Payable is the amount if it can be paid or refunded, that is, above zero; else
// the error is [ErrAmount].
func (a Amount) Payable() (Fen, error) {
	if a.is && a.fen == 0 {
		return 0, fmt.Errorf("%w above zero", ErrAmount)
	}
	return a.Fen()
}

// digits reports whether s is between low and high ASCII digits.
func digits(s string, low, high int) bool {
	if len(s) < low || len(s) > high {
		return false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
