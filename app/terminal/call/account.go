package call

import "onetrans/flows/message/onetrans"

// leavesOpen is a query that names its trade and leaves its account, and with it its
// merchant, to the terminal's journal; ok is false for any other request.
func leavesOpen(in any) (query *onetrans.QueryIn, ok bool) {
	query, ok = in.(*onetrans.QueryIn)
	return query, ok && query.AccountType.Empty() && (!query.OutTradeNo.Empty() || !query.TraceNo.Empty())
}

// mendedByJournal says which faults of a request may be mended by the journal, and by it alone.
func mendedByJournal(in any) func(*onetrans.FieldError) bool {
	query, open := leavesOpen(in)
	if !open {
		return none
	}
	noMerchant := query.PayAppID.Empty() && query.PayAppSecret.Empty()
	return func(f *onetrans.FieldError) bool {
		return f.Code == "accountType" || noMerchant && (f.Code == "payAppId" || f.Code == "payAppSecret")
	}
}

func none(*onetrans.FieldError) bool { return false }

// fromJournal fills in the account, and the merchant, of the trade that a query names;
// or says the fault of one whose account nobody knows.
func (d Door) fromJournal(core Core, request onetrans.Request, in any) *saying {
	query, open := leavesOpen(in)
	if !open {
		return nil
	}
	account, err := core.AccountOf(*query)
	if err != nil {
		d.Log.Error("looking for a query's account", "error", err)
	}
	if account != "" {
		query.AccountType = onetrans.T(account)
		d.Credentials.complete(query)
	}
	return d.faultOf(request, in, onetrans.Validate(request, in), none)
}
