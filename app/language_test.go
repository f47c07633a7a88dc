package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"

	"onetrans/app/checks/rig"
	"onetrans/app/terminal"
	"onetrans/assets/texts"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

var (
	// technical is what may stand beside a sentence in any language: what a system
	// or a library says, in brackets, and commands, paths and keys of configurations.
	technical = []*regexp.Regexp{
		regexp.MustCompile(`（[^（）]*(（[^（）]*）[^（）]*)?）|\([^()]*\)`),
		regexp.MustCompile(`'?onetrans (journal )?[a-z]+'?|chmod \S+|PC/SC|[!-~]*[/=_.][!-~]*`),
	}
	english = regexp.MustCompile(`[A-Za-z']{2,}[ ,]+[A-Za-z']{2,}`)
	// logLine is a line for who reads logs.
	logLine = regexp.MustCompile(`(?m)^time=.*\n`)
)

// speaks says whether each line of a text is in a language.
func speaks(language, text string) (wrong string, ok bool) {
	for line := range strings.Lines(logLine.ReplaceAllString(text, "")) {
		bare := line
		for _, t := range technical {
			bare = t.ReplaceAllString(bare, "")
		}
		chinese := strings.ContainsFunc(bare, func(r rune) bool { return unicode.Is(unicode.Han, r) })
		if chinese != (language == texts.Source) || chinese && english.MatchString(bare) {
			return line, false
		}
	}
	return "", true
}

func TestALineIsJudgedByItsLanguageAndNotByWhatTheSystemSays(t *testing.T) {
	for line, language := range map[string]string{
		"onetrans: 没有这个文件（open /x: no such file or directory）":    "zh-CN",
		"  请执行：chmod 600 /x/y":                                    "zh-CN",
		"onetrans: there is no such file (open /x: no such file)": "en",
		"onetrans: 没有 opening the journal /x":                     "",
		"opening the journal /x: it is gone":                      "en",
	} {
		for _, l := range []string{"zh-CN", "en"} {
			if _, ok := speaks(l, line+"\n"); ok != (l == language) {
				t.Errorf("%q is %s: %v", line, l, ok)
			}
		}
	}
}

// illTerminal is a terminal with something wrong, and what is done there.
type illTerminal struct {
	site
	commands [][]string
	says     string // in Chinese, among what is said
}

func journaled(t *testing.T) site {
	w := newTerminal(t, "")
	w.ordered(t, "A1")
	return w
}

// over is a terminal whose journal was spoiled.
func over(t *testing.T, spoil func(path string) error) site {
	w := journaled(t)
	if err := spoil(filepath.Join(w.folder, "j.db")); err != nil {
		t.Fatal(err)
	}
	return w
}

// overTLS is a terminal whose platform has a certificate of nobody's.
func overTLS(t *testing.T) site {
	platform := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(platform.Close)
	platform.Config.ErrorLog = log.New(io.Discard, "", 0)
	return wired(t, platform.URL, "")
}

func wired(t *testing.T, url, more string) site {
	return newTerminal(t, fmt.Sprintf("[platform]\ndriver = 'wire'\nurl = %q\napp_id = 'A'\napp_key = 'K'\n%s", url, more))
}

// locked holds the journal as another program does.
func locked(t *testing.T) site {
	w := journaled(t)
	settings, err := load(w.config)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(settings.Store.Path, terminal.StoreOptions(settings, terminal.NewLog(new(bytes.Buffer))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return w
}

// illTerminals are what may be wrong with a terminal.
func illTerminals(t *testing.T) map[string]illTerminal {
	check := [][]string{{"check"}}
	opens := [][]string{{"check"}, {"journal", "list"}, {"journal", "retry", "A1"}, {"agent"}, {"reconcile", "--date", "2026-11-01", "--statement", "none.csv"}}
	verified := append(slices.Clone(opens), []string{"journal", "verify"})
	another, _ := realTerminal(t, "another key", "")
	bad := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(bad.Close)
	return map[string]illTerminal{
		"nobody listens":         {wired(t, "http://127.0.0.1:1", ""), check, "没有程序接受连接"},
		"no such host":           {wired(t, "https://no-such-host.invalid", ""), check, "平台：连不上"},
		"a certificate":          {overTLS(t), check, "证书不是可信机构签发的"},
		"no platform but a page": {wired(t, bad.URL, ""), check, "没有正常应答（HTTP status 404）"},
		"another key":            {another, check, "应答解不开"},
		"a printer's path":       {newTerminal(t, "[devices.printer]\nkind = 'file'\naddress = '/none/lp0'"), check, "没有这个文件或文件夹（"},
		"a printer's address":    {newTerminal(t, "[devices.printer]\nkind = 'tcp'\naddress = '127.0.0.1:1'"), check, "没有程序接受连接"},
		"a journal in use":       {locked(t), opens, "另一个程序正在使用这本日志"},
		"its key gone":           {over(t, func(path string) error { return os.Remove(store.KeyPath(path)) }), verified, "日志的密钥不对或不见了"},
		"another's key": {over(t, func(path string) error {
			return os.WriteFile(store.KeyPath(path), []byte(strings.Repeat("0a", 32)), 0o600)
		}), verified, "这把密钥是另一本日志的"},
		"its key for all eyes": {over(t, func(path string) error { return os.Chmod(store.KeyPath(path), 0o644) }), verified, "chmod 600"},
		"no head":              {over(t, func(path string) error { return os.Remove(store.HeadPath(path)) }), [][]string{{"agent"}, {"journal", "retry", "A1"}, {"journal", "verify"}, {"check"}}, "缺少校验文件"},
		"lost":                 {over(t, os.Remove), opens, "日志却不见了"},
		"cut short":            {over(t, func(path string) error { return os.Truncate(path, 9000) }), verified, "日志文件损坏"},
		"pages gone": {over(t, func(path string) error {
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer file.Close()
			_, err = file.WriteAt(make([]byte, 8192), 12288)
			return err
		}), verified, "页损坏（"},
		"others may write it": {over(t, func(path string) error { return os.Chmod(path, 0o666) }), [][]string{{"agent"}, {"journal", "retry", "A1"}}, "其他用户可以改写"},
		"no operators": {
			over(t, func(path string) error { return os.WriteFile(path+".operators", nil, 0o600) }),
			[][]string{{"journal", "adopt", "--by", "a", "--why", "b"}, {"journal", "settle", "A1", "--as", "failed", "--by", "a", "--why", "b"}},
			"没有任何经办人",
		},
		"files that are not there": {journaled(t), [][]string{
			{"journal", "list", "--file", "/none/x"},
			{"journal", "verify", "--archive", "/none/x"},
			{"journal", "backup", "/none/x"},
			{"journal", "export", "--out", "/none/x"},

			{"journal", "show", "A9"},
			{"reconcile", "--date", "2026-11-01", "--statement", "/none/x"},
			{"journal", "verify", "--receipt", "x"},
		}, "没有这个文件或文件夹（"},
		"nothing of the kind": {newTerminal(t, ""), [][]string{
			{"journal", "list"},
			{"reconcile", "--date", "2026-11-01"},
			{"check", "--config", "/none/x"},
			{"--trans_type", onetrans.TransQuery, "--in", "/none/x"},
			{"--trans_type", onetrans.TransQuery, "--in", "/"},
		}, "没有这个文件或文件夹（"},
	}
}

func TestWhatIsWrongWithATerminalIsSaidInTheHospitalsLanguage(t *testing.T) {
	for name, b := range illTerminals(t) {
		t.Run(name, func(t *testing.T) {
			for _, language := range []string{"zh-CN", "en"} {
				t.Setenv("ONETRANS_UI_LANGUAGE", language)
				t.Setenv("LC_ALL", language) // counts where the configuration can't be read
				var all string
				for _, command := range b.commands {
					if !slices.Contains(command, "--config") {
						command = append(command, "--config", b.config)
					}
					var out, log bytes.Buffer
					if exit := run(t.Context(), command, &out, &log); exit != exitFailed {
						t.Errorf("%q: exit %d", command, exit)
					}
					if wrong, ok := speaks(language, out.String()+log.String()); !ok {
						t.Errorf("%q in %s: %s", command, language, wrong)
					}
					all += out.String() + log.String()
				}
				if language == "zh-CN" && !strings.Contains(all, b.says) {
					t.Errorf("it does not say %q:\n%s", b.says, all)
				}
			}
		})
	}
}

func TestCheckSaysThatTheServiceForCardsIsNotRunning(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("pcscd is missing: only it is looked for by the name that a variable has")
	}
	t.Setenv("PCSCLITE_CSOCK_NAME", filepath.Join(t.TempDir(), "none"))
	t.Setenv("ONETRANS_DEVICES_PCSC_ENABLED", "true")
	for language, says := range map[string]string{"zh-CN": "[错误] 社保卡读卡器：PC/SC 服务没有运行（scard", "en": "[FAULT] card reader: the PC/SC service is not running (scard"} {
		t.Setenv("ONETRANS_UI_LANGUAGE", language)
		if out, exit := newTerminal(t, "").check(t); exit != exitFailed || !strings.Contains(out, says) {
			t.Errorf("exit %d: %s", exit, out)
		}
	}
}

func TestCommandsForTheSandboxSpeakTheCallersLanguage(t *testing.T) {
	taken := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(taken, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{
		{"sandbox", "--listen", "192.0.2.1:1", "--data", t.TempDir()},
		{"sandbox", "--listen", "nowhere", "--data", t.TempDir()},
		{"sandbox", "--data", filepath.Join(taken, "x")},
		{"card", "--identity", "--port", taken},
		{"card", "nobody"},
	} {
		for _, language := range []string{"zh-CN", "en"} {
			out, log, exit := spoken(t, language, command...)
			if wrong, ok := speaks(language, out+log); !ok || exit != exitFailed {
				t.Errorf("%q: exit %d: %s", command, exit, wrong)
			}
		}
	}
}

func TestWhateverIsFoundWrongWithAJournalHasItsWordsInEachLanguage(t *testing.T) {
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	bare := regexp.MustCompile(`^%w: [^%]+$`) // of a family, with words of its own
	for _, call := range rig.Calls(t, "../store") {
		if text, _ := call.Text(0); call.Name == "Errorf" && bare.MatchString(text) && text != "%w: an older one" {
			t.Errorf("%s: %q has its words in the source", call.At, text)
		}
		key, ok := call.Text(1)
		if !ok || call.Name != "flaw" && call.Name != "wrong" {
			continue
		}
		n++
		text, _ := call.Text(2)
		var values []string
		for i := 3; i < len(call.Args); i += 2 {
			value, _ := call.Text(i)
			values = append(values, value)
		}
		for _, name := range book.Names() {
			said := book.In(name).Say("commands.error.journal." + key)
			if !book.In(name).Has("commands.error.journal." + key) {
				t.Errorf("%s has no words for %q", name, text)
			}
			for _, place := range regexp.MustCompile(`\{([a-z]+)\}`).FindAllStringSubmatch(said+text, -1) {
				if !slices.Contains(values, place[1]) {
					t.Errorf("%s: %q has no %s for %q", name, key, place[0], said)
				}
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d", n)
	}
}

// A journal that an older program wrote asks for a start, and for no other program.
func TestAnOlderJournalIsNotTakenForANewerPrograms(t *testing.T) {
	w := newTerminal(t, "")
	path := filepath.Join(w.folder, "j.db")
	packed, err := os.Open("../store/testdata/schema3.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(unpacked)
	if err := errors.Join(err, os.WriteFile(path, data, 0o600)); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{"schema3.key": store.KeyPath(path), "schema3.head": store.HeadPath(path)} {
		data, err := os.ReadFile(filepath.Join("../store/testdata", from))
		if err := errors.Join(err, os.WriteFile(to, data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	out, log, exit := w.journal(t, "list")
	if said := logLine.ReplaceAllString(out+log, ""); exit != exitFailed || said != "onetrans: 日志是旧格式 3，本程序用 "+store.Schema+"：终端启动时会自动转换\n" {
		t.Errorf("exit %d: %s", exit, said)
	}
}
