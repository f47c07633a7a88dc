package onetrans

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
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
)

// FieldError names a field that keeps a request from being carried out.
type FieldError struct {
	Code, Name string // 参数代码, 参数名称
	Fault      Fault
}

// Error names the field and its fault, never its value.
func (e *FieldError) Error() string {
	return fmt.Sprintf("field %s: %s", e.Code, [...]string{"missing", "malformed", "too long"}[e.Fault])
}

// Unwrap puts the error in its family.
func (e *FieldError) Unwrap() error { return ErrField }

// Text is what HIS is told: 缺少必填项 amount（退款金额）.
func (e *FieldError) Text() string {
	field := e.Code
	if e.Name != "" {
		field += "（" + e.Name + "）"
	}
	return [...]string{"缺少必填项 " + field, field + "格式有误", field + "过长"}[e.Fault]
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

// Bent lists the codes of a request's fields that are longer than the tables
// allow, and were taken all the same.
func Bent(transType string, request Request) []string {
	message, ok := messageTypes()[transType]
	if !ok {
		return nil
	}
	data := reflect.New(message[In])
	if UnmarshalData(request.Data, data.Interface()) != nil {
		return nil
	}
	return append(overlong(reflect.ValueOf(request), "spec"), overlong(data.Elem(), dialect(transType))...)
}

func overlong(object reflect.Value, dialect string) []string {
	var codes []string
	for field, value := range object.Fields() {
		rule, ok := ruleOf(field, "", dialect)
		text, isText := textOf(value)
		if ok && isText && rule.tooLong(text.String()) {
			codes = append(codes, rule.Code)
		}
	}
	return codes
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
	fault := func(f Fault) error { return &FieldError{rule.Code, rule.Name, f} }
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
	if amount, ok := value.Interface().(Amount); ok {
		if _, err := amount.Fen(); err != nil {
			return fault(Malformed)
		}
	}
	judge, strict := strictFields()[rule.Code]
	if !strict {
		return nil
	}
	if rule.tooLong(text.String()) {
		return fault(TooLong)
	}
	if !judge(text.String()) {
		return fault(Malformed)
	}
	return nil
}

// suppliedHere are common fields marked Y that the program supplies itself, or
// may have in its configuration.
func suppliedHere() []string {
	return []string{"app_id", "app_key", "msgid", "timestamp", "signtype", "enc_type", "trans_type"}
}

// required says whether a field must say something in this message.
func (c check) required(rule Rule) bool {
	switch {
	case rule.Node == "" && slices.Contains(suppliedHere(), rule.Code):
		return false
	case rule.When == "":
		// N/Y without a condition of ours: as the hospital's HIS needs it.
		return rule.Required == "Y"
	case rule.Required == "":
		return false
	case rule.When == whenCredit:
		// Between them the fields of the message itself decide (see credit);
		// inside an object the rule binds when the object is there.
		return rule.Required == "Y" && rule.Node != "data"
	}
	holds, known := conditions()[rule.When]
	return known && holds(c)
}

// whenCredit is the condition of the fields of credit pay.
const whenCredit = "credit pay (信用就医) only"

// conditions are those that a message itself decides, by the words in which
// they are declared. What depends on the card or code that will be read is
// none of them: it is not refused beforehand.
func conditions() map[string]func(check) bool {
	return map[string]func(check) bool{
		"depositType=CHS_ONE_BAR":                   func(c check) bool { return c.says("depositType", DepositChsOne) },
		"isBalance=1":                               func(c check) bool { return c.says("isBalance", "1") },
		"patientType is not 00 (self-paying)":       func(c check) bool { return !c.says("patientType", PatientSelfPaying) },
		"one of outTradeNo, traceNo; traceNo wins":  func(c check) bool { return c.silent("outTradeNo", "traceNo") },
		"one of outChargeNo, traceNo; traceNo wins": func(c check) bool { return c.silent("outChargeNo", "traceNo") },
	}
}

// silent says whether none of the fields says anything.
func (c check) silent(codes ...string) bool {
	return !slices.ContainsFunc(codes, func(code string) bool { return c.text(code) != "" })
}

func (c check) says(code, value string) bool { return c.text(code) == value }

// text is what a field of the message's data says.
func (c check) text(code string) string {
	for field, value := range c.root.Fields() {
		if rule, ok := ruleOf(field, "", c.rules); ok && rule.Code == code {
			if text, ok := textOf(value); ok {
				return text.String()
			}
		}
	}
	return ""
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
	if text, ok := textOf(value); ok {
		return text.Empty()
	}
	if raw, ok := value.Interface().(interface{ IsZero() bool }); ok && raw.IsZero() {
		return true
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

// strictFields are those whose form decides money or identity.
func strictFields() map[string]func(string) bool {
	return map[string]func(string) bool{
		"amount":           payable,
		"outChargeNo":      number,
		"outRefundNo":      number,
		"outTradeNo":       number,
		"traceNo":          number,
		"setl_id":          number,
		"mdtrt_id":         number,
		"out_authorize_no": number,
		"cardNo":           number,
		"cardno":           number,
		"hisCustId":        number,
		"accountType":      oneOf(AccountOutpatient, AccountInpatient),
		"account_type":     oneOf(AccountOutpatient, AccountInpatient),
		"mdtrt_cert_type":  oneOf(CertVoucher, CertIdentityCard, CertSocialSecurity, CertPick),
		"tradeType":        oneOf(TransRecharge, TransRefund),
		"patientType":      oneOf(PatientSelfPaying, PatientInsured, PatientPrivileged),
		"withdrawMode": oneOf(WithdrawCash, WithdrawOriginal, WithdrawTransfer, WithdrawInsurance,
			WithdrawOffline, WithdrawUnit, WithdrawMisPOS),
		"refundType":  oneOf(RefundDirect, RefundHisDecide, RefundPrepare),
		"channelType": oneOf(ChannelPOS),
	}
}

func oneOf(values ...string) func(string) bool {
	return func(text string) bool { return slices.Contains(values, text) }
}

func payable(text string) bool {
	_, err := ParsePayable(text)
	return err == nil
}

// number is a text that identifies something: nothing around it, nothing
// invisible in it.
func number(text string) bool {
	return strings.TrimSpace(text) == text &&
		!strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}
