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
type Fault int

// The faults.
const (
	Missing Fault = iota
	Malformed
	TooLong
	Differs    // from what it has to be equal to
	NotAllowed // not one of the words that the field may hold
	Apart      // does not go with another field
)

// FieldError names a field that keeps a request from being carried out.
type FieldError struct {
	Code, Name string // 参数代码, 参数名称
	Fault      Fault
	// From is what a field that [Differs] has to be equal to.
	From string
	// Words are those that it may hold, with NotAllowed, or the field that it
	// does not go with.
	Words []string
}

// Error names the field and its fault, never its value.
func (e *FieldError) Error() string {
	return fmt.Sprintf("field %s: %s", e.Code, [...]string{"missing", "malformed", "too long", "differs from " + e.From, "not allowed", "in conflict"}[e.Fault])
}

// Unwrap puts the error in its family.
func (e *FieldError) Unwrap() error { return ErrField }

// Text is what HIS is told: 缺少必填项 amount（退款金额）.
func (e *FieldError) Text() string {
	field, words := e.Code, strings.Join(e.Words, "、")
	if e.Name != "" {
		field += "（" + e.Name + "）"
	}
	return [...]string{
		"缺少必填项 " + field, field + "格式有误", field + "过长", field + "与 " + e.From + " 不一致", field + "只能是 " + words, field + "不能与 " + words + " 同时使用",
	}[e.Fault]
}

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

// Text is what HIS is told, at most [MaxErrMsg] characters: the first fields
// with their faults, and of how many.
func (e FieldErrors) Text() string {
	text := ""
	for i, field := range e {
		next, rest := field.Text(), ""
		if i > 0 {
			next = text + "；" + next
		}
		if i < len(e)-1 {
			rest = fmt.Sprintf("；共 %d 项有误", len(e))
		}
		if utf8.RuneCountInString(next+rest) > MaxErrMsg && i > 0 {
			return text + fmt.Sprintf("；共 %d 项有误", len(e))
		}
		text = next
	}
	return text
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
	case f.words != nil:
		fault.Fault, fault.Words = NotAllowed, f.words
		return fault, !slices.Contains(f.words, text)
	case f.bounded && r.tooLong(text):
		fault.Fault = TooLong
		return fault, true
	}
	fault.Fault = Malformed
	return fault, !f.right(text)
}

// Words are those that a field of a request may hold, in the specification's
// order; nil where it may hold others.
func (r Rule) Words() []string { return strictForms()[r.Code].words }

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
