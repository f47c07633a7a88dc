package sandbox

import "onetrans/flows/message/onetrans"

// Values of patientType.
const (
	patientSelf       = "00" // pays everything
	patientInsured    = "01"
	patientPrivileged = "02" // 保健: a fund of its own pays what the insurance leaves
)

// psnPrivileged is the psn_type of people with medical privileges (医疗照顾人员).
const psnPrivileged = "34"

// fund is one of the insurance's funds (fund_pay_type).
type fund struct{ code, name string }

// The funds, by the national codes.
func fundEmployee() fund   { return fund{"310100", "职工基本医疗保险统筹基金"} }
func fundAccount() fund    { return fund{"310200", "职工基本医疗保险个人账户基金"} }
func fundPrivileged() fund { return fund{"340100", "离休人员医疗保障基金"} }
func fundResident() fund   { return fund{"390100", "城乡居民基本医疗保险基金"} }

// benefit is what an insurance pays of a bill.
type benefit struct {
	pool       fund
	ratio      onetrans.Fen // of what is within the scope, in 1/10000
	supplement bool         // a second fund pays the rest within the scope
}

// benefitOf is what p's insurance pays for a patientType; ok is false when p
// has no such insurance.
func benefitOf(p Person, patientType string) (b benefit, ok bool) {
	switch {
	case patientType == patientSelf:
		return benefit{}, true
	case p.Insurance == nil:
		return benefit{}, false
	case patientType == patientPrivileged:
		return benefit{fundEmployee(), 9000, true}, p.Insurance.PersonType == psnPrivileged
	case patientType != patientInsured:
		return benefit{}, false
	case p.Insurance.Type == "390":
		return benefit{fundResident(), 5500, false}, true
	case p.Insurance.PersonType == "11":
		return benefit{fundEmployee(), 8000, false}, true
	default:
		return benefit{fundEmployee(), 8500, false}, true
	}
}

// selfFirst is what a person pays first of a 乙 item, in 1/10000.
const selfFirst = 1000

// amounts are a pre-settlement. Total is what the funds, the personal account
// and the person pay together, to the fen.
type amounts struct {
	Total      onetrans.Fen `json:"total"`
	Own        onetrans.Fen `json:"own"`   // 丙: outside the insurance
	Over       onetrans.Fen `json:"over"`  // above limit prices
	First      onetrans.Fen `json:"first"` // paid first of 乙
	Scope      onetrans.Fen `json:"scope"` // the rest, within the scope
	Pool       onetrans.Fen `json:"pool"`
	Supplement onetrans.Fen `json:"supplement"`
	Account    onetrans.Fen `json:"account"` // of the personal account
	Cash       onetrans.Fen `json:"cash"`
}

func (a amounts) funds() onetrans.Fen { return a.Pool + a.Supplement }

// part is n/10000 of fen, rounded to the nearest.
func part(fen, n onetrans.Fen) onetrans.Fen { return (fen*n + 5000) / 10000 }

// price calculates a settlement; balance is that of the personal account.
func price(bills []bill, b benefit, balance onetrans.Fen) (a amounts, err error) {
	for _, bill := range bills {
		for _, item := range bill.Items {
			if err := a.add(item, b); err != nil {
				return a, err
			}
		}
	}
	a.Scope = a.Total - a.Own - a.Over - a.First
	a.Pool = part(a.Scope, b.ratio)
	if b.supplement {
		a.Supplement = a.Scope - a.Pool + a.First
	}
	rest := a.Total - a.funds()
	// The account pays nothing that the insurance doesn't know.
	a.Account = min(balance, rest-a.Own-a.Over)
	a.Cash = rest - a.Account
	return a, nil
}

// add sorts an item to where it belongs.
func (a *amounts) add(item billItem, b benefit) error {
	fen, err := onetrans.ParseFen(item.Amount)
	if err != nil {
		return err
	}
	a.Total += fen
	if b.ratio == 0 || item.Class == classOwn {
		a.Own += fen
		return nil
	}
	over := onetrans.Fen(0)
	if item.Over != "" {
		if over, err = onetrans.ParseFen(item.Over); err != nil {
			return err
		}
	}
	a.Over += over
	if item.Class == classFirst {
		a.First += part(fen-over, selfFirst)
	}
	return nil
}

// preSetl are the amounts as an answer has them.
func (a amounts) preSetl() onetrans.Nested[onetrans.PreSetl] {
	return onetrans.Object(onetrans.PreSetl{
		MedfeeSumamt:  onetrans.Yuan(a.Total),
		FundPaySumamt: onetrans.Yuan(a.funds()),
		AcctPay:       onetrans.Yuan(a.Account),
		PsnCashPay:    onetrans.Yuan(a.Cash),
	})
}
