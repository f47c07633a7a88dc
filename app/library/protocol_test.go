package library_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"onetrans/app/terminal/call"
	"onetrans/flows/message/onetrans"
)

func TestVersionsAreARangeAndEachHearsWhatItKnows(t *testing.T) {
	t.Parallel()
	for version := 1; version <= 6; version++ {
		served := version >= 2 && version <= 4
		o := newOwner(t, answering(version, always(fine)))
		heard := install(t, o).calls(t, query)[0]
		taken := o.taken()
		switch {
		case !served:
			if heard.code() != "600099" || len(taken) > 0 {
				t.Errorf("version %d: %s, %d handed over", version, heard.raw, len(taken))
			}
			continue
		case heard.code() != "000000" || len(taken) != 1:
			t.Fatalf("version %d: %s, %d handed over", version, heard.raw, len(taken))
		}
		c := taken[0]
		if c.TransType != onetrans.TransQuery || string(c.In) != query || c.Buffer != 8191 {
			t.Errorf("version %d: %+v", version, c)
		}
		if (c.WaitMS != nil) != (version >= 4) || (c.Window != nil) != (version >= 4) || version >= 4 && *c.WaitMS != 900000 {
			t.Errorf("version %d: wait_ms %v, window %v", version, c.WaitMS, c.Window)
		}
	}
}

// handing serves with what is said after a call was handed over.
func handing(say func(g guest)) func(*owner, guest) {
	return func(o *owner, g guest) {
		if _, ok := o.take(g, 4); ok {
			say(g)
		}
	}
}

func saying(text string) func(guest) { return func(g guest) { g.say(text) } }

func TestWhateverIsNoWholeAnswerAfterTheHandoverIsUnknown(t *testing.T) {
	t.Parallel()
	tests := map[string]func(guest){
		"he hangs up":           func(guest) {},
		"half a line":           saying(strings.TrimSuffix(answers(fine), "\n")),
		"no JSON":               saying("fine\n"),
		"a list":                saying("[]\n"),
		"two values":            saying(`{"out":"` + in64([]byte(fine)) + `"}{}` + "\n"),
		"no answer":             saying(`{"exit":0}` + "\n"),
		"an empty answer":       saying(`{"out":"","exit":0}` + "\n"),
		"an answer of null":     saying(`{"out":null,"exit":0}` + "\n"),
		"no base64":             saying(`{"out":"####","exit":0}` + "\n"),
		"base64 cut":            saying(`{"out":"` + in64([]byte(fine))[:15] + `"}` + "\n"),
		"a NUL in the line":     saying("\x00" + answers(fine)),
		"a NUL in the answer":   saying(answers(`{"code":"000000"}` + "\x00")),
		"a NUL within":          saying(answers("{\"code\":\"0000\x0000\"}")),
		"an answer cut":         saying(answers(fine[:len(fine)-1])),
		"more than an answer":   saying(answers(fine + "x")),
		"no object":             saying(answers(`"000000"`)),
		"no code":               saying(answers(`{"data":{}}`)),
		"a code that is none":   saying(answers(`{"code":0}`)),
		"not GBK":               saying(answers("{\"code\":\"000000\",\"err_msg\":\"\xff\"}")),
		"half a character":      saying(answers("{\"code\":\"000000\",\"err_msg\":\"\xb3\"}")),
		"megabytes without end": func(g guest) { endless(g, strings.Repeat("x", 1<<16)) },
		"megabytes of NULs":     func(g guest) { endless(g, strings.Repeat("\x00", 1<<16)) },
		"not gone away":         saying(`{"away":false}` + "\n"),
		"away, but no word":     saying(`{"away":"true"}` + "\n"),
	}
	for name, say := range tests {
		o := newOwner(t, handing(say))
		heard := install(t, o).calls(t, query)[0]
		if heard.code() != "600008" || heard.data() != `{"result":"ing","outChargeNo":"N1"}` {
			t.Errorf("%s: %s", name, heard.raw)
		}
		if n := len(o.taken()); n != 1 {
			t.Errorf("%s: it was handed over %d times", name, n)
		}
	}
}

// In shadow HIS goes on as it did, whatever it is used to.
func TestWhatAnotherVendorAnsweredIsHandedOnAsItIs(t *testing.T) {
	t.Parallel()
	theirs := func(out string) string { return strings.Replace(answers(out), `}`, `,"theirs":true}`, 1) }
	for name, out := range map[string]string{
		"as ours": fine, "UTF-8": `{"code":"000000","err_msg":"成功","data":{}}`, "no JSON": "OK|充值成功|12.00", "no code": `{"result":1}`,
	} {
		if heard := install(t, newOwner(t, handing(saying(theirs(out))))).calls(t, query)[0]; string(heard.raw) != out {
			t.Errorf("%s: %q", name, heard.raw)
		}
	}
	for name, out := range map[string]string{"nothing": "", "a NUL": "OK\x00"} {
		if heard := install(t, newOwner(t, handing(saying(theirs(out))))).calls(t, query)[0]; heard.code() != "600008" {
			t.Errorf("%s: %q", name, heard.raw)
		}
	}
}

func endless(g guest, piece string) {
	for range 1 << 10 {
		if _, err := g.Write([]byte(piece)); err != nil {
			return
		}
	}
}

func TestAnAnswerMayComeInPiecesAndBetweenSignsOfLife(t *testing.T) {
	t.Parallel()
	for name, say := range map[string]func(guest){
		"at once": saying(answers(fine)),
		"signs of life": func(g guest) {
			for range 3 {
				g.say("\n")
				time.Sleep(20 * time.Millisecond)
			}
			g.say("\n\n" + answers(fine))
		},
		"byte by byte": func(g guest) {
			for _, b := range []byte("\n" + answers(fine)) {
				_, _ = g.Write([]byte{b})
				time.Sleep(time.Millisecond)
			}
		},
		"with something behind": saying(answers(fine) + "x"),
	} {
		if heard := install(t, newOwner(t, handing(say))).calls(t, query)[0]; heard.code() != "000000" || string(heard.raw) != fine {
			t.Errorf("%s: %s", name, heard.raw)
		}
	}
}

// greeting answers a caller's greeting with a text.
func greeting(text string) func(*owner, guest) {
	return func(_ *owner, g guest) {
		if err := g.line(new(hello)); err == nil {
			g.say(text)
		}
	}
}

// Those who do not prove to be the owner are none; nothing was handed over, and what the
// program names is tried.
func TestWhoIsNoOwnerGetsNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		serve func(*owner, guest)
		code  string
		most  time.Duration
	}{
		"hangs up":           {func(*owner, guest) {}, "600007", time.Second},
		"says no JSON":       {greeting("HTTP/1.1 400 Bad Request\r\n\r\n"), "600007", time.Second},
		"has no version":     {greeting("{}\n"), "600007", time.Second},
		"has no nonce":       {greeting(`{"onetrans":4}` + "\n"), "600099", time.Second},
		"a short nonce":      {greeting(`{"onetrans":4,"nonce":"AAAA","proof":""}` + "\n"), "600007", time.Second},
		"knows no secret":    {func(o *owner, g guest) { g.secret = []byte("another"); o.take(g, 4) }, "600007", time.Second},
		"speaks without end": {func(_ *owner, g guest) { endless(g, "xxxxxxxxxxxxxxxx") }, "600007", time.Second},
		"says nothing":       {func(_ *owner, g guest) { _, _ = g.in.Peek(1 << 10) }, "600007", 4 * time.Second},
		"says it too slowly": {func(_ *owner, g guest) {
			for range 300 {
				g.say(" ")
				time.Sleep(100 * time.Millisecond)
			}
		}, "600007", 4 * time.Second},
		"sends empty lines": {func(_ *owner, g guest) {
			for range 300 {
				g.say("\n")
				time.Sleep(100 * time.Millisecond)
			}
		}, "600007", 4 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOwner(t, test.serve)
			heard := install(t, o).calls(t, query)[0]
			if heard.code() != test.code || len(o.taken()) > 0 {
				t.Errorf("%s", heard.raw)
			}
			if heard.took > test.most+slack() {
				t.Errorf("it took %s", heard.took)
			}
		})
	}
}

// slack is what a busy machine, and Wine, may take beyond the library's own limits.
func slack() time.Duration { return 20 * time.Second }

func TestAnOwnerWhoGoesIsAskedOnceMoreAndThenLookedForAnew(t *testing.T) {
	t.Parallel()
	const away = `{"away":true}` + "\n"
	for refused, code := range map[int32]string{2: "000000", 3: "000000", 5: "600007"} { // of the calls after the first
		var said atomic.Int32
		o := newOwner(t, answering(4, func(handed) string {
			if n := said.Add(1); n > 1 && n <= refused {
				return away
			}
			return answers(fine)
		}))
		i := install(t, o)
		if heard := i.calls(t, query, query); heard[0].code() != "000000" || heard[1].code() != code {
			t.Errorf("refused until %d: %s, %s", refused, heard[0].raw, heard[1].raw)
		}
		started := strings.Count(i.read(t, "called"), "\n")
		if want := map[int32]int{2: 1, 3: 2, 5: 2}[refused]; started != want {
			t.Errorf("refused until %d: started %d times", refused, started)
		}
	}
}

func TestTheProgramIsFoundStartedAndBelieved(t *testing.T) {
	t.Parallel()
	o := fineOwner(t)
	own := in64([]byte(`{"code":"600011","data":{}}`))
	tests := map[string]struct {
		script []string
		code   string
		most   time.Duration
	}{
		"it says nothing":             {nil, "600007", time.Second},
		"it says no JSON":             {[]string{"say hello"}, "600007", time.Second},
		"it names nobody":             {[]string{`say {"onetrans":4}`}, "600007", time.Second},
		"it names an empty address":   {[]string{`say {"onetrans":4,"address":""}`}, "600007", time.Second},
		"nobody is there":             {[]string{`say {"onetrans":4,"address":"/nowhere/s"}`}, "600007", time.Second},
		"a very long address":         {[]string{`say {"onetrans":4,"address":"/` + strings.Repeat("x", 6000) + `"}`}, "600007", time.Second},
		"it has an answer of its own": {[]string{`say {"out":"` + own + `"}`, "exit 1"}, "600011", time.Second},
		"its answer tells of money":   {[]string{`say {"out":"` + in64([]byte(fine)) + `"}`, "exit 1"}, "600007", time.Second},
		"its answer is of a call":     {[]string{`say {"out":"` + in64([]byte(`{"code":"600008","data":{}}`)) + `"}`, "exit 1"}, "600007", time.Second},
		"its answer is none":          {[]string{`say {"out":"AAAA"}`, "exit 1"}, "600007", time.Second},
		"it takes its time":           {[]string{"sleep 1500", "say " + addressLine(t, o)}, "000000", 2 * time.Second},
		"it never says anything":      {[]string{"sleep 60000"}, "600007", 10 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := install(t, nil)
			i.script(t, test.script...)
			heard := i.calls(t, query)[0]
			if heard.code() != test.code || heard.took > test.most+slack() {
				t.Errorf("after %s: %s", heard.took, heard.raw)
			}
			if called := i.read(t, "called"); strings.Count(called, "\n") != 1 {
				t.Errorf("it was started: %q", called)
			}
		})
	}
}

// Who was named a moment ago is there, however long a busy machine takes to connect.
func TestAnOwnerWhoWasJustNamedMayBeReachedLate(t *testing.T) {
	t.Parallel()
	only(t, "windows", "a connection that takes time is missing here")
	o := fineOwner(t)
	i := install(t, o)
	o.opensLate(t, func() {
		for t.Context().Err() == nil && i.read(t, "called") == "" {
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(700 * time.Millisecond)
	})
	if heard := i.calls(t, query)[0]; heard.code() != "000000" {
		t.Errorf("after %s: %s", heard.took, heard.raw)
	}
}

// opensLate puts a door before the owner whose one place is taken until waits returns: who
// comes meanwhile knocks again after a second.
func (o *owner) opensLate(t *testing.T, waits func()) {
	t.Helper()
	door, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { door.Close() })
	raw, err := door.(*net.TCPListener).SyscallConn()
	must(t, err)
	must(t, raw.Control(func(fd uintptr) { err = syscall.Listen(int(fd), 0) }))
	must(t, err)
	first, err := net.Dial("tcp", door.Addr().String())
	must(t, err)
	t.Cleanup(func() { first.Close() })
	o.writeDown(t, door.Addr())
	go func() {
		waits()
		for {
			guest, err := door.Accept()
			if err != nil {
				return
			}
			inner, err := net.Dial("tcp", o.listener.Addr().String())
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(inner, guest) }()
			go func() { _, _ = io.Copy(guest, inner) }()
		}
	}()
}

func addressLine(t *testing.T, o *owner) string {
	line, err := onetrans.Marshal(map[string]any{"onetrans": 4, "address": installed{system: systemOf(t)}.path(o.address)})
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

func TestWithoutTheProgramTheAnswerSaysSo(t *testing.T) {
	t.Parallel()
	i := install(t, nil)
	if err := os.Remove(filepath.Join(i.folder, "onetrans"+i.suffix)); err != nil {
		t.Fatal(err)
	}
	heard := i.calls(t, query)[0]
	if heard.code() != "600007" || !strings.Contains(heard.answer.ErrMsg.String(), "onetrans.toml") || heard.took > 2*time.Second+slack() {
		t.Errorf("after %s: %s", heard.took, heard.answer.ErrMsg)
	}
}

func TestTheConfigurationIsNamedOrBesideTheLibrary(t *testing.T) {
	t.Parallel()
	o := fineOwner(t)
	for _, c := range []struct {
		name, environ, beside, want string
		program                     bool // it is beside the configuration alone
	}{
		{"nothing", "", "", "agent --background", false},
		{"beside the library", "", "onetrans.toml", "agent --background --config HERE/onetrans.toml", false},
		{"named", "HERE/sub/that.toml", "onetrans.toml", "agent --background --config HERE/sub/that.toml", false},
		{"named from beside", "sub/that.toml", "", "agent --background --config HERE/sub/that.toml", false},
		{"with its program", "HERE/sub/that.toml", "", "agent --background --config HERE/sub/that.toml", true},
	} {
		i := install(t, o)
		if err := os.Mkdir(filepath.Join(i.folder, "sub"), 0o755); err != nil {
			t.Fatal(err)
		}
		i.write(t, "sub/that.toml", "")
		if c.beside != "" {
			i.write(t, c.beside, "")
		}
		called := "called"
		if c.program {
			for _, name := range []string{"onetrans" + i.suffix, "script"} {
				if err := os.Rename(filepath.Join(i.folder, name), filepath.Join(i.folder, "sub", name)); err != nil {
					t.Fatal(err)
				}
			}
			called = "sub/called"
		}
		here := func(s string) string {
			s = strings.ReplaceAll(s, "HERE", i.folder)
			if i.windows() && strings.HasPrefix(s, "/") {
				s = i.path(s)
			}
			return s
		}
		command := i.host(t.Context(), t, "converses", 0)
		command.Env = append(command.Env, "ONETRANS_CONFIG="+here(c.environ))
		command.Stdin = strings.NewReader(fmt.Sprintf("%x\n", query))
		out, err := command.Output()
		if failed(err) {
			t.Fatalf("%v: %s", err, out)
		}
		got, want := strings.TrimSpace(i.read(t, called)), strings.ReplaceAll(c.want, "HERE", i.folder)
		if i.windows() {
			want = strings.ReplaceAll(strings.ReplaceAll(want, i.folder, i.path(i.folder)), "/", `\`)
			got = strings.ReplaceAll(got, "/", `\`)
		}
		if got != want {
			t.Errorf("%s: called %q, want %q", c.name, got, want)
		}
	}
}

func TestALongestTimeEndsInAnUnknownOutcomeAndIsTold(t *testing.T) {
	t.Parallel()
	o := newOwner(t, handing(func(g guest) {
		for range 300 {
			g.say("\n")
			time.Sleep(100 * time.Millisecond)
		}
	}))
	i := install(t, o)
	i.write(t, "OneTrans2.conf", "longest_s = 1\n")
	heard := i.calls(t, query)[0]
	if heard.code() != "600008" || heard.took < 4*time.Second || heard.took > 4*time.Second+slack() {
		t.Errorf("after %s: %s", heard.took, heard.raw)
	}
	if taken := o.taken(); len(taken) != 1 || *taken[0].WaitMS != 1000 {
		t.Errorf("handed over: %+v", taken)
	}
}

func TestAnOwnerWhoFallsSilentIsLost(t *testing.T) {
	t.Parallel()
	if !*slow {
		t.Skip("half a minute is missing: .ci/callers takes it, by -slow")
	}
	o := newOwner(t, handing(func(g guest) { _, _ = g.in.ReadByte() }))
	if heard := install(t, o).calls(t, query)[0]; heard.code() != "600008" || heard.took < 29*time.Second || heard.took > 31*time.Second+slack() {
		t.Errorf("after %s: %s", heard.took, heard.raw)
	}
}

// What the library says of a call that was lost is what the program says of it.
func TestALostCallIsAnsweredAsTheProgramAnswersIt(t *testing.T) {
	t.Parallel()
	i := install(t, newOwner(t, handing(func(guest) {})))
	page, err := os.ReadFile("../../.github/docs/his.md")
	if err != nil {
		t.Fatal(err)
	}
	var requests []string
	for _, sample := range regexp.MustCompile("(?s)```json\n([^`]*\"trans_type\"[^`]*)```").FindAllSubmatch(page, -1) {
		requests = append(requests, forms(t, sample[1])...)
	}
	if len(requests) < 4*9 {
		t.Fatalf("only %d", len(requests))
	}
	for n, heard := range i.calls(t, requests...) {
		want := lost(t, requests[n])
		if heard.code() != want.Code.String() || heard.answer.ErrMsg != want.ErrMsg || heard.data() != string(want.Data) {
			t.Errorf("%s\n%s\nwant %s", requests[n], heard.data(), want.Data)
		}
		if len(heard.answer.InfRefMsgID.String()) != len(want.InfRefMsgID.String()) || len(heard.answer.RespondTime.String()) != 17 {
			t.Errorf("%s", heard.raw)
		}
	}
}

// lost is what a door says of a request that was lost, if it would have taken it.
func lost(t *testing.T, request string) onetrans.Answer {
	t.Helper()
	gbk, err := onetrans.EncodeGBK([]byte(request))
	if err != nil {
		t.Fatal(err)
	}
	var r onetrans.Request
	if err := onetrans.Unmarshal([]byte(request), &r); err != nil {
		t.Fatal(err)
	}
	merchant := onetrans.Merchant{PayAppID: "M", PayAppSecret: "S"}
	door := call.Door{Credentials: call.Credentials{AppID: "A", Merchants: map[string]onetrans.Merchant{"01": merchant, "02": merchant}}}
	out, _ := door.Lost(onetrans.Call{TransType: r.TransType.String(), In: gbk})
	text, err := onetrans.DecodeGBK(out)
	if err != nil {
		t.Fatal(err)
	}
	var a onetrans.Answer
	if err := onetrans.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestACodeThatSaysAllIsPassedOnWhereItsAnswerHasNoRoom(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 9000)
	for answer, want := range map[string]string{
		`{"code":"600003","err_msg":"` + long + `"}`:         "600003",
		`{"code":"600008","err_msg":"` + long + `"}`:         "600008",
		`{"code":"000000","err_msg":"` + long + `"}`:         "600008",
		`{"code":"610005","err_msg":"` + long + `"}`:         "600008",
		`{"code":"600003` + long + `","data":{}}`:            "600008",
		`{"err_msg":"` + long + `","code":"600014","x":{}}`:  "600014",
		`{"code":"600005","err_msg":"` + long + `"}   ` + "": "600005",
	} {
		if heard := install(t, newOwner(t, answering(4, always(answer)))).calls(t, query)[0]; heard.code() != want {
			t.Errorf("%.30s: %s", answer, heard.raw)
		}
	}
}

func TestWhatIsNoRequestIsHandedOverAsItIsAndItsOwnerSaysSo(t *testing.T) {
	t.Parallel()
	o := newOwner(t, answering(4, always(`{"code":"600002","data":{}}`)))
	requests := []string{"{", "x", `{"trans_type":"hop.trade.query","trans_type":5}`, `{"trans_type":"a\"b"}`, "\xff\xfe{", `{"trans_type":"` + strings.Repeat("a", 65) + `"}`}
	for n, heard := range install(t, o).calls(t, requests...) {
		if heard.code() != "600002" {
			t.Errorf("%q: %s", requests[n], heard.raw)
		}
	}
	taken := o.taken()
	if len(taken) != len(requests) {
		t.Fatalf("%d handed over", len(taken))
	}
	for n, c := range taken {
		if string(c.In) != requests[n] || c.TransType != "" && n != 2 {
			t.Errorf("%q became %q, %q", requests[n], c.In, c.TransType)
		}
	}
}

func TestTheLogHasNumbersAndNoContentAndEndsSomewhere(t *testing.T) {
	t.Parallel()
	i := install(t, fineOwner(t))
	i.write(t, "OneTrans2.conf", "# a log\nlog = calls.log\n")
	many := make([]string, 20)
	for n := range many {
		many[n] = query
	}
	i.calls(t, append(many, `{"msgid":"M 2","trans_type":"x","name":"secret"}`)...)
	lines := strings.Split(strings.TrimSpace(i.read(t, "calls.log")), "\n")
	if len(lines) != 21 || !strings.Contains(lines[0], "msgid=M1 trans_type=hop.trade.query in=72 out=40 room=8192 ms=") || !strings.HasSuffix(lines[0], "return=0") {
		t.Errorf("%d lines: %s", len(lines), lines[0])
	}
	if last := lines[len(lines)-1]; !strings.Contains(last, "msgid= trans_type=x in=") || strings.Contains(last, "secret") {
		t.Error(last)
	}
	i.write(t, "calls.log", strings.Repeat("x", 1<<20))
	i.calls(t, query)
	if begun, before := i.read(t, "calls.log"), i.read(t, "calls.log.1"); len(begun) > 200 || len(before) != 1<<20 {
		t.Errorf("%d and %d bytes", len(begun), len(before))
	}
}

// forms are the forms in which callers write a request.
func forms(t *testing.T, request []byte) (all []string) {
	t.Helper()
	for nested := range 4 {
		var whole, data map[string]any
		if err := json.Unmarshal(request, &whole); err != nil {
			t.Fatal(err)
		}
		data = whole["data"].(map[string]any)
		data["unknown"] = []any{map[string]any{"outChargeNo": "other", "a": []any{}}, "张\\\"{\u4336", nil, 1.5e3, true}
		if extra, ok := data["extra"].(map[string]any); ok && nested >= 2 {
			data["extra"] = text(t, extra)
		}
		if nested%2 == 1 {
			whole["data"] = text(t, data)
		}
		all = append(all, text(t, whole))
	}
	return all
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
