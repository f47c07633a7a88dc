package identify

import (
	"strconv"
	"strings"

	"onetrans/assets/dict"
	"onetrans/flows/onetrans"
	"onetrans/flows/view"
)

// Person is who was identified, as far as the kiosk needs to know them.
type Person struct {
	Name      string
	IDNo      string
	Sex       view.SexKind
	Age       int // whole years; negative when the platform did not say
	Insurance string
	// PsnNo, CertType and InsuType are the platform's number and codes for the
	// person; InsuPlace is where they are insured, empty when they are not.
	PsnNo, CertType, InsuType, InsuPlace string
	// HisCustID is the person's number in this hospital; without one no money is taken.
	HisCustID string
	CardType  string
	CardNo    string
	Accounts  []Account
	// News is what ended for them after they had left, until it was told.
	News []News
	// ByCard: it is the card in the slot that says who it is.
	ByCard bool
}

// News is a trade that ended well while its person was not there to hear of it.
type News struct {
	Kind   view.NewsKind
	Amount onetrans.Fen
	// TransType and No are what the trade is known by.
	TransType, No string
}

// Account is a deposit account.
type Account struct {
	Type     string // [onetrans.AccountOutpatient] or [onetrans.AccountInpatient]
	CardType string
	CardNo   string
	// Balance counts only when Told: it is shown only when an answer gave it.
	Balance onetrans.Fen
	Told    bool
}

// Account finds the person's account of a type.
func (p Person) Account(accountType string) (Account, bool) {
	for _, a := range p.Accounts {
		if a.Type == accountType {
			return a, true
		}
	}
	return Account{}, false
}

// PersonOf reads the answer of hos.user.get.
func PersonOf(out onetrans.UserGetOut, insurances dict.Dictionary) Person {
	base := out.BaseInfo.Value
	exp := base.ExpContent.Value
	p := Person{
		Name:      base.PsnName.String(),
		IDNo:      base.CertNo.String(),
		Sex:       sexOf(base.Gend.String()),
		Age:       ageOf(base.Age.String()),
		PsnNo:     base.PsnNo.String(),
		CertType:  base.PsnCertType.String(),
		HisCustID: exp.HisCustID.String(),
		CardType:  out.CardType.String(),
		CardNo:    out.CardNo.String(),
	}
	if len(out.InsuInfo.Items) > 0 {
		insured := out.InsuInfo.Items[0]
		p.InsuType, p.InsuPlace = insured.InsuType.String(), insured.InsuplcAdmdvs.String()
		if p.InsuPlace == "" {
			p.InsuPlace = insured.InsuAdmdvs.String()
		}
		p.Insurance = insurances.Name(p.InsuType)
	}
	for _, a := range exp.Accounts.Items {
		account := Account{Type: a.AccountType.String(), CardType: a.CardType.String(), CardNo: a.CardNo.String()}
		if balance, err := a.Balance.Fen(); err == nil {
			account.Balance, account.Told = balance, true
		}
		p.Accounts = append(p.Accounts, account)
	}
	return p
}

// sexOf reads gend: 1 male, 2 female.
func sexOf(code string) view.SexKind {
	switch code {
	case "1":
		return view.SexMale
	case "2":
		return view.SexFemale
	}
	return view.SexUnknown
}

// ageOf reads age, which may have a decimal ("4,1").
func ageOf(text string) int {
	years, _, _ := strings.Cut(text, ".")
	age, err := strconv.Atoi(years)
	if err != nil || age < 0 || age > 150 {
		return -1
	}
	return age
}
