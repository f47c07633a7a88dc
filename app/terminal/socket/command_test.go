package socket

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/flows/message/onetrans"
)

// serveCommands lets f carry out the commands at an address of the test's own.
func serveCommands(t *testing.T, f CommandHandler) string {
	t.Helper()
	address := filepath.Join(t.TempDir(), "s")
	s, err := Listen(address, Handlers{Call: echo, Command: f}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return address
}

func TestACommandsAnswerComesAsItIsWritten(t *testing.T) {
	long := strings.Repeat("0123456789", 1<<20)
	tests := map[string]struct {
		write string
		err   error
	}{
		"nothing": {"", nil}, "a line": {"a line\n", nil}, "ten megabytes": {long, nil},
		"an error": {"", errors.New("it is not whole")}, "an error after something": {"something\n", errors.New("it is not whole")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			address := serveCommands(t, func(_ context.Context, c Command, out io.Writer) error {
				if c.Name != "journal" || string(c.Request) != "{}" {
					t.Errorf("%+v", c)
				}
				_, err := io.WriteString(out, test.write)
				return errors.Join(test.err, err)
			})
			var out bytes.Buffer
			err := AskCommand(t.Context(), address, Command{Name: "journal", Request: []byte("{}")}, &out)
			if out.String() != test.write {
				t.Errorf("%d bytes of %d", out.Len(), len(test.write))
			}
			var said *CommandError
			if (test.err == nil) != (err == nil) || err != nil && (!errors.As(err, &said) || said.Text != test.err.Error()) {
				t.Errorf("err = %v, want %v", err, test.err)
			}
		})
	}
}

func TestCommandsThatNobodyTakes(t *testing.T) {
	address := serveCommands(t, nil)
	if err := AskCommand(t.Context(), address, Command{}, io.Discard); !errors.Is(err, ErrBusy) {
		t.Errorf("not served: %v", err)
	}
	address = serveCommands(t, func(context.Context, Command, io.Writer) error { t.Error("it was carried out"); return nil })
	if err := AskCommand(t.Context(), address, Command{Request: make([]byte, MaxCommand+1)}, io.Discard); !errors.Is(err, ErrNoOwner) {
		t.Errorf("too large: %v", err)
	}
	if err := AskCommand(t.Context(), address+"none", Command{}, io.Discard); !errors.Is(err, ErrNoOwner) {
		t.Errorf("nobody: %v", err)
	}
}

// An error's text is cut between two characters, so that it arrives.
func TestACommandsLongErrorArrivesCutBetweenCharacters(t *testing.T) {
	for spare := range 3 {
		long := strings.Repeat("x", spare) + strings.Repeat("错", maxErr)
		address := serveCommands(t, func(context.Context, Command, io.Writer) error { return errors.New(long) })
		var said *CommandError
		err := AskCommand(t.Context(), address, Command{}, io.Discard)
		if !errors.As(err, &said) || !strings.HasPrefix(long, said.Text) || len(said.Text) < maxErr-3 {
			t.Errorf("%d: %v", spare, err)
		}
	}
}

// A caller may read slowly, an owner may work long; neither is given up.
func TestSlowCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(Handlers{Command: func(_ context.Context, _ Command, out io.Writer) error {
			<-time.After(10 * silence)
			_, err := out.Write(make([]byte, 3*pieceSize))
			return err
		}}, quiet())
		defer s.stop()
		ours, theirs := net.Pipe()
		defer ours.Close()
		go s.serve(&guest{conn: theirs})
		c := caller{spoken: spoken, conn: ours, in: bufio.NewReader(ours)}
		if err := hand(c, handover{Command: &Command{}}); err != nil {
			t.Fatal(err)
		}
		for n := 0; ; {
			var p part
			if err := c.wait(maxPart, &p); err != nil {
				t.Fatalf("after %d bytes: %v", n, err)
			}
			if n += len(p.Out); p.End {
				if n != 3*pieceSize || p.Err != "" {
					t.Errorf("%d bytes, %q", n, p.Err)
				}
				return
			}
			<-time.After(partTime / 2) // a person reads
		}
	})
}

func TestALineHasOneThingToDo(t *testing.T) {
	for name, h := range map[string]handover{"nothing": {}, "both": {Call: &onetrans.Call{}, Command: &Command{}}, "too much": {Call: &onetrans.Call{Buffer: -1}}} {
		if h.bounded() {
			t.Errorf("%s is taken", name)
		}
	}
}
