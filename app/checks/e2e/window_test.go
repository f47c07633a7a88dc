//go:build e2e

package e2e

import (
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/app/config"
	"onetrans/flows/view"
)

// drawer is the process that draws, with a test in its owner's place.
type drawer struct {
	*world
	process *exec.Cmd
	in      io.WriteCloser
	says    chan view.FromWindow // closed when it says no more
	log     *logbook
}

// newDrawer starts one on a display of its own, which draws.
func newDrawer(t *testing.T, setup view.Setup) *drawer {
	t.Helper()
	d := startDrawer(t, setup)
	d.next(view.FromWindow{Ready: view.Version})
	return d
}

// startDrawer starts one on a display of its own, whose server gets these arguments too.
func startDrawer(t *testing.T, setup view.Setup, server ...string) *drawer {
	t.Helper()
	d := &drawer{
		world: &world{t: t, display: rig.StartDisplay(t, screenWidth, screenHeight, server...)},
		log:   &logbook{}, says: make(chan view.FromWindow, 1024),
	}
	d.process = exec.Command(executable, "ui")
	d.process.Env, d.process.Stderr = d.display.Environ(), d.log
	in, err := d.process.StdinPipe()
	d.must(err)
	out, err := d.process.StdoutPipe()
	d.must(err)
	rig.Start(t, d.process)
	d.in = in
	go func() {
		defer close(d.says)
		for lines := view.NewReader[view.FromWindow](out); ; {
			m, err := lines.Read()
			if err != nil {
				return
			}
			d.says <- m
		}
	}()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("its log:\n%s", d.log)
			d.keepPicture("failed")
		}
	})
	defaults := config.Default()
	setup.Version, setup.Language, setup.Fullscreen, setup.Inches = view.Version, view.Chinese, true, panelInches
	setup.Hospital, setup.HelpPlace, setup.HelpPhone = defaults.Terminal.FixmedinsName, defaults.UI.HelpPlace, defaults.UI.HelpPhone
	d.send(view.ToWindow{Setup: &setup})
	return d
}

func (d *drawer) send(m view.ToWindow) {
	d.t.Helper()
	d.must(view.Write(d.in, m))
}

func (d *drawer) page(name string, n uint64) {
	d.t.Helper()
	page := pages()[name]
	d.send(view.ToWindow{Page: &page, Number: n})
}

// hear waits for what it says next.
func (d *drawer) hear() view.FromWindow {
	d.t.Helper()
	select {
	case m, ok := <-d.says:
		if !ok {
			d.t.Fatal("it says no more")
		}
		return m
	case <-time.After(20 * time.Second):
		d.t.Fatal("it says nothing")
	}
	return view.FromWindow{}
}

func (d *drawer) next(want view.FromWindow) {
	d.t.Helper()
	if got := d.hear(); !reflect.DeepEqual(got, want) {
		d.t.Fatalf("it says %+v, want %+v", got, want)
	}
}

// ends waits until the process has ended by itself, with a status.
func (d *drawer) ends(status int) {
	d.t.Helper()
	late := time.AfterFunc(20*time.Second, func() { _ = d.process.Process.Kill() })
	defer late.Stop()
	for range d.says { // until it says no more
	}
	_ = d.process.Wait()
	if got := d.process.ProcessState; got.ExitCode() != status {
		d.t.Errorf("it ended with %v, want %d", got, status)
	}
}

func TestAWindowShowsThePagesThatItIsSentAndTellsWhatIsTouched(t *testing.T) {
	d := newDrawer(t, view.Setup{Keys: true})
	d.eyes = openEyes(t)
	d.must(d.await("attract", 10*time.Second)) // by itself
	d.page("confirm", 7)
	d.must(d.await("confirm", 5*time.Second))
	d.must(d.tap("confirm", view.Pay, ""))
	d.next(view.FromWindow{Tap: &view.Tap{Action: view.Pay}, Number: 7})
	d.page("cashier", 8)
	d.must(d.await("cashier", 5*time.Second))
	d.must(d.tap("cashier", view.CheckPaid, ""))
	d.next(view.FromWindow{Tap: &view.Tap{Action: view.CheckPaid}, Number: 8})

	d.must(d.display.Type("13400000000000017"))
	var code strings.Builder
	var last int64
	for code.Len() == 0 || !strings.HasSuffix(code.String(), "\n") {
		m := d.hear()
		if m.Key == nil || m.Key.At <= last {
			t.Fatalf("after %q at %d: %+v", code.String(), last, m)
		}
		code.WriteRune(m.Key.Rune)
		last = m.Key.At
	}
	if code.String() != "13400000000000017\n" {
		t.Errorf("the keys were %q", code.String())
	}
	d.send(view.ToWindow{Beat: 3})
	d.next(view.FromWindow{Beat: 3})
	d.must(d.in.Close())
	d.ends(0)
	if n := strings.Count(d.log.String(), "onetrans:"); n != 0 {
		t.Errorf("it had %d things to say", n)
	}
}

func TestAWindowComesWithItsFirstPageAndGoesWhenItIsHidden(t *testing.T) {
	d := newDrawer(t, view.Setup{Hidden: true})
	d.send(view.ToWindow{Beat: 1})
	d.next(view.FromWindow{Beat: 1})
	if d.painted() {
		t.Error("it is on the screen without a page")
	}
	for n := range uint64(3) { // it comes back, too
		d.page("confirm", n+1)
		d.eventually(5*time.Second, "the page is on the screen", d.painted)
		d.send(view.ToWindow{Hide: true})
		d.eventually(5*time.Second, "the screen is free", func() bool { return !d.painted() })
	}
	d.must(d.in.Close())
	d.ends(0)
}

func TestAWindowThatIsToldWhatItDoesNotKnowEnds(t *testing.T) {
	d := newDrawer(t, view.Setup{})
	_, err := io.WriteString(d.in, `{"page":{"Content":{"Lottery":{}}},"n":1}`+"\n")
	d.must(err)
	d.ends(1)
	if n := strings.Count(d.log.String(), "onetrans:"); n != 1 {
		t.Errorf("it had %d things to say", n)
	}
}

// What the window library starts by itself to follow the desktop's colours stays for
// ever, once for each window: it starts a bus where a session has none.
func TestAWindowStartsNoProgramAndHasNothingToSay(t *testing.T) {
	folder := t.TempDir()
	mark := filepath.Join(folder, "started")
	bus := "#!/bin/sh\ntouch " + mark + "\n"
	if err := os.WriteFile(filepath.Join(folder, "dbus-launch"), []byte(bus), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", folder)
	d := newDrawer(t, view.Setup{})
	d.eventually(10*time.Second, "there is a window", d.painted)
	time.Sleep(500 * time.Millisecond)
	if _, err := os.Stat(mark); err == nil {
		t.Error("it has started a bus")
	}
	d.must(d.in.Close())
	d.ends(0)
	if text := d.log.String(); text != "" {
		t.Errorf("it says %q", text)
	}
}

// Each call with a page may start one, for years.
func TestAWindowLeavesNothingBehindThatTheNextDoesNotUse(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"} {
		t.Setenv(name, folder)
	}
	left := func() (all []string) {
		d := newDrawer(t, view.Setup{Hidden: true})
		d.must(d.in.Close())
		d.ends(0)
		d.must(filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			all = append(all, path)
			return err
		}))
		return all
	}
	first := left()
	time.Sleep(time.Second)
	if second := left(); !slices.Equal(second, first) {
		t.Errorf("after one %q, after two %q", first, second)
	}
}

// Its heart beats in the goroutine that draws, on a screen that nobody serves.
func TestAWindowWhoseScreenHangsHasNoHeartbeat(t *testing.T) {
	d := newDrawer(t, view.Setup{})
	d.eventually(10*time.Second, "there is a window", d.painted)
	server := d.display.Server()
	d.must(server.Signal(syscall.SIGSTOP))
	defer func() { _ = server.Signal(syscall.SIGCONT) }()
	d.page("confirm", 1)
	beats := 0
	d.eventually(20*time.Second, "its heart stops", func() bool { // until then it may still be about to draw
		beats++
		d.send(view.ToWindow{Beat: uint64(beats)})
		select {
		case m := <-d.says:
			if m.Beat != uint64(beats) {
				t.Fatalf("it says %+v", m)
			}
			return false
		case <-time.After(3 * time.Second):
			return true
		}
	})
	d.must(d.in.Close()) // and yet it ends
	d.ends(1)
}

func TestAWindowEndsWithItsDisplayAndWithASignal(t *testing.T) {
	t.Run("display", func(t *testing.T) {
		d := newDrawer(t, view.Setup{})
		d.eventually(10*time.Second, "there is a window", d.painted)
		d.must(d.display.Server().Kill())
		for range d.says {
		}
		if err := d.process.Wait(); err == nil {
			t.Error("it ends as if nothing were wrong")
		}
	})
	t.Run("signal", func(t *testing.T) {
		d := newDrawer(t, view.Setup{})
		d.eventually(10*time.Second, "there is a window", d.painted)
		d.must(d.process.Process.Signal(syscall.SIGTERM))
		d.ends(0)
	})
}

// An X server without GLX is what a machine without a graphics driver is.
func TestAWindowThatCannotDrawSaysSoByItsExitStatus(t *testing.T) {
	for name, hidden := range map[string]bool{"at once": false, "hidden until there is a page": true} {
		t.Run(name, func(t *testing.T) {
			d := startDrawer(t, view.Setup{Hidden: hidden}, "-extension", "GLX")
			d.ends(view.ExitNoGraphics)
			if !strings.Contains(d.log.String(), "OpenGL") {
				t.Error("nobody hears why")
			}
		})
	}
}
