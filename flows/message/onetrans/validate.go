package onetrans

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrField is the family of [Validate]'s errors.
var ErrField = errors.New("field cannot be taken")

// Fault is what is wrong with a field.
type Fault string

// The faults.
const (
	Missing    Fault = "missing"
	Malformed  Fault = "malformed"
	TooLong    Fault = "too_long"
	Differs    Fault = "differs"     // differs from what it must equal
	NotAllowed Fault = "not_allowed" // not one of the permitted values
	Conflicts  Fault = "conflicts"   // cannot be combined with another field
)

// FieldError says why a field keeps a request from being carried out.
type FieldError struct {
	Code, Name string // 参数代码, 参数名称
	Fault      Fault
	// Other is what a field that [Differs] must equal, or the field with which one
	// that [Conflicts] cannot be combined.
	Other string
	// Allowed are the values permitted in a field whose value is [NotAllowed].
	Allowed []string
}

// Error names the field and its fault, never its value.
func (e *FieldError) Error() string {
	text := "field " + e.Code + ": " + strings.ReplaceAll(string(e.Fault), "_", " ")
	if e.Other != "" {
		text += ": " + e.Other
	}
	return text
}

// Unwrap puts the error in its family.
func (e *FieldError) Unwrap() error { return ErrField }

// FieldErrors are all the errors of a request's fields, at least one, in the order
// of the tables.
type FieldErrors []*FieldError

// Error names the fields.
func (e FieldErrors) Error() string {
	texts := make([]string, len(e))
	for i, field := range e {
		texts[i] = field.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap returns the errors of the fields.
func (e FieldErrors) Unwrap() []error {
	all := make([]error, len(e))
	for i, field := range e {
		all[i] = field
	}
	return all
}

// Validate returns, as [FieldErrors], why a request of HIS cannot be carried out:
// fields that are missing, or malformed where that decides money or identity. It is
// lenient about everything else; [Deviations] lists that.
//
// in points to the request's data in the type of its trans_type; nil: it can't be read.
func Validate(request Request, in any) error {
	c := check{rules: "spec", root: reflect.ValueOf(request)}
	c.object(c.root, "")
	if in == nil {
		c.add(&FieldError{Code: "data", Name: "业务入参", Fault: Malformed})
		return c.found()
	}
	c.rules, c.root = dialect(request.TransType.String()), reflect.ValueOf(in).Elem()
	c.object(c.root, "data")
	if in, ok := in.(*RechargeIn); ok {
		c.together(*in)
	}
	return c.found()
}

// check walks a message along its rules and collects its faults.
type check struct {
	rules  string // the dialect
	root   reflect.Value
	faults FieldErrors
}

// found returns the faults; nil if there are none.
func (c *check) found() error {
	if len(c.faults) == 0 {
		return nil
	}
	return c.faults
}

// add adds a fault, unless the field already has one.
func (c *check) add(e *FieldError) {
	if e != nil && !slices.ContainsFunc(c.faults, func(other *FieldError) bool { return other.Code == e.Code && other.Name == e.Name }) {
		c.faults = append(c.faults, e)
	}
}

func (c *check) object(object reflect.Value, node string) {
	needed := map[string]bool{} // of fields of which one is enough
	for rule, value := range ruled(object, node, c.rules) {
		if needed[rule.When] {
			continue
		}
		fault, wrong := c.fault(rule, value)
		if wrong {
			c.add(&fault)
			needed[rule.When] = fault.Fault == Missing && strings.HasPrefix(rule.When, "one of ")
			continue
		}
		for _, inner := range innerObjects(value) {
			c.object(inner, node+"."+rule.Code)
		}
	}
}

// fault is what is wrong with a field, if anything.
func (c *check) fault(rule Rule, value reflect.Value) (_ FieldError, wrong bool) {
	is := func(f Fault) (FieldError, bool) { return FieldError{Code: rule.Code, Name: rule.Name, Fault: f}, true }
	if opaque, ok := value.Interface().(interface{ Opaque() bool }); ok && opaque.Opaque() {
		return is(Malformed)
	}
	if empty(value) {
		if c.required(rule) {
			return is(Missing)
		}
		return FieldError{}, false
	}
	text, isText := textOf(value)
	if !isText {
		return FieldError{}, false
	}
	if noAmount(value) && !slices.Contains(onlyShown(), rule.Code) {
		return is(Malformed)
	}
	return rule.judge(text.String())
}

// judge says what is wrong with the text of a field.
func (r Rule) judge(text string) (_ FieldError, wrong bool) {
	f, strict := strictForms()[r.Code]
	fault := FieldError{Code: r.Code, Name: r.Name}
	switch {
	case !strict:
		return fault, false
	case f.allowed != nil:
		fault.Fault, fault.Allowed = NotAllowed, f.allowed
		return fault, !slices.Contains(f.allowed, text)
	case f.bounded && r.tooLong(text):
		fault.Fault = TooLong
		return fault, true
	}
	fault.Fault = Malformed
	return fault, !f.right(text)
}

// Allowed are the values permitted in a field of a request, in the specification's
// order; nil if others are.
func (r Rule) Allowed() []string { return strictForms()[r.Code].allowed }

func (r Rule) tooLong(text string) bool {
	limit, err := strconv.Atoi(r.Length)
	return err == nil && utf8.RuneCountInString(text) > limit
}

// textOf is a scalar field's text.
func textOf(value reflect.Value) (Text, bool) {
	switch v := value.Interface().(type) {
	case Text:
		return v, true
	case Amount:
		return v.amountText, true
	}
	return Text{}, false
}

// empty reports whether a field of any kind says nothing.
func empty(value reflect.Value) bool {
	if field, ok := value.Interface().(interface{ Empty() bool }); ok {
		return field.Empty()
	}
	if items := fieldNamed(value, "Items"); items.IsValid() {
		return items.Len() == 0
	}
	return value.IsZero()
}

// fieldNamed is a field of a struct; the invalid value for anything else.
func fieldNamed(value reflect.Value, name string) reflect.Value {
	if value.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	return value.FieldByName(name)
}

// innerObjects are the objects that a field holds.
func innerObjects(value reflect.Value) []reflect.Value {
	if _, ok := innerObject(value.Type()); !ok || empty(value) {
		return nil
	}
	if inner := fieldNamed(value, "Value"); inner.IsValid() {
		return []reflect.Value{inner}
	}
	var objects []reflect.Value
	if items := fieldNamed(value, "Items"); items.IsValid() {
		for i := range items.Len() {
			objects = append(objects, items.Index(i))
		}
		return objects
	}
	return []reflect.Value{value}
}
