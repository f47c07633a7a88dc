package sandbox

import (
	_ "embed"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/flows/message/onetrans"
)

// Classes of what is on a bill, as the insurance's catalogue has them.
const (
	classFull  = "甲" // wholly within the insurance's scope
	classFirst = "乙" // the person pays a part first, the rest is within the scope
	classOwn   = "丙" // the person pays all
)

// listedBill is an invented outpatient bill as the embedded list has it.
type listedBill struct {
	BillNo  string     `json:"billNo"`
	DaysAgo int        `json:"daysAgo"` // so that the bills are always fresh
	Dept    string     `json:"dept"`
	Doctor  string     `json:"doctor"`
	Items   []billItem `json:"items"`
}

// billItem is a line of a bill. Amounts are yuan with two decimals.
type billItem struct {
	Name   string `json:"name"`
	Amount string `json:"amount"`
	Class  string `json:"class"`
	Over   string `json:"over,omitzero"` // how much of it is above the insurance's limit price
}

// bill is a bill of one day, as a settlement keeps it.
type bill struct {
	BillNo string       `json:"billNo"`
	Dept   string       `json:"dept"`
	Doctor string       `json:"doctor"`
	Date   string       `json:"date"` // yyyy-MM-dd
	Amount onetrans.Fen `json:"amount"`
	Items  []billItem   `json:"items"`
}

//go:embed bills.json
var billsJSON []byte

// loadBills parses the embedded list once: social-security card number → bills.
var loadBills = sync.OnceValue(func() map[string][]listedBill {
	var f struct {
		Cards []struct {
			CardNo string       `json:"cardNo"`
			Bills  []listedBill `json:"bills"`
		} `json:"cards"`
	}
	if err := json.Unmarshal(billsJSON, &f, json.RejectUnknownMembers(true)); err != nil {
		panic("sandbox: embedded bills.json: " + err.Error())
	}
	bills := map[string][]listedBill{}
	for _, c := range f.Cards {
		bills[c.CardNo] = c.Bills
	}
	return bills
})

// on is the bill as of the day of now.
func (l listedBill) on(now time.Time) (bill, error) {
	b := bill{
		BillNo: l.BillNo, Dept: l.Dept, Doctor: l.Doctor, Items: l.Items,
		Date: now.In(onetrans.Zone()).AddDate(0, 0, -l.DaysAgo).Format(time.DateOnly),
	}
	for _, item := range l.Items {
		fen, err := onetrans.ParseFen(item.Amount)
		if err != nil {
			return b, err
		}
		b.Amount += fen
	}
	return b, nil
}

// waiting lists the person's bills that nobody has settled.
func (b *book) waiting(p Person) ([]bill, error) {
	bills := []bill{}
	for _, l := range loadBills()[p.CardNo] {
		if b.tx.Bucket(bucketBills).Get([]byte(l.BillNo)) != nil {
			continue
		}
		one, err := l.on(b.now)
		if err != nil {
			return nil, err
		}
		bills = append(bills, one)
	}
	return bills, nil
}

// pick finds the bills that are named, in the list's order; none named: all.
// A number that is not waiting, or is repeated, is not a choice.
func pick(bills []bill, named []string) ([]bill, bool) {
	if len(named) == 0 {
		return bills, true
	}
	picked := slices.DeleteFunc(slices.Clone(bills), func(b bill) bool { return !slices.Contains(named, b.BillNo) })
	return picked, len(picked) == len(named)
}

// wireBills are bills as an answer has them.
func wireBills(bills []bill) onetrans.List[onetrans.Bill] {
	list := onetrans.List[onetrans.Bill]{Items: []onetrans.Bill{}}
	for _, b := range bills {
		w := onetrans.Bill{
			BillNo: onetrans.T(b.BillNo), Dept: onetrans.T(b.Dept), Doctor: onetrans.T(b.Doctor),
			Date: onetrans.T(b.Date), Amount: onetrans.Yuan(b.Amount),
		}
		for _, item := range b.Items {
			w.Items.Items = append(w.Items.Items, onetrans.BillItem{
				Name: onetrans.T(item.Name), Amount: onetrans.AmountOf(onetrans.T(item.Amount)),
			})
		}
		list.Items = append(list.Items, w)
	}
	return list
}
