package sandbox

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"onetrans/flows/message/mask"
	"onetrans/flows/message/onetrans"
)

// authRoutes are the pages where somebody plays the owner of a phone who authorises
// a health card, or refuses.
func (s *Server) authRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /auth/style.css", s.phoneStyle)
	mux.HandleFunc("GET /auth/{link}", s.authShow)
	mux.HandleFunc("POST /auth/{link}", s.authDo)
}

// authView is the content of an authorisation's page.
type authView struct {
	Hospital, Title, Until string
	Open                   bool
	Persons                []authPerson
	Tone, Say              string
}

// authPerson is somebody whose phone it may be.
type authPerson struct {
	Card, Name, IDNo string
	Default          bool
}

func (s *Server) authPage(a *auth) authView {
	v := authView{Hospital: s.opts.Hospital, Title: "授权使用电子健康卡"}
	switch a.Status {
	case onetrans.AuthPending:
		v.Open, v.Until = true, clock(a.ExpireAt)
		for i, p := range Persons() {
			v.Persons = append(v.Persons, authPerson{p.HospitalCard, p.Name, mask.IDNo(p.CertNo), i == 0})
		}
		return v
	case onetrans.AuthSucceeded:
		v.Title, v.Tone, v.Say = "已授权", toneDone, "机器会继续办理，可以收起手机了。"
	case onetrans.AuthCancelled:
		v.Title, v.Tone, v.Say = "已拒绝", toneAttention, "医院没有得到您的健康卡信息。"
	default:
		v.Title, v.Tone, v.Say = "授权已失效", toneAttention, "医院没有得到您的健康卡信息。如需办理，请回到机器前重新扫码。"
	}
	return v
}

func (s *Server) unknownAuth() authView {
	return authView{
		Hospital: s.opts.Hospital, Title: "没有找到这次授权", Tone: toneAttention,
		Say: "二维码可能不完整，请回到机器前重新扫码。",
	}
}

// authShow shows an authorisation as it is.
func (s *Server) authShow(w http.ResponseWriter, r *http.Request) {
	var a *auth
	err := s.ledger.update(func(b *book) (err error) {
		a, err = b.authByLink(r.PathValue("link"))
		return err
	})
	switch {
	case errors.Is(err, errUnknownTrade):
		s.pageWrite(w, http.StatusNotFound, "auth.html", s.unknownAuth())
	case err != nil:
		s.fault(w, "showing an authorisation", err)
	default:
		if a.Status == onetrans.AuthPending {
			// The page turns into 'too late' by itself.
			left := max(a.ExpireAt.Sub(s.now()), 0).Truncate(time.Second) + time.Second
			w.Header().Set("Refresh", strconv.Itoa(int(left/time.Second)))
		}
		s.pageWrite(w, http.StatusOK, "auth.html", s.authPage(a))
	}
}

// authDo records the owner's decision, then shows the result.
func (s *Server) authDo(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "bad form", http.StatusBadRequest)
		return
	}
	link, status, p := r.PathValue("link"), onetrans.AuthCancelled, Person{}
	if r.PostForm.Get("do") == "authorise" {
		status = onetrans.AuthSucceeded
	}
	err := s.ledger.update(func(b *book) error {
		a, err := b.authByLink(link)
		if err != nil {
			return err
		}
		known := true
		if status == onetrans.AuthSucceeded {
			p, known = personByCard(r.PostForm.Get("person"))
		}
		if !known || status == onetrans.AuthCancelled && r.PostForm.Get("do") != "refuse" {
			return errBadChoice
		}
		return b.endAuth(a, status, p)
	})
	switch {
	case errors.Is(err, errBadChoice):
		http.Error(w, "bad form", http.StatusBadRequest)
	case errors.Is(err, errUnknownTrade):
		s.pageWrite(w, http.StatusNotFound, "auth.html", s.unknownAuth())
	case err == nil, errors.Is(err, errNotWaiting):
		http.Redirect(w, r, link, http.StatusSeeOther)
	default:
		s.fault(w, "ending an authorisation", err)
	}
}
