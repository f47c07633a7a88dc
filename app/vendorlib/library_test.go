package vendorlib

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"onetrans/app/checks/standin"
	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
)

func TestTheLibraryIsCalledInItsOwnFolderAndAnswers(t *testing.T) {
	w := newWorld(t)
	answer, err := w.Call(t.Context(), charge(t, "1"))
	if err != nil || answer.Code.String() != "000000" || answer.ErrMsg.String() != "成功" {
		t.Fatalf("%+v, %v", answer, err)
	}
	if got := w.resultOf("1"); got != "init" {
		t.Errorf("it is %q", got)
	}
	got := w.Requests()[0]
	if got.DeptName.String() != "内科㛃" || got.AppID.String() != sandbox.DemoAppID || got.AppKey.String() != sandbox.DemoAppKey ||
		got.SignType.String() != "SM3" || got.EncType.String() != "SM4" || got.Timestamp.Empty() || got.MsgID.Empty() || got.TransType.String() != onetrans.TransRecharge {
		t.Errorf("it was handed %+v", got)
	}
}

// Each is named; money was sent, so nobody knows what became of it; the next call works
// within three seconds, and by its number the trade is found.
func TestWhateverTheLibraryDoesIsNamedAndTheNextCallWorks(t *testing.T) {
	for how, want := range map[string]Fault{
		"one more": Overrun, "9000 more": Overrun, "crash": Crash, "abort": Crash, "exit": Exit, "end": Ended,
		"no end": Unterminated, "return 5": Failed, "empty": Empty,
		"utf8": UTF8, "utf16": UTF16, "other encoding": NotGBK, "no json": NotJSON, "echo": Echo, "refuses": Vague,
	} {
		t.Run(how, func(t *testing.T) {
			if how == "abort" && runtime.GOOS == "windows" {
				want = Exit // the C run-time ends the process by itself
			}
			w := newWorld(t)
			w.Behave(how)
			_, err := w.Call(t.Context(), charge(t, "1"))
			if !errors.Is(err, platform.ErrNoAnswer) || errors.Is(err, platform.ErrNotSent) {
				t.Errorf("what it proves: %v", err)
			}
			if got := faultOf(err); got != want && !(want == Exit && got == Ended) {
				t.Errorf("it is called %q, want %q: %v", got, want, err)
			}
			if got := w.resultOf("1"); got != "init" {
				t.Errorf("it is %q", got)
			}
			if !strings.Contains(w.log.String(), "fault=") || strings.Contains(w.log.String(), "张三") {
				t.Errorf("the log: %s", w.log.String())
			}
		})
	}
}

func TestWhatTheLibraryDoesBeforeItSendsIsNoLessUnknown(t *testing.T) {
	for how, want := range map[string]Fault{"crash before": Crash, "overread": Overread} {
		w := newWorld(t)
		w.Behave(how)
		_, err := w.Call(t.Context(), charge(t, "1"))
		if !errors.Is(err, platform.ErrNoAnswer) || faultOf(err) != want {
			t.Errorf("%s: %v", how, err)
		}
		if got := w.resultOf("1"); got != "notfound" {
			t.Errorf("it is %q", got)
		}
	}
}

func TestALibraryThatHangsIsEndedAtItsLimit(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Limit = 2 * time.Second })
	w.Behave("hang")
	begun := time.Now()
	_, err := w.Call(t.Context(), charge(t, "1"))
	if took := time.Since(begun); !errors.Is(err, platform.ErrNoAnswer) || faultOf(err) != Hang || took > 5*time.Second {
		t.Errorf("%v after %v", err, took)
	}
	if got := w.resultOf("1"); got != "init" {
		t.Errorf("it is %q", got)
	}
}

// standsStill has this process hear nothing of the helper until that has ended, as where it
// was stopped, or starved, for a while.
func (w world) standsStill() {
	said, still := w.helper.lines, *w.helper
	still.lines = make(chan heard)
	w.helper = &still
	go func() {
		defer close(still.lines)
		<-still.ended
		for line := range said {
			select {
			case still.lines <- line:
			case <-still.quit:
				return
			}
		}
	}()
}

// Also where this process was late to hear that it began, or of its answer.
func TestWhatTheHelperSaidBeforeItsEndCounts(t *testing.T) {
	for how, want := range map[string]Fault{"hang": Hang, "": ""} {
		w := newWorld(t, func(o *Options) { o.Limit = time.Second })
		w.resultOf("1")
		w.Behave(how)
		w.standsStill()
		_, err := w.Call(t.Context(), charge(t, "1"))
		if faultOf(err) != want || want != "" && !errors.Is(err, platform.ErrNoAnswer) {
			t.Errorf("%q: %v", how, err)
		}
		if n := len(w.Requests()); n != 2 {
			t.Errorf("%q: %d messages", how, n)
		}
	}
}

func TestACallThatHasBegunWhenAllEndsIsSentOnce(t *testing.T) {
	w := newWorld(t)
	w.resultOf("1")
	w.Behave("slow")
	w.standsStill()
	time.AfterFunc(500*time.Millisecond, w.stop)
	if _, err := w.Call(t.Context(), charge(t, "1")); !errors.Is(err, platform.ErrNoAnswer) {
		t.Error(err)
	}
	if n := len(w.Requests()); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// Its own page may be open: whoever stops waiting leaves it where it is, and the next
// call has its turn when it is done.
func TestACallThatNobodyWaitsForGoesOn(t *testing.T) {
	w := newWorld(t)
	w.Behave("slow")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := w.Call(ctx, charge(t, "1")); !errors.Is(err, platform.ErrNoAnswer) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if _, err := w.Call(ctx, charge(t, "2")); !errors.Is(err, platform.ErrNotSent) {
		t.Errorf("one whose caller was gone before its turn: %v", err)
	}
	if got := w.resultOf("1"); got != "init" {
		t.Errorf("it is %q", got)
	}
	if n := len(w.Requests()); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// However a call with a page ends, and long after its caller has gone: until then nothing
// of ours may lie over it. A call that has none leaves our screen alone.
func TestAPageIsUpUntilTheLibraryIsDoneWhoeverStillWaits(t *testing.T) {
	pages := make(chan bool, 10)
	w := newWorld(t, func(o *Options) { o.Page, o.Limit = func(up bool) { pages <- up }, 3*time.Second })
	pick := request(t, onetrans.TransUserGet, onetrans.UserGetIn{MdtrtCertType: onetrans.T(onetrans.CertPick)})
	w.Stand(func(onetrans.Request) bool { return true })
	w.resultOf("none") // the helper is there: only the library takes its time
	for _, how := range []string{"", "slow", "crash", "hang", "no end"} {
		w.Behave(how)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := w.Call(ctx, pick)
		cancel()
		late := errors.Is(err, context.DeadlineExceeded)
		if late != (how == "slow" || how == "hang") {
			t.Errorf("%q: %v", how, err)
		}
		if !<-pages || late && len(pages) > 0 {
			t.Errorf("%q: its page is gone before it is done", how)
		}
		w.resultOf("none") // which has its turn when that is done, and no page
		if len(pages) != 1 || <-pages {
			t.Errorf("%q: its page is not gone", how)
		}
	}
	if _, err := w.Call(t.Context(), charge(t, "1")); err != nil || len(pages) > 0 {
		t.Errorf("a code that its caller shows: %v, %d", err, len(pages))
	}
}

func TestWhatACallLeavesBehindIsNamedAndCleanedUp(t *testing.T) {
	leaves := map[string]string{"directory": "another directory", "child": "a child process", "daemon": "a child process"}
	if runtime.GOOS == "windows" {
		leaves["window"] = "a window"
	}
	for how, want := range leaves {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t)
			w.Behave(how, "")
			if answer, err := w.Call(t.Context(), charge(t, "1")); err != nil || answer.Code.String() != "000000" {
				t.Fatalf("its answer stands: %v, %v", answer, err)
			}
			if got := w.resultOf("1"); got != "init" {
				t.Errorf("it is %q", got)
			}
			if !strings.Contains(w.log.String(), want) {
				t.Errorf("the log: %s", w.log.String())
			}
			if strings.Count(w.log.String(), "another directory") > 1 {
				t.Errorf("the directory was not put back: %s", w.log.String())
			}
		})
	}
}

func TestTheEndOfAChildIsNotTheLibrarysEnd(t *testing.T) {
	w := newWorld(t)
	w.Behave("split")
	if answer, err := w.Call(t.Context(), charge(t, "1")); err != nil || answer.Code.String() != "000000" {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestWhatTheLibraryPrintsIsNobodys(t *testing.T) {
	w := newWorld(t)
	w.Behave("noise")
	answer, err := w.Call(t.Context(), charge(t, "1"))
	if err != nil || answer.ErrMsg.String() != "成功" {
		t.Errorf("%+v, %v", answer, err)
	}
}

// Nothing was sent before the helper has said that it begins.
func TestAHelperThatHasGoneMeanwhileIsReplacedUnseen(t *testing.T) {
	w := newWorld(t)
	w.resultOf("1")
	for range 3 {
		must(t, w.helper.command.Process.Kill())
		<-w.helper.ended
		w.resultOf("1")
	}
}

func TestWhatCantBeHandedOverIsNotSent(t *testing.T) {
	w := newWorld(t)
	long := charge(t, "1")
	long.OpterName = onetrans.T(strings.Repeat("长", 4096))
	_, err := w.Call(t.Context(), long)
	if !errors.Is(err, platform.ErrNotSent) || !errors.Is(err, wire.ErrContent) {
		t.Errorf("longer than the specification's buffer: %v", err)
	}
	must(t, os.Rename(w.options.DLL, w.options.DLL+".away"))
	_, err = w.Call(t.Context(), charge(t, "1"))
	if load, ok := errors.AsType[*LoadError](err); !ok || !errors.Is(err, platform.ErrNotSent) || load.Why != NotLoaded {
		t.Errorf("without a library: %v", err)
	}
	if len(w.Requests()) != 0 {
		t.Error("it was sent")
	}
}

func TestOnlyACodeThatIsKnownToProveItSaysThatNothingWasDone(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Refusals = []string{"100001"} })
	w.Behave("refuses", "busy", "refuses")
	for _, want := range []string{"100001", "600001"} {
		if answer, err := w.Call(t.Context(), charge(t, want)); err != nil || answer.Code.String() != want {
			t.Errorf("%v, %v", answer, err)
		}
	}
	w = newWorld(t)
	w.Behave("refuses", "refuses")
	if answer, err := w.Call(t.Context(), charge(t, "1")); !errors.Is(err, platform.ErrNoAnswer) || answer.Code.String() != "100001" {
		t.Errorf("it is told, and proves nothing: %v, %v", answer, err)
	}
	// A query that is refused says nothing anyway.
	if answer, err := w.Call(t.Context(), query(t, "1")); err != nil || answer.Code.String() != "100001" {
		t.Errorf("%v, %v", answer, err)
	}
}

// A platform refuses what it has seen with other content.
func TestHISOwnMsgidStandsOnItsFirstWayAlone(t *testing.T) {
	w := newWorld(t)
	first := charge(t, "1")
	first.MsgID, first.Timestamp = onetrans.T("xmfdzl001202312111626173099"), onetrans.T("20231211162617285")
	for range 2 {
		_, err := w.Call(t.Context(), first)
		must(t, err)
	}
	asked := query(t, "1")
	asked.MsgID = onetrans.T("HIS-2")
	_, err := w.Call(t.Context(), asked)
	must(t, err)
	got := w.Requests()
	if got[0].MsgID != first.MsgID || got[0].Timestamp != first.Timestamp {
		t.Errorf("first %s %s", got[0].MsgID, got[0].Timestamp)
	}
	for _, again := range got[1:] {
		if again.MsgID == first.MsgID || again.MsgID == asked.MsgID || len(again.MsgID.String()) != 30 || again.Timestamp == first.Timestamp {
			t.Errorf("again %s %s", again.MsgID, again.Timestamp)
		}
	}
}

// Its own reading is not called: two programs at one reader read nothing.
func TestWhereOurReadersReadTheLibraryIsNotAskedToRead(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Reads = false })
	if can := w.Capabilities(); can.OwnReaders {
		t.Errorf("%+v", can)
	}
	p := sandbox.Persons()[0]
	in := onetrans.UserGetIn{MdtrtCertType: onetrans.T(onetrans.CertSocialSecurity), Cert: onetrans.Cert{
		CertNo: onetrans.T(p.CertNo), PsnName: onetrans.T(p.Name), CardNo: onetrans.T(p.CardNo), CardType: onetrans.T(onetrans.CardSocialSecurity),
	}}
	answer, err := w.Call(t.Context(), request(t, onetrans.TransUserGet, in))
	must(t, err)
	var out onetrans.UserGetOut
	must(t, onetrans.UnmarshalData(answer.Data, &out))
	if out.BaseInfo.Value.PsnName.String() != p.Name || out.CardNo.String() != p.CardNo || out.MdtrtCertType.String() != "03" {
		t.Errorf("%s", answer.Data)
	}
	in.Cert = onetrans.Cert{Code: onetrans.T("282000000000000000")}
	if _, err := w.Call(t.Context(), request(t, onetrans.TransUserThirdGet, in)); !errors.Is(err, platform.ErrNotSent) {
		t.Errorf("a code: %v", err)
	}
	if len(w.Requests()) != 0 {
		t.Error("the library was called")
	}
}

func TestTheHelperGetsNoVariableAndNoSecretOfThisProgram(t *testing.T) {
	got := environment([]string{"PATH=/bin", "ONETRANS_CONFIG=/a", "onetrans_x=1", "HOSPITAL_KEY=s", "DISPLAY=:0"}, []string{"hospital_key"}, "/opt/v/lib.so")
	want := "PATH=/bin DISPLAY=:0"
	if searched != "" {
		want += " " + searched + "=/opt/v"
	}
	if text := strings.Join(got, " "); !strings.HasPrefix(text, want) {
		t.Errorf("%s", text)
	}
}

func TestALibraryIsKnownByItsHeaders(t *testing.T) {
	from, helper, library := standin.Built(t)
	l, err := Inspect(library)
	if err != nil || l.Bits != 64 && runtime.GOARCH != "386" {
		t.Errorf("%+v, %v", l, err)
	}
	text := filepath.Join(standin.Folder(t), "a.dll")
	must(t, os.WriteFile(text, []byte("MZ is not all"), 0o644))
	for path, why := range map[string]Obstacle{
		filepath.Join(from, "nothing"): Missing, from: Unreadable, text: Foreign, helper: Foreign,
	} {
		_, err := Inspect(path)
		if load, ok := errors.AsType[*LoadError](err); !ok || load.Why != why && !(load.Why == NoExport && why == Foreign) {
			t.Errorf("%s: %v, want %s", path, err, why)
		}
	}
	if path, err := HelperFor(filepath.Join(from, "onetrans"), l); err != nil || path != helper {
		t.Errorf("%s, %v", path, err)
	}
	_, err = HelperFor(filepath.Join(standin.Folder(t), "onetrans"), l)
	if load, ok := errors.AsType[*LoadError](err); !ok || load.Why != NoHelper {
		t.Errorf("%v", err)
	}
}

func ExampleFaultError() {
	fmt.Println(&FaultError{Fault: Crash, Detail: "SIGSEGV"})
	// Output: the vendor's library: crash (SIGSEGV)
}
