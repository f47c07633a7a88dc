package onetrans

import (
	"reflect"
	"slices"
	"time"
)

// Deviations lists the codes of a request's fields that deviate from the tables but
// are accepted: too long, a number for a text, a date in another form, not an
// amount. It is for the log and holds no values. in points to the request's data.
func Deviations(request Request, in any) []string {
	codes := bentIn(reflect.ValueOf(request), "spec")
	codes = append(codes, bentIn(reflect.ValueOf(in).Elem(), dialect(request.TransType.String()))...)
	slices.Sort(codes)
	return slices.Compact(codes)
}

func bentIn(object reflect.Value, dialect string) []string {
	var codes []string
	for rule, value := range ruled(object, "", dialect) {
		if text, isText := textOf(value); isText && (rule.deviates(text) || noAmount(value)) {
			codes = append(codes, rule.Code)
		}
		for _, inner := range innerObjects(value) {
			codes = append(codes, bentIn(inner, dialect)...)
		}
	}
	return codes
}

// noAmount reports whether a field that should hold an amount holds something else.
func noAmount(value reflect.Value) bool {
	amount, ok := value.Interface().(Amount)
	if !ok || amount.Empty() {
		return false
	}
	_, err := amount.Fen()
	return err != nil
}

func (r Rule) deviates(text Text) bool {
	if text.Empty() {
		return false
	}
	switch {
	case r.tooLong(text.String()):
		return true
	case r.Type == "字符型":
		return !text.quoted()
	case r.Type == "日期时间型":
		return !isDateTime(text)
	}
	return false
}

func isDateTime(text Text) bool {
	_, err := time.Parse(time.DateTime, text.String())
	return err == nil && len(text.String()) == len(time.DateTime)
}
