package sscard

import (
	"errors"
	"fmt"

	"github.com/ebfe/scard"

	"onetrans/devices"
)

// maxSlots bounds the number of readers: pcscd itself knows 16.
const maxSlots = 16

// Slot is a place for a card as the PC/SC service names it: a reader, or one slot
// of a reader that has several.
type Slot struct {
	Reader  string
	Card    bool // a card is in it
	Watched bool // Read waits for cards here
}

// session is one connection to the PC/SC service, line one to a card.
type session interface {
	slots() ([]Slot, error)
	connect(reader string) (line, error)
	close()
}

type line interface {
	transmit(apdu []byte) ([]byte, error)
	// close releases the card; after a fault the card is powered down, so that the
	// next connection begins with a cold reset.
	close(trouble bool)
}

// service is a session with pcscd or Windows' Smart Card service.
//
// scard keeps a reader's name alive only while nobody else asks for the same one,
// and on Windows hardly that, so GetStatusChange never waits here: it is polled
// with a timeout of zero.
type service struct{ context *scard.Context }

func establish() (session, error) {
	context, err := scard.EstablishContext()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", devices.ErrNoService, err)
	}
	return service{context}, nil
}

func (s service) slots() ([]Slot, error) {
	names, err := s.context.ListReaders()
	if errors.Is(err, scard.ErrNoReadersAvailable) || err == nil && len(names) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list readers: %w", err)
	}
	states := make([]scard.ReaderState, 0, maxSlots)
	for _, name := range names[:min(len(names), maxSlots)] {
		states = append(states, scard.ReaderState{Reader: name, CurrentState: scard.StateUnaware})
	}
	if err := s.context.GetStatusChange(states, 0); err != nil {
		return nil, fmt.Errorf("look into the readers: %w", err)
	}
	const gone = scard.StateUnknown | scard.StateUnavailable | scard.StateIgnore
	var slots []Slot
	for _, state := range states {
		if state.EventState&gone == 0 {
			slots = append(slots, Slot{Reader: state.Reader, Card: state.EventState&scard.StatePresent != 0})
		}
	}
	return slots, nil
}

func (s service) connect(reader string) (line, error) {
	card, err := s.context.Connect(reader, scard.ShareShared, scard.ProtocolAny)
	if err != nil {
		return nil, fmt.Errorf("connect to the card: %w", err)
	}
	// Without a transaction another program could select its own application
	// between two commands of ours.
	if err := card.BeginTransaction(); err != nil {
		wire{card}.close(true)
		return nil, fmt.Errorf("reserve the card: %w", err)
	}
	return wire{card}, nil
}

// close has no error that matters: a context that is lost is gone already.
func (s service) close() { _ = s.context.Release() }

type wire struct{ card *scard.Card }

func (w wire) transmit(apdu []byte) ([]byte, error) {
	// scard panics at any other protocol.
	if p := w.card.ActiveProtocol(); p != scard.ProtocolT0 && p != scard.ProtocolT1 {
		return nil, fmt.Errorf("protocol %d: %w", p, scard.ErrProtoMismatch)
	}
	answer, err := w.card.Transmit(apdu)
	if err != nil {
		return nil, fmt.Errorf("transmit: %w", err)
	}
	return answer, nil
}

func (w wire) close(trouble bool) {
	disposition := scard.LeaveCard
	if trouble {
		disposition = scard.UnpowerCard
	}
	_ = w.card.EndTransaction(scard.LeaveCard)
	_ = w.card.Disconnect(disposition)
}
