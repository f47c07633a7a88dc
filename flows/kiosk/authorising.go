package kiosk

import (
	"context"
	"fmt"
	"time"

	"onetrans/flows/authorise"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
	"onetrans/flows/view"
)

// authorise makes a code to authorise with and asks what becomes of it, until
// the person has decided or Stop ends it.
func (r *Runner) authorise(s *session, no int) {
	s.stopAuthorising()
	ctx, cancel := context.WithCancel(s.ctx)
	s.unauthorise = cancel
	messages := r.out.Messages
	if call := r.model.call; call != nil {
		messages.Terminal = call.Request
	}
	service := r.model.service.Kind
	r.work.Go(func() { r.report(s, r.decide(ctx, s, messages, service, no)) })
}

func (s *session) stopAuthorising() {
	if s.unauthorise != nil {
		s.unauthorise()
		s.unauthorise = nil
	}
}

// decide is what became of an authorisation.
func (r *Runner) decide(ctx context.Context, s *session, messages Messages, service view.ServiceKind, no int) authoriseEvent {
	failed := func(err error) authoriseEvent {
		r.out.Log.Warn("authorising a health card", "error", err)
		return authorise.Failed{No: no, Why: faultOf(err)}
	}
	number, err := txn.NewNo(time.Now(), r.out.Random)
	if err != nil {
		return failed(err)
	}
	request, err := messages.authURL(number, service, time.Now())
	if err != nil {
		return failed(err)
	}
	var code onetrans.AuthURLOut
	if err := r.ask(ctx, request, &code); err != nil {
		return failed(err)
	}
	if code.EhealthAuthurl.Empty() {
		return authorise.Failed{No: no, Why: view.TroubleAuthRefused}
	}
	r.report(s, authorise.Coded{No: no, Code: code.EhealthAuthurl.String()})
	if request, err = messages.authQuery(number); err != nil {
		return failed(err)
	}
	return r.pollAuthorisation(ctx, s, request, no)
}

func (r *Runner) pollAuthorisation(ctx context.Context, s *session, request onetrans.Request, no int) authoriseEvent {
	for {
		select {
		case <-time.After(view.AuthorisePause):
		case <-ctx.Done(): // nobody is told
			return authorise.Failed{No: 0}
		}
		var out onetrans.AuthQueryOut
		err := r.ask(ctx, request, &out)
		r.report(s, authorise.Silent{No: no, Offline: err != nil})
		switch out.AuthStatus.String() {
		case onetrans.AuthSucceeded:
			return authorise.Agreed{No: no, Answer: out}
		case onetrans.AuthFailed:
			return authorise.Failed{No: no, Why: view.TroubleAuthRefused}
		case onetrans.AuthCancelled:
			return authorise.Failed{No: no, Why: view.TroubleAuthCancelled}
		case authExpired:
			return authorise.Failed{No: no, Why: view.TroubleAuthExpired}
		}
	}
}

// authExpired is an auth_status that the specification does not list, and
// platforms answer.
const authExpired = "expired"

// authoriseEvent is one of package authorise.
type authoriseEvent interface{ Name() string }

// ask passes a message that is not about money to the platform and reads its answer.
func (r *Runner) ask(ctx context.Context, request onetrans.Request, out any) error {
	ctx, cancel := context.WithTimeout(ctx, view.LookUpPatience)
	defer cancel()
	answer, err := r.out.Core.Call(ctx, request)
	if err != nil {
		return err
	}
	if code := onetrans.Code(answer.Code.String()); code != onetrans.CodeOK {
		return refusedError(code)
	}
	if err := onetrans.UnmarshalData(answer.Data, out); err != nil {
		return fmt.Errorf("%w: reading %s: %w", wire.ErrUntrusted, request.TransType, err)
	}
	return nil
}

// refusedError is the code with which the platform refused.
type refusedError onetrans.Code

func (e refusedError) Error() string { return "refused with code " + string(e) }
