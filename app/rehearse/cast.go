package rehearse

import (
	"context"

	"onetrans/app/sandbox"
	"onetrans/app/terminal/call"
	"onetrans/devices"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// cast plays who stands at the terminal: a person of the sandbox, who does on each page
// and at each reader what was done when the call was recorded.
type cast struct {
	core   *txn.Core
	person sandbox.Person
	// then is the answer that was given then, which says what the person did.
	then onetrans.Answer
	// pay pays an order on the phone; nil: nothing is paid here.
	pay func(outChargeNo string)
}

// Read delivers the person's social security card.
func (c *cast) Read(context.Context) (devices.SocialSecurityCard, error) {
	return c.person.Card(), nil
}

// WaitRemoved returns at once.
func (c *cast) WaitRemoved(context.Context) error { return nil }

// identityOf is the same person with an identity card.
type identityOf struct{ *cast }

// Read delivers the person's identity card.
func (c identityOf) Read(context.Context) (devices.IdentityCard, error) {
	return c.person.IdentityCard(), nil
}

// left is why the person left a page then; nil: they stayed.
func (c *cast) left() error {
	switch onetrans.Code(c.then.Code.String()) {
	case onetrans.CodeCancelled:
		return call.ErrCancelled
	case onetrans.CodeTimedOut:
		return call.ErrTimedOut
	}
	return nil
}

// Identify identifies the person in the way in which it was done then.
func (c *cast) Identify(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	if err := c.left(); err != nil {
		return onetrans.Answer{}, err
	}
	var in onetrans.UserGetIn
	var out onetrans.UserGetOut
	if err := onetrans.UnmarshalData(request.Data, &in); err != nil {
		return onetrans.Answer{}, err
	}
	_ = onetrans.UnmarshalData(c.then.Data, &out) // else by the voucher
	in.MdtrtCertType = onetrans.T(onetrans.CertVoucher)
	switch out.MdtrtCertType.String() {
	case onetrans.CertSocialSecurity:
		in.MdtrtCertType, in.Cert = out.MdtrtCertType, onetrans.CertOfCard(c.person.Card())
	case onetrans.CertIdentityCard:
		in.MdtrtCertType, in.Cert = out.MdtrtCertType, onetrans.CertOfIdentity(c.person.IdentityCard())
	default:
		in.Cert.Code = onetrans.T(c.person.Voucher)
	}
	request, err := request.With(onetrans.TransUserGet, in)
	if err != nil {
		return onetrans.Answer{}, err
	}
	return c.core.Call(ctx, request)
}

// Lend has nothing to take off: a rehearsal has no screen.
func (c *cast) Lend(context.Context) (back func(), err error) { return func() {}, nil }

// Scan delivers the person's voucher.
func (c *cast) Scan(context.Context, onetrans.Request) (string, error) {
	return c.person.Voucher, c.left()
}

// Cashier orders, and pays.
func (c *cast) Cashier(ctx context.Context, asked onetrans.Asked[onetrans.RechargeIn]) (txn.Status, error) {
	if err := c.left(); err != nil {
		return txn.Status{}, err
	}
	in := &asked.In
	if !in.DepositType.Empty() && in.Extra.Value.AuthCode.Empty() {
		in.Extra.Value.AuthCode = onetrans.T(walletCode(in.DepositType.String(), in.OutChargeNo.String(), c.result()))
	}
	status, err := c.core.Recharge(ctx, asked)
	if err != nil || status.Trade.Final() || c.pay == nil {
		return status, err
	}
	c.pay(in.OutChargeNo.String())
	statuses, end, err := c.core.Watch(in.OutChargeNo.String())
	if err != nil {
		return status, nil
	}
	defer end()
	for !status.Trade.Final() {
		select {
		case status = <-statuses:
		case <-ctx.Done():
			return status, nil
		}
	}
	return status, nil
}

// Settle is not played: [theatre.unplayable] says so before.
func (c *cast) Settle(context.Context, onetrans.Asked[onetrans.SettleIn], string) (txn.SettleStatus, error) {
	return txn.SettleStatus{}, call.ErrNoPage
}

// result is the state of the trade that was answered then.
func (c *cast) result() onetrans.Result {
	return onetrans.Result(fieldsOf(c.then.Data)["result"].text)
}

// walletCode is a code as the wallet of a depositType shows it, with which it goes at
// the sandbox as it went then; the same for the same seed.
func walletCode(depositType, seed string, then onetrans.Result) string {
	digits := make([]byte, 17)
	for i := range digits {
		digits[i] = '0'
		if i < len(seed) {
			digits[i] += seed[len(seed)-1-i] % 10
		}
	}
	code := "13" + string(digits[:15])
	switch depositType {
	case onetrans.DepositAlipay:
		code = "28" + string(digits[:15])
	case onetrans.DepositUnionPay:
		code = "62" + string(digits[:16])
	}
	switch then {
	case onetrans.ResultIng, onetrans.ResultExp:
		return code + "9"
	case onetrans.ResultFail, onetrans.ResultClosed, onetrans.ResultInit:
		return code + "8"
	}
	return code + "0"
}
