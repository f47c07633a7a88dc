package kiosk

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/devices"
	"onetrans/devices/idcard"
	"onetrans/devices/virtualidcard"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// identityDesk is a reader of identity cards on the kiosk, with the double at
// the other end of its line.
type identityDesk struct {
	virtualidcard.Reader
	mu   sync.Mutex
	line net.Conn // the double's end
	away bool
}

var errUnplugged = errors.New("no such port")

func (d *identityDesk) open() (io.ReadWriteCloser, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away {
		return nil, errUnplugged
	}
	ours, theirs := net.Pipe()
	d.line = theirs
	go func() { _ = d.Serve(theirs) }()
	return ours, nil
}

// plug takes the reader away or brings it back.
func (d *identityDesk) plug(in bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away = !in; d.away && d.line != nil {
		_ = d.line.Close()
	}
}

func (d *identityDesk) lay(t *testing.T, quirks virtualidcard.Quirks) {
	t.Helper()
	card, err := virtualidcard.New(devices.IdentityCard{Number: idNo, Name: name})
	if err != nil {
		t.Fatal(err)
	}
	card.Quirks = quirks
	d.Lay(card)
}

// serveIdentity runs a test at a kiosk that has a reader of identity cards, on
// the page where a person picks how to identify.
func serveIdentity(t *testing.T, test func(t *testing.T, k *stand, d *identityDesk)) {
	t.Helper()
	d := &identityDesk{}
	serveWith(t, func(k *stand, o *Options, out *Dependencies) {
		reader := idcard.New(idcard.Options{Open: d.open, Log: out.Log})
		k.cleanup = func() { _ = reader.Close(context.Background()) }
		out.Identity = reader
		o.Ways = append(o.Ways, view.WayIdentityCard)
	}, func(k *stand) {
		k.choose()
		test(k.t, k, d)
	})
}

func (k *stand) pick(way view.WayKind) {
	k.t.Helper()
	k.tap(view.ChooseWay, string(way))
	k.shows(view.Present{})
}

func TestAPersonIdentifiesByIdentityCard(t *testing.T) {
	serveIdentity(t, func(t *testing.T, k *stand, d *identityDesk) {
		k.shows(view.PickWay{})
		k.pick(view.WayIdentityCard)
		k.wait(5 * time.Second)
		d.lay(t, virtualidcard.Quirks{})
		k.wait(time.Second)
		k.shows(view.Person{})
		if shown := k.page().Content.(view.Person); !shown.Laid || shown.CardIn {
			t.Errorf("%+v", shown)
		}
		var asked onetrans.UserGetIn
		if err := onetrans.UnmarshalData(k.core.requests[0].Data, &asked); err != nil {
			t.Fatal(err)
		}
		if asked.MdtrtCertType.String() != "02" || asked.Cert.CertNo.String() != idNo ||
			asked.Cert.PsnName.String() != name || asked.Cert.PsnCertType.String() != "01" {
			t.Errorf("asked with %+v", asked)
		}
		// The card is taken along, and nobody is asked to take another.
		d.Lift()
		k.wait(time.Second)
		k.do(view.Correct)
		k.shows(view.Amount{})
		k.do(view.GoHome)
		k.shows(view.Home{})
		if left := k.traces(); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
		if log := k.log.String(); strings.Contains(log, idNo) || strings.Contains(log, name) {
			t.Errorf("logged: %s", log)
		}
	})
}

// Nobody's identity card waits for the next person.
func TestAnIdentityCardThatIsForgotten(t *testing.T) {
	serveIdentity(t, func(t *testing.T, k *stand, d *identityDesk) {
		d.lay(t, virtualidcard.Quirks{})
		k.wait(time.Second)
		k.do(view.Correct)
		k.shows(view.Amount{})
		k.do(view.GoHome)
		k.wait(time.Minute)
		if asked, _ := k.page().Content.(view.TakeCard); !asked.Identity {
			t.Fatalf("%+v", k.page().Content)
		}
		d.Lift()
		k.wait(time.Second)
		k.shows(view.Attract{})
	})
}

func TestAnIdentityCardThatLayThereBeforeACallHasToBeLaidAgain(t *testing.T) {
	serveIdentity(t, func(t *testing.T, k *stand, d *identityDesk) {
		k.do(view.GoHome)
		k.wait(2 * timeout)
		k.shows(view.Attract{})
		d.lay(t, virtualidcard.Quirks{})
		c := k.call(identification())
		k.wait(view.CardPatience + 2*time.Second)
		if p, _ := k.page().Content.(view.PickWay); p.Before != view.BeforeIdentity || len(k.core.requests) != 0 {
			t.Fatalf("%+v, %d look-ups", k.page().Content, len(k.core.requests))
		}
		d.Lift()
		k.wait(time.Second)
		if p, _ := k.page().Content.(view.PickWay); p.Before != "" {
			t.Errorf("%+v", p)
		}
		d.lay(t, virtualidcard.Quirks{})
		k.wait(time.Second)
		c.ends(t, Answered)
		d.Lift()
		k.wait(time.Second)
	})
}

func TestTwoCardsThatAreForgotten(t *testing.T) {
	serveIdentity(t, func(t *testing.T, k *stand, d *identityDesk) {
		d.lay(t, virtualidcard.Quirks{})
		k.wait(time.Second)
		k.do(view.Wrong)
		k.slot.insert(nil)
		k.wait(time.Second)
		k.do(view.Correct, view.GoHome)
		k.shows(view.TakeCard{})
		k.slot.remove()
		k.wait(time.Second)
		k.shows(view.TakeCard{})
		if asked := k.page().Content.(view.TakeCard); !asked.Identity {
			t.Error("the identity card is not asked for")
		}
		d.plug(false) // which takes it along
		k.wait(5 * time.Second)
		k.shows(view.Attract{})
	})
}

// A reader that finds a card once only knows of none that was forgotten.
func TestAReaderThatFindsACardOnce(t *testing.T) {
	serveIdentity(t, func(t *testing.T, k *stand, d *identityDesk) {
		d.lay(t, virtualidcard.Quirks{FoundOnce: true})
		k.wait(time.Second)
		k.shows(view.Person{})
		k.do(view.GoHome)
		k.shows(view.Home{})
	})
}

func TestWhicheverReaderIsFirst(t *testing.T) {
	serveIdentity(t, func(t *testing.T, k *stand, d *identityDesk) {
		k.slot.insert(nil)
		k.wait(time.Second)
		k.shows(view.Person{})
		d.lay(t, virtualidcard.Quirks{}) // which nobody listens to any more
		k.wait(time.Second)
		if shown := k.page().Content.(view.Person); shown.Laid || !shown.CardIn {
			t.Errorf("%+v", shown)
		}
		if n := d.Commands(); n > 0 {
			t.Errorf("the identity card was asked %d times", n)
		}
	})
}

func TestAnIdentityCardThatIsNotTheOne(t *testing.T) {
	serveIdentity(t, func(t *testing.T, k *stand, d *identityDesk) {
		d.lay(t, virtualidcard.Quirks{})
		k.wait(time.Second)
		k.shows(view.Person{})
		k.do(view.Wrong)
		k.wait(10 * time.Second)
		k.shows(view.PickWay{}) // although it still lies there
		d.Lift()
		k.wait(time.Second)
		k.pick(view.WayIdentityCard)
		d.lay(t, virtualidcard.Quirks{})
		k.wait(time.Second)
		k.shows(view.Person{})
	})
}

func TestIdentityCardsThatAreNotRead(t *testing.T) {
	for name, c := range map[string]struct {
		quirks virtualidcard.Quirks
		want   view.TroubleKind
	}{
		"another card":        {virtualidcard.Quirks{Select: 0x40}, view.TroubleNotIdentity},
		"never read":          {virtualidcard.Quirks{Read: 0x41}, view.TroubleIdentityUnreadable},
		"not accepted":        {virtualidcard.Quirks{Read: 0x31}, view.TroubleIdentityRefused},
		"taken away":          {virtualidcard.Quirks{LiftAfter: 2}, view.TroubleIdentityMoved},
		"reader that is dumb": {virtualidcard.Quirks{MuteAfter: 1}, view.TroubleNoReader},
	} {
		t.Run(name, func(t *testing.T) {
			serveIdentity(t, func(t *testing.T, k *stand, d *identityDesk) {
				k.pick(view.WayIdentityCard)
				d.lay(t, c.quirks)
				k.wait(6 * time.Second)
				k.troubled(c.want)
			})
		})
	}
}

func TestAnIdentityReaderThatComesBack(t *testing.T) {
	serveIdentity(t, func(t *testing.T, k *stand, d *identityDesk) {
		d.plug(false)
		k.wait(5 * time.Second)
		k.shows(view.PickWay{}) // there are other ways
		k.pick(view.WayIdentityCard)
		k.wait(5 * time.Second)
		k.troubled(view.TroubleNoReader)
		d.plug(true)
		k.do(view.Retry)
		d.lay(t, virtualidcard.Quirks{})
		k.wait(time.Second)
		k.shows(view.Person{})
	})
}

// Whoever comes next is not taken for the one before.
func TestAnIdentityCardThatIsLateIsNobodys(t *testing.T) {
	serveIdentity(t, func(t *testing.T, k *stand, d *identityDesk) {
		k.do(view.GoHome)
		k.shows(view.Home{})
		synctest.Wait()
		d.lay(t, virtualidcard.Quirks{})
		k.wait(5 * time.Second)
		k.shows(view.Home{})
		if len(k.core.requests) > 0 {
			t.Errorf("somebody was looked up: %d", len(k.core.requests))
		}
	})
}
