package call

import (
	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// openAccount are the fields of a query that names its trade and may leave its
// account to the terminal's journal.
type openAccount struct {
	AccountType  onetrans.Text `json:"accountType,omitzero"`
	OutTradeNo   onetrans.Text `json:"outTradeNo,omitzero"`
	TraceNo      onetrans.Text `json:"traceNo,omitzero"`
	PayAppID     onetrans.Text `json:"payAppId,omitzero"`
	PayAppSecret onetrans.Text `json:"payAppSecret,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

// leavesOpen parses a query that names its trade but not its account; ok is false
// for any other request.
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

// toJudge is a request as it is validated before the journal is opened: fields that
// only the journal may know have placeholders.
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

// withAccountOf is a query with the account, and the merchant, of the trade that it
// names, from the journal; or the fault of one whose account nobody knows.
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
