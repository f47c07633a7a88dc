// Package journal has the commands about a terminal's journal: what people ask of
// it, and its answers. They are carried out by whichever process has the journal,
// which may be another than the one that asks.
package journal

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"onetrans/app/command"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// Name is the name of these commands among others.
const Name = "journal"

// version is the version of the request's form; requests of another are refused.
const version = 1

// Verb is what to do.
type Verb string

// The verbs.
const (
	List     Verb = "list"
	Show     Verb = "show"
	Verify   Verb = "verify"
	Export   Verb = "export"
	Retry    Verb = "retry"
	Settle   Verb = "settle"
	Backup   Verb = "backup"
	Adopt    Verb = "adopt"
	Prune    Verb = "prune"
	Password Verb = "password" // sets an operator's
	Rebuild  Verb = "rebuild"
)

// Format is the format in which trades are written.
type Format string

// The formats.
const (
	Text  Format = "text"
	JSON  Format = "json" // an object per line
	Comma Format = "csv"
)

// Request is a complete command.
type Request struct {
	Version int  `json:"version"`
	Verb    Verb `json:"verb"`

	// Which trades.
	Kind   string   `json:"kind,omitzero"` // a trans_type; empty: all
	No     string   `json:"no,omitzero"`
	Card   string   `json:"card,omitzero"`
	States []string `json:"states,omitzero"`
	From   string   `json:"from,omitzero"` // yyyyMMdd
	To     string   `json:"to,omitzero"`
	Desk   bool     `json:"desk,omitzero"`
	Open   bool     `json:"open,omitzero"`
	Limit  int      `json:"limit,omitzero"` // 0: all

	// How they are written.
	Format   Format `json:"format,omitzero"`
	Identity bool   `json:"identity,omitzero"` // people's names and numbers unmasked
	Entries  bool   `json:"entries,omitzero"`  // the log instead of the trades

	// A person's decision.
	Verdict txn.Verdict `json:"verdict,omitzero"`
	By      string      `json:"by,omitzero"`
	Why     string      `json:"why,omitzero"`
	// Password proves that By is who they say, if operators have passwords.
	Password string `json:"password,omitzero"`
	// Fresh is an operator's new password.
	Fresh string `json:"fresh,omitzero"`
	// Caller is the system's name for whoever asks, which is journaled beside By.
	Caller string `json:"-"`

	// Elsewhere is the copy of a journal that the caller reads directly: the owner
	// only journals that.
	Elsewhere string `json:"elsewhere,omitzero"`
	// Files, absolute: what to write, and archives to read.
	File     string   `json:"file,omitzero"`
	Archives []string `json:"archives,omitzero"`
	Head     string   `json:"head,omitzero"` // of a receipt
	// Amount and Minute are what the receipt says, as typed.
	Amount string `json:"amount,omitzero"`
	Minute string `json:"minute,omitzero"`
	// Days is the age of the youngest trade to be archived.
	Days int `json:"days,omitzero"`
}

// ErrRequest means that there is no such command.
var ErrRequest = command.Wrong("request")

// Limits of a request.
const (
	// Trades younger than LeastDays may still be refunded or queried.
	LeastDays   = 30
	mostDays    = 100 * 366
	maxText     = 200 // characters of a name, a reason, a number
	maxList     = 32  // states, archives
	maxPathSize = 1024
)

// Encode is the request as bytes for another process.
func (r Request) Encode() ([]byte, error) {
	r.Version = version
	return json.Marshal(r)
}

// Decode parses a request. Its error is a [*command.Fault].
func Decode(data []byte) (Request, error) {
	var r Request
	if err := json.Unmarshal(data, &r, json.RejectUnknownMembers(true)); err != nil {
		return Request{}, command.Wrong("other_version")
	}
	if r.Version != version {
		return Request{}, command.Wrong("other_version")
	}
	return r, r.Check()
}

// Check validates a request; its error is a [*command.Fault].
func (r Request) Check() error {
	switch {
	case !slices.Contains(verbs(), r.Verb):
		return ErrRequest
	case slices.ContainsFunc(append([]string{r.No, r.Card, r.By, r.Why, r.Head, r.Password, r.Fresh, r.Elsewhere, r.File}, r.Archives...), func(s string) bool { return !utf8.ValidString(s) }):
		return command.Wrong("not_text")
	case slices.ContainsFunc([]string{r.No, r.Card, r.By, r.Why, r.Head, r.Amount, r.Minute, r.Password, r.Fresh}, func(s string) bool { return len([]rune(s)) > maxText }),
		len(r.States) > maxList, len(r.Archives) > maxList, r.Limit < 0:
		return command.Wrong("too_long")
	case r.Kind != "" && !slices.Contains(txn.Kinds(), r.Kind):
		return command.Wrong("kind", "kinds", strings.Join(slices.Sorted(maps.Keys(kindWords())), ", "))
	case slices.ContainsFunc(r.States, func(s string) bool { return !slices.Contains(txn.States(), s) }):
		return command.Wrong("state", "states", strings.Join(txn.States(), ", "))
	case !isDay(r.From) || !isDay(r.To):
		return command.Wrong("day")
	case !slices.Contains([]Format{"", Text, JSON, Comma}, r.Format):
		return command.Wrong("request")
	case slices.ContainsFunc(append([]string{r.Elsewhere, r.File}, r.Archives...), func(s string) bool {
		return s != "" && (!filepath.IsAbs(s) || len(s) > maxPathSize)
	}):
		return command.Wrong("path")
	}
	return r.checkVerb()
}

// checkVerb says what a verb lacks.
func (r Request) checkVerb() error {
	lacks := func(what string) error {
		return command.Wrong("lacks", "command", Name+" "+string(r.Verb), "what", what)
	}
	switch r.Verb {
	case Show, Retry, Settle:
		if r.No == "" {
			return lacks("@word.number")
		}
	case Password:
		if r.No == "" {
			return lacks("@word.operator")
		}
	case Backup:
		if r.File == "" {
			return lacks("@word.file")
		}
	case Prune:
		if r.File == "" || r.Days < LeastDays || r.Days > mostDays {
			return command.Wrong("prune", "days", strconv.Itoa(LeastDays))
		}
	}
	switch {
	case (r.Verb == Settle || r.Verb == Adopt) && (r.By == "" || r.Why == ""):
		return lacks("--by, --why")
	case r.Verb == Settle && !slices.Contains([]txn.Verdict{txn.VerdictDone, txn.VerdictFailed, txn.VerdictSeen}, r.Verdict):
		return lacks("--as done, failed, seen")
	}
	if r.Head != "" {
		if _, _, err := store.ParseSlip(r.Head); err != nil {
			return command.Wrong("receipt").Because(err)
		}
	}
	return nil
}

func verbs() []Verb {
	return []Verb{List, Show, Verify, Export, Retry, Settle, Backup, Adopt, Prune, Rebuild, Password}
}

// Core reports whether a command needs the transaction core.
func (r Request) Core() bool { return r.Verb == Retry || r.Verb == Settle }

func isDay(s string) bool {
	_, err := time.Parse(compactDay, s)
	return s == "" || err == nil
}

const compactDay = "20060102"

// kindWords are people's names for the kinds.
func kindWords() map[string]string {
	return map[string]string{
		"recharge": onetrans.TransRecharge, "refund": onetrans.TransRefund,
		"settlement": onetrans.TransSettle, "cancellation": onetrans.TransSettleCancel,
		"balance": txn.KindBalance,
	}
}

// kindWord is people's name for a trans_type.
func kindWord(transType string) string {
	for word, kind := range kindWords() {
		if kind == transType {
			return word
		}
	}
	return transType
}
