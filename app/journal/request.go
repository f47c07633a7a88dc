// Package journal has the commands about a terminal's journal: what a person
// asks of it, and how it is answered. They are carried out by whoever has the
// journal, which may be another process than the one that asks.
package journal

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
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
	List   Verb = "list"
	Show   Verb = "show"
	Verify Verb = "verify"
	Export Verb = "export"
	Retry  Verb = "retry"
	Settle Verb = "settle"
	Backup Verb = "backup"
	Adopt  Verb = "adopt"
	Prune  Verb = "prune"
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

	// Files, absolute: what to write, and archives to read.
	File     string   `json:"file,omitzero"`
	Archives []string `json:"archives,omitzero"`
	Head     string   `json:"head,omitzero"` // of a receipt
	// Days is how old a trade must be to be archived.
	Days int `json:"days,omitzero"`
}

// ErrRequest means that a request can't be carried out as it is.
var ErrRequest = errors.New("not such a command")

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

// Decode reads a request. Its error is ErrRequest.
func Decode(data []byte) (Request, error) {
	var r Request
	if err := json.Unmarshal(data, &r, json.RejectUnknownMembers(true)); err != nil {
		return Request{}, fmt.Errorf("%w: another version of the program asks", ErrRequest)
	}
	if r.Version != version {
		return Request{}, fmt.Errorf("%w: version %d, this program has %d", ErrRequest, r.Version, version)
	}
	return r, r.Check()
}

// Check says what is wrong with a request; [ErrRequest].
func (r Request) Check() error {
	switch {
	case !slices.Contains(verbs(), r.Verb):
		return fmt.Errorf("%w: %q", ErrRequest, r.Verb)
	case slices.ContainsFunc([]string{r.No, r.Card, r.By, r.Why, r.Head}, func(s string) bool { return len([]rune(s)) > maxText }),
		len(r.States) > maxList, len(r.Archives) > maxList, r.Limit < 0:
		return fmt.Errorf("%w: something in it is too long", ErrRequest)
	case r.Kind != "" && !slices.Contains(txn.Kinds(), r.Kind):
		return fmt.Errorf("%w: kind %q", ErrRequest, r.Kind)
	case !isDay(r.From) || !isDay(r.To):
		return fmt.Errorf("%w: a day", ErrRequest)
	case !slices.Contains([]Format{"", Text, JSON, Comma}, r.Format):
		return fmt.Errorf("%w: format %q", ErrRequest, r.Format)
	case slices.ContainsFunc(append(r.Archives, r.File), func(s string) bool {
		return s != "" && (!filepath.IsAbs(s) || len(s) > maxPathSize)
	}):
		return fmt.Errorf("%w: a path", ErrRequest)
	}
	return r.checkVerb()
}

// checkVerb says what a verb lacks.
func (r Request) checkVerb() error {
	lacks := func(what string) error { return fmt.Errorf("%w: %s needs %s", ErrRequest, r.Verb, what) }
	switch r.Verb {
	case Show, Retry, Settle:
		if r.No == "" {
			return lacks("a trade's number")
		}
	case Backup:
		if r.File == "" {
			return lacks("a file to write")
		}
	case Prune:
		if r.File == "" || r.Days < LeastDays || r.Days > mostDays {
			return lacks(fmt.Sprintf("--to FILE and --older-than DAYS, %d at least", LeastDays))
		}
	}
	switch {
	case (r.Verb == Settle || r.Verb == Adopt) && (r.By == "" || r.Why == ""):
		return lacks("--by NAME and --why REASON")
	case r.Verb == Settle && !slices.Contains([]txn.Verdict{txn.VerdictDone, txn.VerdictFailed, txn.VerdictSeen}, r.Verdict):
		return lacks("--as done, failed or seen")
	}
	if r.Head != "" {
		_, err := store.ParseHead(r.Head)
		return err
	}
	return nil
}

func verbs() []Verb {
	return []Verb{List, Show, Verify, Export, Retry, Settle, Backup, Adopt, Prune}
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
