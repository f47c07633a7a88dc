package identify

import (
	"slices"
	"strconv"
	"strings"

	"onetrans/assets/dict"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// Person is the person who was identified, as far as the kiosk needs to know them.
type Person struct {
	Name      string
	IDNo      string
	Sex       view.SexKind
	Age       int // whole years; negative when the platform did not say
	Insurance string
	// PsnNo, CertType and InsuType are the platform's number and codes for the
	// person; InsuPlace is the region where they are insured, empty if they are
	// not.
	PsnNo, CertType, InsuType, InsuPlace string
	// HisCustID is the person's number in this hospital; nothing is charged without
	// one.
	HisCustID string
	// CardType and CardNo are the card with which they settle bills: the first of
	// Cards, which are all that stand for them here. Empty if there is none.
	CardType string
	CardNo   string
	Cards    []Card
	Accounts []Account
	// News is what ended after the person had left, and they have not been told
	// yet.
	News []News
	// ByCard means that the card in the slot identified the person.
	ByCard bool
}

// News is a trade that succeeded after its person had left.
type News struct {
	Kind   view.NewsKind
	Amount onetrans.Fen
	// TransType and No identify the trade.
	TransType, No string
}

// Card is a card that stands for a person: its kind (卡类型) and its number.
type Card struct{ Type, No string }

// Account is a deposit account.
type Account struct {
	Type     string // [onetrans.AccountOutpatient] or [onetrans.AccountInpatient]
	CardType string
	CardNo   string
	// Balance is valid only when Told: an answer gave it.
	Balance onetrans.Fen
	Told    bool
}

// Account is the person's account of a type.
func (p Person) Account(accountType string) (Account, bool) {
	for _, a := range p.Accounts {
		if a.Type == accountType {
			return a, true
		}
	}
	return Account{}, false
}

// PersonOf is the person in an answer to hos.user.get, asked with what read holds.
func PersonOf(read LookUp, out onetrans.UserGetOut, insurances dict.Dictionary) Person {
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
		Cards:     cardsOf(read, out),
	}
	if len(p.Cards) > 0 {
		p.CardType, p.CardNo = p.Cards[0].Type, p.Cards[0].No
	}
	if len(out.InsuInfo.Items) > 0 {
		insured := out.InsuInfo.Items[0]
		p.InsuType, p.InsuPlace = insured.InsuType.String(), insured.Region()
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

// cardsOf are the cards that stand for a person, in the order in which bills are
// settled with them (cardno of fsi.outpatient.charge): the social security card
// that was read, the answer's own, the outpatient account's, then the hospital's,
// newest first. The list of those has no dates; the newest is last. The card linked
// with a health card here comes after everything that the platform said.
func cardsOf(read LookUp, out onetrans.UserGetOut) (cards []Card) {
	add := func(kind, no string) {
		card := Card{kind, no}
		if no != "" && !slices.Contains(cards, card) {
			cards = append(cards, card)
		}
	}
	add(onetrans.CardSocialSecurity, read.Card.CardNo)
	add(out.CardType.String(), out.CardNo.String())
	for _, a := range out.BaseInfo.Value.ExpContent.Value.Accounts.Items {
		if a.AccountType.String() == onetrans.AccountOutpatient {
			add(a.CardType.String(), a.CardNo.String())
		}
	}
	for _, c := range slices.Backward(out.CardInfo.Items) {
		add(c.CardType.String(), c.CardNo.String())
	}
	add(read.Holder.Card.Type, read.Holder.Card.No)
	return cards
}

// sexOf parses gend: 1 male, 2 female.
func sexOf(code string) view.SexKind {
	switch code {
	case "1":
		return view.SexMale
	case "2":
		return view.SexFemale
	}
	return view.SexUnknown
}

// ageOf parses age, which may have a decimal ("4,1").
func ageOf(text string) int {
	years, _, _ := strings.Cut(text, ".")
	age, err := strconv.Atoi(years)
	if err != nil || age < 0 || age > 150 {
		return -1
	}
	return age
}
