package txn_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
)

// What must never be seen outside the messages.
const (
	appKey   = "SECRET-app-key"
	payKey   = "SECRET-pay-key"
	authCode = "134567890123456789"
	idNo     = "11010519491231002X"
	userName = "欧阳小珺"
)

// memory is a journal in memory that can be told to fail. It keeps what a real
// one keeps: JSON, and the credentials apart, until the trade is final.
type memory struct {
	mu      sync.Mutex
	trades  map[key][]byte
	secrets map[key]txn.Secrets
	open    map[key]bool
	refs    map[string]map[key]bool
	entries []txn.Entry
	fail    func(txn.Entry) error
	fooled  bool // what fails is written all the same
	failGet error
	// archived are the trades that were moved to an archive.
	archived map[key]bool
	diary    *diary
}

// key is a trade's kind and number.
type key struct{ kind, no string }

func newMemory(d *diary) *memory {
	return &memory{trades: map[key][]byte{}, secrets: map[key]txn.Secrets{}, open: map[key]bool{}, refs: map[string]map[key]bool{}, diary: d}
}

func (m *memory) Write(e txn.Entry, t txn.Trade) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var failed error
	if m.fail != nil {
		failed = m.fail(e)
	}
	if failed != nil && !m.fooled {
		return failed
	}
	kept := t
	kept.Order.Secrets = txn.Secrets{} // which a journal keeps apart
	encoded, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	m.diary.note("journal " + e.Event)
	no := key{t.Order.Kind(), t.Order.No}
	for _, ref := range t.Refs() {
		if m.refs[ref] == nil {
			m.refs[ref] = map[key]bool{}
		}
		m.refs[ref][no] = true
	}
	m.entries = append(m.entries, e)
	m.trades[no] = encoded
	if m.open[no] = !t.Final(); m.open[no] {
		m.secrets[no] = t.Order.Secrets
	} else {
		delete(m.secrets, no)
	}
	return failed
}

func (m *memory) Trade(kind, no string) (txn.Trade, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.read(key{kind, no})
}

// read reads a trade; m.mu is held.
func (m *memory) read(k key) (txn.Trade, bool, error) {
	if m.archived[k] {
		return txn.Trade{}, false, fmt.Errorf("%w: 1", txn.ErrArchived)
	}
	encoded, ok := m.trades[k]
	if m.failGet != nil || !ok {
		return txn.Trade{}, false, m.failGet
	}
	var t txn.Trade
	err := json.Unmarshal(encoded, &t)
	t.Order.Secrets = m.secrets[k]
	return t, true, err
}

func (m *memory) Open() ([]txn.Trade, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.list(m.open)
}

func (m *memory) Related(ref string) ([]txn.Trade, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.list(m.refs[ref])
}

// list reads the trades of a set, in a stable order; m.mu is held.
func (m *memory) list(set map[key]bool) (trades []txn.Trade, err error) {
	keys := []key{}
	for k, is := range set {
		if is {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b key) int { return strings.Compare(a.kind+" "+a.no, b.kind+" "+b.no) })
	for _, k := range keys {
		t, _, err := m.read(k)
		if err != nil {
			return nil, err
		}
		trades = append(trades, t)
	}
	return trades, nil
}

func (m *memory) set(fail func(txn.Entry) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = fail
}

// diary is what happened, in order: journal writes and messages.
type diary struct {
	mu    sync.Mutex
	notes []string
}

func (d *diary) note(what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.notes = append(d.notes, what)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.notes, ", ")
}

func (d *diary) count(what string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, note := range d.notes {
		if note == what {
			n++
		}
	}
	return n
}

// reply is what the platform does with one message.
type reply func(ctx context.Context, request onetrans.Request) (onetrans.Answer, error)

// script is a platform that does what it is told: per kind of message one
// reply after another, the last for ever.
type script struct {
	mu      sync.Mutex
	replies map[string][]reply
	calls   []call
	can     platform.Capabilities
	diary   *diary
}

type call struct {
	at      time.Time
	kind    string
	request onetrans.Request
}

var short = map[string]string{
	onetrans.TransRecharge: "recharge", onetrans.TransQuery: "query", onetrans.TransClose: "close",
	onetrans.TransRefund: "refund", onetrans.TransSettleCancel: "cancel",
}

// kindOf names a message: a settlement's by its phase.
func kindOf(request onetrans.Request) string {
	if request.TransType.String() != onetrans.TransSettle {
		return short[request.TransType.String()]
	}
	var in onetrans.SettleIn
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		panic(err)
	}
	return in.Extra.Value.Phase.String()
}

func (s *script) Capabilities() platform.Capabilities { return s.can }

func (s *script) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	kind := kindOf(request)
	s.diary.note("send " + kind)
	s.mu.Lock()
	s.calls = append(s.calls, call{time.Now(), kind, request})
	queue := s.replies[kind]
	if len(queue) > 1 {
		s.replies[kind] = queue[1:]
	}
	s.mu.Unlock()
	if len(queue) == 0 {
		return lost(ctx, request)
	}
	return queue[0](ctx, request)
}

func (s *script) on(kind string, replies ...reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies[kind] = replies
}

// sent are the messages so far.
func (s *script) sent() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *script) times(kind string, since time.Time) (times []time.Duration) {
	for _, c := range s.sent() {
		if c.kind == kind && !c.at.Before(since) {
			times = append(times, c.at.Sub(since))
		}
	}
	return times
}

// data is an answer that succeeded, with these members.
func data(members string) reply {
	return func(context.Context, onetrans.Request) (onetrans.Answer, error) {
		return onetrans.Answer{
			Code:        onetrans.T("000000"),
			RespondTime: onetrans.T(onetrans.FormatTimestamp(time.Now())),
			Data:        []byte("{" + members + "}"),
		}, nil
	}
}

func says(result string) reply { return data(fmt.Sprintf(`"result":%q`, result)) }

// ordered is an order with its code, to be paid within five minutes of the platform's time.
func ordered(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	expire := onetrans.FormatTime(time.Now().Add(5 * time.Minute))
	return data(fmt.Sprintf(`"result":"init","qrcode":"https://pay/1","traceNo":"T1","chargeNo":"C1","expireTime":%q`, expire))(ctx, request)
}

func refuses(code string) reply {
	return func(context.Context, onetrans.Request) (onetrans.Answer, error) {
		return onetrans.Answer{Code: onetrans.T(code), Data: []byte("{}")}, nil
	}
}

func lost(context.Context, onetrans.Request) (onetrans.Answer, error) {
	return onetrans.Answer{}, fmt.Errorf("%w: cut off", platform.ErrNoAnswer)
}

func notSent(context.Context, onetrans.Request) (onetrans.Answer, error) {
	return onetrans.Answer{}, fmt.Errorf("%w: connecting", platform.ErrNotSent)
}

func unsealable(context.Context, onetrans.Request) (onetrans.Answer, error) {
	return onetrans.Answer{}, fmt.Errorf("%w: %w", platform.ErrNotSent, wire.ErrContent)
}

// mute lets a message arrive and never answers.
func mute(ctx context.Context, _ onetrans.Request) (onetrans.Answer, error) {
	<-ctx.Done()
	return onetrans.Answer{}, fmt.Errorf("%w: %w", platform.ErrNoAnswer, ctx.Err())
}

// holds answers after a time, or when the caller goes away not at all.
func holds(d time.Duration, then reply) reply {
	return func(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
		select {
		case <-time.After(d):
			return then(ctx, request)
		case <-ctx.Done():
			return mute(ctx, request)
		}
	}
}

// logbook is a log that is read while polling still writes.
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

// world is a core between a journal and a platform, in virtual time.
type world struct {
	*diary
	t        *testing.T
	journal  *memory
	platform *script
	core     *txn.Core
	options  txn.Options
	log      *logbook
}

// play runs a test in virtual time. Whatever the core started must end with it.
func play(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &diary{}
		w := &world{
			diary: d, t: t, journal: newMemory(d), log: &logbook{},
			platform: &script{replies: map[string][]reply{}, diary: d, can: platform.Capabilities{Close: true, Phases: true, Repeats: true}},
		}
		w.open()
		defer func() { w.core.Close() }()
		test(w)
	})
}

func (w *world) open() {
	w.t.Helper()
	var err error
	log := slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	options := w.options
	options.Log = log
	if w.core, err = txn.Open(w.journal, w.platform, options); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) restart() {
	w.t.Helper()
	w.core.Close()
	w.open()
}

// in is what a recharge asks for.
type in struct {
	no, amount, card, account, deposit, despite string
	noCode                                      bool
}

func (i in) request() onetrans.Asked[onetrans.RechargeIn] {
	r := onetrans.RechargeIn{
		PayAppID: onetrans.T("P"), PayAppSecret: onetrans.T(payKey), TermNo: onetrans.T("T"),
		CardType: onetrans.T("01"), CardNo: onetrans.T("D1"), AccountType: onetrans.T("02"),
		UserName: onetrans.T(userName), IDNo: onetrans.T(idNo),
		Amount: onetrans.Yuan(20000), OutChargeNo: onetrans.T(i.no),
	}
	if i.amount != "" {
		r.Amount = onetrans.AmountOf(onetrans.T(i.amount))
	}
	if i.card != "" {
		r.CardNo = onetrans.T(i.card)
	}
	if i.account != "" {
		r.AccountType = onetrans.T(i.account)
	}
	if !i.noCode {
		r.Extra.Value.PrintMode = onetrans.T("1")
	}
	if i.deposit != "" {
		r.DepositType = onetrans.T(i.deposit)
		r.Extra.Value.AuthCode = onetrans.T(authCode)
	}
	if i.despite != "" {
		r.Extra.Value.Despite = onetrans.T(i.despite)
	}
	return asked(r)
}

// asked is a request with these data.
func asked[In any](in In) onetrans.Asked[In] {
	return onetrans.Asked[In]{Request: onetrans.Request{AppID: onetrans.T("A"), AppKey: onetrans.T(appKey)}, In: in}
}

// query is HIS's own query for a trade of this type.
func query(tradeType, members string) (asked onetrans.Asked[onetrans.QueryIn]) {
	if err := onetrans.UnmarshalData(fmt.Appendf(nil, `{"tradeType":%q,%s}`, tradeType, members), &asked.In); err != nil {
		panic(err)
	}
	return asked
}

// recharge makes an order and gives it so long.
func (w *world) recharge(i in, patience time.Duration) (txn.Status, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	return w.core.Recharge(ctx, i.request())
}

// begin makes an order that must not be refused by the core.
func (w *world) begin(i in, patience time.Duration) txn.Status {
	w.t.Helper()
	status, err := w.recharge(i, patience)
	if err != nil {
		w.t.Fatalf("Recharge: %v", err)
	}
	return status
}

func (w *world) query(members string) (onetrans.Answer, error) {
	return w.core.Query(w.t.Context(), query(onetrans.TransRecharge, members))
}

// trade is how a recharge stands in the journal.
func (w *world) trade(no string) txn.Trade {
	w.t.Helper()
	return w.tradeOf(onetrans.TransRecharge, no)
}

func (w *world) tradeOf(kind, no string) txn.Trade {
	w.t.Helper()
	t, ok, err := w.journal.Trade(kind, no)
	if err != nil || !ok {
		w.t.Fatalf("trade %q: %v %v", no, ok, err)
	}
	return t
}

func (w *world) mustBe(no string, want any) {
	w.t.Helper()
	if got := w.trade(no).At(); string(got) != fmt.Sprint(want) {
		w.t.Fatalf("%s is %q, want %q; %s", no, got, want, w.diary)
	}
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	time.Sleep(d) // in the bubble: virtual
	synctest.Wait()
}

var errDisk = errors.New("disk full")
