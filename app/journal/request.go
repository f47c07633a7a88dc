// Package journal has the commands about a terminal's journal: what a person
// asks of it, and how it is answered. They are carried out by whoever has the
// journal, which may be another process than the one that asks.
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

// Name is how these commands are called where others are as well.
const Name = "journal"

// version is of the request's form; another is not carried out.
const version = 1

// Verb is what is to be done.
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
	Password Verb = "password" // gives an operator one
	Rebuild  Verb = "rebuild"
)

// Format is how trades are written.
type Format string

// The formats.
const (
	Text  Format = "text"
	JSON  Format = "json" // an object a line
	Comma Format = "csv"
)

// Request is a command, whole.
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
	Identity bool   `json:"identity,omitzero"` // names and numbers of persons unmasked
	Entries  bool   `json:"entries,omitzero"`  // the log instead of the trades

	// A person's word.
	Verdict txn.Verdict `json:"verdict,omitzero"`
	By      string      `json:"by,omitzero"`
	Why     string      `json:"why,omitzero"`
	// Password proves that it is By who says so, where operators have passwords.
	Password string `json:"password,omitzero"`
	// Fresh is the password that an operator is given.
	Fresh string `json:"fresh,omitzero"`
	// Caller is who asks, as the system says: for the journal, beside By.
	Caller string `json:"-"`

	// Elsewhere is the copy of a journal in which the caller reads himself: all that
	// is done is to write that down.
	Elsewhere string `json:"elsewhere,omitzero"`
	// Files, absolute: what to write, and archives to read.
	File     string   `json:"file,omitzero"`
	Archives []string `json:"archives,omitzero"`
	Head     string   `json:"head,omitzero"` // of a receipt
	// Amount and Minute are what the receipt says, as it says them.
	Amount string `json:"amount,omitzero"`
	Minute string `json:"minute,omitzero"`
	// Days is how old a trade must be to be archived.
	Days int `json:"days,omitzero"`
}

// ErrRequest means that there is no such command.
var ErrRequest = command.Wrong("request")

// Bounds of a request.
const (
	// LeastDays: what is younger may still be refunded or asked about.
	LeastDays   = 30
	mostDays    = 100 * 366
	maxText     = 200 // characters of a name, a reason, a number
	maxList     = 32  // states, archives
	maxPathSize = 1024
)

// Encode is the request for another process.
func (r Request) Encode() ([]byte, error) {
	r.Version = version
	return json.Marshal(r)
}

// Decode reads a request. Its error is a [*command.Fault].
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

// Check says what is wrong with a request: a [*command.Fault].
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

// Core says whether a command needs the transaction core.
func (r Request) Core() bool { return r.Verb == Retry || r.Verb == Settle }

func isDay(s string) bool {
	_, err := time.Parse(compactDay, s)
	return s == "" || err == nil
}

const compactDay = "20060102"

// kindWords are the kinds as people call them.
func kindWords() map[string]string {
	return map[string]string{
		"recharge": onetrans.TransRecharge, "refund": onetrans.TransRefund,
		"settlement": onetrans.TransSettle, "cancellation": onetrans.TransSettleCancel,
		"balance": txn.KindBalance,
	}
}

// kindWord is a trans_type as people call it.
func kindWord(transType string) string {
	for word, kind := range kindWords() {
		if kind == transType {
			return word
		}
	}
	return transType
}
