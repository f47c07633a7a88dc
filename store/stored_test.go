package store

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// complete is a trade of which every field has something, each another thing.
func complete(no string) (t txn.Trade) {
	n := 0
	setAll(reflect.ValueOf(&t).Elem(), &n)
	t.Order.No, t.Order.Request = no, life(no)[0].Order.Request
	t.Progress.State = txn.Pending
	return t
}

func setAll(v reflect.Value, n *int) {
	*n++
	switch at := v.Addr().Interface().(type) {
	case *time.Time:
		*at = time.Date(2026, 11, 27, 12, 0, *n, *n, time.UTC)
		return
	case *onetrans.Request, *onetrans.BillItem: // the specification's
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			setAll(v.Field(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		setAll(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			setAll(v.Index(i), n)
		}
	case reflect.String:
		v.SetString(fmt.Sprintf("<词 %d>", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	default:
		panic("a field of an unknown kind: " + v.Kind().String())
	}
}

var writeFixture = flag.String("write-fixture", "", "a folder to leave a journal of this schema in, once it changes")

// No field of a trade is lost on its way to the disk and back.
func TestEveryFieldOfATradeIsStored(t *testing.T) {
	want := complete("10001")
	got := txn.Trade{Order: storeOrder(want.Order).order(), Progress: storeProgress(want.Progress).progress()}
	got.Order.Secrets = txn.Secrets(storedSecrets(want.Order.Secrets))
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	var none txn.Trade
	if got := (txn.Trade{Order: storeOrder(none.Order).order(), Progress: storeProgress(none.Progress).progress()}); !reflect.DeepEqual(got, none) {
		t.Errorf("\n got %+v\nwant %+v", got, none)
	}
}

// A journal of this schema, in which every field had something, reads as it was
// written. What stands in schema4.json never changes: a field that is added comes
// with another journal.
func TestAJournalOfThisSchemaReadsAsItWasWritten(t *testing.T) {
	at := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	said := txn.Entry{At: at, Event: "told", State: "pending", Note: "what a person said", By: "a person"}
	if *writeFixture != "" {
		s := opened(t, filepath.Join(*writeFixture, "schema4.db"), Options{Key: make([]byte, KeySize), Terminal: "T"})
		for _, no := range []string{"10001", "10002"} {
			if err := s.Write(said, complete(no)); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	path := fixture(t, "schema4.db")
	data, err := os.ReadFile(filepath.Join("testdata", "schema4.secrets"))
	if err := errors.Join(err, os.WriteFile(SecretsPath(path), data, 0o600)); err != nil {
		t.Fatal(err)
	}
	s, err := Inspect(path, Options{Key: make([]byte, KeySize), Terminal: "T"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	open, err := s.Open()
	want, errWant := os.ReadFile(filepath.Join("testdata", "schema4.json"))
	if err := errors.Join(err, errWant); err != nil {
		t.Fatal(err)
	}
	var got []byte
	for _, tr := range open {
		got = append(got, lines(t, storeOrder(tr.Order), storeProgress(tr.Progress), storedSecrets(tr.Order.Secrets))...)
		said.Kind, said.No = tr.Order.Kind(), tr.Order.No
		events, err := s.History(said.Kind, said.No)
		if err != nil || len(events) != 1 || events[0].Entry != said {
			t.Errorf("%v: %+v, want %+v", err, events, said)
		}
	}
	if !bytes.Equal(got, want) {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// lines are values as JSON, a line each.
func lines(t *testing.T, values ...any) (all []byte) {
	t.Helper()
	for _, v := range values {
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, line...), '\n')
	}
	return all
}
