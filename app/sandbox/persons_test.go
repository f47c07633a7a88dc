package sandbox

import (
	"strings"
	"testing"

	"onetrans/flows/message/onetrans"
)

// checkDigit is GB 11643's MOD 11-2 over the first 17 digits.
func checkDigit(no string) byte {
	weights := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(no[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

func TestEveryPersonIsWholeAndLikeNobodyElse(t *testing.T) {
	seen := map[string]string{}
	for _, p := range Persons() {
		t.Run(p.Name, func(t *testing.T) {
			if len(p.CertNo) != 18 || p.CertNo[17] != checkDigit(p.CertNo) {
				t.Errorf("identity number %s has a wrong check digit", p.CertNo)
			}
			if p.CertNo[6:14] != p.Birth || p.CertNo[:6] != p.BirthPlace {
				t.Error("identity number, birthday and birthplace differ")
			}
			if odd := (p.CertNo[16]-'0')%2 == 1; odd != (p.Sex == "1") {
				t.Error("identity number and sex differ")
			}
			if len(p.CardCode) != 32 || strings.Trim(p.CardCode, "0123456789ABCDEF") != "" || p.CardCode[:6] != region {
				t.Errorf("card code %s", p.CardCode)
			}
			if len(p.Voucher) != 28 || !isHealthCode(p.HealthCard) || len(p.CardNo) != 9 {
				t.Error("voucher, health card or card number has another length than real ones")
			}
			for _, id := range []string{p.CertNo, p.CardNo, p.CardCode, p.Voucher, p.HealthCard, p.FaceAuth, p.HospitalCard, p.HisCustID, p.AdmissionNo, p.PsnNo} {
				if other, taken := seen[id]; taken && id != "" {
					t.Errorf("%s is %s's as well", id, other)
				}
				seen[id] = p.Name
			}
			for _, a := range p.Accounts {
				if _, err := onetrans.ParseFen(a.Opening); err != nil {
					t.Errorf("opening sum %q: %v", a.Opening, err)
				}
			}
			if _, inpatient := p.account(onetrans.AccountInpatient); inpatient != (p.HisCustID != "") {
				t.Error("who is registered has an inpatient account, nobody else has")
			}
		})
	}
}

func TestPersonsCoverWhatIsHardAboutPeople(t *testing.T) {
	var names []string
	unregistered, outpatient, uninsured := 0, 0, 0
	insurances := map[string]bool{}
	for _, p := range Persons() {
		names = append(names, p.Name)
		if p.HisCustID == "" {
			unregistered++
		}
		if _, ok := p.account(onetrans.AccountOutpatient); ok {
			outpatient++
		}
		if p.Insurance == nil {
			uninsured++
		} else {
			insurances[p.Insurance.Type] = true
		}
	}
	all := strings.Join(names, " ")
	for _, want := range []string{"㛃", "䶮", "𠅤", "欧阳", "·", "张伟"} {
		if !strings.Contains(all, want) {
			t.Errorf("nobody is called %s", want)
		}
	}
	if len(names) < 12 || unregistered != 1 || outpatient < 3 || uninsured == 0 || !insurances["310"] || !insurances["390"] {
		t.Errorf("%d persons, %d unregistered, %d with an outpatient remainder, %d uninsured, insurances %v",
			len(names), unregistered, outpatient, uninsured, insurances)
	}
}

func TestCardIsThePersonsSocialSecurityCard(t *testing.T) {
	p := patient()
	c := p.Card()
	if c.IDNo != p.CertNo || c.Name != p.Name || c.CardNo != p.CardNo || c.CardCode != p.CardCode || c.Birth != p.Birth {
		t.Errorf("card %+v is not %s's", c, p.Name)
	}
}

func TestPersonsAreCopies(t *testing.T) {
	Persons()[0].Name = "changed"
	if Persons()[0].Name == "changed" {
		t.Error("a caller changed the sandbox's persons")
	}
}

func TestSampleCardOfTheSpecification(t *testing.T) {
	p, ok := personByHis("000239281700")
	if !ok || p.CardNo != "DD456004X" || p.Name != "姓名" {
		t.Errorf("sample person is %+v", p)
	}
}

func TestAgeTurnsOnTheBirthday(t *testing.T) {
	p := Person{Birth: "19880314"}
	for day, want := range map[string]int{"20260313": 37, "20260314": 38, "20270101": 38} {
		if got := p.ageAt(day); got != want {
			t.Errorf("%s: %d years, want %d", day, got, want)
		}
	}
}
