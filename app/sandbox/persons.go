package sandbox

import (
	_ "embed"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"

	"onetrans/devices"
)

// Person is an invented patient of the sandbox, with every means of identification.
// Dates are yyyyMMdd, amounts yuan with two decimals, codes those of the
// dictionaries.
type Person struct {
	Name       string `json:"name"`
	CertNo     string `json:"certNo"` // resident identity number; its region exists nowhere
	Sex        string `json:"sex"`    // "1" male, "2" female
	Nation     string `json:"nation"`
	Birth      string `json:"birth"`
	BirthPlace string `json:"birthPlace"`

	CardCode    string `json:"cardCode"` // 卡识别码: 32 hex digits, the first 6 the region
	CardNo      string `json:"cardNo"`   // social-security card number
	CardClass   string `json:"cardClass"`
	CardVersion string `json:"cardVersion"`
	Issuer      string `json:"issuer"`
	Issued      string `json:"issued"`
	ValidUntil  string `json:"validUntil"`

	PsnNo        string `json:"psnNo"` // insurance person number
	Phone        string `json:"phone"`
	Voucher      string `json:"voucher"`      // medical-insurance voucher, 28 digits
	HealthCard   string `json:"healthCard"`   // electronic health card id, 64 hex digits
	FaceAuth     string `json:"faceAuth"`     // what a face terminal delivers (authNo)
	HospitalCard string `json:"hospitalCard"` // card_type 03
	AdmissionNo  string `json:"admissionNo"`  // card_type 05; empty: never admitted
	HisCustID    string `json:"hisCustId"`    // empty: not registered, nothing is charged

	Insurance *Insurance `json:"insurance"` // nil: self-paying
	Identity  string     `json:"identity"`  // psn_idet_type; empty: nothing special
	Accounts  []Account  `json:"accounts"`
}

// Insurance is a person's basic insurance.
type Insurance struct {
	Type       string `json:"type"`       // insutype: 310 employee, 390 resident
	PersonType string `json:"personType"` // psn_type
	Balance    string `json:"balance"`    // of the personal account
	Employer   string `json:"employer"`
	Region     string `json:"region"` // insuplc_admdvs
	Since      string `json:"since"`
}

// Account is a deposit account as it stood before the first trade.
type Account struct {
	Type    string `json:"type"` // 01 outpatient, 02 inpatient
	Opening string `json:"opening"`
}

//go:embed persons.json
var personsJSON []byte

type personFile struct {
	Persons []Person `json:"persons"`
	Samples []Person `json:"samples"`
}

// loadPersons parses the embedded list once.
var loadPersons = sync.OnceValue(func() personFile {
	var f personFile
	if err := json.Unmarshal(personsJSON, &f, json.RejectUnknownMembers(true)); err != nil {
		panic("sandbox: embedded persons.json: " + err.Error())
	}
	return f
})

// Persons returns the invented patients, always in the same order.
func Persons() []Person { return slices.Clone(loadPersons().Persons) }

// SamplePersons returns the two persons of the specification's sample messages, so
// that the samples work; their names and numbers are not plausible.
func SamplePersons() []Person { return slices.Clone(loadPersons().Samples) }

// Card is the person's social-security card as a reader delivers it.
func (p Person) Card() devices.SocialSecurityCard {
	return devices.SocialSecurityCard{
		CardCode:   p.CardCode,
		Class:      p.CardClass,
		Version:    p.CardVersion,
		Issuer:     p.Issuer,
		Issued:     p.Issued,
		ValidUntil: p.ValidUntil,
		CardNo:     p.CardNo,
		IDNo:       p.CertNo,
		Name:       p.Name,
		Sex:        p.Sex,
		Nation:     p.Nation,
		BirthPlace: p.BirthPlace,
		Birth:      p.Birth,
	}
}

// IdentityCard is the person's resident identity card as a reader delivers it.
func (p Person) IdentityCard() devices.IdentityCard {
	return devices.IdentityCard{
		Kind:       devices.ResidentCard,
		Number:     p.CertNo,
		Name:       p.Name,
		Sex:        p.Sex,
		Nation:     p.Nation,
		Birth:      p.Birth,
		ValidFrom:  p.Issued,
		ValidUntil: p.ValidUntil,
	}
}

// ageAt is the age in full years on the day yyyyMMdd.
func (p Person) ageAt(day string) int {
	age := atoi(day[:4]) - atoi(p.Birth[:4])
	if day[4:] < p.Birth[4:] {
		age--
	}
	return age
}

// owns reports whether a card number of any kind is this person's.
func (p Person) owns(cardNo string) bool {
	return cardNo != "" && slices.Contains(
		[]string{p.CardNo, p.CertNo, p.HospitalCard, p.AdmissionNo, p.HisCustID, p.HealthCard}, cardNo)
}

// account finds one of the person's deposit accounts.
func (p Person) account(kind string) (Account, bool) {
	i := slices.IndexFunc(p.Accounts, func(a Account) bool { return a.Type == kind })
	if i < 0 {
		return Account{}, false
	}
	return p.Accounts[i], true
}

// findPerson returns the first person, samples included, for whom match holds.
func findPerson(match func(Person) bool) (Person, bool) {
	f := loadPersons()
	for _, list := range [][]Person{f.Persons, f.Samples} {
		if i := slices.IndexFunc(list, match); i >= 0 {
			return list[i], true
		}
	}
	return Person{}, false
}

// personByHis finds a registered person by the hospital's own number.
func personByHis(id string) (Person, bool) {
	return findPerson(func(p Person) bool { return id != "" && p.HisCustID == id })
}

// personByCard finds the owner of a card number of any kind.
func personByCard(cardNo string) (Person, bool) {
	return findPerson(func(p Person) bool { return p.owns(cardNo) })
}

// atoi reads digits that are known to be digits.
func atoi(s string) int {
	n := 0
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}
