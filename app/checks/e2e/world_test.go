//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/app/config"
	"onetrans/app/sandbox"
	"onetrans/devices/virtualcard"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// world is one terminal with everything around it.
type world struct {
	t       *testing.T
	folder  string
	display *rig.Display
	eyes    *eyes
	// platform is the sandbox's address.
	platform string
	kiosk    *exec.Cmd
	log      *logbook
	person   sandbox.Person
	// slot is the card that was put in last.
	slot *virtualcard.Slot
	// wine runs the terminal's programs of Windows, the first of which is the last word
	// here; empty: they are Linux's.
	wine []string
	// key is the journal's, where its file is of no use here: Windows seals it.
	key []byte
	// behind is the configuration of the terminal behind another vendor's library; empty:
	// the platform is reached without one.
	behind string
}

// change spoils the configuration or the surroundings before the kiosk starts.
type change func(*world, *configuration)

// configuration is what the kiosk is told.
type configuration struct {
	AppKey, Journal, TermNo string
	// UnknownWait is how many seconds a call waits for what is in doubt.
	UnknownWait int
	// More are tables that others do without.
	More string
}

// newWorld starts a sandbox, a display and a kiosk.
func newWorld(t *testing.T, changes ...change) *world {
	t.Helper()
	w := newPlace(t, changes...)
	w.startKiosk()
	return w
}

// newPlace starts a sandbox and a display, and configures a terminal that
// nobody serves yet.
func newPlace(t *testing.T, changes ...change) *world {
	t.Helper()
	w := &world{t: t, display: rig.StartDisplay(t, screenWidth, screenHeight), eyes: openEyes(t)}
	w.startSandbox()
	w.setUp(changes...)
	return w
}

// setUp gives the terminal a folder and its configuration.
func (w *world) setUp(changes ...change) {
	w.t.Helper()
	w.folder, w.person = w.t.TempDir(), sandbox.Persons()[0]
	c := configuration{
		AppKey: sandbox.DemoAppKey, Journal: w.journalPath(),
		TermNo: config.Default().Terminal.TermNo, UnknownWait: 60,
	}
	for _, change := range changes {
		change(w, &c)
	}
	w.configure(c)
}

func (w *world) startSandbox() {
	w.t.Helper()
	w.platform = freeAddress(w.t)
	server := exec.Command(executable, "sandbox", "--listen", w.platform, "--data", w.t.TempDir())
	server.Stderr = os.Stderr
	rig.Start(w.t, server)
	w.eventually(10*time.Second, "the sandbox listens", func() bool {
		conn, err := net.Dial("tcp", w.platform)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
}

func (w *world) configure(c configuration) {
	text := fmt.Sprintf(`[platform]
driver = "wire"
url = "http://%s/onetrans"
app_id = %q
app_key = %q
[pay]
unknown_wait_s = %d
%s[terminal]
term_no = %q
mdtrtarea_admvs = %q
[store]
path = %q
key = "%x"
[ui]
fullscreen = true
panel_inches = %v
%s`, w.platform, sandbox.DemoAppID, c.AppKey, c.UnknownWait, payAccounts(), c.TermNo, sandbox.DemoRegion, c.Journal, w.key, panelInches, c.More)
	if err := os.WriteFile(w.configPath(), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// payAccounts are the sandbox's accounts of both kinds, as a configuration has them.
func payAccounts() (tables string) {
	for _, kind := range []string{"01", "02"} {
		tables += fmt.Sprintf("[[pay.account]]\ntype = %q\npay_app_id = %q\npay_app_secret = %q\n", kind, sandbox.DemoPayAppID, sandbox.DemoPayAppSecret)
	}
	return tables
}

func (w *world) configPath() string  { return filepath.Join(w.folder, "onetrans.toml") }
func (w *world) journalPath() string { return filepath.Join(w.folder, "journal.db") }

func (w *world) startKiosk() {
	w.t.Helper()
	w.log = &logbook{}
	w.kiosk = exec.Command(executable, "kiosk", "--config", w.configPath())
	w.kiosk.Env = w.display.Environ()
	w.kiosk.Stderr = w.log
	rig.Start(w.t, w.kiosk)
	w.t.Cleanup(func() {
		if w.t.Failed() {
			w.t.Logf("the kiosk's log:\n%s", w.log)
			w.keepPicture("failed")
		}
	})
}

// kill ends the kiosk as a power cut would.
func (w *world) kill() {
	w.t.Helper()
	if err := w.kiosk.Process.Signal(syscall.SIGKILL); err != nil {
		w.t.Fatal(err)
	}
	_ = w.kiosk.Wait()
}

// environ is what the terminal's programs run in; some have no display.
func (w *world) environ() []string {
	if w.display != nil {
		return w.display.Environ()
	}
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "DISPLAY=") || strings.HasPrefix(v, "WAYLAND_DISPLAY=")
	})
}

// trades ends the kiosk and reads the recharges in its journal.
func (w *world) trades() []txn.Trade {
	w.t.Helper()
	rig.Stop(w.kiosk)
	return slices.DeleteFunc(w.journaled(), func(t txn.Trade) bool { return t.Order.Kind() != onetrans.TransRecharge })
}

// journaled is all that is in the journal, which nobody has.
func (w *world) journaled() []txn.Trade {
	w.t.Helper()
	journal, err := store.Inspect(w.journalPath(), store.Options{Key: w.key})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		w.t.Fatal(err)
	}
	defer journal.Close()
	return w.tradesIn(journal)
}

// tradesIn are all trades of a journal.
func (w *world) tradesIn(journal *store.Store) []txn.Trade {
	w.t.Helper()
	written := map[[2]string]bool{}
	err := journal.Entries(func(_ uint64, e txn.Entry) bool {
		written[[2]string{e.Kind, e.No}] = true
		return true
	})
	if err != nil {
		w.t.Fatal(err)
	}
	var trades []txn.Trade
	for of := range written {
		trade, found, err := journal.Trade(of[0], of[1])
		if err != nil || !found {
			w.t.Fatalf("%s %s: found %v, %v", of[0], of[1], found, err)
		}
		trades = append(trades, trade)
	}
	return trades
}

// insert puts a card into the reader; nil: the person's own.
func (w *world) insert(card *virtualcard.Card) *virtualcard.Slot {
	w.t.Helper()
	if card == nil {
		own, err := virtualcard.New(w.person.Card())
		if err != nil {
			w.t.Fatal(err)
		}
		card = &own
	}
	slot, err := virtualcard.Insert(w.t.Context(), "", *card)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(slot.Remove)
	w.slot = slot
	return slot
}

// order is a row of the sandbox's ledger.
type order struct {
	OutChargeNo string `json:"outChargeNo"`
	CardNo      string `json:"cardNo"`
	Amount      string `json:"amount"`
	Result      string `json:"result"`
	Refunds     []struct {
		OutRefundNo string `json:"outRefundNo"`
		Amount      string `json:"amount"`
		Result      string `json:"result"`
	} `json:"refunds"`
}

func (w *world) ledger() (orders []order) {
	w.t.Helper()
	w.look("/control/orders", &orders)
	return orders
}

// look reads one of the sandbox's lists.
func (w *world) look(path string, into any) {
	w.t.Helper()
	answer, err := http.Get("http://" + w.platform + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		w.t.Fatal(err)
	}
}

// faults makes the sandbox misbehave; an empty text makes it behave.
func (w *world) faults(settings string) {
	w.t.Helper()
	if settings == "" {
		settings = "{}"
	}
	answer, err := http.Post("http://"+w.platform+"/control/faults", "application/json", strings.NewReader(settings))
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		said, _ := io.ReadAll(answer.Body)
		w.t.Fatalf("faults: %s %s", answer.Status, said)
	}
}

// met is how many messages of a trans_type, or of any, have met the sandbox's faults since
// they were set: one that is held there has arrived.
func (w *world) met(transType string) (n int) {
	w.t.Helper()
	var faults struct{ Met map[string]int }
	w.look("/control/faults", &faults)
	for of, times := range faults.Met {
		if transType == "" || of == transType {
			n += times
		}
	}
	return n
}

// becomesPaid waits until the kiosk has found that an order is paid, and has written it down.
func (w *world) becomesPaid() {
	w.t.Helper()
	w.eventually(20*time.Second, "the payment is in the journal", func() bool { return strings.Contains(w.log.String(), "to=succ") })
}

func (w *world) eventually(patience time.Duration, what string, holds func() bool) {
	w.t.Helper()
	if err := within(patience, what, holds); err != nil {
		w.t.Fatal(err)
	}
}

// within waits for another process to get somewhere.
func within(patience time.Duration, what string, holds func() bool) error {
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if holds() {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("not within %v: %s", patience, what)
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// logbook keeps what a process says.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
