package onetrans

import (
	"errors"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ErrTooLong means that an answer to a read is longer than its caller's buffer.
var ErrTooLong = errors.New("answer is longer than the caller's buffer")

// Fit is an answer as GBK that fits a buffer of so many bytes, the closing NUL
// not counted; 0 is no limit. A read that does not fit is [ErrTooLong]. An
// answer about money is never refused: it is cut to the specification's
// fields, then to those that are required or name the trade.
func Fit(transType string, a Answer, buffer int) ([]byte, error) {
	out, err := encodeGBK(a)
	if err != nil || buffer <= 0 || len(out) <= buffer {
		return out, err
	}
	if !aboutMoney(transType) {
		return nil, ErrTooLong
	}
	rules := Rules(transType, Out)
	for _, keep := range []func(Rule) bool{specified, essential} {
		if a.Data, err = only(a.Data, rules, keep); err != nil {
			return nil, err
		}
		a.Unknown = nil
		if out, err = encodeGBK(a); err != nil || len(out) <= buffer {
			return out, err
		}
	}
	// A sentence for people is the last thing that can go.
	a.ErrMsg = T("")
	return encodeGBK(a)
}

func encodeGBK(a Answer) ([]byte, error) {
	text, err := Marshal(a)
	if err != nil {
		return nil, err
	}
	return EncodeGBK(text)
}

// aboutMoney says whether a trans_type moves money or speaks of what did.
func aboutMoney(transType string) bool {
	return slices.Contains([]string{TransRecharge, TransQuery, TransRefund, TransSettle, TransSettleCancel}, transType)
}

// namesTrade are the fields of ours by which a caller goes on asking.
func namesTrade() []string {
	return []string{"result", "outChargeNo", "outRefundNo", "outSettleNo", "setl_id"}
}

func specified(r Rule) bool { return !r.Ours() || slices.Contains(namesTrade(), r.Code) }

func essential(r Rule) bool { return r.Required == "Y" || slices.Contains(namesTrade(), r.Code) }

// only keeps those of data's own fields that a rule is kept for.
func only(data jsontext.Value, rules []Rule, keep func(Rule) bool) (jsontext.Value, error) {
	object, err := DataObject(data)
	if err != nil {
		return nil, err
	}
	var fields map[string]jsontext.Value
	if err := Unmarshal(object, &fields); err != nil {
		return nil, err
	}
	for code := range fields {
		kept := slices.ContainsFunc(rules, func(r Rule) bool { return r.Node == "data" && r.Code == code && keep(r) })
		if !kept {
			delete(fields, code)
		}
	}
	return json.Marshal(fields, json.Deterministic(true))
}
