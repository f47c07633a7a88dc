//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// onOurLibrary makes a terminal whose platform is this program's own library, which stands
// in for another vendor's: behind it is the terminal that there was before, which reads
// cards and has the pages. The library starts that one's agent when it is called.
func (w *world) onOurLibrary() {
	w.t.Helper()
	inner := w.folder
	for name, from := range map[string]string{"onetrans": executable, "libOneTrans2.so": "../../../bin/libOneTrans2.so"} {
		code, err := os.ReadFile(from)
		w.must(err)
		w.must(os.WriteFile(filepath.Join(inner, name), code, 0o755))
	}
	w.t.Cleanup(func() { // where a helper was killed, nobody is left to end it
		if out, err := exec.Command("fuser", "-k", filepath.Join(inner, "onetrans")).CombinedOutput(); err == nil {
			w.t.Logf("its agent was ended: %s", out)
		}
	})
	w.onLibrary(filepath.Join(inner, "libOneTrans2.so"), func(path string) string { return path })
}

// onLibrary makes a terminal that drives a library as another vendor's. Its paths are told
// as its programs say them.
func (w *world) onLibrary(library string, told func(path string) string) {
	w.t.Helper()
	w.folder = w.t.TempDir()
	w.must(os.WriteFile(w.configPath(), fmt.Appendf(nil, `[platform]
driver = "vendor"
dll = %q
app_id = %q
app_key = %q
[devices]
owner = "vendor"
[store]
path = %q
key = "%x"
%s`, told(library), sandbox.DemoAppID, sandbox.DemoAppKey, told(w.journalPath()), w.key, payAccounts()), 0o600))
}

// HIS's call goes through one agent, the helper, our library in it, and another agent, to
// the sandbox.
func TestMoneyMovesOnceThroughOurOwnLibraryAsAnothers(t *testing.T) {
	w := newPlace(t)
	w.onOurLibrary()
	w.startAgent()
	charge := w.hears(w.hisCalls(onetrans.TransRecharge, unpaidOrder(t)), onetrans.TransRecharge)
	code, _ := charge.data["qrcode"].(string)
	w.must(byPhone(w, code))
	w.eventually(20*time.Second, "the payment is heard of", func() bool {
		orders := w.ledger()
		return len(orders) == 1 && orders[0].Result == string(onetrans.ResultSucc)
	})
	again := w.hears(w.hisCalls(onetrans.TransRecharge, unpaidOrder(t)), onetrans.TransRecharge)
	if again.data["result"] != string(onetrans.ResultSucc) || len(w.ledger()) != 1 {
		t.Errorf("repeated: %v", again.data)
	}
}

// The pages are the library's: what is touched, scanned and paid there comes back through
// both agents to HIS, in GBK and whole.
func TestTheSamplesAreServedOnThePagesOfOurOwnLibraryAsAnothers(t *testing.T) {
	w := newPlace(t)
	w.onOurLibrary()
	w.startAgent()
	w.theSamplesWork(false)
	if orders := w.ledger(); len(orders) != 2 || len(orders[0].Refunds)+len(orders[1].Refunds) != 1 {
		t.Errorf("the ledger has %+v", orders)
	}
	rare := sandbox.Persons()[2] // 王㛃
	answer := w.hisCalls(onetrans.TransUserGet, sampleRequest(t, onetrans.TransUserGet))
	w.must(w.follow([]step{
		touch("call identify", view.ChooseWay, string(view.WayCode)),
		{"call scan", func(w *world) error { return w.display.Type(rare.Voucher) }},
	}))
	person := w.hears(answer, onetrans.TransUserGet)
	if name := person.data["baseinfo"].(map[string]any)["psn_name"]; name != rare.Name {
		t.Errorf("read %v", name)
	}
}
