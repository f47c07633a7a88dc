package sandbox

import (
	"errors"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/go-json-experiment/json"

	"onetrans/flows/message/onetrans"
)

const maxControl = 64 << 10 // bytes

var errControl = errors.New("bad control request")

// controlRoutes are endpoints for tests and demonstrations, for this machine only.
func (s *Server) controlRoutes(mux *http.ServeMux) {
	for pattern, do := range map[string]http.HandlerFunc{
		"POST /control/pay":    s.controlPay,
		"POST /control/cancel": s.controlCancel,
		"POST /control/refund": s.controlRefund,
		"POST /control/faults": s.controlFaults,
		"GET /control/faults":  s.controlMet,
		"GET /control/orders":  s.controlOrders,

		"POST /control/settle":     s.controlSettle,
		"GET /control/settlements": s.controlSettlements,
		"POST /control/authorise":  s.controlAuthorise,
	} {
		mux.Handle(pattern, http.NewCrossOriginProtection().Handler(loopbackOnly(do)))
	}
}

// loopbackOnly admits only programs on this machine. Its browsers may be steered by
// any web page, but such requests name a foreign host (a name made to resolve here)
// or cannot have the JSON content type.
func loopbackOnly(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !fromLoopback(r) || r.RemoteAddr != pipeAddr && !localHost(r.Host) {
			http.Error(w, "this machine only", http.StatusForbidden)
			return
		}
		kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if r.Method == http.MethodPost && (err != nil || kind != "application/json") {
			http.Error(w, "Content-Type must be application/json", http.StatusUnsupportedMediaType)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxControl)
		next(w, r)
	})
}

// pipeAddr is the address of both ends of a [net.Pipe]: the same process.
const pipeAddr = "pipe"

// fromLoopback reports whether the other end is on this machine.
func fromLoopback(r *http.Request) bool {
	if r.RemoteAddr == pipeAddr {
		return true
	}
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && addr.Addr().Unmap().IsLoopback()
}

// localHost reports whether a Host header is one that no foreign name server can answer for.
func localHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// controlTrade names a trade, and what is to become of it.
type controlTrade struct {
	OutChargeNo string          `json:"outChargeNo"`
	Channel     string          `json:"channel"` // of a payment; empty: WeChat
	OutRefundNo string          `json:"outRefundNo"`
	Result      onetrans.Result `json:"result"` // of a refund under way: succ or fail
}

// controlPay pays an order, as the phone's page would.
func (s *Server) controlPay(w http.ResponseWriter, r *http.Request) {
	s.controlTrade(w, r, func(b *book, t controlTrade) error {
		o, err := b.order(t.OutChargeNo)
		if err != nil {
			return err
		}
		return payOnPhone(b, o, t.Channel)
	})
}

// controlCancel declines an order as the patient would.
func (s *Server) controlCancel(w http.ResponseWriter, r *http.Request) {
	s.controlTrade(w, r, func(b *book, t controlTrade) error {
		o, err := b.order(t.OutChargeNo)
		if err != nil {
			return err
		}
		return b.decline(o)
	})
}

// controlRefund ends a refund that takes days.
func (s *Server) controlRefund(w http.ResponseWriter, r *http.Request) {
	s.controlTrade(w, r, func(b *book, t controlTrade) error {
		if t.Result != onetrans.ResultSucc && t.Result != onetrans.ResultFail {
			return errControl
		}
		refund, err := b.refund(t.OutRefundNo)
		if err != nil {
			return err
		}
		t.OutChargeNo = refund.OutChargeNo
		return b.endRefund(refund, t.Result == onetrans.ResultSucc)
	})
}

// controlTrade changes a trade, and answers with an empty object, or with a status
// and a sentence.
func (s *Server) controlTrade(w http.ResponseWriter, r *http.Request, do func(*book, controlTrade) error) {
	var t controlTrade
	err := readControl(r, &t)
	if err == nil {
		err = s.ledger.update(func(b *book) error { return do(b, t) })
	}
	s.controlAnswer(w, struct{}{}, err)
}

// controlFaults makes the wire misbehave; an empty object ends that.
func (s *Server) controlFaults(w http.ResponseWriter, r *http.Request) {
	var f Faults
	err := readControl(r, &f)
	if err == nil {
		err = s.SetFaults(f)
	}
	s.controlAnswer(w, struct{}{}, err)
}

// controlMet says how many messages of each trans_type have met the faults since they were
// set: one that is delayed or held has arrived.
func (s *Server) controlMet(w http.ResponseWriter, _ *http.Request) {
	s.controlAnswer(w, struct {
		Met map[string]int `json:"met"`
	}{s.faults.meeting()}, nil)
}

// SetFaults makes the wire misbehave from the next message on, until the next call;
// with the zero value it behaves. The seed starts anew.
func (s *Server) SetFaults(f Faults) error {
	if err := f.check(); err != nil {
		return err
	}
	s.faults.use(f)
	return nil
}

func readControl(r *http.Request, v any) error {
	if err := json.UnmarshalRead(r.Body, v, json.RejectUnknownMembers(true)); err != nil {
		return errors.Join(errControl, err)
	}
	return nil
}

// controlAnswer writes v, or the status that err means.
func (s *Server) controlAnswer(w http.ResponseWriter, v any, err error) {
	switch {
	case errors.Is(err, errControl), errors.Is(err, errFaults), errors.Is(err, errBadChoice):
		http.Error(w, err.Error(), http.StatusBadRequest)
	case errors.Is(err, errUnknownTrade):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.Is(err, errNotPayable), errors.Is(err, errNotWaiting):
		http.Error(w, err.Error(), http.StatusConflict)
	case err != nil:
		s.fault(w, "a control request", err)
	default:
		s.writeJSON(w, v)
	}
}

func (s *Server) writeJSON(w http.ResponseWriter, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		s.fault(w, "writing an answer", err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(raw) // a client that is gone needs no answer
}
