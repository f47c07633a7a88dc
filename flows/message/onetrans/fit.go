package onetrans

import (
	"errors"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ErrTooLong means that the answer to a read is longer than its caller's buffer.
var ErrTooLong = errors.New("answer is longer than the caller's buffer")

// Fit is an answer in GBK that fits a buffer of this many bytes, excluding the
// closing NUL; 0 means no limit. If the answer to a read does not fit, the error is
// [ErrTooLong]. An answer about money is never refused: it is reduced to the
// specification's fields, then to those that are required or identify the trade.
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
		if out, err = shorter(out, a); err != nil || len(out) <= buffer {
			return out, err
		}
	}
	// A sentence for people is the last thing that can go.
	a.ErrMsg = Text{}
	return shorter(out, a)
}

// shorter is the reduced answer if it is shorter than out.
func shorter(out []byte, cut Answer) ([]byte, error) {
	encoded, err := encodeGBK(cut)
	if err != nil || len(encoded) >= len(out) {
		return out, err
	}
	return encoded, nil
}

func encodeGBK(a Answer) ([]byte, error) {
	text, err := Marshal(a)
	if err != nil {
		return nil, err
	}
	return EncodeGBK(text)
}

// aboutMoney reports whether a trans_type moves money or reports on it.
func aboutMoney(transType string) bool {
	return slices.Contains([]string{TransRecharge, TransQuery, TransRefund, TransSettle, TransSettleCancel}, transType)
}

// namesTrade are our own fields by which a caller can query the trade.
func namesTrade() []string {
	return []string{"result", "outChargeNo", "outRefundNo", "outSettleNo", "setl_id"}
}

func specified(r Rule) bool { return !r.Ours() || slices.Contains(namesTrade(), r.Code) }

func essential(r Rule) bool { return r.Required == "Y" || slices.Contains(namesTrade(), r.Code) }

// only keeps the fields of data, and of the objects in it, whose rule is kept. Data
// that is not an object has none.
func only(data jsontext.Value, rules []Rule, keep func(Rule) bool) (jsontext.Value, error) {
	object, err := DataObject(data)
	if err != nil {
		return jsontext.Value("{}"), nil
	}
	kept := map[string]bool{}
	for _, r := range rules {
		kept[r.Node+"."+r.Code] = keep(r)
	}
	return cut(object, "data", kept)
}

// cut is value without what is not kept. Everything stays below a value that has no
// rules of its own (a plain field, text that holds JSON).
func cut(value jsontext.Value, node string, kept map[string]bool) (jsontext.Value, error) {
	var err error
	switch value.Kind() {
	case '{':
		var fields map[string]jsontext.Value
		if err := Unmarshal(value, &fields); err != nil {
			return nil, err
		}
		for code, inner := range fields {
			if !kept[node+"."+code] {
				delete(fields, code)
				continue
			}
			if fields[code], err = cut(inner, node+"."+code, kept); err != nil {
				return nil, err
			}
		}
		return json.Marshal(fields, json.Deterministic(true))
	case '[':
		var items []jsontext.Value
		if err := Unmarshal(value, &items); err != nil {
			return nil, err
		}
		for i, item := range items {
			if items[i], err = cut(item, node, kept); err != nil {
				return nil, err
			}
		}
		return json.Marshal(items)
	}
	return value, nil
}
