package sandbox

import (
	"context"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// maxWaitSeconds is how long an answer is held at most.
const maxWaitSeconds = 20

// holdQuery holds the answer to a query until the trade changes, the caller's time
// is over, the caller goes away or the sandbox ends.
func holdQuery(ctx context.Context, s *Server, data jsontext.Value) {
	var in onetrans.QueryIn
	if onetrans.UnmarshalData(data, &in) != nil || checkQuery(in) != nil {
		return // it will be refused
	}
	seconds, err := strconv.Atoi(in.Extra.Value.WaitSeconds.String())
	if err != nil || seconds <= 0 {
		return
	}
	over := time.NewTimer(time.Duration(min(seconds, maxWaitSeconds)) * time.Second)
	defer over.Stop()
	for {
		beat := s.ledger.pulse.next()
		expires, open := s.stillOpen(in)
		if !open {
			return
		}
		select {
		case <-beat:
		case <-expires:
		case <-over.C:
			return
		case <-ctx.Done():
			return
		case <-stopping(ctx):
			return
		case <-s.closing:
			return
		}
	}
}

// stillOpen reports whether a query's trade may yet change, and when its time is
// over. A number never seen is not waited for: the caller must know at once.
func (s *Server) stillOpen(in onetrans.QueryIn) (expires <-chan time.Time, open bool) {
	err := s.ledger.view(func(b *book) error {
		if in.TradeType.String() == onetrans.TransRefund {
			r, _, err := b.refundBy(in.TraceNo.String(), in.OutTradeNo.String())
			open = err == nil && r.Result == onetrans.ResultIng
			return err
		}
		o, err := b.orderBy(in.TraceNo.String(), in.OutTradeNo.String())
		switch {
		case err != nil:
		case o.unpaid():
			open, expires = true, time.After(o.ExpireAt.Sub(b.now))
		case o.Result == onetrans.ResultExp:
			open, expires = true, time.After(o.CreditAt.Sub(b.now))
		}
		return err
	})
	return expires, open && err == nil
}
