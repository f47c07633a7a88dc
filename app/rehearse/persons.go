package rehearse

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/app/record"
	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
)

// role is what a field says of a person.
type role string

// The roles.
const (
	roleName     role = "name"
	roleIdentity role = "identity"
	roleCard     role = "card"
	roleCustomer role = "customer"
	roleInsured  role = "insured"
)

func roleOf(name string) role {
	switch name {
	case "userName", "psn_name", "user_name":
		return roleName
	case "idNo", "certno", "id_no":
		return roleIdentity
	case "cardNo", "cardno", "card_no", "mdtrt_cert_no":
		return roleCard
	case "hisCustId":
		return roleCustomer
	case "psn_no":
		return roleInsured
	}
	return ""
}

// of is what a person of the sandbox has for a role. Any card of a person will do, so
// that one number stands for one throughout.
func (r role) of(p sandbox.Person) string {
	switch r {
	case roleName:
		return p.Name
	case roleIdentity:
		return p.CertNo
	case roleCard:
		return p.HospitalCard
	case roleCustomer:
		return p.HisCustID
	}
	return p.PsnNo
}

// persons says which person of the sandbox plays whom of the recording: whoever shares
// a number with somebody, but not a name, is the same.
type persons struct {
	group map[string]string // a number → another of the same person
	order []string          // whom a person of the sandbox plays, by one number of theirs
}

// personsOf are those of a recording.
func personsOf(calls []record.Call) *persons {
	p := &persons{group: map[string]string{}}
	for _, c := range calls {
		// A read names one person in its answer; what asks about money, in what it asks.
		numbers := numbersIn(c.In.Message)
		if len(numbers) == 0 {
			numbers = numbersIn(c.Out.Message)
		}
		for _, number := range numbers {
			p.join(numbers[0], number)
		}
	}
	return p
}

// numbersIn are the numbers of a person in a message.
func numbersIn(message jsontext.Value) (all []string) {
	for _, f := range fieldsOf(message) {
		if r := roleOf(f.name); r != "" && r != roleName && f.text != "" {
			all = append(all, string(r)+" "+f.text)
		}
	}
	slices.Sort(all)
	return all
}

func (p *persons) find(number string) string {
	for {
		next, known := p.group[number]
		if !known || next == number {
			return number
		}
		number = next
	}
}

func (p *persons) join(a, b string) {
	a, b = p.find(a), p.find(b)
	if _, known := p.group[a]; !known {
		p.group[a] = a
	}
	p.group[b] = a
}

// playing is the person of the sandbox who plays whom a call is about; more than the
// sandbox has share one.
func (p *persons) playing(c record.Call) sandbox.Person {
	who := ""
	for _, message := range []jsontext.Value{c.In.Message, c.Out.Message} {
		if numbers := numbersIn(message); who == "" && len(numbers) > 0 {
			who = p.find(numbers[0])
		}
	}
	all := slices.DeleteFunc(sandbox.Persons(), func(p sandbox.Person) bool { return p.HisCustID == "" || p.Insurance == nil })
	if who == "" {
		return all[0]
	}
	if !slices.Contains(p.order, who) {
		p.order = append(p.order, who)
	}
	return all[slices.Index(p.order, who)%len(all)]
}

// recast is what HIS says in a rehearsal: a person of the sandbox in the place of whom
// it was about, the numbers that the sandbox has given out in the place of those that
// the platform gave, and no credentials, which the stage has of its own.
func recast(c record.Call, as *cast, n *numbers) ([]byte, error) {
	who, deposit := as.person, ""
	for _, f := range fieldsOf(c.In.Message) {
		if f.name == "depositType" {
			deposit = f.text
		}
	}
	return record.Rewrite(c.In.Message, keep, func(within, name, text string) string {
		r := roleOf(name)
		switch {
		case text == "":
		case r != "":
			return r.of(who)
		case name == "app_id" || name == "appId" || name == "app_key" || name == "appKey":
			return "" // the stage's
		case name == "authCode":
			return walletCode(deposit, text, as.result())
		case within == "cert" && name == "code":
			return who.Voucher
		case n.now[text] != "":
			return n.now[text]
		}
		return text
	})
}

func keep(name string) string { return name }

// reads reports whether a trans_type asks who somebody is.
func reads(transType string) bool {
	return transType == onetrans.TransUserGet || transType == onetrans.TransUserThirdGet || strings.HasPrefix(transType, "ehc.")
}
