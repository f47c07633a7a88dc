package vendorlib

import (
	"bytes"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"onetrans/app/checks/standin"
	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
)

func TestMain(m *testing.M) { standin.Main(m) }

// world is a library that misbehaves as it is told, and what drives it.
type world struct {
	*Vendor
	*standin.Library
	t   testing.TB
	log *logbook
}

// logbook is a log that is read while others write.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newWorld(t testing.TB, change ...func(*Options)) world {
	t.Helper()
	w := world{Library: standin.New(t), t: t, log: &logbook{}}
	o := Options{
		DLL: w.DLL, Helper: w.Helper, Keys: standin.Keys(), Institution: "H35010200275",
		Reads: true, Limit: 10 * time.Second, Log: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	for _, c := range change {
		c(&o)
	}
	var err error
	w.Vendor, err = New(o)
	must(t, err)
	t.Cleanup(w.Vendor.Close)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// charge is a recharge that the sandbox takes, under a number.
func charge(t testing.TB, no string) onetrans.Request {
	t.Helper()
	p := sandbox.Persons()[0]
	in := onetrans.RechargeIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret), TermNo: onetrans.T("T1"),
		CardType: onetrans.T(onetrans.CardAdmission), CardNo: onetrans.T(p.AdmissionNo), AccountType: onetrans.T(onetrans.AccountInpatient),
		HisCustID: onetrans.T(p.HisCustID), UserName: onetrans.T(p.Name), Amount: onetrans.Yuan(1250), OutChargeNo: onetrans.T(no),
	}
	in.Extra.Value.PrintMode = onetrans.T("1")
	return request(t, onetrans.TransRecharge, in)
}

func request(t testing.TB, transType string, data any) onetrans.Request {
	t.Helper()
	encoded, err := onetrans.Marshal(data)
	must(t, err)
	return onetrans.Request{
		RecerSysCode: onetrans.T("HIS"), DeptName: onetrans.T("内科㛃"), Opter: onetrans.T("Z"), OpterName: onetrans.T("张三"), OpterType: onetrans.T("1"),
		TransType: onetrans.T(transType), Data: encoded,
	}
}

// query asks for that recharge.
func query(t testing.TB, no string) onetrans.Request {
	t.Helper()
	p := sandbox.Persons()[0]
	return request(t, onetrans.TransQuery, onetrans.QueryIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret), TermNo: onetrans.T("T1"),
		CardType: onetrans.T(onetrans.CardAdmission), CardNo: onetrans.T(p.AdmissionNo), AccountType: onetrans.T(onetrans.AccountInpatient),
		TradeType: onetrans.T(onetrans.TransRecharge), OutTradeNo: onetrans.T(no),
	})
}

// resultOf is what the library says of a recharge. How soon it says so after a fault, a
// benchmark measures.
func (w world) resultOf(no string) string {
	w.t.Helper()
	answer, err := w.Call(w.t.Context(), query(w.t, no))
	must(w.t, err)
	var out onetrans.QueryOut
	must(w.t, onetrans.UnmarshalData(answer.Data, &out))
	return out.Result.String()
}

// faultOf is the fault that an error names; empty without one.
func faultOf(err error) Fault {
	if f, ok := errors.AsType[*FaultError](err); ok {
		return f.Fault
	}
	return ""
}
