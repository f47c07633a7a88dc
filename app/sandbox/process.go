package sandbox

import (
	"context"
	"errors"
	"net/http"

	"onetrans/flows/message/onetrans"
)

// process carries out a message and returns the plain answer: the earlier answer if
// the message is repeated. Its changes and the answer become durable together.
func (s *Server) process(r *http.Request, m *message, v verdict) (plain []byte, err error) {
	t, known := s.table[m.transType]
	if known && t.hold != nil && !v.refuse && !s.seen(m) {
		t.hold(r.Context(), s, m.data)
		if r.Context().Err() != nil {
			return nil, context.Canceled
		}
	}
	if v.duplicate {
		// The network's own copy: it does what it does, and its answer is lost.
		if err := s.ledger.update(func(b *book) error {
			_, err := s.carryOut(b, r, m, v)
			return err
		}); err != nil {
			return nil, err
		}
	}
	err = s.ledger.update(func(b *book) error {
		answer, seen, same, err := b.recall(m.seenKey(), m.hash)
		switch {
		case err != nil:
			return err
		case seen && same:
			plain = answer
			return nil
		case seen:
			plain, err = s.plainAnswer(m, nil, refuse(onetrans.CodePlatformReplay, "报文编号重复"))
			return err
		}
		if plain, err = s.carryOut(b, r, m, v); err != nil {
			return err
		}
		return b.remember(m.seenKey(), m.hash, plain)
	})
	return plain, err
}

// carryOut does what a new message says and makes the plain answer.
func (s *Server) carryOut(b *book, r *http.Request, m *message, v verdict) ([]byte, error) {
	t, known := s.table[m.transType]
	switch {
	case v.refuse:
		// Kept as every answer is: a copy of this message must not do it after all.
		return s.plainAnswer(m, nil, refuse(onetrans.CodePlatformBusy, "平台繁忙，请稍后再试"))
	case !known:
		return s.plainAnswer(m, nil, refuse(onetrans.CodePlatformTransType, "不支持的交易类型"))
	}
	c := &call{book: b, srv: s, msgID: m.msgID, base: s.linkBase(r), verdict: v}
	out, err := t.answer(c, m.data)
	return s.plainAnswer(m, out, err)
}

// plainAnswer makes the answer out, or the one that err is if it is a refusal;
// another error it returns.
func (s *Server) plainAnswer(m *message, out any, err error) ([]byte, error) {
	refused, ok := errors.AsType[*refusal](err)
	if err != nil && !ok {
		return nil, err
	}
	return answerTo(m, s.now(), s.opts.Random, out, refused)
}

// seen reports whether the message was answered before.
func (s *Server) seen(m *message) (seen bool) {
	err := s.ledger.view(func(b *book) (err error) {
		_, seen, _, err = b.recall(m.seenKey(), m.hash)
		return err
	})
	return err == nil && seen
}
