package sandbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
)

func TestEverythingIsThereAfterReopening(t *testing.T) {
	dir, clock := t.TempDir(), &handClock{now: time.Date(2026, 11, 23, 10, 24, 0, 0, onetrans.Zone())}
	b := newBenchIn(t, dir, clock)
	sealed := b.seal(b.plain("M1", onetrans.TransRecharge, rechargeOf(patient(), "C0", "10")))
	first, err := b.post(t.Context(), sealed)
	if err != nil {
		t.Fatal(err)
	}
	b.paid("C1", "20")
	b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "5.00").with("withdrawMode", "2"))
	b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "C2", "10"), "WX_BAR", wxGood))
	b.send(onetrans.TransClose, obj{"outTradeNo": "C3"})
	done := b.settleWhole(patient(), "S1")
	b.send(onetrans.TransSettle, settleOf(Persons()[2], "S2", onetrans.PhasePre))
	link := b.send(onetrans.TransAuthURL, authOf("A1")).get("ehealth_authurl")
	_, settles := b.control("settlements", nil)
	_, before := b.control("orders", nil)
	if err := b.srv.Close(); err != nil {
		t.Fatal(err)
	}

	b = newBenchIn(t, dir, clock)
	if _, after := b.control("orders", nil); string(after) != string(before) {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	if _, after := b.control("settlements", nil); string(after) != string(settles) {
		t.Errorf("before\n%s\nafter\n%s", settles, after)
	}
	wantFields(t, b.phase("S1", onetrans.PhaseConfirm), map[string]string{"setl_id": done.get("setl_id")})
	wantCode(t, b.send(onetrans.TransSettle, settleOf(Persons()[2], "S3", onetrans.PhasePre)), "610003")
	again := b.send(onetrans.TransAuthURL, authOf("A1")).get("ehealth_authurl")
	if _, number, _ := strings.Cut(link, "/auth/"); !strings.HasSuffix(again, number) {
		t.Errorf("link was %s and is %s", link, again)
	}
	wantFields(t, b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "20")), map[string]string{"result": "succ", "balance": "3025.00"})
	wantFields(t, b.send(onetrans.TransRecharge, withCode(rechargeOf(patient(), "C4", "10"), "WX_BAR", wxGood)), map[string]string{"result": "fail"})
	wantFields(t, b.send(onetrans.TransRecharge, rechargeOf(patient(), "C3", "10")), map[string]string{"result": "closed"})
	repeated, err := b.post(t.Context(), sealed)
	if err != nil || string(repeated.Data) != string(first.Data) {
		t.Errorf("the same message was answered %s, before %s, %v", repeated.Data, first.Data, err)
	}
}

func TestExpiredOrderStaysClosedWhenTheClockIsPutBack(t *testing.T) {
	b := newBench(t)
	b.send(onetrans.TransRecharge, rechargeOf(patient(), "C1", "10"))
	b.clock.Advance(5 * time.Minute)
	wantFields(t, b.ask("C1"), map[string]string{"result": "closed"})
	b.clock.Advance(-5 * time.Minute)
	wantFields(t, b.ask("C1"), map[string]string{"result": "closed"})
}

func TestOpenSaysThatAnotherProcessHasTheData(t *testing.T) {
	dir := t.TempDir()
	openTest(t, Options{Dir: dir})
	if s, err := Open(Options{Dir: dir}); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), fileName) {
		t.Errorf("opened %v, %v", s, err)
	}
}

func TestOpenMakesAPrivateFolderAndLeavesNoScraps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "sandbox")
	openTest(t, Options{Dir: dir})
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("folder has mode %v", info.Mode())
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 || files[0].Name() != fileName {
		t.Errorf("folder holds %v, %v", files, err)
	}
}

func TestOpenRefusesAFileThatIsNoData(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Dir: dir}); err == nil || errors.Is(err, ErrInUse) {
		t.Errorf("opened with %v", err)
	}
}

// victimDir is set for the child process that is to be killed.
const victimDir = "SANDBOX_VICTIM"

// TestVictim is no test of its own but the child of the one below: it serves
// until it is killed, and does nothing in an ordinary run.
func TestVictim(t *testing.T) {
	dir := os.Getenv(victimDir)
	if dir == "" {
		return
	}
	s, err := Open(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("listening %s\n", l.Addr())
	t.Error(s.Serve(context.Background(), l))
}

func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	dir := t.TempDir()
	victim := exec.Command(os.Args[0], "-test.run=^TestVictim$")
	victim.Env = append(os.Environ(), victimDir+"="+dir)
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = victim.Process.Kill() }()
	address := ""
	for lines := bufio.NewScanner(out); address == "" && lines.Scan(); {
		address, _ = strings.CutPrefix(lines.Text(), "listening ")
	}
	b := &bench{t: t, now: time.Now, url: "http://" + address, keys: demoTerminal(t), http: http.DefaultClient}
	b.paid("C1", "20")
	b.send(onetrans.TransRefund, refundOf(patient(), "C1", "R1", "5.00"))
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait() // it was killed

	s := openTest(t, Options{Dir: dir})
	err = s.ledger.view(func(k *book) error {
		o, err := k.order("C1")
		if err != nil {
			return err
		}
		r, err := k.refund("R1")
		if err != nil {
			return err
		}
		balance, err := k.balance(patient(), onetrans.AccountInpatient)
		if o.Result != onetrans.ResultSucc || r.Result != onetrans.ResultSucc || balance != 301500 {
			t.Errorf("order %s, refund %s, balance %s", o.Result, r.Result, balance)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
