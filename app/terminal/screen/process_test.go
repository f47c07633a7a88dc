//go:build unix

package screen

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"onetrans/flows/view"
)

// acts is how a process that is started as a window behaves, or that it is one's owner.
const acts = "TEST_ACTS"

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(acts) == "owner":
		actAsOwner("stays")
	case os.Getenv(acts) == "owner of one that draws":
		actAsOwner("draws")
	case len(os.Args) > 1 && os.Args[1] == "ui":
		actAsWindow(os.Getenv(acts))
	default:
		os.Exit(m.Run())
	}
}

// actAsOwner starts a window as soon as nobody holds its input, says which process
// that is, and waits for its own end.
func actAsOwner(window string) {
	_ = os.Setenv(acts, window)
	_, _ = io.Copy(io.Discard, os.Stdin)
	lockThread()
	w, err := Start(slog.New(slog.DiscardHandler), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if window == "draws" {
		if _, err := view.NewReader[view.FromWindow](w).Read(); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(w.(*process).command.Process.Pid)
	time.Sleep(time.Minute)
}

func actAsWindow(how string) {
	switch how {
	case "crashes":
		panic("a driver")
	case "sees no OpenGL":
		os.Exit(view.ExitNoGraphics)
	case "sees no OpenGL and leaves a process": // which keeps the log open
		c := exec.Command("sleep", "3")
		c.Stderr = os.Stderr
		_ = c.Start()
		os.Exit(view.ExitNoGraphics)
	case "stays": // whatever it is told
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
		_ = view.Write(os.Stdout, view.FromWindow{Ready: view.Version})
		time.Sleep(time.Minute)
	case "talks":
		for n := range 10 * maxLog {
			fmt.Fprintln(os.Stderr, n, strings.Repeat("x", 3*maxLogLine))
		}
	case "tells":
		fmt.Fprintln(os.Stderr, os.Environ())
	}
	lines := view.NewReader[view.ToWindow](os.Stdin)
	_ = view.Write(os.Stdout, view.FromWindow{Ready: view.Version})
	for {
		m, err := lines.Read()
		if err != nil {
			return
		}
		if m.Beat != 0 {
			_ = view.Write(os.Stdout, view.FromWindow{Beat: m.Beat})
		}
	}
}

// running says whether there is such a process, and it is no zombie.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(text), ") Z ")
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within ten seconds: %s", what)
		}
	}
}

// screenOn is a screen whose windows are processes that act so.
func screenOn(t *testing.T, how string) (*Screen, *safeLog) {
	t.Helper()
	t.Setenv(acts, how)
	log := &safeLog{}
	logger := slog.New(slog.NewTextHandler(log, nil))
	s := New(Options{Start: func() (Window, error) { return Start(logger, []string{"HOSPITAL_KEY"}) }, Display: func() error { return nil }, Log: logger})
	t.Cleanup(s.Close)
	return s, log
}

func (s *Screen) pid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link == nil {
		return 0
	}
	return s.link.window.(*process).command.Process.Pid
}

func TestAWindowsProcessThatIsKilledOrStoppedIsReplaced(t *testing.T) {
	s, log := screenOn(t, "draws")
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err, log)
	}
	for _, by := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGSTOP} {
		eventually(t, "it draws", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.link != nil && s.link.heard > 0 })
		old := s.pid()
		if err := syscall.Kill(old, by); err != nil {
			t.Fatal(err)
		}
		eventually(t, "another has come: "+by.String(), func() bool { pid := s.pid(); return pid != 0 && pid != old })
		if running(old) {
			t.Errorf("%v: the old one is left", by)
		}
		if err := s.Ready(t.Context()); err != nil {
			t.Error(err, log)
		}
	}
	if !strings.Contains(log.String(), "signal: killed") {
		t.Errorf("nothing says how it ended: %s", log)
	}
	pid := s.pid()
	s.Close()
	if running(pid) {
		t.Error("a process is left behind")
	}
}

func TestAWindowThatDoesNotEndIsEndedInTime(t *testing.T) {
	s, log := screenOn(t, "stays")
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err, log)
	}
	pid, begin := s.pid(), time.Now()
	s.Close()
	if took := time.Since(begin); took < endTime/2 || took > endTime+20*time.Second {
		t.Errorf("after %v", took)
	}
	if running(pid) {
		t.Error("it is left behind")
	}
}

// Not a signal that can be caught, nor a pipe that ends: the system has to see to it.
func TestAnOwnerThatIsKilledLeavesNoWindowBehind(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	owner := exec.Command(program)
	owner.Env = append(os.Environ(), acts+"=owner")
	said, err := owner.StdoutPipe()
	if err == nil {
		err = owner.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	pid, bad := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || bad != nil {
		t.Fatal(line, err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait()
	eventually(t, "the window is gone", func() bool { return !running(pid) })
}

func TestWhatAWindowLogsIsPassedOnWithinBounds(t *testing.T) {
	s, log := screenOn(t, "talks")
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Close()
	text := log.String()
	if n := strings.Count(text, "msg=window says="); n != maxLog-1 || len(text) > maxLog*(maxLogLine+200) {
		t.Errorf("%d lines, %d bytes", n, len(text))
	}
	if !strings.Contains(text, "more than is logged") {
		t.Error("it is not said that there was more")
	}
}

func TestAWindowThatCrashesSaysWhyInTheOwnersLog(t *testing.T) {
	s, log := screenOn(t, "crashes")
	if err := s.Ready(t.Context()); err == nil {
		t.Error("it draws")
	}
	if !strings.Contains(log.String(), "a driver") || !strings.Contains(log.String(), `error="exit status 2: panic: a driver`) {
		t.Errorf("%s", log)
	}
}

func TestAWindowKnowsNoSecretOfItsOwner(t *testing.T) {
	t.Setenv("ONETRANS_PLATFORM_APP_KEY", "secret-1")
	t.Setenv("onetrans_pay", "secret-2")
	t.Setenv("HOSPITAL_KEY", "secret-3")
	s, log := screenOn(t, "tells")
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if text := log.String(); strings.Contains(text, "secret-") || !strings.Contains(text, "PATH=") {
		t.Error(text)
	}
}

func TestAWindowIsTriedWithoutAnyPage(t *testing.T) {
	if err := Display(); err != nil {
		t.Setenv("DISPLAY", "elsewhere:0") // which is not looked at
	}
	t.Setenv(acts, "draws")
	if err := Try(t.Context(), view.Setup{}, nil); err != nil {
		t.Error(err)
	}
	t.Setenv(acts, "crashes")
	var end *EndError
	if err := Try(t.Context(), view.Setup{}, nil); !errors.As(err, &end) || !strings.Contains(end.Said, "a driver") {
		t.Error(err)
	}
}

// The pipes end with the window: nobody waits for what is left of them.
func TestAWindowsPipesEndWithIt(t *testing.T) {
	t.Setenv(acts, "stays")
	w, err := Start(slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 2)
	go func() { _, err := io.Copy(io.Discard, w); ended <- err }()
	go func() {
		for {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				ended <- err
				return
			}
		}
	}()
	time.Sleep(50 * time.Millisecond)
	if err := w.End(0); err != nil {
		t.Error(err)
	}
	<-ended
	<-ended
}

func TestAWindowsExitStatusCountsAlsoWhereAnotherKeepsItsLogOpen(t *testing.T) {
	t.Setenv(acts, "sees no OpenGL and leaves a process")
	lockThread()
	w, err := Start(slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	<-w.(*process).ended
	if err := w.End(time.Second); !errors.Is(err, ErrNoGraphics) {
		t.Errorf("it ended with %v", err)
	}
}

func TestAWindowWithoutOpenGLSaysSoByItsExitStatus(t *testing.T) {
	t.Setenv(acts, "sees no OpenGL")
	if err := Try(t.Context(), view.Setup{}, nil); !errors.Is(err, ErrNoGraphics) && !errors.Is(err, ErrNoDisplay) {
		t.Error(err)
	}
	s, _ := screenOn(t, "sees no OpenGL")
	if err := s.Ready(t.Context()); !errors.Is(err, ErrNoGraphics) {
		t.Error(err)
	}
}
