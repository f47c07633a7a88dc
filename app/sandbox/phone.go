package sandbox

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"onetrans/flows/message/onetrans"
)

//go:embed phone
var phoneFiles embed.FS

var phonePage = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(phoneFiles, "phone/*.html"))
})

const maxForm = 4096 // bytes

// phoneRoutes are the pages where somebody plays the patient's phone.
func (s *Server) phoneRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /pay/style.css", s.phoneStyle)
	mux.HandleFunc("GET /pay/{chargeNo}", s.phoneShow)
	mux.HandleFunc("POST /pay/{chargeNo}", s.phoneDo)
}

func (s *Server) phoneStyle(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, phoneFiles, "phone/style.css")
}

// phoneShow shows an order as it is.
func (s *Server) phoneShow(w http.ResponseWriter, r *http.Request) {
	var o *order
	var refunds []*refund
	err := s.ledger.update(func(b *book) (err error) {
		if o, err = b.orderByCharge(r.PathValue("chargeNo")); err != nil {
			return err
		}
		refunds, err = b.refundsOf(o)
		return err
	})
	switch {
	case errors.Is(err, errUnknownTrade):
		s.phoneWrite(w, http.StatusNotFound, s.unknownPage())
	case err != nil:
		s.fault(w, "showing an order", err)
	default:
		if o.unpaid() {
			// The page turns into 'too late' by itself.
			left := max(o.ExpireAt.Sub(s.now()), 0).Truncate(time.Second) + time.Second
			w.Header().Set("Refresh", strconv.Itoa(int(left/time.Second)))
		}
		s.phoneWrite(w, http.StatusOK, s.orderPage(o, refunds))
	}
}

// phoneDo pays or cancels, then shows the order: a second submission, or a reload,
// only shows the result of the first.
func (s *Server) phoneDo(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "bad form", http.StatusBadRequest)
		return
	}
	chargeNo, do, channel := r.PathValue("chargeNo"), r.PostForm.Get("do"), r.PostForm.Get("channel")
	err := s.ledger.update(func(b *book) error {
		o, err := b.orderByCharge(chargeNo)
		if err != nil {
			return err
		}
		switch do {
		case "pay":
			return payOnPhone(b, o, channel)
		case "cancel":
			return b.decline(o)
		default:
			return errBadChoice
		}
	})
	switch {
	case errors.Is(err, errBadChoice):
		http.Error(w, "bad form", http.StatusBadRequest)
	case errors.Is(err, errUnknownTrade):
		s.phoneWrite(w, http.StatusNotFound, s.unknownPage())
	case err == nil, errors.Is(err, errNotPayable):
		http.Redirect(w, r, chargeNo, http.StatusSeeOther)
	default:
		s.fault(w, "paying an order", err)
	}
}

var errBadChoice = errors.New("no such choice")

// wallet is one way to pay a QR code.
type wallet struct{ Code, Name string }

func wallets() []wallet {
	return []wallet{{"WX_QR", "微信支付"}, {"ALI_QR", "支付宝"}, {"UNION_QR", "云闪付"}}
}

// channelName is what people call a channel.
func channelName(channel string) string {
	switch channel {
	case onetrans.DepositWeChat:
		return "微信支付"
	case onetrans.DepositAlipay:
		return "支付宝"
	case onetrans.DepositUnionPay:
		return "云闪付"
	}
	for _, w := range append(wallets(), wallet{onetrans.DepositChsOne, "医保一码付"}, wallet{channelCredit, "信用就医"}) {
		if w.Code == channel {
			return w.Name
		}
	}
	return channel
}

// payOnPhone pays o. What a code at the scanner has begun is completed with that
// wallet; a QR code with the chosen one, or the first.
func payOnPhone(b *book, o *order, channel string) error {
	if o.Result == onetrans.ResultIng {
		return b.pay(o, o.Channel)
	}
	if o.Result == onetrans.ResultInit && o.CodeDead {
		return errNotPayable
	}
	if channel == "" {
		channel = wallets()[0].Code
	}
	if !slices.ContainsFunc(wallets(), func(w wallet) bool { return w.Code == channel }) {
		return errBadChoice
	}
	return b.pay(o, channel)
}

func (s *Server) phoneWrite(w http.ResponseWriter, status int, v pageView) {
	s.pageWrite(w, status, "page.html", v)
}

// pageWrite renders a page completely before any of it is sent.
func (s *Server) pageWrite(w http.ResponseWriter, status int, name string, v any) {
	var page bytes.Buffer
	if err := phonePage().ExecuteTemplate(&page, name, v); err != nil {
		s.fault(w, "rendering a page", err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // a phone that is gone needs no page
}
