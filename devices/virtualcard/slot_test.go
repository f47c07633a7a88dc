package virtualcard

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// vpcd is the daemon's end of the connection, played by the test.
type vpcd struct {
	t    *testing.T
	conn net.Conn
}

func accept(t *testing.T, listener net.Listener) vpcd {
	t.Helper()
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return vpcd{t, conn}
}

func (v vpcd) send(content string) {
	v.t.Helper()
	raw, err := hex.DecodeString(content)
	if err != nil {
		v.t.Fatal(err)
	}
	if err := writeFrame(v.conn, raw); err != nil {
		v.t.Fatal(err)
	}
}

func (v vpcd) ask(content string) []byte {
	v.t.Helper()
	v.send(content)
	answer, err := readFrame(v.conn)
	if err != nil {
		v.t.Fatalf("ask %s: %v", content, err)
	}
	return answer
}

func listen(t *testing.T, address string) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

func insert(t *testing.T, address string, card Card) *Slot {
	t.Helper()
	slot, err := Insert(t.Context(), address, card)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(slot.Remove)
	return slot
}

func TestCardInTheSlot(t *testing.T) {
	t.Parallel()
	listener := listen(t, "127.0.0.1:0")
	slot := insert(t, listener.Addr().String(), mustNew(t, holder()))
	reader := accept(t, listener)

	if atr := reader.ask("04"); !bytes.Equal(atr, DefaultATR()) {
		t.Errorf("ATR %x", atr)
	}
	reader.send("01") // power on is not answered
	if got := reader.ask(selectAID); !bytes.Equal(got, []byte{0x61, 0x13}) {
		t.Errorf("AID: %x", got)
	}
	reader.send("02")
	if got := reader.ask(selectEF05); !bytes.Equal(got, []byte{0x6A, 0x82}) {
		t.Errorf("EF05 after a reset: %x", got)
	}
	slot.Remove()
	slot.Remove()
	if _, err := readFrame(reader.conn); !errors.Is(err, io.EOF) {
		t.Errorf("after Remove: %v, want EOF", err)
	}
	if slot.Commands() != 2 {
		t.Errorf("%d commands, want 2", slot.Commands())
	}
}

func TestCardStaysWhenTheDaemonRestarts(t *testing.T) {
	t.Parallel()
	listener := listen(t, "127.0.0.1:0")
	address := listener.Addr().String()
	insert(t, address, mustNew(t, holder()))
	first := accept(t, listener)
	first.ask("04")
	listener.Close()
	first.conn.Close()

	second := accept(t, listen(t, address))
	if atr := second.ask("04"); !bytes.Equal(atr, DefaultATR()) {
		t.Errorf("ATR %x", atr)
	}
}

func TestInsertGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	listener := listen(t, "127.0.0.1:0")
	address := listener.Addr().String()
	listener.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := Insert(ctx, address, Card{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Insert: %v", err)
	}
}

func TestFailingCards(t *testing.T) {
	t.Parallel()
	t.Run("pulled after one command", func(t *testing.T) {
		t.Parallel()
		listener := listen(t, "127.0.0.1:0")
		slot := insert(t, listener.Addr().String(), Card{Quirks: Quirks{PullAfter: 1}})
		reader := accept(t, listener)
		reader.ask(selectAID)
		reader.send(selectEF05)
		<-slot.Out()
		if _, err := readFrame(reader.conn); err == nil {
			t.Error("a pulled card answers")
		}
	})
	t.Run("garbles the first command", func(t *testing.T) {
		t.Parallel()
		listener := listen(t, "127.0.0.1:0")
		insert(t, listener.Addr().String(), Card{Quirks: Quirks{Garbled: 1}})
		reader := accept(t, listener)
		if first, second := reader.ask(selectAID), reader.ask(selectAID); len(first) != 1 || len(second) != 2 {
			t.Errorf("answers %x, %x", first, second)
		}
	})
	t.Run("mute after one command", func(t *testing.T) {
		t.Parallel()
		listener := listen(t, "127.0.0.1:0")
		slot := insert(t, listener.Addr().String(), Card{Quirks: Quirks{MuteAfter: 1}})
		reader := accept(t, listener)
		reader.ask(selectAID)
		reader.send(selectAID)
		reader.send("04")
		slot.Remove()
		if _, err := readFrame(reader.conn); err == nil {
			t.Error("a mute card answers")
		}
	})
}
