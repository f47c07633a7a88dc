package call

import (
	"context"
	"errors"
	"time"

	"onetrans/devices"
	"onetrans/flows/message/onetrans"
)

// cardTime is how long a call waits for a card.
const cardTime = 20 * time.Second

// pass passes on a message that is not about money.
func pass(ctx context.Context, j job) onetrans.Answer {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	answer, err := j.Core.Call(ctx, j.request)
	if err != nil {
		return j.failure(err)
	}
	return passed(j.request, answer)
}

// query queries a trade or a balance.
func query(ctx context.Context, j job, asked onetrans.Asked[onetrans.QueryIn]) onetrans.Answer {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	answer, err := j.Core.Query(ctx, asked)
	if err != nil {
		return j.failure(err)
	}
	return passed(j.request, answer)
}

// userGet reads what mdtrt_cert_type names, and asks the platform who it is.
func userGet(ctx context.Context, j job, asked onetrans.Asked[onetrans.UserGetIn]) onetrans.Answer {
	in := asked.In
	if j.Core.Capabilities().OwnReaders {
		return j.theirs(ctx)
	}
	switch in.MdtrtCertType.String() {
	case onetrans.CertPick:
		if j.Pages == nil {
			return reply(sayings.noPage)
		}
		answer, err := j.Pages.Identify(ctx, j.request)
		if err != nil {
			return j.failure(err)
		}
		return passed(j.request, answer)
	case onetrans.CertSocialSecurity:
		ctx, cancel := j.withoutPage(ctx)
		defer cancel()
		card, trouble := j.readCard(ctx)
		if trouble != nil {
			return reply(*trouble)
		}
		in.Cert = onetrans.CertOfCard(card)
		return j.identify(ctx, in)
	case onetrans.CertIdentityCard:
		ctx, cancel := j.withoutPage(ctx)
		defer cancel()
		card, trouble := j.readIdentity(ctx)
		if trouble != nil {
			return reply(*trouble)
		}
		in.Cert = onetrans.CertOfIdentity(card)
		return j.identify(ctx, in)
	}
	if in.Cert.Code.Empty() {
		code, err := j.scanned(ctx)
		if err != nil {
			return j.failure(err)
		}
		in.Cert.Code = onetrans.T(code)
	}
	return j.identify(ctx, in)
}

// withoutPage ends when a call without a page must, however much of that time
// reading a card has taken.
func (j job) withoutPage(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithDeadline(ctx, j.begin.Add(callTime))
}

// userThirdGet asks the platform to resolve a code, which data has or a person
// shows.
func userThirdGet(ctx context.Context, j job, asked onetrans.Asked[onetrans.UserThirdGetIn]) onetrans.Answer {
	in := asked.In
	if j.Core.Capabilities().OwnReaders {
		return j.theirs(ctx)
	}
	if in.Cert.Code.Empty() {
		code, err := j.scanned(ctx)
		if err != nil {
			return j.failure(err)
		}
		in.Cert.Code = onetrans.T(code)
	}
	return j.identify(ctx, in)
}

// identify sends a request with what was read in it.
func (j job) identify(ctx context.Context, in any) onetrans.Answer {
	var err error
	if j.request, err = j.request.With(j.request.TransType.String(), in); err != nil {
		return reply(sayings.internal)
	}
	return pass(ctx, j)
}

// readCard waits for a social security card and reads it.
func (j job) readCard(ctx context.Context) (devices.SocialSecurityCard, *saying) {
	if j.Cards == nil {
		return devices.SocialSecurityCard{}, &sayings.noCardReader
	}
	return read(ctx, j.Cards.Read, sayings.unreadable, []trouble{
		{devices.ErrReaderSilent, sayings.readerSilent},
		{devices.ErrNoReader, sayings.readerGone},
		{devices.ErrWrongCard, sayings.wrongCard},
		{devices.ErrCardRemoved, sayings.cardPulled},
		{devices.ErrCardLocked, sayings.cardLocked},
		{context.DeadlineExceeded, sayings.noCard},
		{context.Canceled, sayings.noCard},
	})
}

// readIdentity waits for an identity card and reads it.
func (j job) readIdentity(ctx context.Context) (devices.IdentityCard, *saying) {
	if j.Identity == nil {
		return devices.IdentityCard{}, &sayings.noIdentityReader
	}
	return read(ctx, j.Identity.Read, sayings.identityUnreadable, []trouble{
		{devices.ErrNoReader, sayings.identityReaderGone},
		{devices.ErrWrongCard, sayings.noIdentityCard},
		{devices.ErrCardRemoved, sayings.identityMoved},
		{devices.ErrNotAuthentic, sayings.identityRefused},
		{devices.ErrWrongNumber, sayings.identityNumber},
		{context.DeadlineExceeded, sayings.noIdentity},
		{context.Canceled, sayings.noIdentity},
	})
}

// trouble is what a caller hears of an error.
type trouble struct {
	err error
	saying
}

// read waits for a card of any kind; otherwise is for errors that are none of the
// troubles.
func read[C any](ctx context.Context, card func(context.Context) (C, error), otherwise saying, troubles []trouble) (C, *saying) {
	ctx, cancel := context.WithTimeout(ctx, cardTime)
	defer cancel()
	got, err := card(ctx)
	if err == nil {
		return got, nil
	}
	for _, known := range troubles {
		if errors.Is(err, known.err) {
			return got, &known.saying
		}
	}
	return got, &otherwise
}
