package socket

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
)

// asAnother does something as another user, if the test may become one.
func asAnother(t *testing.T, do func() (io.Closer, error)) io.Closer {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("root is missing: only it can be another user")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const keep = ^uintptr(0)
	become := func(uid uintptr) { // this thread alone, whose identity the kernel notes
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, keep, uid, keep); errno != 0 {
			t.Fatal(errno)
		}
	}
	become(4711)
	done, err := do()
	become(0)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestAnotherUsersOwnerIsNotSpokenTo(t *testing.T) {
	folder := t.TempDir()
	for _, way := range []string{filepath.Dir(folder), folder} {
		if err := os.Chmod(way, 0o777|os.ModeSticky); err != nil {
			t.Fatal(err)
		}
	}
	address := filepath.Join(folder, "s")
	listener := asAnother(t, func() (io.Closer, error) { return net.Listen("unix", address) }).(net.Listener)
	defer listener.Close()
	heard := make(chan []byte, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_ = conn.SetDeadline(time.Now().Add(helloTime))
		said, _ := io.ReadAll(conn)
		heard <- said
	}()
	if _, err := Ask(t.Context(), address, onetrans.Call{In: []byte("secret")}); !errors.Is(err, ErrNoOwner) || !errors.Is(err, errOtherUser) {
		t.Errorf("his answer was waited for: %v", err)
	}
	if said := <-heard; len(said) > 0 {
		t.Errorf("he heard %q", said)
	}
}

func TestAnotherUsersCallIsNotTaken(t *testing.T) {
	_, address := listenFor(t, echo)
	for _, way := range []string{filepath.Dir(filepath.Dir(address)), filepath.Dir(address)} {
		if err := os.Chmod(way, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(address, 0o777); err != nil {
		t.Fatal(err)
	}
	conn := asAnother(t, func() (io.Closer, error) { return net.Dial("unix", address) }).(net.Conn)
	defer conn.Close()
	_ = writeLine(conn, greeting{version, oldest, newNonce()})
	_ = conn.SetDeadline(time.Now().Add(2 * helloTime))
	if said, err := io.ReadAll(conn); len(said) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("he was answered: %q, %v", said, err)
	}
}

func TestTheOwnerKnowsWhoAsks(t *testing.T) {
	address := filepath.Join(t.TempDir(), "s")
	asked := make(chan Peer, 1)
	s, err := Listen(address, Handlers{Command: func(_ context.Context, c Command, _ io.Writer) error { asked <- c.By; return nil }}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := AskCommand(t.Context(), address, Command{}, io.Discard); err != nil {
		t.Fatal(err)
	}
	by, program := <-asked, ""
	if program, err = os.Executable(); err != nil {
		t.Fatal(err)
	}
	if by.UID != os.Getuid() || by.PID != os.Getpid() || by.Program != program || !strings.Contains(by.String(), program) {
		t.Errorf("it was %s, of %d", by, os.Getpid())
	}
}
