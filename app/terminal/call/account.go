package call

import (
	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// openAccount are the fields of a query that names its trade, and may leave it
// to the terminal's journal for which account that was.
type openAccount struct {
	AccountType  onetrans.Text `json:"accountType,omitzero"`
	OutTradeNo   onetrans.Text `json:"outTradeNo,omitzero"`
	TraceNo      onetrans.Text `json:"traceNo,omitzero"`
	PayAppID     onetrans.Text `json:"payAppId,omitzero"`
	PayAppSecret onetrans.Text `json:"payAppSecret,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

// leavesOpen reads a query that names its trade and not its account; ok is
// false for every other request.
func leavesOpen(request onetrans.Request) (in openAccount, ok bool) {
	ok = request.TransType.String() == onetrans.TransQuery && onetrans.UnmarshalData(request.Data, &in) == nil &&
		in.AccountType.Empty() && (!in.OutTradeNo.Empty() || !in.TraceNo.Empty())
	return in, ok
}

// into is a request with these fields.
func (in openAccount) into(request onetrans.Request) onetrans.Request {
	if data, err := onetrans.Marshal(in); err == nil {
		request.Data = data
	}
	return request
}

// toJudge is a request as its fields are judged before the journal is opened:
// what only the journal may know has a stand-in.
func toJudge(request onetrans.Request) onetrans.Request {
	in, ok := leavesOpen(request)
	if !ok {
		return request
	}
	in.AccountType = onetrans.T(onetrans.AccountInpatient)
	if in.PayAppID.Empty() && in.PayAppSecret.Empty() {
		in.PayAppID, in.PayAppSecret = onetrans.T("?"), onetrans.T("?")
	}
	return in.into(request)
}

// withAccountOf is a query with the account, and the merchant, of the trade in
// the journal that it names; or what is wrong with one of which nobody knows them.
func (d Door) withAccountOf(core Core, request onetrans.Request) (onetrans.Request, *saying) {
	in, open := leavesOpen(request)
	if !open {
		return request, nil
	}
	account, err := core.AccountOf(request)
	if err != nil {
		d.Log.Error("looking for a query's account", "error", err)
	}
	if account != "" {
		in.AccountType = onetrans.T(account)
		request = d.Credentials.complete(in.into(request))
	}
	return request, d.faultOf(request)
}
