package simulate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"onetrans/app/checks/simulate/judge"
	"onetrans/app/sandbox"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// shop is what people know of each other's trades, and what they wanted.
type shop struct {
	mu sync.Mutex
	// receipts are the payments that somebody was told had succeeded.
	receipts []receipt
	// settled are the settlements that somebody was told of.
	settled []settledBill
	// wallets are the payments according to patients' phones.
	wallets map[string]bool
	// wishes are the numbers under which one visitor wanted one thing done once.
	wishes map[string][]judge.Key
	// again is what HIS calls to hear once more how a trade stands.
	again map[judge.Key]onetrans.Request
}

// receipt is what a patient holds after paying.
type receipt struct {
	person      sandbox.Person
	account     string
	no, traceNo string
	amount      onetrans.Fen
	terminal    *terminal
}

// content is what a receipt's number stands for.
func (r receipt) content() string { return judge.Content(r.person.CardNo, r.account, r.amount, "") }

// settledBill is a settlement that was done.
type settledBill struct {
	person            sandbox.Person
	no, setlID, mdtrt string
	terminal          *terminal
	request           onetrans.Request
	cancelled         bool
}

// visitor is somebody who comes once and wants something.
type visitor struct {
	*day
	dice
	name string
}

// schedule says who comes, and when.
func (d *day) schedule() {
	d.shop.wallets, d.shop.wishes, d.shop.again = map[string]bool{}, map[string][]judge.Key{}, map[judge.Key]onetrans.Request{}
	plan := diceOf(d.seed, "plan")
	for i := range 6 + plan.IntN(3) {
		v := visitor{d, diceOf(d.seed, "visitor "+strconv.Itoa(i)), "v" + strconv.Itoa(i)}
		comes := v.between(0, openHours-time.Hour)
		what := oneOf(plan, v.topUp, v.topUp, v.topUp, v.settle, v.settle)
		d.people.Go(func() { time.Sleep(comes); what() })
	}
	for i := range 3 + plan.IntN(3) {
		v := visitor{d, diceOf(d.seed, "cashier "+strconv.Itoa(i)), "c" + strconv.Itoa(i)}
		comes := v.between(openHours/4, openHours-time.Minute)
		what := oneOf(plan, v.giveBack, v.giveBack, v.giveBack, v.giveBack, v.cancel, v.cancel, v.cancel, v.doubt)
		d.people.Go(func() { time.Sleep(comes); what() })
	}
	for i := range plan.IntN(3) {
		v := visitor{d, diceOf(d.seed, "clerk "+strconv.Itoa(i)), "k" + strconv.Itoa(i)}
		comes := v.between(openHours/4, openHours-time.Minute)
		d.people.Go(func() { time.Sleep(comes); v.clerk() })
	}
	for i := range plan.IntN(4) {
		v := visitor{d, diceOf(d.seed, "cut "+strconv.Itoa(i)), "cut"}
		comes, where := v.between(0, openHours), v.somewhere()
		d.people.Go(func() { time.Sleep(comes); where.kill("by a power cut") })
	}
}

// keepBusy sends more patients if a day has had too few trades.
func (d *day) keepBusy() {
	for i := 0; d.judge.Trades() < fewestTrades; i++ {
		v := visitor{d, diceOf(d.seed, "late visitor "+strconv.Itoa(i)), "l" + strconv.Itoa(i)}
		comes := v.between(0, time.Minute)
		d.people.Go(func() { time.Sleep(comes); v.topUp() })
		time.Sleep(2 * time.Minute)
	}
}

func (v visitor) somewhere() *terminal { return v.terminals[v.IntN(len(v.terminals))] }

// number is a new trade's number; wish is what it is wanted for.
func (v visitor) number(wish, kind string) string {
	v.shop.mu.Lock()
	defer v.shop.mu.Unlock()
	no := fmt.Sprintf("%s%s%d", v.name, wish, len(v.shop.wishes[v.name+wish]))
	v.shop.wishes[v.name+wish] = append(v.shop.wishes[v.name+wish], judge.Key{Kind: kind, No: no})
	return no
}

// topUp is a patient who wants to pay into an account, once.
func (v visitor) topUp() {
	p := v.person()
	account := p.Accounts[v.IntN(len(p.Accounts))].Type
	amount := onetrans.Fen(1 + v.Int64N(50_000))
	for range 3 {
		// Only who was told that nothing was taken pays anew.
		if v.payIn(receipt{p, account, v.number("r", onetrans.TransRecharge), "", amount, v.somewhere()}) != judge.NotTaken || v.hit(0.4) {
			return
		}
		time.Sleep(v.between(time.Second, 10*time.Minute))
	}
}

// person is a random person who is registered and has an account.
func (v visitor) person() sandbox.Person {
	able := slices.DeleteFunc(sandbox.Persons(), func(p sandbox.Person) bool { return p.HisCustID == "" || len(p.Accounts) == 0 })
	return able[v.IntN(len(able))]
}

// payIn makes one order, and returns what its caller was told in the end.
func (v visitor) payIn(r receipt) (said judge.Word) {
	request := v.order(r)
	for range 1 + v.IntN(4) {
		var shown, waits bool
		said, shown, waits = v.charge(r, request)
		if said != judge.Unsaid {
			break
		}
		if shown {
			v.phone(r.no)
		}
		if waits && v.hit(0.7) {
			v.confirmOnPhone(r.no)
		}
		if said = v.stay(r); said != judge.Unsaid {
			break
		}
		// Unknown: people wait a while, ask, or try the same again.
		time.Sleep(v.between(time.Second, 10*time.Minute))
		if v.hit(0.4) {
			if said = v.ask(r.terminal, onetrans.TransRecharge, r); said != judge.Unsaid {
				break
			}
		}
	}
	if said == judge.Taken && v.hit(0.3) {
		v.ask(r.terminal, onetrans.TransRecharge, r)
	}
	return said
}

// charge has HIS make the order at the terminal, or repeat it.
func (v visitor) charge(r receipt, request onetrans.Request) (said judge.Word, shown, waits bool) {
	call := v.begin(r.terminal, &judge.Call{Key: judge.Key{Kind: onetrans.TransRecharge, No: r.no}, Content: r.content()})
	v.remember(call.Key, v.query(onetrans.TransRecharge, r))
	a, said, how := v.hears(call, r.terminal, 12*time.Minute, request, v.atPage())
	if a.code == onetrans.CodeInDoubt && v.hit(0.5) { // somebody has looked, and pays all the same
		call.Despite = true
		a, said, how = v.hears(call, r.terminal, 12*time.Minute, despite(request, a.data.OutChargeNo), v.atPage())
	}
	if said == judge.Taken {
		v.keep(r, a.data.TraceNo.String())
	}
	v.ended(call, said, how, a.code)
	v.trace("%s       is told %q of %s (%s)", v.name, said, r.no, how)
	return said, !a.data.QRCode.Empty(), said == judge.Unsaid && how != died
}

// stands is what a caller hears of a trade at the counter.
func stands(s txn.Status) (said judge.Word, how string) {
	at := string(s.Trade.At())
	return judge.Stands(at), at
}

// keep keeps a receipt.
func (v visitor) keep(r receipt, traceNo string) {
	r.traceNo = traceNo
	v.shop.mu.Lock()
	defer v.shop.mu.Unlock()
	if !slices.ContainsFunc(v.shop.receipts, func(o receipt) bool { return o.no == r.no }) {
		v.shop.receipts = append(v.shop.receipts, r)
	}
}

// phone is what a patient does who sees a code: pays, pays late, pays twice,
// declines, or puts the phone away.
func (v visitor) phone(no string) {
	acts := v.IntN(10)
	soon, late, gap := v.between(2*time.Second, 3*time.Minute), v.between(4*time.Minute, 8*time.Minute), v.between(time.Millisecond, time.Minute)
	v.people.Go(func() {
		switch {
		case acts < 5:
			v.payAfter(soon, no)
		case acts == 5:
			v.payAfter(late, no)
		case acts == 6:
			v.payAfter(soon, no)
			v.payAfter(gap, no)
		case acts == 7:
			time.Sleep(soon)
			v.bank.decline(no)
		}
	})
}

// doubt is a platform that denies a payment it had confirmed, and somebody who
// hears of it.
func (v visitor) doubt() {
	r, ok := v.aReceipt()
	if !ok {
		return
	}
	v.unsay(r.no, oneOf(v.dice, onetrans.ResultNotFound, onetrans.ResultFail, onetrans.ResultClosed))
	for range 1 + v.IntN(3) {
		time.Sleep(v.between(time.Second, 5*time.Minute))
		v.ask(r.terminal, onetrans.TransRecharge, r)
	}
	if v.hit(0.7) { // all the same they want it paid anew
		r.no, r.traceNo = v.number("u", onetrans.TransRecharge), ""
		v.payIn(r)
	}
}

func (v visitor) confirmOnPhone(no string) {
	soon := v.between(time.Second, 2*time.Minute)
	v.people.Go(func() { v.payAfter(soon, no) })
}

func (v visitor) payAfter(d time.Duration, no string) {
	time.Sleep(d)
	ok := v.bank.pay(no)
	v.trace("phone    pays %s: %v", no, ok)
	if ok {
		v.shop.mu.Lock()
		defer v.shop.mu.Unlock()
		v.shop.wallets[no] = true
	}
}

// stay waits at the terminal for an order's outcome, and finally closes it or just
// leaves.
func (v visitor) stay(r receipt) (said judge.Word) {
	patience, closes := v.between(5*time.Second, 7*time.Minute), v.hit(0.6)
	call := v.begin(r.terminal, &judge.Call{Key: judge.Key{Kind: onetrans.TransRecharge, No: r.no}, Content: r.content(), Asks: true})
	how := ""
	lived := r.terminal.ask(patience+30*time.Second, func(ctx context.Context, core *txn.Core) {
		status, err := await(ctx, patience, core.Watch, r.no, func(s txn.Status) bool { return s.Trade.Final() })
		if err == nil && !status.Trade.Final() && closes {
			status, err = core.CloseOrder(ctx, r.no)
		}
		if err != nil {
			how = err.Error()
			if errors.Is(err, txn.ErrUnknownTrade) {
				said = judge.NotTaken
			}
			return
		}
		said, how = stands(status)
		if said == judge.Taken {
			v.keep(r, status.Trade.Progress.TraceNo)
		}
	})
	if !lived {
		v.notice()
		said, how = judge.Unsaid, died
	}
	v.ended(call, said, how, "")
	v.trace("%s       is told %q of %s at last (%s)", v.name, said, r.no, how)
	return said
}

// await watches a trade until it serves, at most this long.
func await[S any](
	ctx context.Context, patience time.Duration, watch func(string) (<-chan S, func(), error), no string, serves func(S) bool,
) (status S, err error) {
	statuses, end, err := watch(no)
	if err != nil {
		return status, err
	}
	defer end()
	over := time.NewTimer(patience)
	defer over.Stop()
	for {
		select {
		case status = <-statuses:
			if serves(status) {
				return status, nil
			}
		case <-over.C:
			return status, nil
		case <-ctx.Done():
			return status, nil
		}
	}
}

// ask is HIS's own query.
func (v visitor) ask(t *terminal, kind string, r receipt) judge.Word {
	call := v.begin(t, &judge.Call{Key: judge.Key{Kind: kind, No: r.no}, Asks: true})
	a, said, how := v.hears(call, t, time.Minute, v.query(kind, r), attached{})
	v.ended(call, said, how, a.code)
	v.trace("%s       hears %q of %s (%s)", v.name, said, r.no, how)
	return said
}
