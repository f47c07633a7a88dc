package kiosk

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/assets/dict"
	"onetrans/devices"
	"onetrans/flows/cashier"
	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/recharge"
	"onetrans/flows/view"
)

// What must be gone when a person is.
const (
	name   = "欧阳小珺"
	idNo   = "11010519491231002X"
	cardNo = "D12345678"
	hisID  = "HIS-77"
	qrcode = "https://pay/secret-code"
	code   = "3500000000000000000012345678"
)

// slot is a card reader that a test puts cards into.
type slot struct {
	mu      sync.Mutex
	changed chan struct{}
	inside  bool
	away    bool
	fault   error // what reading the card inside gives
}

func newSlot() *slot { return &slot{changed: make(chan struct{})} }

func (s *slot) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *slot) insert(fault error) { s.set(func() { s.inside, s.fault = true, fault }) }
func (s *slot) remove()            { s.set(func() { s.inside = false }) }
func (s *slot) unplug()            { s.set(func() { s.inside, s.away = false, true }) }
func (s *slot) plug()              { s.set(func() { s.away = false }) }

func (s *slot) Read(ctx context.Context) (devices.SocialSecurityCard, error) {
	for {
		s.mu.Lock()
		changed, inside, away, fault := s.changed, s.inside, s.away, s.fault
		s.mu.Unlock()
		switch {
		case away:
			return devices.SocialSecurityCard{}, devices.ErrNoReader
		case inside && fault != nil:
			return devices.SocialSecurityCard{}, fault
		case inside:
			return devices.SocialSecurityCard{CardNo: cardNo, IDNo: idNo, Name: name}, ctx.Err()
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return devices.SocialSecurityCard{}, ctx.Err()
		}
	}
}

func (s *slot) WaitRemoved(ctx context.Context) error {
	for {
		s.mu.Lock()
		changed, inside, away := s.changed, s.inside, s.away
		s.mu.Unlock()
		switch {
		case away:
			return devices.ErrNoReader
		case !inside:
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// scanner gives a code to whoever waits for one.
type scanner chan string

func (s scanner) Scan(ctx context.Context) (string, error) {
	select {
	case code := <-s:
		return code, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// core is a transaction core that does what a test says.
type core struct {
	mu       sync.Mutex
	busy     bool
	taken    int
	lookUp   func(context.Context) (onetrans.Answer, error)
	recharge func(context.Context, txn.Status) (txn.Status, error)
	check    func(context.Context, txn.Status) (txn.Status, error)
	close    func(context.Context, txn.Status) (txn.Status, error)
	orders   []onetrans.RechargeIn
	requests []onetrans.Request
	auth     string // what an authorisation's query answers
	current  txn.Status
	watchers map[chan txn.Status]string // by the number they watch
	news     map[string][]txn.Status    // by card type and number
	told     []string
}

func (c *core) News(cardType, cardNo string) ([]txn.Status, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.news[cardType+" "+cardNo], nil
}

func (c *core) Tell(_, no string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = append(c.told, no)
	return nil
}

// answersAuth changes what an authorisation's query answers from now on.
func (c *core) answersAuth(status string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.auth = status
}

func (c *core) Acquire() (func(), error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy {
		return nil, txn.ErrBusy
	}
	c.busy = true
	c.taken++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.busy = false
	}, nil
}

func (c *core) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	c.mu.Lock()
	c.requests = append(c.requests, request)
	auth := c.auth
	c.mu.Unlock()
	switch request.TransType.String() {
	case onetrans.TransAuthURL:
		return onetrans.Answer{Code: onetrans.T("000000"), Data: []byte(`{"ehealth_authurl":"https://ehc/secret"}`)}, nil
	case onetrans.TransAuthQuery:
		return onetrans.Answer{Code: onetrans.T("000000"), Data: fmt.Appendf(nil, `{"auth_status":%q,"id_no":%q,"user_name":%q}`, auth, idNo, name)}, nil
	}
	if c.lookUp != nil {
		return c.lookUp(ctx)
	}
	return found(ctx)
}

// found is the platform's answer about the person.
func found(context.Context) (onetrans.Answer, error) {
	return onetrans.Answer{
		Code: onetrans.T("000000"),
		Data: fmt.Appendf(nil, `{"baseinfo":{"psn_name":%q,"certno":%q,"gend":"2","age":"30","exp_content":{"hisCustId":%q,
			"accounts":[{"accountType":"02","cardType":"05","cardNo":"Z1","balance":"50.00"}]}},"card_no":%q}`, name, idNo, hisID, cardNo),
	}, nil
}

func (c *core) Recharge(ctx context.Context, asked onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error) {
	in := asked.In
	c.mu.Lock()
	c.orders = append(c.orders, in)
	made := txn.Status{Trade: txn.Trade{
		Order: txn.Order{No: in.OutChargeNo.String()},
		Progress: txn.Progress{
			State: txn.Pending, Result: onetrans.ResultInit, QRCode: qrcode, ExpireAt: time.Now().Add(5 * time.Minute),
		},
	}}
	c.mu.Unlock()
	var err error
	if c.recharge != nil {
		made, err = c.recharge(ctx, made)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current = made
	return made, err
}

func (c *core) Watch(no string) (<-chan txn.Status, func(), error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := make(chan txn.Status, 1)
	w <- c.current
	c.watchers[w] = no
	return w, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.watchers, w)
	}, nil
}

// becomes lets something happen to the present trade.
func (c *core) becomes(change func(*txn.Status)) {
	c.mu.Lock()
	change(&c.current)
	for w, no := range c.watchers {
		if no == c.current.Trade.Order.No {
			w <- c.current
		}
	}
	c.mu.Unlock()
	synctest.Wait()
}

func (c *core) Check(ctx context.Context, _ string) (txn.Status, error) {
	return c.asked(ctx, c.check)
}

func (c *core) CloseOrder(ctx context.Context, _ string) (txn.Status, error) {
	return c.asked(ctx, c.close)
}

func (c *core) asked(ctx context.Context, answer func(context.Context, txn.Status) (txn.Status, error)) (txn.Status, error) {
	c.mu.Lock()
	current := c.current
	c.mu.Unlock()
	if answer == nil {
		return current, nil
	}
	return answer(ctx, current)
}

// is makes a status of that state.
func is(at flow.State) func(*txn.Status) {
	return func(s *txn.Status) { s.Trade.Progress.State = at }
}

// stand is a kiosk with everything around it, in virtual time.
type stand struct {
	t      *testing.T
	runner *Runner
	core   *core
	slot   *slot
	bills  *bills
	codes  scanner
	log    *strings.Builder
	quit   context.CancelFunc
	ended  chan struct{}
	// cleanup lets go of what a test added; nil for nothing.
	cleanup func()

	mu    sync.Mutex
	pages []view.Page
}

const timeout = time.Minute

// serve runs a test at a kiosk. Whatever the kiosk started must end with it.
func serve(t *testing.T, test func(k *stand)) {
	t.Helper()
	serveWith(t, func(*stand, *Options, *Dependencies) {}, test)
}

// serveWith runs a test at a kiosk that is made otherwise.
func serveWith(t *testing.T, other func(*stand, *Options, *Dependencies), test func(k *stand)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		insurances, err := dict.Open("insutype")
		if err != nil {
			t.Fatal(err)
		}
		k := &stand{
			t: t, slot: newSlot(), bills: &bills{}, codes: make(scanner), log: &strings.Builder{},
			core: &core{watchers: map[chan txn.Status]string{}},
		}
		limits := recharge.Limits{Min: 100, Max: 500000, Quick: []onetrans.Fen{10000, 20000}}
		options := Options{
			Services: []Service{
				{Kind: view.ServiceInpatientDeposit, AccountType: "02", Limits: limits}, {Kind: view.ServiceOutpatientPayment},
			},
			Ways:    []view.WayKind{view.WaySocialSecurityCard, view.WayCode, view.WayHealthCard},
			Cashier: cashier.Terms{Payee: "一院", Wallets: []string{"wechat"}},
			Timeout: timeout, Language: view.Chinese,
		}
		outside := Dependencies{
			Core: k.core, Bills: k.bills, Cards: k.slot, Codes: k.codes, Insurances: insurances, Random: rand.Reader,
			Messages: Messages{Merchants: map[string]onetrans.Merchant{"02": {PayAppID: "P", PayAppSecret: "S"}}},
			Log:      slog.New(slog.NewTextHandler(locked{k.log}, nil)),
			Show: func(p view.Page) {
				k.mu.Lock()
				defer k.mu.Unlock()
				k.pages = append(k.pages, p)
			},
		}
		other(k, &options, &outside)
		k.runner = NewRunner(options, outside)
		ctx, quit := context.WithCancel(t.Context())
		k.quit = quit
		k.ended = make(chan struct{})
		go func() {
			defer close(k.ended)
			k.runner.Run(ctx)
		}()
		synctest.Wait()
		test(k)
		quit()
		<-k.ended
		if k.cleanup != nil {
			k.cleanup()
		}
	})
}

// locked is a log that several goroutines may write.
type locked struct{ io.Writer }

var logging sync.Mutex

func (l locked) Write(p []byte) (int, error) {
	logging.Lock()
	defer logging.Unlock()
	return l.Writer.Write(p)
}

// do taps one button after another and lets come of it what comes at once.
func (k *stand) do(actions ...view.Action) {
	for _, a := range actions {
		k.tap(a, "")
	}
}

func (k *stand) tap(a view.Action, value string) {
	k.runner.Tap(k.t.Context(), view.Tap{Action: a, Value: value})
	synctest.Wait()
}

// wait lets time go by.
func (k *stand) wait(d time.Duration) {
	time.Sleep(d) // in the bubble: virtual
	synctest.Wait()
}

func (k *stand) page() view.Page {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pages[len(k.pages)-1]
}

// shows checks which screen stands there.
func (k *stand) shows(content view.Content) {
	k.t.Helper()
	if got := k.page().Content; fmt.Sprintf("%T", got) != fmt.Sprintf("%T", content) {
		k.t.Fatalf("%T %+v, want %T", got, got, content)
	}
}

func (k *stand) troubled(kind view.TroubleKind) {
	k.t.Helper()
	if got, _ := k.page().Content.(view.Trouble); got.Kind != kind {
		k.t.Fatalf("%+v, want trouble %q", k.page().Content, kind)
	}
}

// traces stops the kiosk and says what is left of a person in it.
func (k *stand) traces() (left []string) {
	k.quit()
	<-k.ended
	all := fmt.Sprintf("%+v %+v", k.runner.model, k.page())
	for _, s := range []string{name, idNo, cardNo, hisID, qrcode, code, "欧阳*珺", "D12****78", "200.00", "Z1", "35.60", "心内科", "https://ehc/secret"} {
		if strings.Contains(all, s) {
			left = append(left, s)
		}
	}
	return left
}
