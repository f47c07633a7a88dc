package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
)

const maxSealed = 256 << 10 // bytes; the specification's messages have 8192

// serveWire answers one sealed message. A message that cannot even be refused under
// seal is refused by the HTTP status.
func (s *Server) serveWire(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSealed))
	if err != nil {
		http.Error(w, "no whole message", http.StatusBadRequest)
		return
	}
	var head sealedHead
	if err := onetrans.Unmarshal(body, &head); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	keys, status, err := s.keysFor(r, head)
	if err != nil {
		http.Error(w, err.Error(), status)
		return
	}
	m := &message{keys: keys, received: s.now()}
	if id := head.MsgID.String(); len(id) <= maxMsgID {
		m.msgID = id
	}
	if err := m.open(body); err != nil {
		s.answerRefusal(w, m, err)
		return
	}
	s.serveOpened(w, r, m)
}

// open verifies the message and reads it; its error is a [refusal], or one of the keys.
func (m *message) open(body []byte) error {
	plain, err := m.keys.Open(body)
	if errors.Is(err, wire.ErrUntrusted) {
		return refuse(onetrans.CodePlatformSignature, "签名验证失败")
	}
	if err != nil {
		return err
	}
	return m.read(plain)
}

// serveOpened answers a verified message, or misbehaves as requested.
func (s *Server) serveOpened(w http.ResponseWriter, r *http.Request, m *message) {
	v := s.faults.draw(m.transType)
	s.keepWaiting(r.Context(), v)
	switch {
	case v.dropRequest:
		panic(http.ErrAbortHandler)
	}
	plain, err := s.process(r, m, v)
	switch {
	case errors.Is(err, context.Canceled):
		return // the client went away while its answer was held
	case err != nil:
		s.fault(w, "answering a message", err)
	case v.dropAnswer:
		panic(http.ErrAbortHandler)
	case v.status500:
		http.Error(w, "internal error", http.StatusInternalServerError)
	default:
		s.writeSealed(w, m, plain, v)
	}
}

// answerRefusal answers with a refusing code, and keeps nothing of it.
func (s *Server) answerRefusal(w http.ResponseWriter, m *message, err error) {
	plain, err := s.plainAnswer(m, nil, err)
	if err != nil {
		s.fault(w, "refusing a message", err)
		return
	}
	s.writeSealed(w, m, plain, verdict{})
}

// writeSealed seals an answer and sends it, spoilt as the verdict says.
func (s *Server) writeSealed(w http.ResponseWriter, m *message, plain []byte, v verdict) {
	if v.wrongMsgid {
		plain = spoilText(plain, "msgid")
	}
	sealed, err := m.keys.Seal(plain)
	if err != nil {
		s.fault(w, "sealing an answer", err)
		return
	}
	if v.wrongSignature {
		sealed = spoilText(sealed, "signData")
	}
	if v.garble {
		sealed = sealed[:len(sealed)*2/3]
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(sealed) // a client that is gone asks again
}
