package compare

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/app/terminal"
	"onetrans/app/terminal/owner"
	"onetrans/app/terminal/socket"
	"onetrans/assets/texts"
	"onetrans/flows/core/reconcile"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// What a comparison asks a terminal's owner for: how the platform says that a
// day's trades stand, or what the journal has of them.
const (
	askName    = "reconcile"
	tradesName = "trades"
)

// findOutTime bounds how long trades that are open are asked for before they
// are compared.
const findOutTime = 10 * time.Second

// wanted are trades that a comparison needs: those of a day, or of some numbers.
type wanted struct {
	Day     reconcile.Day `json:"day"`
	Numbers []string      `json:"numbers,omitzero"`
}

// ledger is a terminal's journal, here or with its owner.
type ledger interface {
	trades(wanted) ([]reconcile.Trade, error)
	ask(reconcile.Day) (reconcile.Report, error)
}

// Findings are what came of a comparison.
type Findings struct {
	reconcile.Report
	File      string // the statement's; empty: the platform itself was asked
	statement reconcile.Statement
	// scoped: the configuration says what of a statement is this terminal's.
	scoped bool
	// unfinished: the day is not over.
	unfinished bool

	// Words are the language in which they are written.
	Words texts.Language
}

// Balanced says whether nothing differs, and the statement is one of this terminal
// and of the day that does not contradict itself.
func (f Findings) Balanced() bool { return f.Agrees() && !f.elsewhere() && !f.contradicts() }

// elsewhere: the statement is probably the wrong one.
func (f Findings) elsewhere() bool { return f.Elsewhere() && (!f.scoped || f.OtherTerminals == 0) }

// contradicts: the statement has other rows than it says.
func (f Findings) contradicts() bool {
	return f.File != "" && f.statement.Declared >= 0 && f.statement.Declared != f.statement.Rows
}

// served is a journal that another process has.
type served struct {
	ctx     context.Context
	address string
}

// maxNames is how many bytes of numbers are in one request.
const maxNames = socket.MaxCommand / 4

func (s served) trades(w wanted) (all []reconcile.Trade, err error) {
	for begin := true; begin || len(w.Numbers) > 0; begin = false {
		part, size := w, 0
		part.Numbers = nil
		for len(w.Numbers) > 0 && size < maxNames {
			size += len(w.Numbers[0]) + 8
			part.Numbers, w.Numbers = append(part.Numbers, w.Numbers[0]), w.Numbers[1:]
		}
		some, err := s.some(part)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// some reads trades as they come.
func (s served) some(w wanted) ([]reconcile.Trade, error) {
	request, err := json.Marshal(w)
	if err != nil {
		return nil, err
	}
	out, in := io.Pipe()
	go func() {
		in.CloseWithError(socket.AskCommand(s.ctx, s.address, socket.Command{Name: tradesName, Request: request}, in))
	}()
	trades, err := reconcile.ReadExport(out)
	out.CloseWithError(err)
	return trades, err
}

func (s served) ask(day reconcile.Day) (r reconcile.Report, err error) {
	request, err := json.Marshal(wanted{Day: day})
	if err != nil {
		return r, err
	}
	var out bytes.Buffer
	if err := socket.AskCommand(s.ctx, s.address, socket.Command{Name: askName, Request: request}, &out); err != nil {
		return r, err
	}
	return r, json.Unmarshal(out.Bytes(), &r)
}

// Serves says whether this is what [Serve] carries out.
func Serves(c socket.Command) bool { return c.Name == askName || c.Name == tradesName }

// Serve is, at the terminal's owner, what another process needs of it to compare. It
// disturbs no call.
func Serve(ctx context.Context, s *terminal.Station, c socket.Command, out io.Writer) error {
	var w wanted
	if err := json.Unmarshal(c.Request, &w, json.RejectUnknownMembers(true)); err != nil {
		return command.Wrong("other_version")
	}
	s.Log.Info("reconcile", "what", c.Name, "day", w.Day)
	here := own{ctx, s.Owner, s.Config}
	if c.Name == tradesName {
		return here.each(w, func(l reconcile.Line) error {
			if err := json.MarshalWrite(out, l); err != nil {
				return err
			}
			_, err := io.WriteString(out, "\n")
			return err
		})
	}
	report, err := here.ask(w.Day)
	if err != nil {
		return err
	}
	return json.MarshalWrite(out, report)
}

// own is a journal that this process has.
type own struct {
	ctx    context.Context
	owner  *owner.Owner
	config config.Config
}

// alone takes the terminal for as long as it takes, and asks once for what is
// open. Calls meanwhile hear that it is busy.
func (c Options) alone(ctx context.Context) (found Findings, err error) {
	// Opening would make an empty one, which balances with everything.
	if _, err := os.Stat(c.Config.Store.Path); err != nil {
		return found, errNoJournal.Because(err)
	}
	s := terminal.New(terminal.Options{Config: c.Config, Log: c.Log})
	defer s.Close()
	if err := s.Open(); err != nil {
		return found, err
	}
	asking, cancel := context.WithTimeout(ctx, findOutTime)
	defer cancel()
	_ = s.AskOpen(asking) // what stays open is told as such
	return c.with(ctx, own{ctx, s.Owner, c.Config})
}

func (o own) trades(w wanted) (all []reconcile.Trade, err error) {
	err = o.each(w, func(l reconcile.Line) error {
		t, ok, err := l.Trade()
		if ok {
			all = append(all, t)
		}
		return err
	})
	return all, err
}

// each calls do with the trades that are wanted and move money.
func (o own) each(w wanted, do func(reconcile.Line) error) error {
	if len(w.Numbers) > 0 {
		return o.named(w.Numbers, do)
	}
	if err := o.archived(w.Day); err != nil {
		return err
	}
	var failed error
	err := o.owner.Trades(func(t txn.Trade) bool {
		l := reconcile.LineOf(t)
		if trade, ok, err := l.Trade(); err != nil || ok && reconcile.DayOf(trade.At) == w.Day {
			failed = errors.Join(err, do(l))
		}
		return failed == nil && o.ctx.Err() == nil
	})
	return errors.Join(err, failed, o.ctx.Err())
}

// archived refuses a day of which trades may be in an archive.
func (o own) archived(day reconcile.Day) error {
	pruned, err := o.owner.PrunedBefore()
	if err == nil && pruned.After(day.Before().Begin()) {
		err = command.Wrong("archived", "what", day.String())
	}
	return err
}

// named are trades of any time: a refund may be done days after it was asked for.
func (o own) named(numbers []string, do func(reconcile.Line) error) error {
	for _, no := range numbers {
		for _, kind := range []string{onetrans.TransRecharge, onetrans.TransRefund, onetrans.TransSettle} {
			t, found, err := o.owner.Trade(kind, no)
			switch {
			case errors.Is(err, txn.ErrArchived):
				return command.Wrong("archived", "what", no)
			case err == nil && found:
				err = do(reconcile.LineOf(t))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// ask asks the platform for the day's trades; their refunds may be later ones.
func (o own) ask(day reconcile.Day) (reconcile.Report, error) {
	if err := o.archived(day); err != nil {
		return reconcile.Report{}, err
	}
	var trades []txn.Trade
	err := o.owner.Trades(func(t txn.Trade) bool {
		if reconcile.Concerns(t, day) {
			trades = append(trades, t)
		}
		return o.ctx.Err() == nil
	})
	if err != nil {
		return reconcile.Report{}, err
	}
	return reconcile.AskPlatform(o.ctx, ownWords{o.owner.Core}, day, trades, collectors(o.config), o.config.Pay.RefundsOnlyHere)
}

// ownWords has the platform say what it says, also of what is final here.
type ownWords struct{ core *txn.Core }

func (w ownWords) Query(ctx context.Context, asked onetrans.Asked[onetrans.QueryIn]) (onetrans.Answer, error) {
	return w.core.Ask(ctx, asked)
}

// scopeOf is what of a statement is one terminal's: what is configured, else what
// names it as the configuration or its trades do.
func scopeOf(c config.Config, here []reconcile.Trade) reconcile.Scope {
	scope := reconcile.Scope{Terminals: c.Reconcile.Terminals, Prefix: c.Reconcile.Prefix}
	if len(scope.Terminals) > 0 {
		return scope
	}
	scope.Learn = true
	scope.Terminals = []string{c.Terminal.TermNo}
	for _, t := range here { // HIS says its own
		if !slices.Contains(scope.Terminals, t.Terminal) {
			scope.Terminals = append(scope.Terminals, t.Terminal)
		}
	}
	return scope
}

// collectors are the merchants that trades can be asked for with. A settlement may
// not say its account: it is outpatient.
func collectors(settings config.Config) map[string]onetrans.Merchant {
	all := terminal.Merchants(settings)
	maps.DeleteFunc(all, func(_ string, m onetrans.Merchant) bool { return m.PayAppID == "" })
	all[""] = all[onetrans.AccountOutpatient]
	return all
}
