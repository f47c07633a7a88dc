package simulate

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"onetrans/app/checks/simulate/judge"
	"onetrans/app/sandbox"
	"onetrans/app/terminal/call"
	"onetrans/assets/dict"
	"onetrans/devices"
	"onetrans/flows/core/txn"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
)

// moneyWait is how long a call keeps asking about money in doubt.
const moneyWait = time.Minute

// answer is what HIS hears from one call.
type answer struct {
	code   onetrans.Code
	result onetrans.Result
	data   struct {
		Result      onetrans.Text `json:"result"`
		TraceNo     onetrans.Text `json:"traceNo"`
		QRCode      onetrans.Text `json:"qrcode"`
		OutChargeNo onetrans.Text `json:"outChargeNo"`
		SetlID      onetrans.Text `json:"setl_id"`
		MdtrtID     onetrans.Text `json:"mdtrt_id"`
	}
	all onetrans.Answer
}

func (a answer) String() string { return strings.TrimSpace(string(a.code) + " " + string(a.result)) }

// attached is what a call finds at the terminal besides the core: cards, and a
// person at its page.
type attached struct {
	// person sits at the page that the call opens; nil means that there is no
	// display.
	person func(*process) call.Pages
	cards  devices.CardReader
	idents devices.IdentityReader
}

// busyTries is how often HIS retries at a terminal that is busy.
const busyTries = 8

// his is a call of HIS at a terminal. lived is false if the process died meanwhile,
// or never ran: then nobody was told anything.
func (v visitor) his(t *terminal, patience time.Duration, request onetrans.Request, w attached) (a answer, lived bool) {
	for range busyTries {
		a, lived = t.call(patience, request, w)
		if !lived || a.code != onetrans.CodeBusy {
			break
		}
		time.Sleep(v.between(time.Second, 40*time.Second))
	}
	if !lived {
		v.notice()
		return answer{}, false
	}
	return a, true
}

// died is what a caller has to say whose call the process did not live to answer.
const died = "the process died"

// notice takes until a caller sees that the process died. All that were calling it
// are left at one instant, and each sees it at another.
func (v visitor) notice() { time.Sleep(v.between(0, time.Millisecond)) }

// hears is [visitor.his], and what HIS makes of the answer.
func (v visitor) hears(c *judge.Call, t *terminal, patience time.Duration, request onetrans.Request, w attached) (a answer, said judge.Word, how string) {
	a, lived := v.his(t, patience, request, w)
	if !lived {
		return answer{}, judge.Unsaid, died
	}
	return a, c.Says(judge.Heard{TransType: request.TransType.String(), Code: a.code, Result: a.result}), a.String()
}

// call hands a request to the terminal as HIS does.
func (t *terminal) call(patience time.Duration, request onetrans.Request, w attached) (a answer, lived bool) {
	text, err := onetrans.Marshal(request)
	if err == nil {
		text, err = onetrans.EncodeGBK(text)
	}
	if err != nil {
		panic(err) // our own message
	}
	lived = t.reach(patience, func(ctx context.Context, p *process) {
		door := call.Door{Acquire: func() (call.Terminal, func(), error) { return p.with(w), func() {}, nil }, UnknownWait: moneyWait, Log: slog.New(slog.DiscardHandler)}
		out, _ := door.Serve(ctx, onetrans.Call{TransType: request.TransType.String(), In: text})
		a = heardIn(out)
	})
	if a.code == onetrans.CodeField {
		t.day.wrong("%s is not to %s's liking: %s", request.TransType, t.name, a.all.ErrMsg)
	}
	return a, lived
}

// with is the terminal as a call finds it.
func (p *process) with(w attached) call.Terminal {
	t := call.Terminal{Core: p.served, Cards: w.cards, Identity: w.idents}
	if w.person != nil {
		t.Pages = w.person(p)
	}
	return t
}

// heardIn parses pOutData.
func heardIn(out []byte) (a answer) {
	text, err := onetrans.DecodeGBK(out)
	if err == nil {
		err = onetrans.Unmarshal(text, &a.all)
	}
	if err == nil {
		err = onetrans.UnmarshalData(a.all.Data, &a.data)
	}
	if err != nil {
		panic(err) // whatever happens, HIS gets an object
	}
	a.code, a.result = onetrans.Code(a.all.Code.String()), onetrans.Result(a.data.Result.String())
	return a
}

// card is the card with which a person settles.
type card struct{ kind, no string }

// identified is a person identified by any means, as the platform knows them. If it
// cannot be asked, or knows no card, the person's own card is typed in.
func (v visitor) identified(p sandbox.Person, t *terminal) card {
	var read identify.LookUp
	in := onetrans.UserGetIn{BusinessType: onetrans.T("01301")}
	switch v.IntN(6) {
	case 0:
		in.MdtrtCertType, read.Card = onetrans.T(onetrans.CertSocialSecurity), p.Card()
	case 1:
		in.MdtrtCertType, read.Identity = onetrans.T(onetrans.CertIdentityCard), p.IdentityCard()
	case 2: // by an authorised health card, which a page of the terminal's own asks for
		read.Holder = identify.Holder{Name: p.Name, IDNo: p.CertNo, IDType: onetrans.PsnCertResident}
		in.MdtrtCertType = onetrans.T(onetrans.CertHealthCard)
		in.Cert = onetrans.Cert{CertNo: onetrans.T(p.CertNo), PsnName: onetrans.T(p.Name), PsnCertType: onetrans.T(onetrans.PsnCertResident)}
	default:
		read.Code = oneOf(v.dice, p.Voucher, p.HealthCard+":1", p.HospitalCard)
		in.MdtrtCertType, in.Cert.Code = onetrans.T(onetrans.CertVoucher), onetrans.T(read.Code)
	}
	typed := card{onetrans.CardSocialSecurity, p.CardNo}
	a := v.looksUp(t, request(onetrans.TransUserGet, in), p, read.Holder.IDNo != "")
	var out onetrans.UserGetOut
	if a.Code.String() != string(onetrans.CodeOK) || onetrans.UnmarshalData(a.Data, &out) != nil {
		return typed
	}
	who := identify.PersonOf(read, out, dict.Dictionary{})
	v.trace("%s       comes by %s, settles by %s %s", v.name, out.MdtrtCertType, who.CardType, who.CardNo)
	if who.CardNo == "" {
		v.wrong("%s came by %s, and has no card to settle with", v.name, out.MdtrtCertType)
		return typed
	}
	return card{who.CardType, who.CardNo}
}

// looksUp asks who a person is: HIS does, or a page of the terminal's own. What
// could not be heard is empty.
func (v visitor) looksUp(t *terminal, request onetrans.Request, p sandbox.Person, atOwnPage bool) (a onetrans.Answer) {
	if !atOwnPage {
		heard, _ := v.his(t, time.Minute, request, attached{cards: inSlot{p}, idents: laidOn{p}})
		return heard.all
	}
	lived := t.ask(time.Minute, func(ctx context.Context, core *txn.Core) {
		var err error
		if a, err = core.Call(ctx, request); err != nil {
			a = onetrans.Answer{}
		}
	})
	if !lived {
		return onetrans.Answer{}
	}
	return a
}

// inSlot and laidOn are a person's cards at the terminal's readers.
type (
	inSlot struct{ sandbox.Person }
	laidOn struct{ sandbox.Person }
)

func (c inSlot) Read(context.Context) (devices.SocialSecurityCard, error) { return c.Card(), nil }
func (inSlot) WaitRemoved(context.Context) error                          { return nil }
func (c laidOn) Read(context.Context) (devices.IdentityCard, error)       { return c.IdentityCard(), nil }
func (laidOn) WaitRemoved(context.Context) error                          { return nil }

// sitting is a person at a page that a call has opened.
type sitting struct {
	visitor
	core *txn.Core
}

func (v visitor) atPage() attached {
	return attached{person: func(p *process) call.Pages { return sitting{v, p.core} }}
}

// Lend is never asked for: the simulated platform has no page of its own.
func (sitting) Lend(context.Context) (func(), error) { return nil, call.ErrNoPage }

// Identify has no page in the simulation: people are read, or bring a code.
func (sitting) Identify(context.Context, onetrans.Request) (onetrans.Answer, error) {
	return onetrans.Answer{}, call.ErrTimedOut
}

// Scan has none either.
func (sitting) Scan(context.Context, onetrans.Request) (string, error) { return "", call.ErrTimedOut }

// Cashier is somebody who is shown a code and pays, pays late, or leaves.
func (s sitting) Cashier(ctx context.Context, asked onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error) {
	asked.In.DepositType, asked.In.Extra.Value.PrintMode = onetrans.T(""), onetrans.T("1") // the page shows the code
	status, err := s.core.Recharge(within(ctx, 30*time.Second), asked)
	if err != nil || status.Trade.Final() {
		return status, err
	}
	no := status.Trade.Order.No
	if status.Trade.Progress.QRCode != "" {
		s.phone(no)
	}
	status, err = await(ctx, s.between(10*time.Second, 6*time.Minute), s.core.Watch, no, func(s txn.Status) bool { return s.Trade.Final() })
	if err != nil || status.Trade.Final() || s.hit(0.3) {
		return status, err
	}
	if status, err = s.core.CloseOrder(within(ctx, time.Minute), no); err == nil && status.Trade.Final() {
		return status, call.ErrCancelled
	}
	return status, err
}

// Settle is somebody who is shown their bills.
func (s sitting) Settle(ctx context.Context, asked onetrans.Asked[onetrans.SettleIn], no string) (txn.SettleStatus, error) {
	status, err := s.sit(ctx, s.core, asked, no)
	if err == nil && status.State == txn.Abandoned {
		err = call.ErrCancelled
	}
	return status, err
}
