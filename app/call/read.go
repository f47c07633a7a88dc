package call

import (
	"context"
	"errors"
	"time"

	"onetrans/devices"
	"onetrans/flows/onetrans"
)

// cardTime is how long a call waits for a card.
const cardTime = 20 * time.Second

// pass hands a message on that is not about money.
func pass(ctx context.Context, j job) onetrans.Answer {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	answer, err := j.Core.Call(ctx, j.request)
	if err != nil {
		return j.failure(err)
	}
	return passed(j.request, answer)
}

// query asks for a trade, or a balance.
func query(ctx context.Context, j job) onetrans.Answer {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	answer, err := j.Core.Query(ctx, j.request)
	if err != nil {
		return j.failure(err)
	}
	return passed(j.request, answer)
}

// userGet reads what mdtrt_cert_type names, and has the platform say who it is.
func userGet(ctx context.Context, j job) onetrans.Answer {
	var in onetrans.UserGetIn
	if err := onetrans.UnmarshalData(j.request.Data, &in); err != nil {
		return reply(sayings.field)
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
		card, trouble := j.readCard(ctx)
		if trouble != nil {
			return reply(*trouble)
		}
		in.Cert = certOf(card)
		return j.identify(ctx, in)
	case onetrans.CertIdentityCard:
		return reply(sayings.noIdentityReader)
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

// userThirdGet has the platform decode a code, which data brings or a person shows.
func userThirdGet(ctx context.Context, j job) onetrans.Answer {
	var in onetrans.UserThirdGetIn
	if err := onetrans.UnmarshalData(j.request.Data, &in); err != nil {
		return reply(sayings.field)
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
	data, err := onetrans.Marshal(in)
	if err != nil {
		return reply(sayings.internal)
	}
	j.request.Data = data
	return pass(ctx, j)
}

// readCard waits for a social-security card and reads it.
func (j job) readCard(ctx context.Context) (devices.SocialSecurityCard, *saying) {
	if j.Cards == nil {
		return devices.SocialSecurityCard{}, &sayings.noCardReader
	}
	ctx, cancel := context.WithTimeout(ctx, cardTime)
	defer cancel()
	card, err := j.Cards.Read(ctx)
	if err == nil {
		return card, nil
	}
	for _, known := range []struct {
		err error
		saying
	}{
		{devices.ErrNoReader, sayings.readerGone},
		{devices.ErrWrongCard, sayings.wrongCard},
		{devices.ErrCardRemoved, sayings.cardPulled},
		{devices.ErrCardLocked, sayings.cardLocked},
		{context.DeadlineExceeded, sayings.noCard},
		{context.Canceled, sayings.noCard},
	} {
		if errors.Is(err, known.err) {
			return card, &known.saying
		}
	}
	return card, &sayings.unreadable
}

// certOf is a card as the platform hears of it.
func certOf(card devices.SocialSecurityCard) onetrans.Cert {
	return onetrans.Cert{
		CardCode:    onetrans.T(card.CardCode),
		CardNo:      onetrans.T(card.CardNo),
		CardType:    onetrans.T(onetrans.CardSocialSecurity),
		IssueDeptID: onetrans.T(card.Issuer),
		CertNo:      onetrans.T(card.IDNo),
		PsnName:     onetrans.T(card.Name),
	}
}
