package terminal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"onetrans/app/checks/standin"
	"onetrans/app/config"
	"onetrans/app/record"
	"onetrans/app/rehearse"
	"onetrans/app/sandbox"
	"onetrans/app/terminal/call"
	"onetrans/app/terminal/socket"
	"onetrans/flows/message/onetrans"
)

func TestMain(m *testing.M) { standin.Main(m) }

// recording is a station that records calls, or does not.
func recording(t *testing.T, serves, records bool) *Station {
	t.Helper()
	s := station(t, serves)
	s.Close()
	s.Config.Record.Calls = records
	return New(s.Options)
}

// recordedAt are the calls that were recorded at a station.
func recordedAt(t *testing.T, s *Station) []record.Call {
	t.Helper()
	file, err := Recorded(s.Config, s.Log)
	if err != nil {
		t.Fatal(err)
	}
	got, err := file.Last(record.Keep)
	if err != nil && !errors.Is(err, record.ErrNone) || got.Unread > 0 || !got.Whole() {
		t.Fatal(got, err)
	}
	return got.Calls
}

func TestCallsAreRecordedThroughWhicheverDoorTheyCome(t *testing.T) {
	s := recording(t, true, true)
	opens(t, s)
	s.Serve(nil)
	var told []byte
	keep := func(out []byte) error { told = out; return nil }
	ask := func(transType string) {
		t.Helper()
		if _, err := CarryOut(t.Context(), Options{Config: s.Config, Log: s.Log}, onetrans.Call{TransType: transType, In: []byte(`{}`)}, keep); err != nil {
			t.Fatal(err)
		}
	}
	codeOf(t, s)                 // over the socket
	ask("none of this world")    // refused by the process that was called
	ask(onetrans.TransQuery)     // likewise: it lacks fields
	s.Close()                    // the owner goes
	ask(onetrans.TransAuthQuery) // nobody is there
	if calls := recordedAt(t, s); len(calls) != 4 || len(told) == 0 {
		t.Errorf("%d calls: %+v", len(calls), calls)
	}
}

func TestNothingIsRecordedUnlessTheConfigurationWantsIt(t *testing.T) {
	s := recording(t, true, false)
	opens(t, s)
	s.Serve(nil)
	codeOf(t, s)
	s.Close()
	if _, err := os.Lstat(record.Path(s.Config.Store.Path)); !os.IsNotExist(err) {
		t.Errorf("there is a file: %v", err)
	}
}

func TestACallIsAnsweredAlsoWhereItCannotBeRecorded(t *testing.T) {
	s := recording(t, true, true)
	if err := os.MkdirAll(filepath.Join(record.Path(s.Config.Store.Path), "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	opens(t, s)
	s.Serve(nil)
	defer s.Close()
	if code := codeOf(t, s); code != onetrans.CodeTransType {
		t.Error(code)
	}
	if a, err := socket.Ask(t.Context(), Address(s.Config), onetrans.Call{TransType: onetrans.TransQuery, In: []byte(`{}`)}); err != nil || len(a.Out) == 0 {
		t.Error(err)
	}
}

// Another program answers HIS, and ours looks on.
func TestACallThatAnotherAnswersIsHandedOnAsItIsAndJudgedBeside(t *testing.T) {
	s := recording(t, true, true)
	opens(t, s)
	got := onetrans.Call{}
	s.door.Through = noted(func(_ context.Context, c onetrans.Call) ([]byte, int, error) {
		got = c
		return []byte(`{"code":"000000","data":{}}`), 7, nil
	})
	s.Serve(nil)
	asked := onetrans.Call{TransType: onetrans.TransQuery, In: []byte(`{"what":"HIS says"}`), Buffer: 8192}
	a, err := socket.Ask(t.Context(), Address(s.Config), asked)
	if err != nil || string(a.Out) != `{"code":"000000","data":{}}` || string(got.In) != string(asked.In) || got.Buffer != 8192 {
		t.Errorf("%s, %s, %v", got.In, a.Out, err)
	}
	s.Close()
	calls := recordedAt(t, s)
	if len(calls) != 1 || calls[0].By != record.ByVendor || calls[0].Returned != 7 || calls[0].Refusal == nil || calls[0].Refusal.Code != string(onetrans.CodeField) {
		t.Errorf("%+v", calls)
	}
}

// A hospital's HIS goes on as it did, and what this program would have made of each call
// is found afterwards.
func TestInShadowTheVendorsLibraryAnswersAndOurRulesLookOn(t *testing.T) {
	library := standin.New(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Beside the program, where it is looked for.
	if err := os.Symlink(library.Helper, filepath.Join(filepath.Dir(program), filepath.Base(library.Helper))); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	s := recording(t, true, true)
	s.Config.Platform = config.Platform{Driver: config.Vendor, DLL: library.DLL, Call: 10 * time.Second, Shadow: true}
	s.Config.Devices.Owner = config.VendorReads
	s = New(s.Options)
	opens(t, s)
	s.Serve(nil)
	p := sandbox.Persons()[0]
	charge := fmt.Sprintf(`{"app_id":%q,"app_key":%q,"msgid":"H35010000001202611280001","trans_type":"hop.trade.recharge","data":{"payAppId":"A","payAppSecret":"B",`+
		`"termNo":"T1","cardType":"05","cardNo":%q,"accountType":"02","hisCustId":%q,"userName":%q,"amount":"8.00","outChargeNo":"SHADOW0001","extra":{"printMode":"1"}}}`,
		sandbox.DemoAppID, sandbox.DemoAppKey, p.AdmissionNo, p.HisCustID, p.Name)
	for range 2 {
		in := charge
		raw, err := onetrans.EncodeGBK([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		var told []byte
		exit, err := CarryOut(t.Context(), Options{Config: s.Config, Log: s.Log}, onetrans.Call{TransType: onetrans.TransRecharge, In: raw, Buffer: 8192}, func(out []byte) error { told = out; return nil })
		if err != nil || exit != call.ExitAnswered || !bytes.Contains(told, []byte(`"result":"init"`)) {
			t.Fatalf("%d, %s, %v", exit, told, err)
		}
	}
	if got := library.Requests(); len(got) != 2 || got[0].MsgID != onetrans.T("H35010000001202611280001") || got[1].MsgID != got[0].MsgID || !got[0].SignType.Empty() {
		t.Errorf("the library was not handed what HIS said: %+v", got)
	}
	library.Behave("utf8")
	if answer, err := socket.Ask(t.Context(), Address(s.Config), onetrans.Call{TransType: onetrans.TransQuery, In: []byte(`{}`), Buffer: 8192}); err != nil || !answer.Theirs {
		t.Errorf("an answer of the vendor's is not said to be: %+v, %v", answer, err)
	}
	if open, err := s.Journal().Open(); err != nil || len(open) > 0 {
		t.Errorf("our journal has %d trades, %v", len(open), err)
	}
	s.Close()
	calls := recordedAt(t, s)
	judged, err := rehearse.Judge(t.Context(), calls)
	if err != nil || len(judged) != 3 || calls[0].Refusal == nil || judged[0].Kind != rehearse.Refuses {
		t.Errorf("%d judged, %+v, %v", len(judged), judged, err)
	}
}
