package sandbox

import (
	"net/http"

	"onetrans/flows/message/onetrans"
)

// controlAuth names an authorisation, whose card it is for, and the decision.
type controlAuth struct {
	OutAuthorizeNo string `json:"out_authorize_no"`
	CardNo         string `json:"cardNo"` // a card number of any kind; only with succ
	Status         string `json:"status"` // succ (or empty), cancel, fail
}

// controlAuthorise decides as the phone's owner would.
func (s *Server) controlAuthorise(w http.ResponseWriter, r *http.Request) {
	var in controlAuth
	err := readControl(r, &in)
	if err == nil {
		err = s.ledger.update(func(b *book) error { return b.decide(in) })
	}
	s.controlAnswer(w, struct{}{}, err)
}

func (b *book) decide(in controlAuth) error {
	a, err := b.auth(in.OutAuthorizeNo)
	if err != nil {
		return err
	}
	switch in.Status {
	case onetrans.AuthCancelled, onetrans.AuthFailed:
		return b.endAuth(a, in.Status, Person{})
	case "", onetrans.AuthSucceeded:
		p, ok := personByCard(in.CardNo)
		if !ok {
			return errUnknownTrade
		}
		return b.endAuth(a, onetrans.AuthSucceeded, p)
	}
	return errControl
}
