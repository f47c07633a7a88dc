//go:build e2e && callers

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/app/library/callers"
	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// place is where callers are played: linux, or windows64 and windows32 with what the
// environment has in WINE.
var place = flag.String("place", callers.Linux, "where callers are played")

// libraries are where each place has its library, beside the program.
var libraries = map[string]string{
	callers.Linux:     "../../../bin/libOneTrans2.so",
	callers.Windows64: "../../../dist/windows/amd64/OneTrans2.dll",
	callers.Windows32: "../../../dist/windows/386/OneTrans2.dll",
}

// hospital is a terminal whose HIS calls through the library. Nobody starts its agent:
// the library does.
type hospital struct {
	*world
	stage   callers.Stage
	library string
	served  int // trades that were made, each of another number and amount
	ecToken string
	// atCounter are settlements that were made there.
	atCounter []string
}

// newHospital sets a terminal up, with a display or without, whose callers wait for an
// answer that long.
func newHospital(t *testing.T, stage callers.Stage, display *rig.Display, wait time.Duration) *hospital {
	t.Helper()
	h := &hospital{world: &world{t: t, display: display}, stage: stage}
	h.install(wait)
	h.startSandbox()
	h.setUp(func(w *world, c *configuration) {
		c.UnknownWait, c.Journal = 1, stage.Path(w.journalPath())
		if display == nil { // whose page would offer health cards, too
			c.More = fmt.Sprintf("[ehc]\napp_id = %q\napp_secret = %q\nterm_id = %q\n", sandbox.DemoEHCAppID, sandbox.DemoEHCAppSecret, sandbox.DemoEHCTermID)
		}
	})
	t.Cleanup(func() {
		h.endAgents()
		h.endAgentsOf(h.behind)
	})
	return h
}

// install puts the library and its program into a folder of the terminal's own.
func (h *hospital) install(wait time.Duration) {
	h.t.Helper()
	folder := h.t.TempDir()
	built := libraries[h.stage.Place]
	h.library = h.put(built, folder)
	program := h.put(h.program(""), folder)
	if h.stage.Place != callers.Linux {
		h.key = bytes.Repeat([]byte{0x5a}, store.KeySize)
		h.wine = append(slices.Clone(h.stage.Wine), program)
	}
	settings := fmt.Sprintf("longest_s = %d\n", wait/time.Second)
	if err := os.WriteFile(filepath.Join(folder, "OneTrans2.conf"), []byte(settings), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// program is where the place's program is that has this behind its name, beside the library.
func (h *hospital) program(suffix string) string {
	if h.stage.Place == callers.Linux {
		return executable + suffix
	}
	return filepath.Join(filepath.Dir(libraries[h.stage.Place]), "onetrans"+suffix+".exe")
}

// put puts a file that was built into a folder.
func (h *hospital) put(from, folder string) string {
	h.t.Helper()
	to := filepath.Join(folder, filepath.Base(from))
	if err := os.Link(from, to); err == nil {
		return to
	}
	text, err := os.ReadFile(from)
	if err != nil {
		h.t.Fatalf("%v: make build, or make windows", err)
	}
	h.must(os.WriteFile(to, text, 0o700))
	return to
}

// newStage is the place that the tests were told, where programs find this display, or
// none.
func newStage(t *testing.T, display *rig.Display) callers.Stage {
	t.Helper()
	if *place != callers.Linux {
		rig.FreshWine(t, (&world{display: display}).environ(), wine()...)
	}
	sources, err := filepath.Abs("../../library/hosts")
	if err != nil {
		t.Fatal(err)
	}
	return callers.Stage{Place: *place, Sources: sources, Built: t.TempDir(), Wine: wine()}
}

// wine is the command that runs programs of Windows.
func wine() []string { return strings.Fields(os.Getenv("WINE")) }

// build builds a caller's host.
func build(t *testing.T, s callers.Stage, c callers.Caller) {
	t.Helper()
	if err := s.Build(c); err != nil {
		t.Fatal(err)
	}
}

// start starts a caller's host, which ends with the test.
func (h *hospital) start(c callers.Caller) *callers.Host {
	h.t.Helper()
	host, err := callers.Start(h.stage.Command(c, h.library, append(h.environ(), "ONETRANS_CONFIG="+h.stage.Path(h.configPath()))))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(host.Kill)
	return host
}

// agents are the owners of this terminal, whoever started them.
func (h *hospital) agents() []int { return h.agentsOf(h.configPath()) }

// agentsOf are the owners whose configuration this is; nobody has none.
func (h *hospital) agentsOf(path string) []int {
	h.t.Helper()
	if path == "" {
		return nil
	}
	config := h.stage.Path(path)
	return h.running(func(words []string) bool {
		return strings.Contains(words[0], "onetrans") && slices.Contains(words, config)
	})
}

// drawers are the processes that draw for this terminal, or would.
func (h *hospital) drawers() []int {
	return h.beside(func(words []string) bool { return words[1] == "ui" })
}

// helpers are the processes that have another vendor's library for this terminal.
func (h *hospital) helpers() []int {
	return h.beside(func(words []string) bool { return strings.Contains(words[0], "onetrans-vendor") })
}

// beside are the processes whose program lies beside the library, and whose words are such.
func (h *hospital) beside(such func(words []string) bool) []int {
	h.t.Helper()
	folder := h.stage.Path(filepath.Dir(h.library))
	return h.running(func(words []string) bool { return strings.HasPrefix(words[0], folder) && such(words) })
}

// running are the processes whose words, of which there are some, are such.
func (h *hospital) running(such func(words []string) bool) (pids []int) {
	h.t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		h.t.Fatal(err)
	}
	for _, file := range all {
		line, _ := os.ReadFile(file) // one that has ended has none
		if words := strings.Split(string(line), "\x00"); len(words) > 1 && such(words) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// killAll ends processes as a power cut would.
func killAll(pids []int) {
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// endAgents ends the terminal's owners.
func (h *hospital) endAgents() { h.endAgentsOf(h.configPath()) }

// endAgentsOf ends the owners whose configuration this is, and waits until they have.
func (h *hospital) endAgentsOf(config string) {
	for _, pid := range h.agentsOf(config) {
		_ = syscall.Kill(pid, syscall.SIGTERM)
	}
	if within(15*time.Second, "the agents end", func() bool { return len(h.agentsOf(config)) == 0 }) != nil {
		h.t.Errorf("agents that do not end: %v", h.agentsOf(config))
		killAll(h.agentsOf(config))
	}
}

// --- what is called ---

// trade is a call of HIS about a trade, with what makes it that trade.
type trade struct {
	transType, no, request string
}

// moves says whether money moves.
func (t trade) moves() bool {
	return slices.Contains([]string{onetrans.TransRecharge, onetrans.TransRefund, onetrans.TransSettle, onetrans.TransSettleCancel}, t.transType)
}

// paid is the number of the charge that is asked for and refunded, asked the one of the
// authorisation that is asked for.
const (
	paid  = "P0"
	asked = "A0"
)

// next is a good request of a trans_type, about nothing that was before.
func (h *hospital) next(transType string) trade {
	h.t.Helper()
	h.served++
	no := fmt.Sprintf("N%d", h.served)
	if transType == onetrans.TransSettle {
		return trade{transType, no, sampleRequest(h.t, transType)}
	}
	requests := map[string]func(no string) map[string]any{
		onetrans.TransUserGet: func(string) map[string]any {
			return map[string]any{"mdtrt_cert_type": "01", "business_type": "01301", "cert": map[string]any{"code": h.person.Voucher}}
		},
		onetrans.TransUserThirdGet: func(string) map[string]any {
			return health(map[string]any{"business_type": "01301", "out_verify_time": "20261125100000", "cert": map[string]any{"code": h.person.HealthCard + ":1"}})
		},
		onetrans.TransAuthURL: func(no string) map[string]any {
			return health(map[string]any{"out_authorize_no": no, "out_authorize_time": "20261125100000"})
		},
		onetrans.TransAuthQuery: func(string) map[string]any { return health(map[string]any{"out_authorize_no": asked}) },
		onetrans.TransRecharge:  h.charge,
		onetrans.TransQuery: func(string) map[string]any {
			return h.money(map[string]any{"tradeType": onetrans.TransRecharge, "outTradeNo": paid, "idNo": h.person.CertNo})
		},
		onetrans.TransRefund: func(no string) map[string]any {
			return h.money(map[string]any{"amount": "0.01", "outChargeNo": paid, "outRefundNo": no, "withdrawMode": "1", "refundType": "hisDecide", "idNo": h.person.CertNo})
		},
		onetrans.TransSettleCancel: h.settledAtTheCounter,
	}
	return trade{transType, no, h.message(transType, requests[transType](no))}
}

// health is what messages about health cards have in common, and more.
func health(more map[string]any) map[string]any {
	data := map[string]any{
		"ehc_app_id": sandbox.DemoEHCAppID, "ehc_app_secret": sandbox.DemoEHCAppSecret, "term_id": sandbox.DemoEHCTermID, "treatment_code": "0101051",
	}
	maps.Copy(data, more)
	return data
}

// money is what messages about money have in common, and more.
func (h *hospital) money(more map[string]any) map[string]any {
	data := map[string]any{
		"termNo": "T1", "cardType": "01", "cardNo": h.person.CardNo, "accountType": "02",
		"hisCustId": h.person.HisCustID, "userName": h.person.Name,
	}
	maps.Copy(data, more)
	return data
}

// charge is one that is paid at once with the code on a phone.
func (h *hospital) charge(no string) map[string]any {
	return h.money(map[string]any{
		"amount": fmt.Sprintf("%d.%02d", 1+h.served/100, h.served%100), "outChargeNo": no, "depositType": "WX_BAR",
		"extra": map[string]any{"authCode": fmt.Sprintf("13%015d0", time.Now().UnixNano()%1e15)},
	})
}

func (h *hospital) message(transType string, data map[string]any) string {
	h.t.Helper()
	text, err := json.Marshal(map[string]any{
		"trans_type": transType, "recer_sys_code": "HIS", "msgid": "M1", "dept_codg": "1", "dept_name": "门诊",
		"opter": "o", "opter_name": "欧阳文珺", "opter_type": "1", "data": data,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return string(text)
}

// settledAtTheCounter settles a person's bills there, takes the person's share, and asks
// for all that to be cancelled.
func (h *hospital) settledAtTheCounter(no string) map[string]any {
	h.t.Helper()
	h.atCounter = append(h.atCounter, no)
	var settled struct {
		SetlID  string `json:"setl_id"`
		MdtrtID string `json:"mdtrt_id"`
		Total   string `json:"medfee_sumamt"`
		Fund    string `json:"fund_pay_sumamt"`
		Account string `json:"acct_pay"`
		Cash    string `json:"psn_cash_pay"`
	}
	h.eventually(time.Minute, "bills can be settled at the counter", func() bool {
		answer, err := http.Post("http://"+h.platform+"/control/settle", "application/json", strings.NewReader(fmt.Sprintf(`{"outSettleNo":%q,"cardNo":%q}`, no, h.person.CardNo)))
		h.must(err)
		defer answer.Body.Close()
		if json.NewDecoder(answer.Body).Decode(&settled) == nil && settled.SetlID != "" {
			return true
		}
		// Who never repeats a call leaves its cancellation to an agent, which has to be there.
		h.mustServe(h.next(onetrans.TransQuery))
		return false
	})
	share := h.money(map[string]any{
		"amount": settled.Cash, "outChargeNo": no + "C", "accountType": "01", "depositType": "CHS_ONE_BAR",
		"extra": map[string]any{"ecToken": h.ecToken, "medicalContent": map[string]any{
			"bizTraceNo": settled.SetlID, "feeSumamt": settled.Total, "fundPay": settled.Fund, "psnAcctPay": settled.Account, "ownPayAmt": settled.Cash,
		}},
	})
	h.mustServe(trade{onetrans.TransRecharge, no + "C", h.message(onetrans.TransRecharge, share)})
	return map[string]any{
		"insuplc_admdvs": h.person.Insurance.Region, "mdtrtarea_admvs": sandbox.DemoRegion, "fixmedins_code": "H35990000001", "fixmedins_name": "医院",
		"mdtrt_id": settled.MdtrtID, "setl_id": settled.SetlID, "psn_no": h.person.PsnNo,
	}
}

// --- callers, and what goes wrong around them ---

// client is a caller at work.
type client struct {
	*hospital
	callers.Caller
	host *callers.Host
	// told are all answers about a trade, with what it is.
	told []told
}

type told struct {
	trade
	callers.Heard
}

// beyond is how much later than it should a caller may hear, on a machine that is busy:
// the library grants an owner three seconds more than itself, and finds one in ten.
const beyond = 20 * time.Second

// calls makes a call and judges the answer, which must come while its caller waits.
func (c *client) calls(thread int, of trade) callers.Heard {
	c.t.Helper()
	given, err := c.Encode(of.request)
	if err != nil {
		c.t.Fatal(err)
	}
	select {
	case a := <-c.host.Call(thread, given):
		return c.judge(of, a)
	case <-time.After(c.Wait() + beyond):
		c.t.Fatalf("%s: nothing is heard within %v", of.transType, c.Wait())
	}
	return callers.Heard{}
}

func (c *client) judge(of trade, a callers.Answer) callers.Heard {
	c.t.Helper()
	heard, faults := c.Judge(a)
	for _, f := range faults {
		c.t.Errorf("%s %s: %s", of.transType, of.no, f)
	}
	c.told = append(c.told, told{of, heard})
	return heard
}

// fault is something that goes wrong around a call.
type fault struct {
	name string
	// platform is how it misbehaves; around does what must be before the call, and what
	// happens during it, until it is answered.
	platform string
	around   func(*client) (during func(context.Context))
	// reads and money are the codes that a call which reads, or moves money, may hear.
	reads, money []onetrans.Code
}

var (
	good    = []onetrans.Code{onetrans.CodeOK}
	unknown = []onetrans.Code{onetrans.CodeUnknown}
	// either is what somebody hears whose owner is killed, on a machine that is slow perhaps just after it answered.
	either = []onetrans.Code{onetrans.CodeOK, onetrans.CodeUnknown}
	// unread is what a read hears whose answer never came, or can't be trusted.
	unread = []onetrans.Code{onetrans.CodeUntrusted, onetrans.CodeUnknown, onetrans.CodeNotSent}
)

func faults() []fault {
	return []fault{
		{name: "nothing", reads: good, money: good},
		{name: "nobody is there", reads: good, money: good, around: func(c *client) func(context.Context) { c.endAgents(); return nil }},
		{name: "the platform is late", platform: `{"delay_ms": 400}`, reads: good, money: good},
		{name: "its answer is garbage", platform: `{"garble": 1}`, reads: unread, money: unknown},
		{name: "its answer is lost", platform: `{"drop_answer": 1}`, reads: unread, money: unknown},
		{
			name: "the agent is killed", platform: `{"hold": true}`, reads: either, money: either,
			around: func(c *client) func(context.Context) {
				c.mustServe(c.next(onetrans.TransQuery))
				return c.loseAgent
			},
		},
	}
}

// loseAgent kills the agent as soon as its call has come to the platform, or is answered.
func (c *client) loseAgent(call context.Context) {
	_ = within(20*time.Second, "it arrives there", func() bool { return call.Err() != nil || c.met("") > 0 })
	killAll(c.agents())
	c.faults("")
}

// isBusy makes each call while somebody else's runs, and repeats it afterwards.
func (c *client) isBusy(calls []string) {
	c.t.Helper()
	var trades []trade
	for _, transType := range calls {
		trades = append(trades, c.next(transType))
	}
	other := client{hospital: c.hospital, Caller: plain(c.t), host: c.hospital.start(plain(c.t))}
	defer other.host.Kill()
	first := c.next(onetrans.TransUserGet)
	given, err := other.Encode(first.request)
	if err != nil {
		c.t.Fatal(err)
	}
	c.mustServe(c.next(onetrans.TransQuery))
	c.faults(`{"hold": true}`)
	answer := other.host.Call(0, given)
	c.eventually(20*time.Second, "it arrives there", func() bool { return c.met(onetrans.TransUserGet) > 0 })
	for _, of := range trades {
		pageless := of.transType == onetrans.TransSettle // which may be found first
		if heard := c.calls(0, of); heard.Code != onetrans.CodeBusy && heard.Code != c.Expects.Code && !(pageless && heard.Code == onetrans.CodeDevice) {
			c.t.Errorf("busy, %s: heard %s %s", of.transType, heard.Code, heard.Message)
		}
	}
	c.faults("")
	other.judge(first, <-answer)
	for _, of := range trades {
		c.insists(of, callers.Heard{Code: onetrans.CodeBusy})
	}
}

// suffers makes one call of a trans_type while something goes wrong, and repeats it as
// the caller does.
func (c *client) suffers(f fault, transType string, thread int) {
	t := c.t
	t.Helper()
	of := c.next(transType)
	ctx, answered := context.WithCancel(t.Context())
	defer answered()
	during := func(context.Context) {}
	if f.around != nil {
		if more := f.around(c); more != nil {
			during = more
		}
	}
	c.faults(f.platform)
	var happening sync.WaitGroup
	happening.Go(func() { during(ctx) })
	heard := c.calls(thread, of)
	answered()
	happening.Wait()
	c.faults("")
	if want := c.expects(f, of); !slices.Contains(want, heard.Code) {
		t.Errorf("%s, %s: heard %s %s, want %q", f.name, transType, heard.Code, heard.Message, want)
	}
	c.insists(of, heard)
}

// insists repeats a call that moves money as its caller does, until its outcome is known.
func (c *client) insists(of trade, heard callers.Heard) {
	c.t.Helper()
	again := []onetrans.Code{onetrans.CodeBusy, onetrans.CodeUnknown}
	if c.behind != "" { // where it takes minutes to be known, or for ever
		again = again[:1]
	}
	for tries := 0; slices.Contains(again, heard.Code) && of.moves() && c.Runs.Repeats == callers.SameNumber; tries++ {
		if tries == 30 {
			c.t.Errorf("%s %s: %s for ever", of.transType, of.no, heard.Code)
			return
		}
		time.Sleep(200 * time.Millisecond)
		heard = c.calls(0, of)
	}
}

// expects are the codes that a call may hear.
func (c *client) expects(f fault, of trade) []onetrans.Code {
	switch {
	case c.Expects.Code != onetrans.CodeOK: // it is not even handed over
		return []onetrans.Code{c.Expects.Code}
	case of.transType == onetrans.TransSettle && *place == callers.Linux && f.name != "the agent is killed": // a page, without a display
		return []onetrans.Code{onetrans.CodeDevice}
	case of.transType == onetrans.TransSettle:
		// Its owner is killed, or Windows takes its time to find that no window can come: longer than some wait.
		return []onetrans.Code{onetrans.CodeDevice, onetrans.CodeTimedOut, onetrans.CodeUnknown}
	case of.moves():
		return f.money
	}
	return f.reads
}

// wasTrue judges, once all is decided, what a caller was told of its trades.
func (c *client) wasTrue() {
	c.t.Helper()
	books := c.platformBooks()
	for _, told := range c.told {
		_, done := books[told.transType+" "+told.no]
		if told.transType != onetrans.TransRecharge && told.transType != onetrans.TransRefund {
			continue
		}
		switch {
		case told.Code == onetrans.CodeOK && told.Data["result"] == string(onetrans.ResultSucc) && !done:
			c.t.Errorf("%s %s: told to be done, and is not", told.transType, told.no)
		case told.Code != onetrans.CodeOK && told.Code != onetrans.CodeUnknown && told.Code != onetrans.CodeBusy && done:
			c.t.Errorf("%s %s: told %s %s, and it was done", told.transType, told.no, told.Code, told.Message)
		}
	}
}

// open leaves what calls are about: a charge that is refunded, an authorisation that is
// asked for, a voucher that was exchanged.
func (h *hospital) open() {
	h.t.Helper()
	first := h.charge(paid)
	first["amount"] = "500"
	h.mustServe(trade{onetrans.TransRecharge, paid, h.message(onetrans.TransRecharge, first)})
	h.mustServe(trade{onetrans.TransAuthURL, asked, h.message(onetrans.TransAuthURL, health(map[string]any{"out_authorize_no": asked, "out_authorize_time": "20261125100000"}))})
	h.ecToken, _ = h.mustServe(h.next(onetrans.TransUserGet)).Data["ecToken"].(string)
}

// mustServe is a call of a program of its own without any peculiarity. On a machine that
// is busy an agent may take longer to start than its caller waits: nothing was done then.
func (h *hospital) mustServe(of trade) callers.Heard {
	h.t.Helper()
	c := client{hospital: h, Caller: plain(h.t), host: h.start(plain(h.t))}
	defer c.host.Kill()
	heard := c.calls(0, of)
	for tries := 0; heard.Code == onetrans.CodeDevice && tries < 3; tries++ {
		heard = c.calls(0, of)
	}
	if heard.Code != onetrans.CodeOK {
		h.t.Fatalf("%s: %+v", of.transType, heard)
	}
	return heard
}

// plain is a caller without any peculiarity.
func plain(t *testing.T) callers.Caller {
	t.Helper()
	c, err := callers.Load("../../library/testdata/callers/c-plain.toml")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Each caller makes each call while each thing goes wrong. It is answered in time and
// left as it was, what it is told is true, and in the end both books say the same.
func TestEachCallerIsAnsweredWhateverGoesWrong(t *testing.T) {
	all, err := callers.LoadAll("../../library/testdata/callers")
	if err != nil {
		t.Fatal(err)
	}
	stage := newStage(t, nil)
	build(t, stage, plain(t))
	room := make(chan struct{}, 6)
	t.Run("callers", func(t *testing.T) {
		for _, c := range all {
			if !c.PlayedIn(*place) {
				continue
			}
			build(t, stage, c)
			t.Run(c.File, func(t *testing.T) {
				t.Parallel()
				room <- struct{}{}
				defer func() { <-room }()
				h := newHospital(t, stage, nil, c.Wait())
				h.open()
				(&client{hospital: h, Caller: c, host: h.start(c)}).suffersAll()
			})
		}
	})
}

func (c *client) suffersAll() {
	thread, calls := 0, onetrans.TransTypes()
	if c.Expects.Code != onetrans.CodeOK {
		// Nothing that was settled at the counter is cancelled: it can't be settled again.
		calls = slices.DeleteFunc(calls, func(c string) bool { return c == onetrans.TransSettleCancel })
	}
	for _, f := range faults() {
		for _, transType := range calls {
			c.suffers(f, transType, thread)
			thread = (thread + 1) % c.Runs.Threads
		}
	}
	c.isBusy(calls)
	if err := c.host.End(); err != nil {
		c.t.Error(err)
	}
	c.settleUp()
}

// settleUp waits until all is decided, and compares the books.
func (c *client) settleUp() {
	c.t.Helper()
	c.faults("")
	c.mustServe(c.next(onetrans.TransQuery))
	patience := time.Minute
	if c.behind != "" { // which closes what its platform does not know when minutes have passed
		patience = 6 * time.Minute
	}
	c.comesRight(patience)
	c.endAgents()
	if out, err := c.command("journal", "verify"); err != nil {
		c.t.Errorf("verify: %v: %s", err, out)
	}
	c.compareWith(c.allBooks())
	c.wasTrue()
}

// allBooks are the platform's books of what was done at this terminal.
func (h *hospital) allBooks() map[string]string {
	h.t.Helper()
	books := h.platformBooks()
	var settlements []struct {
		SetlID string `json:"setl_id"`
		State  string `json:"state"`
	}
	h.look("/control/settlements", &settlements)
	for _, s := range settlements {
		if s.State == "cancelled" { // which only this terminal does
			books[onetrans.TransSettleCancel+" "+s.SetlID] = ""
		}
	}
	for _, no := range h.atCounter {
		delete(books, onetrans.TransSettle+" "+no)
	}
	return books
}
