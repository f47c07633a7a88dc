package onetrans

import (
	"slices"
	"sync"
)

// suppliedHere are the common fields marked Y that the program supplies itself or
// can take from its configuration.
func suppliedHere() []string {
	return []string{"app_id", "app_key", "msgid", "timestamp", "signtype", "enc_type", "trans_type"}
}

// required reports whether a field must not be empty in this message.
func (c *check) required(rule Rule) bool {
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

// conditions are those that depend on the message alone, by the words in which they
// are declared. A condition that depends on the card or code still to be read is
// not among them: the message is not refused beforehand.
var conditions = sync.OnceValue(func() map[string]func(*check) bool {
	return map[string]func(*check) bool{
		"depositType=CHS_ONE_BAR":                   func(c *check) bool { return c.says("depositType", DepositChsOne) },
		"isBalance=1":                               func(c *check) bool { return c.says("isBalance", "1") },
		"patientType is not 00 (self-paying)":       func(c *check) bool { return !c.says("patientType", PatientSelfPaying) },
		"one of outTradeNo, traceNo; traceNo wins":  func(c *check) bool { return c.silent("outTradeNo", "traceNo") },
		"one of outChargeNo, traceNo; traceNo wins": func(c *check) bool { return c.silent("outChargeNo", "traceNo") },
	}
})

// silent reports whether all of the fields are empty.
func (c *check) silent(codes ...string) bool {
	return !slices.ContainsFunc(codes, func(code string) bool { return c.text(code) != "" })
}

func (c *check) says(code, value string) bool { return c.text(code) == value }

// text is the text of a field of the message's data.
func (c *check) text(code string) string {
	for rule, value := range ruled(c.root, "", c.rules) {
		if rule.Code == code {
			if text, ok := textOf(value); ok {
				return text.String()
			}
		}
	}
	return ""
}
