//go:build e2e

package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/app/sandbox"
	"onetrans/devices/sscard"
	"onetrans/devices/virtualcard"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// specification is where the samples and the tables are.
const specification = "../../../flows/message/onetrans/testdata/"

// heard is what HIS got for a call.
type heard struct {
	exit int
	out  []byte // as it came, GBK
	code string
	data map[string]any
	all  map[string]any
}

// hisCalls makes a call as HIS does: a process of its own, its request in a
// file, in GBK. What it hears comes when it comes.
func (w *world) hisCalls(transType, request string) <-chan heard {
	w.t.Helper()
	_, answer := w.startCall(transType, request)
	return answer
}

// startCall is hisCalls, with the process.
func (w *world) startCall(transType, request string) (*exec.Cmd, <-chan heard) {
	w.t.Helper()
	in := filepath.Join(w.t.TempDir(), "in")
	gbk, err := onetrans.EncodeGBK([]byte(request))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(in, gbk, 0o600); err != nil {
		w.t.Fatal(err)
	}
	out, log := &bytes.Buffer{}, &logbook{}
	caller := exec.Command(executable, "--trans_type", transType, "--in", in, "--config", w.configPath())
	caller.Env, caller.Stdout, caller.Stderr = w.environ(), out, log
	if err := caller.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = caller.Process.Kill() })
	answer := make(chan heard, 1)
	go func() {
		_ = caller.Wait()
		h := heard{exit: caller.ProcessState.ExitCode(), out: out.Bytes()}
		if text, err := onetrans.DecodeGBK(h.out); err == nil && json.Unmarshal(text, &h.all) == nil {
			h.code, _ = h.all["code"].(string)
			h.data, _ = h.all["data"].(map[string]any)
		}
		answer <- h
	}()
	return caller, answer
}

// hears waits for a call's answer, which must be a success and carry what the
// tables demand.
func (w *world) hears(answer <-chan heard, transType string) heard {
	w.t.Helper()
	select {
	case h := <-answer:
		if h.code != string(onetrans.CodeOK) || h.exit != 0 || h.data == nil {
			w.t.Fatalf("%s: exit %d, %s", transType, h.exit, h.out)
		}
		w.carriesWhatTheTablesDemand(transType, h)
		return h
	case <-time.After(30 * time.Second):
		w.t.Fatalf("%s: nothing was heard; the screen shows %s", transType, w.sees())
	}
	return heard{}
}

// carriesWhatTheTablesDemand looks for every field of an answer marked Y.
func (w *world) carriesWhatTheTablesDemand(transType string, h heard) {
	w.t.Helper()
	file, err := os.Open(specification + "fields.csv")
	if err != nil {
		w.t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		w.t.Fatal(err)
	}
	columns := map[string]int{}
	for i, name := range rows[0] {
		columns[name] = i
	}
	for _, row := range rows[1:] {
		is := func(column string) string { return row[columns[column]] }
		if t := is("trans_type"); t != "*" && t != transType || is("direction") != "out" || is("required") != "Y" || is("when") != "" {
			continue
		}
		node, there := nodeOf(h.all, is("node"))
		if !there {
			continue // a part that this person has not: the tables mark the fields inside it
		}
		if _, there := node[is("code")]; !there {
			w.t.Errorf("%s: %s of %s is missing: %s", transType, is("code"), is("node"), h.out)
		}
	}
}

// nodeOf is where in a message a table's rows stand; the first where a list is.
func nodeOf(message map[string]any, path string) (map[string]any, bool) {
	node := message
	for name := range strings.SplitSeq(path, ".") {
		if name == "" || name == "common" {
			continue
		}
		next := node[name]
		if list, ok := next.([]any); ok && len(list) > 0 {
			next = list[0]
		}
		var ok bool
		if node, ok = next.(map[string]any); !ok {
			return nil, false
		}
	}
	return node, true
}

// sampleRequest is one of the specification's, as it stands.
func sampleRequest(t *testing.T, transType string) string {
	t.Helper()
	text, err := os.ReadFile(specification + "messages/" + transType + ".in.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// theSamplesWork makes the specification's calls, all five as given, on
// whatever screen they get. Nobody touches a result: HIS has its answer all the
// same, and where somebody resident has the screen the page stays until the next.
func (w *world) theSamplesWork(resident bool) {
	t := w.t
	t.Helper()
	answer := w.hisCalls(onetrans.TransUserGet, sampleRequest(t, onetrans.TransUserGet))
	w.must(w.follow([]step{
		touch("call identify", view.ChooseWay, string(view.WaySocialSecurityCard)),
		{"call insert", func(w *world) error { w.keepPicture("insert"); w.insertSample(); return nil }},
	}))
	person := w.hears(answer, onetrans.TransUserGet)
	if name := person.data["baseinfo"].(map[string]any)["psn_name"]; name != "李四" {
		t.Errorf("read %v", name)
	}
	w.slot.Remove()

	answer = w.hisCalls(onetrans.TransRecharge, sampleRequest(t, onetrans.TransRecharge))
	w.must(w.await("call cashier", 15*time.Second))
	w.payTheCode()
	charge := w.hears(answer, onetrans.TransRecharge)
	if resident {
		w.must(w.await("call result", 5*time.Second))
		w.keepPicture("recharged")
	}
	if charge.data["result"] != string(onetrans.ResultSucc) {
		t.Errorf("recharged: %v", charge.data)
	}

	for _, transType := range []string{onetrans.TransQuery, onetrans.TransRefund, onetrans.TransRefund} { // the same refund again
		if h := w.hears(w.hisCalls(transType, sampleRequest(t, transType)), transType); h.data["result"] != string(onetrans.ResultSucc) {
			t.Errorf("%s: %v", transType, h.data)
		}
	}

	answer = w.hisCalls(onetrans.TransSettle, sampleRequest(t, onetrans.TransSettle))
	w.must(w.follow([]step{
		touch("call bills", view.Next, ""),
		touch("call review", view.Pay, ""),
		{"call share", func(w *world) error { w.payTheCode(); return nil }},
	}))
	settled := w.hears(answer, onetrans.TransSettle)
	if resident {
		w.must(w.await("call settled", 5*time.Second))
		w.keepPicture("settled")
		w.must(w.tap("call settled", view.Done, ""))
	}
	if settled.data["setl_id"] == "" {
		t.Errorf("settled: %v", settled.data)
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil && w.display != nil {
		w.keepPicture("failed")
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// payTheCode reads the code off the screen and pays it, as a phone would.
func (w *world) payTheCode() {
	w.t.Helper()
	code, err := w.readCode()
	if err == nil {
		err = byPhone(w, code)
	}
	w.must(err)
}

// insertSample puts in the card of the person whom the samples ask for.
func (w *world) insertSample() {
	w.t.Helper()
	for _, p := range sandbox.SamplePersons() {
		if p.CardNo != "AE0000001" {
			continue
		}
		card, err := virtualcard.New(p.Card())
		w.must(err)
		w.insert(&card)
		return
	}
	w.t.Fatal("the samples' person is not there")
}

func TestTheSamplesAreServedByTheRunningKiosk(t *testing.T) {
	w := newWorld(t)
	w.must(w.await("attract", 15*time.Second))
	w.theSamplesWork(true)
	w.must(w.await("attract", 15*time.Second)) // the kiosk has its screen back
	for _, secret := range []string{"李四", "350100200101010000", "demokey", "DEMOPAYSECRET"} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

func TestTheSamplesAreServedWithoutAKiosk(t *testing.T) { newPlace(t).theSamplesWork(false) }

func TestTheSamplesAreServedByTheAgent(t *testing.T) {
	w := newPlace(t)
	w.startAgent()
	w.theSamplesWork(true)
}

// Whoever asks again for a settlement hears what has become of it: HIS must not
// book a visit whose insurance was cancelled and whose share went back.
func TestACancelledSettlementIsToldAsThat(t *testing.T) {
	w := newPlace(t)
	w.startAgent()
	answer := w.hisCalls(onetrans.TransSettle, sampleRequest(t, onetrans.TransSettle))
	w.must(w.follow([]step{
		touch("call bills", view.Next, ""),
		touch("call review", view.Pay, ""),
		{"call share", func(w *world) error { w.decide(settleNo, true); return nil }},
	}))
	settled := w.hears(answer, onetrans.TransSettle)
	setlID := settled.data["setl_id"].(string)
	head, _, _ := strings.Cut(sampleRequest(t, onetrans.TransSettle), `"data"`)
	cancel := strings.Replace(head, onetrans.TransSettle, onetrans.TransSettleCancel, 1) + fmt.Sprintf(`"data": {
		"insuplc_admdvs": "350102", "mdtrtarea_admvs": "350100", "fixmedins_code": "H35010200275", "fixmedins_name": "测试中医院",
		"mdtrt_id": %q, "setl_id": %q, "psn_no": "3500000135010020010101000001"}}`, settled.data["mdtrt_id"], setlID)
	w.mustHear(onetrans.TransSettleCancel, cancel, onetrans.CodeOK)
	w.mustHear(onetrans.TransSettle, sampleRequest(t, onetrans.TransSettle), onetrans.CodeUnsettled)
	w.mustHear(onetrans.TransSettleCancel, cancel, onetrans.CodeOK)
	if out, err := w.command("journal", "show", settleNo); err != nil || !strings.Contains(out, "已撤销") {
		t.Errorf("the journal says %s, %v", out, err)
	}
	orders := w.ledger()
	if len(orders) != 1 || len(orders[0].Refunds) != 1 || orders[0].Refunds[0].OutRefundNo != "X"+setlID || orders[0].Refunds[0].Amount != "42.00" {
		t.Errorf("the ledger has %+v", orders)
	}
}

// startAgent starts the resident owner, and waits until it serves.
func (w *world) startAgent() *exec.Cmd {
	w.t.Helper()
	agent := exec.Command(executable, "agent", "--config", w.configPath())
	agent.Env = w.environ()
	ready, err := agent.StdoutPipe()
	w.must(err)
	rig.Start(w.t, agent)
	_, err = ready.Read(make([]byte, 1)) // it says so once it serves
	w.must(err)
	return agent
}

// A card that the last patient forgot is not the present one's.
func TestACardThatWasThereBeforeHISAskedIsNotRead(t *testing.T) {
	w := newWorld(t)
	w.must(w.await("attract", 15*time.Second))
	w.insertSample()
	reader := sscard.New(sscard.Options{})
	defer reader.Close(t.Context())
	w.eventually(20*time.Second, "the service has noticed it, too", func() bool {
		slots, err := reader.Status(t.Context())
		return err == nil && slices.ContainsFunc(slots, func(s sscard.Slot) bool { return s.Card })
	})
	answer := w.hisCalls(onetrans.TransUserGet, sampleRequest(t, onetrans.TransUserGet))
	w.must(w.await("call identify, card there", 20*time.Second))
	w.keepPicture("card-there")
	select {
	case h := <-answer:
		t.Fatalf("answered with %s", h.out)
	default:
	}
	w.slot.Remove()
	w.must(w.await("call identify", 10*time.Second))
	w.insertSample()
	person := w.hears(answer, onetrans.TransUserGet)
	if name := person.data["baseinfo"].(map[string]any)["psn_name"]; name != "李四" {
		t.Errorf("read %v", name)
	}
}

// A name that is no GBK is on the screen whole, and comes back to a GBK caller whole.
func TestARareNameIsShownAndAnswered(t *testing.T) {
	w := newWorld(t)
	w.must(w.await("attract", 15*time.Second))
	request := strings.Replace(sampleRequest(t, onetrans.TransRecharge), `"姓名"`, `"`+rareName+`"`, 1)
	answer := w.hisCalls(onetrans.TransRecharge, request)
	w.must(w.await("call rare", 15*time.Second))
	w.keepPicture("rare")
	w.must(w.tap("call rare", view.LeavePay, ""))
	w.must(w.await("call leave", 5*time.Second))
	w.must(w.tap("call leave", view.ReallyLeave, ""))
	if h := <-answer; h.code != string(onetrans.CodeCancelled) {
		t.Errorf("left: %s", h.out)
	}

	for _, p := range sandbox.Persons()[2:5] { // 王㛃, 李䶮, 陈𠅤
		answer := w.hisCalls(onetrans.TransUserGet, strings.Replace(sampleRequest(t, onetrans.TransUserGet), `"09"`, `"03"`, 1))
		card, err := virtualcard.New(p.Card())
		w.must(err)
		slot := w.insert(&card)
		h := w.hears(answer, onetrans.TransUserGet)
		slot.Remove()
		if name := h.data["baseinfo"].(map[string]any)["psn_name"]; name != p.Name {
			t.Errorf("%s came back as %v", p.Name, name)
		}
		if bytes.Contains(h.out, []byte("?")) {
			t.Errorf("a question mark: %s", h.out)
		}
	}
}
