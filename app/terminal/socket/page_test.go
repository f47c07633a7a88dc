package socket

import (
	"encoding/base64"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/flows/message/onetrans"
)

// The page for who writes a caller in another language says what is so here.
func TestThePageOfTheSocketSaysWhatIsSpoken(t *testing.T) {
	data, err := os.ReadFile("../../../.github/docs/socket.md")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.Join(strings.Fields(string(data)), " ")
	length := func(d time.Duration) string {
		if d < time.Second {
			return fmt.Sprintf("%d ms", d.Milliseconds())
		}
		return fmt.Sprintf("%d s", d/time.Second)
	}
	for _, says := range []string{
		fmt.Sprintf("This is version %d.", version),
		fmt.Sprintf(`{"onetrans":%d,"address":`, version),
		fmt.Sprintf(`{"onetrans":%d,"oldest":%d,`, version, oldest),
		fmt.Sprintf("| %d | calls; spoken no more |", oldest-1),
		fmt.Sprintf("| %d | `away` |", saysAway),
		fmt.Sprintf("A nonce is %d bytes", nonceLength),
		fmt.Sprintf("| a line of hello | %d bytes |", maxHello),
		fmt.Sprintf("| the line with the call | %d bytes |", maxCall),
		fmt.Sprintf("| the line with the answer | %d bytes |", maxAnswer),
		fmt.Sprintf("| `pInData` | %d bytes |", onetrans.MaxMessage),
		fmt.Sprintf("in GBK, at most %d bytes before base64", onetrans.MaxMessage),
		fmt.Sprintf("| connections at once | %d:", maxConnections),
		"| to connect | " + length(dialTime) + " |",
		"| for the caller's first byte, once connected | " + length(firstTime) + " |",
		"| for a hello, from its first byte | " + length(helloTime) + " |",
		"no hello within " + length(helloTime),
		"| for the call, from the hello on | " + length(callTime) + " |",
		"| between two empty lines | " + length(beat) + " |",
		"| without any line of the owner: it is lost | " + length(silence) + " |",
		"| for the caller to take the answer | " + length(answerTime) + " |",
	} {
		if !strings.Contains(page, says) {
			t.Errorf("it does not say %q", says)
		}
	}
	linesOf(t, string(data))
}

// linesOf checks the lines that the page shows: their members, and their proofs.
func linesOf(t *testing.T, page string) {
	t.Helper()
	lines := regexp.MustCompile(`(?m)^    [→←] (\{.*\})$`).FindAllStringSubmatch(page, -1)
	var (
		g      greeting
		w      welcome
		h      handover
		answer Answer
		gone   away
	)
	all := []any{&g, &w, &h, &answer, &gone}
	if len(lines) != len(all) {
		t.Fatalf("%d lines", len(lines))
	}
	for i, into := range all {
		if err := json.Unmarshal([]byte(lines[i][1]), into, json.RejectUnknownMembers(true)); err != nil {
			t.Errorf("%s: %v", lines[i][1], err)
		}
	}
	named := regexp.MustCompile("under the secret `([^`]+)`").FindStringSubmatch(page)
	if len(named) == 0 {
		t.Fatal("no secret")
	}
	secret, err := base64.StdEncoding.DecodeString(named[1])
	if err != nil || g.Version != version || g.Oldest != oldest || w.Version != version || !gone.Away || answer.Exit != 0 {
		t.Errorf("%v: %+v %+v", err, g, w)
	}
	if !proves(w.Proof, secret, ownerSide, g.Nonce) || !proves(h.Proof, secret, callerSide, w.Nonce) {
		t.Error("a proof is none")
	}
	if !strings.Contains(page, "`"+base64.StdEncoding.EncodeToString(proof(nil, ownerSide, g.Nonce))+"`") {
		t.Error("the proof under no secret is another")
	}
	if _, err := onetrans.DecodeGBK(answer.Out); err != nil || h.Call == nil || !h.bounded() || h.Call.WaitMS == 0 {
		t.Errorf("%v: %+v", err, h.Call)
	}
}
