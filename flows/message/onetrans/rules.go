package onetrans

import (
	"cmp"
	"iter"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Direction is the direction of a message.
type Direction string

// The directions.
const (
	In  Direction = "in"  // from HIS
	Out Direction = "out" // to HIS
)

// Rule is a field's row in the specification's tables. It is declared once, in the
// field's spec tag: name|type|length|required|when.
type Rule struct {
	Node     string // where in the message: "data", "data.extra" …; "" for the common fields
	Code     string // 参数代码
	Name     string // 参数名称
	Type     string // 参数类型, as the table says
	Length   string // 参数长度, in characters, or digits "16,2"; may be empty
	Required string // Y, N, Y/N, M, 二选一 or empty
	When     string // our reading of when a conditional requirement holds; empty means always

	holds bool // the tables have fields inside it
}

// Ours reports whether a field is in none of the specification's tables: it is our
// addition, or appears only in a sample. An object without a row of its own, but
// with rows for its fields, is the specification's.
func (r Rule) Ours() bool { return r.Name == "" && !r.holds }

// messageTypes are the types of the data of every trans_type that HIS may call.
var messageTypes = sync.OnceValue(func() map[string]map[Direction]reflect.Type {
	types := func(in, out any) map[Direction]reflect.Type {
		return map[Direction]reflect.Type{In: reflect.TypeOf(in), Out: reflect.TypeOf(out)}
	}
	return map[string]map[Direction]reflect.Type{
		TransUserGet:      types(UserGetIn{}, UserGetOut{}),
		TransUserThirdGet: types(UserThirdGetIn{}, UserGetOut{}),
		TransRecharge:     types(RechargeIn{}, RechargeOut{}),
		TransQuery:        types(QueryIn{}, QueryOut{}),
		TransRefund:       types(RefundIn{}, RefundOut{}),
		TransSettle:       types(SettleIn{}, SettleOut{}),
		TransSettleCancel: types(SettleCancelIn{}, SettleCancelOut{}),
		TransAuthURL:      types(AuthURLIn{}, AuthURLOut{}),
		TransAuthQuery:    types(AuthQueryIn{}, AuthQueryOut{}),
	}
})

// TransTypes are the nine values of trans_type that HIS may call, in the
// specification's order.
func TransTypes() []string {
	return []string{
		TransUserGet, TransUserThirdGet, TransRecharge, TransQuery, TransRefund,
		TransSettle, TransSettleCancel, TransAuthURL, TransAuthQuery,
	}
}

// CommonRules are the rules of the common fields (tables 3-1 and 3-2).
func CommonRules(d Direction) []Rule {
	if d == In {
		return rulesOf(reflect.TypeFor[Request](), "", "spec")
	}
	return rulesOf(reflect.TypeFor[Answer](), "", "spec")
}

// Rules are the rules of a trans_type's data, nested objects after their parents.
func Rules(transType string, d Direction) []Rule {
	message, ok := messageTypes()[transType][d]
	if !ok {
		return nil
	}
	return rulesOf(message, "data", dialect(transType))
}

// dialect is the tag that applies: two tables describe the same answer and differ
// in places.
func dialect(transType string) string {
	if transType == TransUserThirdGet {
		return "third"
	}
	return "spec"
}

func rulesOf(message reflect.Type, node, dialect string) []Rule {
	var own, nested []Rule
	for i, rule := range ownRules(message, dialect) {
		if rule.Code == "" {
			continue
		}
		rule.Node = node
		if inner, ok := innerObject(message.Field(i).Type); ok {
			path := strings.TrimPrefix(node+"."+rule.Code, ".")
			within := rulesOf(inner, path, dialect)
			rule.holds = slices.ContainsFunc(within, func(r Rule) bool { return !r.Ours() })
			nested = append(nested, within...)
		}
		own = append(own, rule)
	}
	return append(own, nested...)
}

// ruled are the fields that have a rule, each with it, of the object at node.
func ruled(object reflect.Value, node, dialect string) iter.Seq2[Rule, reflect.Value] {
	return func(yield func(Rule, reflect.Value) bool) {
		for i, rule := range ownRules(object.Type(), dialect) {
			rule.Node = node
			if rule.Code != "" && !yield(rule, object.Field(i)) {
				return
			}
		}
	}
}

// tagged is a type whose tags were read in a dialect.
type tagged struct {
	message reflect.Type
	dialect string
}

// rulesRead are the rules that were read before: a type's tags do not change, and
// each call asks for them.
var rulesRead sync.Map

// ownRules are the rules of a type's own fields, in the fields' places; what has no
// Code is none.
func ownRules(message reflect.Type, dialect string) []Rule {
	key := tagged{message, dialect}
	if read, ok := rulesRead.Load(key); ok {
		return read.([]Rule)
	}
	rules := make([]Rule, 0, message.NumField())
	for field := range message.Fields() {
		rules = append(rules, ruleOf(field, dialect))
	}
	rulesRead.Store(key, rules)
	return rules
}

func ruleOf(field reflect.StructField, dialect string) Rule {
	code, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	parts := strings.Split(cmp.Or(field.Tag.Get(dialect), field.Tag.Get("spec")), "|")
	parts = append(parts, make([]string, 5)...)
	return Rule{Code: code, Name: parts[0], Type: parts[1], Length: parts[2], Required: parts[3], When: parts[4]}
}

// innerObject is the object that a field holds, whether nested, listed or plain.
func innerObject(t reflect.Type) (reflect.Type, bool) {
	if t.Kind() != reflect.Struct {
		return nil, false
	}
	if value, ok := t.FieldByName("Value"); ok {
		return value.Type, true
	}
	if items, ok := t.FieldByName("Items"); ok {
		inner := items.Type.Elem()
		return inner, inner != reflect.TypeFor[Text]()
	}
	if _, ok := t.FieldByName("Unknown"); ok {
		return t, true
	}
	return nil, false
}
