//go:build wine

package wine

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/assets/licences"
	"onetrans/flows/message/onetrans"
)

// built is where the folder is that hospitals get.
const built = "../../../dist/windows/amd64"

// machine is a Windows machine with the program in a folder that staff might make.
type machine struct {
	*testing.T
	folder  string // here
	display *rig.Display
}

// newMachine installs the program, with this configuration, in a Chinese folder.
func newMachine(t *testing.T, config string, display *rig.Display) *machine {
	t.Helper()
	prefix := os.Getenv("WINEPREFIX")
	if prefix == "" {
		t.Fatal("no WINEPREFIX: run .ci/test-windows")
	}
	m := &machine{T: t, display: display}
	rig.FreshWine(t, m.environ(), "wine")
	folder, err := os.MkdirTemp(filepath.Join(prefix, "drive_c"), "医院 自助 ")
	m.folder = folder
	m.must(err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	m.must(os.Link(filepath.Join(built, "onetrans.exe"), m.at("onetrans.exe")))
	m.must(os.WriteFile(m.at("onetrans.toml"), []byte("[platform]\r\ndriver = 'sandbox'\r\n[store]\r\npath = '数据/日志.db'\r\n"+config), 0o600))
	return m
}

func (m *machine) must(err error) {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
}

func (m *machine) at(names ...string) string {
	return filepath.Join(append([]string{m.folder}, names...)...)
}

// windows is a path as the programs there say it.
func (m *machine) windows(names ...string) string {
	return `C:\` + strings.Join(append([]string{filepath.Base(m.folder)}, names...), `\`)
}

func (m *machine) log() string {
	text, _ := os.ReadFile(m.at("数据", "onetrans.log"))
	return string(text)
}

// command is the program, which ends with the test.
func (m *machine) command(words ...string) *exec.Cmd {
	c := exec.CommandContext(m.Context(), "wine", append([]string{m.windows("onetrans.exe")}, words...)...)
	c.WaitDelay, c.Env = 5*time.Second, m.environ()
	return c
}

// environ is what programs run in.
func (m *machine) environ() []string {
	if m.display != nil {
		return append(m.display.Environ(), "LC_ALL=C.UTF-8")
	}
	return append(os.Environ(), "DISPLAY=")
}

// runs the program with its streams in pipes.
func (m *machine) runs(in string, words ...string) (out, log string, exit int) {
	m.Helper()
	c := m.command(words...)
	var stdout, stderr bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(in), &stdout, &stderr
	late := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	defer late.Stop()
	_ = c.Run()
	return stdout.String(), stderr.String(), c.ProcessState.ExitCode()
}

func (m *machine) eventually(limit time.Duration, what string, holds func() bool) {
	m.Helper()
	for end := time.Now().Add(limit); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			m.picture("failed")
			m.Fatalf("not within %v: %s\n%s", limit, what, m.log())
		}
	}
}

// picture keeps what the display shows below shots/windows.
func (m *machine) picture(name string) {
	m.Helper()
	if m.display == nil {
		return
	}
	image, err := m.display.Picture()
	m.must(err)
	m.must(os.MkdirAll("../../../shots/windows", 0o755))
	file, err := os.Create(filepath.Join("../../../shots/windows", name+".png"))
	m.must(err)
	m.must(png.Encode(file, image))
	m.must(file.Close())
}

// colours is how many colours the display shows: a page has hundreds.
func (m *machine) colours() int {
	m.Helper()
	image, err := m.display.Picture()
	m.must(err)
	seen := map[[3]byte]bool{}
	for i := 0; i+3 < len(image.Pix); i += 4 * 7 {
		seen[[3]byte(image.Pix[i:i+3])] = true
	}
	return len(seen)
}

// still says whether the display shows the same for half a second.
func (m *machine) still() bool {
	m.Helper()
	before, err := m.display.Picture()
	m.must(err)
	time.Sleep(500 * time.Millisecond)
	now, err := m.display.Picture()
	m.must(err)
	return bytes.Equal(before.Pix, now.Pix)
}

func sample(t *testing.T, transType string) string {
	t.Helper()
	text, err := os.ReadFile("../../../flows/message/onetrans/testdata/messages/" + transType + ".in.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// calls is a call of HIS with both messages in files, and its answer, which is GBK.
func (m *machine) calls(transType string) (text string, exit int) {
	m.Helper()
	in, err := onetrans.EncodeGBK([]byte(sample(m.T, transType)))
	m.must(err)
	m.must(os.WriteFile(m.at("入参.json"), in, 0o600))
	_, log, exit := m.runs("", "--trans_type", transType, "--in", m.windows("入参.json"), "--out", m.windows("出参.json"), "--config", m.windows("onetrans.toml"))
	gbk, err := os.ReadFile(m.at("出参.json"))
	if err != nil {
		m.Fatalf("exit %d, %v: %s", exit, err, log)
	}
	if bytes.Contains(gbk, []byte("\xe6\x9c\xac")) {
		m.Error("the answer is UTF-8")
	}
	decoded, err := onetrans.DecodeGBK(gbk)
	m.must(err)
	return string(decoded), exit
}

func TestWhatIsSaidReachesAPipeAndAFileAndTheExitStatusItsCaller(t *testing.T) {
	m := newMachine(t, "", nil)
	out, log, exit := m.runs("", "version")
	if exit != 0 || !strings.HasPrefix(out, "onetrans ") || log != "" {
		t.Errorf("exit %d: %q, %q", exit, out, log)
	}
	out, log, exit = m.runs("", "nonsense")
	if exit != 1 || out != "" || !strings.Contains(log, "没有 nonsense 这个命令") {
		t.Errorf("exit %d: %q, %q", exit, out, log)
	}
	if out, _, exit := m.runs("", "licences"); exit != 0 || out != licences.Text() {
		t.Errorf("exit %d: %d bytes of licences", exit, len(out))
	}
	file, err := os.Create(m.at("out.txt"))
	m.must(err)
	c := m.command("help")
	c.Stdout = file
	m.must(c.Run())
	m.must(file.Close())
	if text, err := os.ReadFile(file.Name()); err != nil || !strings.Contains(string(text), "医院自助服务终端") {
		t.Errorf("%v: %s", err, text)
	}
}

// A console that a person types into is a pseudo-terminal here.
func TestWhatIsSaidReachesTheConsoleOfWhoeverCalled(t *testing.T) {
	m := newMachine(t, "", nil)
	m.must(os.WriteFile(m.at("run.bat"), []byte("@echo off\r\nstart /wait /b onetrans.exe version\r\necho status %errorlevel%\r\nstart /wait /b onetrans.exe nonsense\r\necho status %errorlevel%\r\n"), 0o600))
	c := exec.CommandContext(t.Context(), "script", "-qec", `wine cmd /c "cd /d `+m.windows()+` && run.bat"`, "/dev/null")
	c.Env, c.WaitDelay = append(os.Environ(), "DISPLAY=", "TERM=xterm"), 5*time.Second
	late := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	defer late.Stop()
	said, _ := c.CombinedOutput()
	for _, want := range []string{"socket   version", "status 0", "nonsense", "status 1"} {
		if !strings.Contains(string(said), want) {
			t.Errorf("%q is not in %q", want, said)
		}
	}
}

func TestTheKioskShowsItsFirstScreenAndACallBesideItIsAnswered(t *testing.T) {
	m := newMachine(t, "", rig.StartDisplay(t, 1080, 1920))
	kiosk := m.command("kiosk")
	rig.Start(t, kiosk)
	m.eventually(90*time.Second, "a page is shown", func() bool { return m.colours() > 100 && m.still() })
	m.picture("first")
	text, exit := m.calls(onetrans.TransQuery)
	if exit != 0 || !strings.Contains(text, `"code":"000000"`) || !strings.Contains(text, "演示") {
		t.Errorf("exit %d: %s", exit, text)
	}
	out, log, exit := m.runs("", "journal", "verify")
	if exit != 0 {
		t.Errorf("journal verify: exit %d: %s%s", exit, out, log)
	}
	if out, _, _ := m.runs("", "check"); !strings.Contains(out, "[正常] 本机") || !strings.Contains(out, `日志.db`) {
		t.Error(out)
	}
	for _, private := range []string{"日志.db.sock", "日志.db", "onetrans.log"} {
		if info, err := os.Stat(m.at("数据", private)); err != nil || strings.HasSuffix(private, ".sock") && info.Mode().Perm()&0o007 != 0 {
			t.Errorf("%s: %v, %v", private, info, err)
		}
	}
	m.kills("onetrans.exe")
	m.eventually(20*time.Second, "the window is gone with its owner", func() bool { return m.colours() < 3 })
}

// kills ends a program as the task manager does.
func (m *machine) kills(name string) {
	m.Helper()
	ctx, cancel := context.WithTimeout(m.Context(), 30*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, "wine", "taskkill", "/f", "/im", name)
	c.WaitDelay, c.Env = 5*time.Second, m.environ()
	if out, err := c.CombinedOutput(); err != nil {
		m.Logf("taskkill: %v: %s", err, out) // it has ended
	}
}

func TestAnAgentIsStartedInTheBackgroundAndServes(t *testing.T) {
	m := newMachine(t, "", rig.StartDisplay(t, 800, 1000))
	begin := time.Now()
	out, log, exit := m.runs("", "agent", "--background", "--json", "--config", m.windows("onetrans.toml"))
	if exit != 0 || !strings.Contains(out, `"address":`) {
		t.Fatalf("exit %d after %v: %s%s", exit, time.Since(begin), out, log)
	}
	t.Logf("%v: %s", time.Since(begin), out)
	if again, log, exit := m.runs("", "agent", "--background", "--json", "--config", m.windows("onetrans.toml")); exit != 0 || again != out {
		t.Errorf("again: exit %d: %s%s", exit, again, log)
	}
	if text, exit := m.calls(onetrans.TransQuery); exit != 0 {
		t.Errorf("exit %d: %s", exit, text)
	}
}

// An X server without GLX is what a machine without a graphics driver is.
func TestWithoutOpenGLAPersonIsToldTheCureAndACallHearsIt(t *testing.T) {
	m := newMachine(t, "", rig.StartDisplay(t, 1080, 1920, "-extension", "GLX"))
	out, log, exit := m.runs("", "check")
	if exit != 1 || !strings.Contains(out, "没有 OpenGL") {
		t.Errorf("exit %d: %s%s", exit, out, log)
	}
	rig.Start(t, m.command("kiosk"))
	m.eventually(60*time.Second, "a box is shown", func() bool { return m.colours() > 10 && m.still() })
	m.picture("no-opengl")
	if n := strings.Count(m.log(), "has no OpenGL"); n != 1 {
		t.Errorf("the log says it %d times:\n%s", n, m.log())
	}
	if text, exit := m.calls(onetrans.TransRecharge); exit != 0 || !strings.Contains(text, string(onetrans.CodeDevice)) || !strings.Contains(text, "没有 OpenGL") {
		t.Errorf("exit %d: %s", exit, text)
	}
	if text, exit := m.calls(onetrans.TransQuery); exit != 0 {
		t.Errorf("a call without a page: exit %d: %s", exit, text)
	}
}

// desk is a HIS with a window, which says what it sees of the page of its call.
func (m *machine) desk(words ...string) string {
	m.Helper()
	compiler := exec.Command("x86_64-w64-mingw32-gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", m.at("desk.exe"), "testdata/desk.c", "-lgdi32")
	if out, err := compiler.CombinedOutput(); err != nil {
		m.Fatalf("%v: %s", err, out)
	}
	m.must(os.Link(filepath.Join(built, "OneTrans2.dll"), m.at("OneTrans2.dll")))
	in, err := onetrans.EncodeGBK([]byte(sample(m.T, onetrans.TransUserGet)))
	m.must(err)
	m.must(os.WriteFile(m.at("in.json"), in, 0o600))
	c := exec.CommandContext(m.Context(), "wine", append([]string{"desk.exe", "OneTrans2.dll", "in.json"}, words...)...)
	c.Dir, c.Env, c.WaitDelay = m.folder, m.environ(), 5*time.Second
	late := time.AfterFunc(90*time.Second, func() { _ = c.Process.Kill() })
	defer late.Stop()
	// What the host starts under Wine has its output open: a pipe would not end.
	said, err := os.Create(m.at("said"))
	m.must(err)
	defer said.Close()
	c.Stdout = said
	if err := c.Run(); err != nil {
		m.Errorf("%v\n%s", err, m.log())
	}
	text, err := os.ReadFile(said.Name())
	m.must(err)
	return strings.ReplaceAll(string(text), "\r", "")
}

func TestAPageStaysAboveItsCallersWindowWhichHasItsFocusBackAfter(t *testing.T) {
	m := newMachine(t, "", rig.StartDisplay(t, 1600, 1600))
	said := m.desk()
	for _, want := range []string{
		"a page", "page above", "page has the focus", "desk has the focus",
		"page above a desk that was clicked", "page above a desk that is above all", "page has the focus again", "page gone", "desk has its focus back",
	} {
		if !strings.Contains(said, want+": yes\n") {
			t.Errorf("not said: %s\n%s", want, said)
		}
	}
}

// The window's thread of most callers looks at nothing while it waits, and some hang.
func TestACallerThatHangsDoesNotHangItsPage(t *testing.T) {
	m := newMachine(t, "", rig.StartDisplay(t, 1600, 1600))
	said := m.desk("hangs")
	for _, want := range []string{"a page: yes", "page above: yes", "page gone: yes", "status 0"} {
		if !strings.Contains(said, want+"\n") {
			t.Errorf("not said: %s\n%s", want, said)
		}
	}
}

// Where there is no driver, or a bad one, staff put a library that draws by software beside
// the program. Windows takes that one, as it is none of those that come from the system
// alone (KnownDLLs); Wine has to be told that it does.
func TestTheOpenGLThatLiesBesideTheProgramIsTheOneThatIsUsed(t *testing.T) {
	m := newMachine(t, "", rig.StartDisplay(t, 1080, 1920))
	if out, log, _ := m.runs("", "check"); strings.Contains(out, "没有 OpenGL") {
		t.Fatalf("the system has none: %s%s", out, log)
	}
	compiler := exec.Command("x86_64-w64-mingw32-gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-o", m.at("opengl32.dll"), "testdata/opengl32.c")
	if out, err := compiler.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Setenv("WINEDLLOVERRIDES", os.Getenv("WINEDLLOVERRIDES")+";opengl32=n,b")
	out, log, _ := m.runs("", "check")
	if _, err := os.Stat(m.at("loaded")); err != nil {
		t.Errorf("it was not loaded: %v", err)
	}
	if !strings.Contains(out, "没有 OpenGL") {
		t.Errorf("something else draws: %s%s", out, log)
	}
}
