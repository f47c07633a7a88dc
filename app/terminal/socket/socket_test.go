package socket

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/flows/message/onetrans"
	"onetrans/store/trust"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// echo answers with what it was asked.
func echo(_ context.Context, c onetrans.Call) Answer { return Answer{Out: c.In, Exit: c.Buffer} }

// listenFor serves calls in a folder of the test's own.
func listenFor(t *testing.T, handle Handler) (*Server, string) {
	t.Helper()
	address := Address(filepath.Join(t.TempDir(), "j"), "")
	s, err := Listen(address, Handlers{Call: handle}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, address
}

func TestACallIsHandedOverWholeAndAnswered(t *testing.T) {
	_, address := listenFor(t, echo)
	for name, in := range map[string][]byte{
		"nothing":       {},
		"every byte":    bytes.Repeat([]byte("\x00\n\xff"), 99),
		"all there may": bytes.Repeat([]byte{'\n'}, onetrans.MaxMessage),
	} {
		answer, err := Ask(t.Context(), address, onetrans.Call{TransType: "t", In: in, Buffer: 2})
		if err != nil || !bytes.Equal(answer.Out, in) || answer.Exit != 2 {
			t.Errorf("%s: %d bytes came back as %d, exit %d, %v", name, len(in), len(answer.Out), answer.Exit, err)
		}
	}
}

func TestWithoutAnOwnerNothingIsHandedOver(t *testing.T) {
	folder := t.TempDir()
	plain := filepath.Join(folder, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{filepath.Join(folder, "none"), plain} {
		if _, err := Ask(t.Context(), address, onetrans.Call{}); !errors.Is(err, ErrNoOwner) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestWhatACallSaysOfItsCallerComesAlong(t *testing.T) {
	asked := onetrans.Call{In: []byte("{}"), Buffer: 8191, WaitMS: 90_000, Window: 0x1_0000_0042}
	_, address := listenFor(t, func(_ context.Context, c onetrans.Call) Answer {
		if !reflect.DeepEqual(c, asked) {
			t.Errorf("%+v", c)
		}
		return Answer{}
	})
	if _, err := Ask(t.Context(), address, asked); err != nil {
		t.Error(err)
	}
	if _, err := Ask(t.Context(), address, onetrans.Call{WaitMS: -1}); !errors.Is(err, ErrNoOwner) {
		t.Errorf("who waits less than nothing was heard: %v", err)
	}
}

func TestWhetherSomebodyServesIsSeenWithoutACall(t *testing.T) {
	address := Address(filepath.Join(t.TempDir(), "j"), "")
	if err := Greet(t.Context(), address); !errors.Is(err, ErrNoOwner) {
		t.Errorf("nobody is there: %v", err)
	}
	var log bytes.Buffer
	s, err := Listen(address, Handlers{Call: func(context.Context, onetrans.Call) Answer { t.Error("a call"); return Answer{} }}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := Greet(t.Context(), address); err != nil {
		t.Error(err)
	}
	<-s.freed
	if err := s.Close(); err != nil || log.Len() > 0 {
		t.Errorf("%v; it is no fault: %s", err, &log)
	}
}

func TestAnOwnerThatIsClosedAnswersYet(t *testing.T) {
	begun := make(chan struct{})
	s, address := listenFor(t, func(ctx context.Context, _ onetrans.Call) Answer {
		close(begun)
		<-ctx.Done()
		return Answer{Exit: 2}
	})
	go func() {
		<-begun
		_ = s.Close()
	}()
	if answer, err := Ask(t.Context(), address, onetrans.Call{}); err != nil || answer.Exit != 2 {
		t.Errorf("%+v, %v", answer, err)
	}
	if _, err := os.Lstat(address); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

func TestACallerWhoHangsUpEndsTheCall(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan struct{})
	_, address := listenFor(t, func(ctx context.Context, _ onetrans.Call) Answer {
		close(begun)
		<-ctx.Done()
		close(ended)
		return Answer{}
	})
	ctx, hangUp := context.WithCancel(t.Context())
	go func() { <-begun; hangUp() }()
	if _, err := Ask(ctx, address, onetrans.Call{}); !errors.Is(err, ErrLost) {
		t.Errorf("the caller heard %v", err)
	}
	<-ended
}

func TestADeadOwnersSocketIsTakenOver(t *testing.T) {
	address := filepath.Join(t.TempDir(), "s")
	dead, err := net.Listen("unix", address)
	if err != nil {
		t.Fatal(err)
	}
	dead.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Ask(t.Context(), address, onetrans.Call{}); !errors.Is(err, ErrNoOwner) {
		t.Fatalf("a dead owner: %v", err)
	}
	s, err := Listen(address, Handlers{Call: echo}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := Ask(t.Context(), address, onetrans.Call{}); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(address); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestWhatIsNoSocketIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(path, []byte("data"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Listen(path, Handlers{Call: echo}, quiet()); err == nil {
		s.Close()
		t.Fatal("it was replaced")
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "data" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestWhereAnOwnerServesFollowsFromTheJournalAlone(t *testing.T) {
	folder := trust.Real(t.TempDir())
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ journal, configured, want string }{
		{folder + "/journal.db", "", folder + "/journal.db.sock"},
		{link + "/journal.db", "", folder + "/journal.db.sock"},
		{link + "/journal.db", "/run/o.sock", "/run/o.sock"},
	} {
		if got := Address(c.journal, c.configured); got != c.want {
			t.Errorf("%v: %s", c, got)
		}
	}
	long := filepath.Join(folder, strings.Repeat("x", 120), "j.db")
	one, other := Address(long, ""), Address(long+"y", "")
	if len(one) > 100 || one == other {
		t.Errorf("%s and %s", one, other)
	}
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	if again := Address(long, ""); again != one {
		t.Errorf("by another environment it is %s, not %s", again, one)
	}
	s, err := Listen(one, Handlers{Call: echo}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := Ask(t.Context(), one, onetrans.Call{}); err != nil {
		t.Error(err)
	}
}

func TestNobodyIsSpokenToWhereOthersMayMakeASocket(t *testing.T) {
	_, address := listenFor(t, echo)
	folder := filepath.Dir(address)
	for _, way := range []string{filepath.Dir(folder), folder} {
		if err := os.Chmod(way, 0o777); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(way, 0o700)
	}
	if _, err := Ask(t.Context(), address, onetrans.Call{}); !errors.Is(err, ErrNoOwner) || !errors.Is(err, trust.ErrOthers) {
		t.Errorf("a call was handed over: %v", err)
	}
	if s, err := Listen(address+"2", Handlers{Call: echo}, quiet()); err == nil {
		s.Close()
		t.Error("it was listened in")
	}
}

// talk lets a caller of its own speak to a server in virtual time, and returns
// all that it heard before it was hung up on, and when that was.
func talk(t *testing.T, s *Server, say func(conn net.Conn)) (heard string, after time.Duration) {
	t.Helper()
	ours, theirs := net.Pipe()
	begin := time.Now()
	// Virtual time stands still once the test has returned: it waits for both.
	var talking sync.WaitGroup
	defer talking.Wait()
	defer ours.Close()
	talking.Go(func() { s.serve(&guest{conn: theirs}) })
	talking.Go(func() { say(ours) })
	all, err := io.ReadAll(ours)
	if err != nil && !errors.Is(err, io.ErrClosedPipe) {
		t.Fatal(err)
	}
	return string(all), time.Since(begin)
}

func TestHostileCallersAreHungUpOn(t *testing.T) {
	hello := `{"onetrans":2,"nonce":"AAAAAAAAAAAAAAAAAAAAAA=="}` + "\n"
	for name, say := range map[string]func(net.Conn){
		"silent":            func(net.Conn) {},
		"garbage":           func(c net.Conn) { _, _ = c.Write([]byte("GET / HTTP/1.1\r\n\r\n")) },
		"endless line":      func(c net.Conn) { _, _ = io.Copy(c, endless{}) },
		"another version":   func(c net.Conn) { _, _ = c.Write([]byte(`{"onetrans":9}` + "\n")) },
		"drops by drops":    func(c net.Conn) { drip(c, hello) },
		"empty lines":       func(c net.Conn) { drip(c, strings.Repeat("\n", 99)) },
		"hello and nothing": func(c net.Conn) { _, _ = c.Write([]byte(hello)) },
		"no proof": func(c net.Conn) {
			_, _ = c.Write([]byte(hello + `{"call":{"trans_type":"t","in":""}}` + "\n"))
		},
		"endless call": func(c net.Conn) { _, _ = c.Write([]byte(hello)); _, _ = io.Copy(c, endless{}) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(Handlers{Call: func(context.Context, onetrans.Call) Answer { t.Error("it was carried out"); return Answer{} }}, quiet())
				defer s.stop()
				if _, after := talk(t, s, say); after > helloTime+callTime {
					t.Errorf("hung up on after %v", after)
				}
			})
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte("x"), len(p))), nil }

// drip says a byte a second.
func drip(c net.Conn, text string) {
	for i := range len(text) {
		if _, err := c.Write([]byte{text[i]}); err != nil {
			return
		}
		<-time.After(time.Second)
	}
}

// hand greets an owner and hands something over.
func hand(c caller, h handover) error {
	nonce, err := c.greet()
	if err == nil {
		err = c.handOver(h, nonce)
	}
	return err
}

func TestACallerHearsThatWorkGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(Handlers{Call: func(ctx context.Context, _ onetrans.Call) Answer {
			<-time.After(10 * silence)
			return Answer{Exit: 2}
		}}, quiet())
		defer s.stop()
		ours, theirs := net.Pipe()
		defer ours.Close()
		go s.serve(&guest{conn: theirs})
		c := caller{spoken: spoken, conn: ours, in: bufio.NewReader(ours)}
		if err := hand(c, handover{Call: &onetrans.Call{}}); err != nil {
			t.Fatal(err)
		}
		var answer Answer
		if err := c.wait(maxAnswer, &answer); err != nil || answer.Exit != 2 {
			t.Errorf("%+v, %v", answer, err)
		}
	})
}

func TestASilentOwnerIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		begin := time.Now()
		err := caller{spoken: spoken, conn: ours, in: bufio.NewReader(ours)}.wait(maxAnswer, &Answer{})
		if err == nil || time.Since(begin) != silence {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}

func TestNobodyIsAnOwnerWithoutTheSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(Handlers{Call: func(context.Context, onetrans.Call) Answer { t.Error("it was carried out"); return Answer{} }}, quiet())
		s.secret = []byte("another")
		defer s.stop()
		ours, theirs := net.Pipe()
		defer ours.Close()
		go s.serve(&guest{conn: theirs})
		err := hand(caller{spoken: spoken, conn: ours, in: bufio.NewReader(ours), secret: []byte("secret")}, handover{Call: &onetrans.Call{}})
		if !errors.Is(err, ErrLine) {
			t.Error(err)
		}
	})
}

func TestSilentConnectionsKeepNobodyOutWhoSpeaks(t *testing.T) {
	for name, say := range map[string]func(net.Conn) error{
		"who say nothing": func(net.Conn) error { return nil },
		"who only greet": func(c net.Conn) error {
			return writeLine(c, greeting{version, oldest, newNonce()})
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, address := listenFor(t, echo)
			for range 6 * maxConnections {
				conn, err := net.Dial("unix", address)
				if err == nil {
					err = say(conn)
				}
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
			}
			for i := range 10 {
				if _, err := Ask(t.Context(), address, onetrans.Call{}); err != nil {
					t.Errorf("call %d in the crowd: %v", i, err)
				}
			}
		})
	}
}

// However many come at once, each hears an answer: nobody who speaks is hung up
// on for another, which would leave him in doubt of what was never begun.
func TestARushOfCallersLosesNobody(t *testing.T) {
	_, address := listenFor(t, echo)
	var callers sync.WaitGroup
	for range 8 * maxConnections {
		callers.Go(func() {
			if _, err := Ask(t.Context(), address, onetrans.Call{TransType: "t", In: []byte("in")}); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
}

// What an owner did not take it did not begin, and says so: its caller need not
// take the call for lost.
func TestWhoIsTurnedAwayHearsIt(t *testing.T) {
	greet := func(t *testing.T, address string, oldest, newest int) (net.Conn, *bufio.Reader) {
		conn, err := net.Dial("unix", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		in := bufio.NewReader(conn)
		if err := errors.Join(writeLine(conn, greeting{newest, oldest, newNonce()}), readLine(in, maxHello, &welcome{}, ignore)); err != nil {
			t.Fatal(err)
		}
		return conn, in
	}
	for name, turnAway := range map[string]func(*Server, net.Conn){
		"an owner who ends": func(s *Server, _ net.Conn) { go s.Close() },
		"another has the place": func(s *Server, _ net.Conn) {
			for range 10 * maxConnections {
				go func() { _, _ = net.Dial("unix", s.listener.Addr().String()) }()
			}
		},
		"what is no line": func(_ *Server, conn net.Conn) { _, _ = conn.Write([]byte("{}\n")) },
	} {
		t.Run(name, func(t *testing.T) {
			s, address := listenFor(t, echo)
			conn, in := greet(t, address, oldest, version)
			turnAway(s, conn)
			var r reply
			if err := readLine(in, maxAnswer, &r, ignore); err != nil || !r.Away {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	t.Run("of a version that does not know", func(t *testing.T) {
		s, address := listenFor(t, echo)
		_, in := greet(t, address, oldest, saysAway-1)
		go s.Close()
		if err := readLine(in, maxAnswer, &reply{}, ignore); err == nil {
			t.Error("told what it would take for an answer")
		}
	})
	t.Run("its caller", func(t *testing.T) {
		address := filepath.Join(t.TempDir(), "s")
		owner, err := net.Listen("unix", address)
		if err != nil {
			t.Fatal(err)
		}
		defer owner.Close()
		go func() {
			for conn, err := owner.Accept(); err == nil; conn, err = owner.Accept() {
				in := bufio.NewReader(conn)
				var g greeting
				_ = readLine(in, maxHello, &g, ignore)
				_ = writeLine(conn, welcome{version, newNonce(), proof(nil, ownerSide, g.Nonce)})
				_ = readLine(in, maxCall, &handover{}, ignore)
				_ = writeLine(conn, away{true})
				conn.Close()
			}
		}()
		if _, err := Ask(t.Context(), address, onetrans.Call{}); !errors.Is(err, ErrNoOwner) {
			t.Errorf("of a call: %v", err)
		}
		if err := AskCommand(t.Context(), address, Command{}, io.Discard); !errors.Is(err, ErrNoOwner) {
			t.Errorf("of a command: %v", err)
		}
	})
}

// Who has come waits for a place until somebody has stood idle long enough; who
// is served keeps it.
func TestWhoIsServedIsNotHungUpOnForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLobby()
		come := func() *guest {
			ours, theirs := net.Pipe()
			t.Cleanup(func() { ours.Close() })
			return &guest{conn: theirs}
		}
		var guests []*guest
		for i := range maxConnections {
			g := come()
			guests = append(guests, g)
			if in, _ := l.enter(g); !in || !l.reached(g, []stage{handed, greeted, silent}[min(i, 2)]) {
				t.Fatal("no place")
			}
			time.Sleep(time.Millisecond)
		}
		enters := func(goes *guest) {
			t.Helper()
			in, again := l.enter(come())
			if in || again == 0 || goes.gone {
				t.Fatalf("in: %v, again in %v, who had just come has gone: %v", in, again, goes.gone)
			}
			time.Sleep(again)
			late := come()
			if in, _ := l.enter(late); !in || !goes.gone || l.reached(goes, handed) {
				t.Fatalf("in: %v, who is idle longest has gone: %v", in, goes.gone)
			}
			l.reached(late, handed)
		}
		for _, g := range guests[1:] {
			enters(g)
		}
		if in, again := l.enter(come()); in || again == 0 {
			t.Errorf("whose place may be free in a moment: in %v, again in %v", in, again)
		}
		time.Sleep(handed.patience())
		if in, again := l.enter(come()); in || again != 0 || guests[0].gone {
			t.Errorf("who is served is not kept: in %v, again in %v", in, again)
		}
		l.leave(guests[0])
		select {
		case <-l.freed:
		default:
			t.Error("nobody hears of a free place")
		}
	})
}

func TestAnOwnerWhoWasStoppedIsNamedWithinItsTime(t *testing.T) {
	address := filepath.Join(t.TempDir(), "s")
	stopped, err := net.Listen("unix", address) // takes nobody in
	if err != nil {
		t.Fatal(err)
	}
	defer stopped.Close()
	begin := time.Now()
	_, err = Ask(t.Context(), address, onetrans.Call{})
	if took := time.Since(begin); !errors.Is(err, ErrNoReply) || errors.Is(err, ErrNoOwner) || took > helloTime+20*time.Second {
		t.Errorf("%v after %v", err, took)
	}
	if err := AskCommand(t.Context(), address, Command{}, io.Discard); !errors.Is(err, ErrNoReply) {
		t.Errorf("a command: %v", err)
	}
}

func TestAProcessThatStoodStillSaysSo(t *testing.T) {
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		s := newServer(Handlers{}, slog.New(slog.NewTextHandler(&log, nil)))
		s.work.Go(s.noticeStops)
		time.Sleep(time.Minute)
		s.stop()
		s.work.Wait()
	})
	if log.Len() > 0 {
		t.Errorf("it did not stand still: %s", &log)
	}
	stoodStill(slog.New(slog.NewTextHandler(&log, nil)), 9*time.Second)
	if !strings.Contains(log.String(), "stood still") {
		t.Error("it says nothing")
	}
}

func TestVersionsAreARange(t *testing.T) {
	for _, c := range []struct {
		g      greeting
		agreed int
		ok     bool
	}{
		{greeting{Version: version, Oldest: oldest}, version, true},
		{greeting{Version: version}, version, true}, // from before there were ranges
		{greeting{Version: oldest}, oldest, true},
		{greeting{Version: version + 2, Oldest: version}, version, true},
		{greeting{Version: version + 3, Oldest: version + 1}, 0, false},
		{greeting{Version: version + 7}, 0, false},
		{greeting{Version: oldest - 1}, 0, false},
		{greeting{}, 0, false},
	} {
		agreed, ok := spoken.common(c.g)
		if ok != c.ok || ok && agreed != c.agreed {
			t.Errorf("%+v: version %d, %v", c.g, agreed, ok)
		}
	}
}

// A library of one version meets owners of others, and the other way round. Who speaks a
// range of three is served by whoever is at most two versions older or newer; else it
// hears that the versions differ, and nothing is begun.
func TestWhoeverIsTwoVersionsApartIsServed(t *testing.T) {
	rangeOf := func(newest int) versions { return versions{newest, newest - (version - oldest)} }
	for apart := -3; apart <= 3; apart++ {
		for name, c := range map[string]struct{ caller, owner versions }{
			"an owner":  {spoken, rangeOf(version + apart)},
			"a caller":  {rangeOf(version + apart), spoken},
			"one alone": {spoken, versions{version + apart, version + apart}},
		} {
			began := false
			s := newServer(Handlers{Call: func(_ context.Context, call onetrans.Call) Answer {
				began = true
				return Answer{Out: call.In}
			}}, quiet())
			s.spoken = c.owner
			ours, theirs := net.Pipe()
			serving := make(chan struct{})
			go func() { defer close(serving); s.serve(&guest{conn: theirs}) }()
			caller := caller{conn: ours, in: bufio.NewReader(ours), spoken: c.caller}
			err := hand(caller, handover{Call: &onetrans.Call{In: []byte("in"), WaitMS: 1}})
			var r reply
			if err == nil {
				err = caller.wait(maxAnswer, &r)
			}
			ours.Close()
			<-serving
			common := max(c.caller.oldest, c.owner.oldest) <= min(c.caller.newest, c.owner.newest)
			if common != (err == nil && string(r.Out) == "in") || !common && !errors.Is(err, ErrVersion) || began != common {
				t.Errorf("%s %d versions apart: %+v, %v, begun: %v", name, apart, r, err, began)
			}
			if name != "one alone" && common != (apart >= oldest-version && apart <= version-oldest) {
				t.Errorf("%s %d versions apart has one in common: %v", name, apart, common)
			}
		}
	}
}

func TestACallerOfAnotherVersionGetsAnAnswer(t *testing.T) {
	_, address := listenFor(t, echo)
	conn, err := net.Dial("unix", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := writeLine(conn, greeting{Version: version + 9, Oldest: version + 7, Nonce: newNonce()}); err != nil {
		t.Fatal(err)
	}
	var w welcome
	if err := readLine(bufio.NewReader(conn), maxHello, &w, ignore); err != nil || w.Version != version {
		t.Errorf("%+v, %v", w, err)
	}

	newer, err := net.Listen("unix", address+"2")
	if err != nil {
		t.Fatal(err)
	}
	defer newer.Close()
	go func() {
		conn, err := newer.Accept()
		if err == nil {
			_ = writeLine(conn, welcome{Version: version + 9})
			_, _ = io.Copy(io.Discard, conn)
		}
	}()
	if _, err := Ask(t.Context(), address+"2", onetrans.Call{}); !errors.Is(err, ErrVersion) {
		t.Errorf("of an owner of another version: %v", err)
	}
}

func FuzzLine(f *testing.F) {
	for _, seed := range []string{"", "\n", "\n\n{}\n", `{"call":{"in":"AA=="}}` + "\n", `{"call":[`, "\xff\n", `{"call":{},"call":{}}` + "\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		const limit = 256
		r := bufio.NewReaderSize(bytes.NewReader(said), 16)
		for {
			var h handover
			err := readLine(r, limit, &h, ignore)
			if err == nil {
				if h.Call != nil && len(h.Call.In) > limit {
					t.Errorf("%d bytes from a line of %d", len(h.Call.In), limit)
				}
				_ = h.bounded()
				continue
			}
			if !errors.Is(err, ErrLine) && err != io.EOF && err != io.ErrUnexpectedEOF {
				t.Fatalf("%v", err)
			}
			if err == io.EOF && bytes.ContainsFunc(said, func(r rune) bool { return r != '\n' }) && !bytes.HasSuffix(said, []byte("\n")) {
				t.Errorf("a line that was cut off went unnoticed: %q", said)
			}
			return
		}
	})
}
