package onetrans

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrField is the family of what Validate finds.
var ErrField = errors.New("field cannot be taken")

// Fault is what is wrong with a field.
type Fault string

// The faults.
const (
	Missing    Fault = "missing"
	Malformed  Fault = "malformed"
	TooLong    Fault = "too_long"
	Differs    Fault = "differs"     // from what it has to be equal to
	NotAllowed Fault = "not_allowed" // not one of the values that the field may hold
	Conflicts  Fault = "conflicts"   // does not go with another field
)

// FieldError names a field that keeps a request from being carried out.
type FieldError struct {
	Code, Name string // 参数代码, 参数名称
	Fault      Fault
	// Other is what a field that [Differs] has to be equal to, or the field that one
	// that [Conflicts] does not go with.
	Other string
	// Allowed are the values that a field may hold that is [NotAllowed].
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

// FieldErrors are all the fields that keep a request from being carried out, in
// the tables' order; one at least.
type FieldErrors []*FieldError

// Error names the fields.
func (e FieldErrors) Error() string {
	texts := make([]string, len(e))
	for i, field := range e {
		texts[i] = field.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap are the fields.
func (e FieldErrors) Unwrap() []error {
	all := make([]error, len(e))
	for i, field := range e {
		all[i] = field
	}
	return all
}

// Validate says what keeps a request of HIS from being carried out: the fields
// that are missing, or malformed where that decides money or identity, as
// [FieldErrors]. About the rest it is lenient; [Deviations] lists what was bent.
func Validate(transType string, request Request) error {
	common := check{rules: "spec", root: reflect.ValueOf(request)}
	common.object(common.root, "")
	message, ok := messageTypes()[transType]
	if !ok {
		return errors.Join(common.found(), fmt.Errorf("%w: trans_type", ErrField))
	}
	data := reflect.New(message[In])
	if err := UnmarshalData(request.Data, data.Interface()); err != nil {
		common.add(&FieldError{Code: "data", Name: "业务入参", Fault: Malformed})
		return common.found()
	}
	c := check{rules: dialect(transType), root: data.Elem(), faults: common.faults}
	c.object(c.root, "data")
	c.together(transType)
	return c.found()
}

// check walks a message along its rules and notes what is wrong.
type check struct {
	rules  string // the dialect
	root   reflect.Value
	faults FieldErrors
}

// found is what was found; nil when it is nothing.
func (c *check) found() error {
	if len(c.faults) == 0 {
		return nil
	}
	return c.faults
}

// add notes a fault, unless another of the field is noted.
func (c *check) add(e *FieldError) {
	if e != nil && !slices.ContainsFunc(c.faults, func(other *FieldError) bool { return other.Code == e.Code && other.Name == e.Name }) {
		c.faults = append(c.faults, e)
	}
}

func (c *check) object(object reflect.Value, node string) {
	needed := map[string]bool{} // of fields of which one is enough
	for field, value := range object.Fields() {
		rule, ok := ruleOf(field, node, c.rules)
		if !ok || needed[rule.When] {
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

// fault is what is wrong with a field, if something is.
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

// judge says what is wrong with a text that stands in a field.
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

// Allowed are the values that a field of a request may hold, in the specification's
// order; nil where it may hold others.
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
		return v.Text, true
	}
	return Text{}, false
}

// empty says that a field, of whatever kind, says nothing.
func empty(value reflect.Value) bool {
	if field, ok := value.Interface().(interface{ Empty() bool }); ok {
		return field.Empty()
	}
	if items := fieldNamed(value, "Items"); items.IsValid() {
		return items.Len() == 0
	}
	return value.IsZero()
}

// fieldNamed is a struct's field; the invalid value for what is none.
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
