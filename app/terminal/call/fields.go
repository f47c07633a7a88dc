package call

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"onetrans/flows/message/onetrans"
)

// missing is the error of a field that a call needs and that neither HIS nor the
// configuration has.
func missing(code, name string) error {
	return &onetrans.FieldError{Code: code, Name: name, Fault: onetrans.Missing}
}

// fieldErrors are the errors of fields within an error, each field once.
func fieldErrors(err error) (all onetrans.FieldErrors) {
	switch e := err.(type) {
	case *onetrans.FieldError:
		return onetrans.FieldErrors{e}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			for _, field := range fieldErrors(inner) {
				if !slices.ContainsFunc(all, func(f *onetrans.FieldError) bool { return f.Code == field.Code }) {
					all = append(all, field)
				}
			}
		}
	}
	return all
}

// fieldText is what HIS reads about a field: 缺少必填项 amount（退款金额）.
func fieldText(e *onetrans.FieldError) string {
	field := e.Code
	if e.Name != "" {
		field = say("field.name", "code", e.Code, "name", e.Name)
	}
	return say("field."+string(e.Fault), "field", field, "allowed", either(e.Allowed), "other", e.Other)
}

// either is the list of values that a field may hold.
func either(allowed []string) (text string) {
	for i, value := range allowed {
		if i == 0 {
			text = value
			continue
		}
		text = say("field.or", "allowed", text, "next", value)
	}
	return text
}

// fieldsText is what HIS reads about several fields, at most [onetrans.MaxErrMsg]
// characters: the first of them, and how many there are.
func fieldsText(fields onetrans.FieldErrors) string {
	text := ""
	for i, field := range fields {
		next := fieldText(field)
		if i > 0 {
			next = say("field.and", "faults", text, "next", next)
		}
		whole := next
		if i < len(fields)-1 {
			whole = counted(next, len(fields))
		}
		if utf8.RuneCountInString(whole) > onetrans.MaxErrMsg && i > 0 {
			return counted(text, len(fields))
		}
		text = next
	}
	return text
}

// counted is the faults for which there is room, and how many there are.
func counted(faults string, count int) string {
	return say("field.count", "faults", faults, "count", strconv.Itoa(count))
}
