package onetrans

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
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
	Differs // from what it has to be equal to
)

// FieldError names a field that keeps a request from being carried out.
type FieldError struct {
	Code, Name string // 参数代码, 参数名称
	Fault      Fault
	// From is what a field that [Differs] has to be equal to.
	From string
}

// Error names the field and its fault, never its value.
func (e *FieldError) Error() string {
	return fmt.Sprintf("field %s: %s", e.Code, [...]string{"missing", "malformed", "too long", "differs from " + e.From}[e.Fault])
}

// Unwrap puts the error in its family.
func (e *FieldError) Unwrap() error { return ErrField }

// Text is what HIS is told: 缺少必填项 amount（退款金额）.
func (e *FieldError) Text() string {
	field := e.Code
	if e.Name != "" {
		field += "（" + e.Name + "）"
	}
	return [...]string{"缺少必填项 " + field, field + "格式有误", field + "过长", field + "与 " + e.From + " 不一致"}[e.Fault]
}

// Validate says what keeps a request of HIS from being carried out: the first
// field that is missing, or malformed where that decides money or identity, as
// a [*FieldError]. About the rest it is lenient; [Bent] lists what was bent.
func Validate(transType string, request Request) error {
	common := check{rules: "spec", root: reflect.ValueOf(request)}
	if err := common.object(common.root, ""); err != nil {
		return err
	}
	message, ok := messageTypes()[transType]
	if !ok {
		return fmt.Errorf("%w: trans_type", ErrField)
	}
	data := reflect.New(message[In])
	if err := UnmarshalData(request.Data, data.Interface()); err != nil {
		return &FieldError{Code: "data", Name: "业务入参", Fault: Malformed}
	}
	c := check{rules: dialect(transType), root: data.Elem()}
	if err := c.object(c.root, "data"); err != nil {
		return err
	}
	return c.together(transType)
}

// check walks a message along its rules.
type check struct {
	rules string // the dialect
	root  reflect.Value
}

func (c check) object(object reflect.Value, node string) error {
	for field, value := range object.Fields() {
		rule, ok := ruleOf(field, node, c.rules)
		if !ok {
			continue
		}
		if err := c.field(rule, value); err != nil {
			return err
		}
		for _, inner := range innerObjects(value) {
			if err := c.object(inner, node+"."+rule.Code); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c check) field(rule Rule, value reflect.Value) error {
	fault := func(f Fault) error { return &FieldError{Code: rule.Code, Name: rule.Name, Fault: f} }
	if opaque, ok := value.Interface().(interface{ Opaque() bool }); ok && opaque.Opaque() {
		return fault(Malformed)
	}
	if empty(value) {
		if c.required(rule) {
			return fault(Missing)
		}
		return nil
	}
	text, isText := textOf(value)
	if !isText {
		return nil
	}
	if noAmount(value) && !slices.Contains(onlyShown(), rule.Code) {
		return fault(Malformed)
	}
	form, strict := strictForms()[rule.Code]
	switch {
	case !strict:
		return nil
	case form.bounded && rule.tooLong(text.String()):
		return fault(TooLong)
	case !form.right(text.String()):
		return fault(Malformed)
	}
	return nil
}

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
