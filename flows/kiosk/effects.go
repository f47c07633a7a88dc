package kiosk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"onetrans/devices"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
	"onetrans/flows/view"
)

// listen waits for a card, an identity card and a code, whichever comes first.
// Who listens already starts anew: that finds a reader that was away.
func (r *Runner) listen(s *session, l identify.Listen) {
	s.stopListening()
	ctx, cancel := context.WithCancel(s.ctx)
	s.unlisten = cancel
	if r.out.Cards != nil && !l.CodeOnly {
		r.work.Go(func() { readFrom(ctx, r, s, r.cards(), l.AfterRemoval) })
	}
	if r.out.Identity != nil && !l.CodeOnly {
		r.work.Go(func() { readFrom(ctx, r, s, r.identities(), l.AfterLifting) })
	}
	if r.out.Codes != nil {
		r.work.Go(func() { r.readCode(ctx, s) })
	}
}

func (s *session) stopListening() {
	if s.unlisten != nil {
		s.unlisten()
		s.unlisten = nil
	}
}

// acquire waits for a device that one at a time may use.
func acquire(ctx context.Context, device chan struct{}) (release func(), ok bool) {
	select {
	case device <- struct{}{}:
		return func() { <-device }, ctx.Err() == nil
	case <-ctx.Done():
		return func() {}, false
	}
}

// source is a reader of cards, and what is told of them.
type source[C any] struct {
	name   string
	taken  chan struct{} // held by who waits for a card
	reader interface {
		Read(context.Context) (C, error)
		WaitRemoved(context.Context) error
	}
	read   func(C) flow.Event
	failed func(error) flow.Event
	before func(there bool) flow.Event
}

func (r *Runner) cards() source[devices.SocialSecurityCard] {
	return source[devices.SocialSecurityCard]{
		name: "card", taken: r.reading, reader: r.out.Cards,
		read:   func(c devices.SocialSecurityCard) flow.Event { return identify.CardRead{Card: c} },
		failed: func(err error) flow.Event { return identify.CardFailed{Err: err} },
		before: func(in bool) flow.Event { return identify.CardBefore{In: in} },
	}
}

func (r *Runner) identities() source[devices.IdentityCard] {
	return source[devices.IdentityCard]{
		name: "identity card", taken: r.identifying, reader: r.out.Identity,
		read:   func(c devices.IdentityCard) flow.Event { return identify.IdentityRead{Card: c} },
		failed: func(err error) flow.Event { return identify.IdentityFailed{Err: err} },
		before: func(laid bool) flow.Event { return identify.IdentityBefore{Laid: laid} },
	}
}

// readFrom reports a card, or why there is none; a reader that is away is
// tried again, so that it serves as soon as it is back.
func readFrom[C any](ctx context.Context, r *Runner, s *session, from source[C], afterRemoval bool) {
	release, ok := acquire(ctx, from.taken)
	defer release()
	if afterRemoval && ok {
		awaitRemoval(ctx, r, s, from)
	}
	for ok && ctx.Err() == nil {
		card, err := from.reader.Read(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			r.report(s, from.read(card))
			return
		}
		r.out.Log.Warn("reading a card", "kind", from.name, "error", err)
		r.report(s, from.failed(err))
		if !errors.Is(err, devices.ErrNoReader) {
			return
		}
		select {
		case <-time.After(view.ReaderPause):
		case <-ctx.Done():
		}
	}
}

// awaitRemoval waits until the card that was there before is gone, and says
// whether there is one. A reader that is away may come back with it.
func awaitRemoval[C any](ctx context.Context, r *Runner, s *session, from source[C]) {
	for ctx.Err() == nil {
		err := removed(ctx, r, s, from)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			r.report(s, from.before(false))
			return
		}
		r.report(s, from.failed(err))
		select {
		case <-time.After(view.ReaderPause):
		case <-ctx.Done():
		}
	}
}

// removed is the reader's WaitRemoved, which tells of a card that is still there.
func removed[C any](ctx context.Context, r *Runner, s *session, from source[C]) error {
	gone := make(chan error, 1)
	r.work.Go(func() { gone <- from.reader.WaitRemoved(ctx) })
	select {
	case err := <-gone:
		return err
	case <-time.After(view.CardPatience):
		r.report(s, from.before(true))
		return <-gone
	}
}

func (r *Runner) readCode(ctx context.Context, s *session) {
	release, ok := acquire(ctx, r.scanning)
	defer release()
	if !ok {
		return
	}
	code, err := r.out.Codes.Scan(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		r.out.Log.Warn("scanning a code", "error", err)
	default:
		r.report(s, identify.CodeScanned{Code: code})
	}
}

// watchCard reports when the card is pulled. A reader that is gone took it along.
func (r *Runner) watchCard(s *session) {
	if err := r.out.Cards.WaitRemoved(s.ctx); err != nil && s.ctx.Err() != nil {
		return
	}
	r.report(s, identify.CardPulled{})
}

// watchIdentity reports when the identity card is lifted, as watchCard.
func (r *Runner) watchIdentity(s *session) {
	if err := r.out.Identity.WaitRemoved(s.ctx); err != nil && s.ctx.Err() != nil {
		return
	}
	r.report(s, identify.IdentityLifted{})
}

// lookUp asks the platform who it is.
func (r *Runner) lookUp(s *session, read identify.LookUp, request onetrans.Request) {
	answer, person, trouble, err := r.findPerson(s.ctx, read, request)
	if read.Theirs && trouble == view.TroubleOffline { // why, its page has said
		trouble = view.TroubleNobodyRead
	}
	if trouble == "" {
		r.report(s, identify.Found{LookUp: read.No, Person: person, Answer: answer})
		return
	}
	r.out.Log.Warn("looking up a person", "error", err, "code", answer.Code.String())
	r.report(s, identify.NotFound{LookUp: read.No, Why: trouble, Answer: answer, Err: err})
}

// findPerson says who it is, or what to tell the person instead.
func (r *Runner) findPerson(ctx context.Context, read identify.LookUp, request onetrans.Request) (
	answer onetrans.Answer, _ identify.Person, trouble view.TroubleKind, err error,
) {
	if !read.Theirs { // its page is up as long as the platform lets it
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, view.LookUpPatience)
		defer cancel()
	}
	var nobody identify.Person
	if answer, err = r.out.Core.Call(ctx, request); err != nil {
		return answer, nobody, faultOf(err), err
	}
	if trouble := refusal(answer); trouble != "" {
		return answer, nobody, trouble, nil
	}
	var out onetrans.UserGetOut
	if err := onetrans.UnmarshalData(answer.Data, &out); err != nil {
		return answer, nobody, view.TroubleOffline, fmt.Errorf("%w: reading who it is: %w", wire.ErrUntrusted, err)
	}
	person := identify.PersonOf(read, out, r.out.Insurances)
	person.News = r.newsOf(person)
	return answer, person, "", nil
}

// faultOf is what a person hears of a message that brought no answer. What is
// neither the network's fault nor the platform's is our own.
func faultOf(err error) view.TroubleKind {
	if refused := refusedError(""); errors.As(err, &refused) {
		return view.TroubleAuthRefused
	}
	for _, theirs := range []error{platform.ErrNotSent, platform.ErrNoAnswer, wire.ErrUntrusted, context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, theirs) && !errors.Is(err, wire.ErrContent) {
			return view.TroubleOffline
		}
	}
	return view.TroubleInternal
}

// lookUpRequest asks who it is: for HIS with its own request.
func (r *Runner) lookUpRequest(l identify.LookUp) (onetrans.Request, error) {
	if call := r.model.call; call != nil {
		return hisLookUp(call.Request, l)
	}
	return r.out.Messages.lookUp(l, r.model.service.Kind)
}

// refusal is what a look-up that did not succeed means to a person; empty when
// it did. For reading alone, 'success' may stand in for a code that is missing:
// the specification's sample has none.
func refusal(a onetrans.Answer) view.TroubleKind {
	switch code := onetrans.Code(a.Code.String()); {
	case a.Succeeded(onetrans.TransUserGet):
		return ""
	case code == onetrans.CodePlatformNoPerson, code == onetrans.CodePlatformField:
		return view.TroubleNoPerson // a code that is no health code is a field that is malformed
	}
	return view.TroubleOffline
}
