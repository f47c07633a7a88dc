package sandbox

import (
	"errors"
	"time"

	"onetrans/flows/message/onetrans"
)

// auth is an authorisation to use an electronic health card, identified by its
// out_authorize_no.
type auth struct {
	OutAuthorizeNo string    `json:"outAuthorizeNo"`
	Link           string    `json:"link"` // number of its page
	TermID         string    `json:"termId"`
	Status         string    `json:"status"` // auth_status
	HospitalCard   string    `json:"hospitalCard,omitzero"`
	ExpireAt       time.Time `json:"expireAt"` // whole seconds
}

// expire fails an authorisation whose time is over, and reports whether it did.
func (a *auth) expire(now time.Time) bool {
	if a.Status != onetrans.AuthPending || now.Before(a.ExpireAt) {
		return false
	}
	a.Status = onetrans.AuthFailed
	return true
}

// end records the phone owner's decision, with p only if they agreed. The same
// decision again is not an error and changes nothing.
func (a *auth) end(status string, p Person) error {
	if a.Status == status && (status != onetrans.AuthSucceeded || a.HospitalCard == p.HospitalCard) {
		return nil
	}
	if a.Status != onetrans.AuthPending {
		return errNotWaiting
	}
	a.Status = status
	if status == onetrans.AuthSucceeded {
		a.HospitalCard = p.HospitalCard
	}
	return nil
}

// auth finds an authorisation by the caller's number, failed if its time is over.
func (b *book) auth(no string) (*auth, error) {
	a, err := get[auth](b, bucketAuths, no)
	if err != nil {
		return nil, err
	}
	if a.expire(b.now) && b.tx.Writable() {
		return a, b.putAuth(a)
	}
	return a, nil
}

// authByLink finds an authorisation by the number of its page.
func (b *book) authByLink(link string) (*auth, error) {
	no := b.tx.Bucket(bucketAuthLinks).Get([]byte(link))
	if no == nil {
		return nil, errUnknownTrade
	}
	return b.auth(string(no))
}

func (b *book) putAuth(a *auth) error {
	b.changed = true
	return put(b, bucketAuths, a.OutAuthorizeNo, a)
}

// enterAuth gives a new authorisation its page and writes it.
func (b *book) enterAuth(a *auth) error {
	links := b.tx.Bucket(bucketAuthLinks)
	for a.Link == "" || links.Get([]byte(a.Link)) != nil {
		a.Link = b.number()
	}
	return errors.Join(links.Put([]byte(a.Link), []byte(a.OutAuthorizeNo)), b.putAuth(a))
}

// endAuth ends an authorisation as the phone's owner decided.
func (b *book) endAuth(a *auth, status string, p Person) error {
	if err := a.end(status, p); err != nil {
		return err
	}
	return b.putAuth(a)
}
