package terminal

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"onetrans/app/config"
	"onetrans/app/terminal/socket"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// station is one on the sandbox, with a journal in a folder of its own.
func station(t *testing.T, serves bool) *Station {
	t.Helper()
	folder := t.TempDir()
	c := config.Default()
	c.Store.Path, c.Owner.Socket = filepath.Join(folder, "j.db"), filepath.Join(folder, "s")
	c.Devices.PCSC.Enabled = false
	o := Options{Config: c, Log: slog.New(slog.DiscardHandler)}
	if serves {
		o.Command = func(context.Context, *Station, socket.Command, io.Writer) error { return nil }
	}
	return New(o)
}

func codeOf(t *testing.T, s *Station) onetrans.Code {
	t.Helper()
	a, err := socket.Ask(t.Context(), Address(s.Config), onetrans.Call{TransType: "none"})
	if err != nil {
		t.Fatal(err)
	}
	text, err := onetrans.DecodeGBK(a.Out)
	var answer onetrans.Answer
	if err := errors.Join(err, onetrans.Unmarshal(text, &answer)); err != nil {
		t.Fatal(err)
	}
	return onetrans.Code(answer.Code.String())
}

func TestAStationLetsGoOfEverythingHoweverFarItCame(t *testing.T) {
	for name, come := range map[string]func(*testing.T, *Station){
		"nothing was touched": func(*testing.T, *Station) {},
		"opened":              func(t *testing.T, s *Station) { opens(t, s) },
		"serving":             func(t *testing.T, s *Station) { opens(t, s); s.Serve(nil) },
		"somebody waits": func(t *testing.T, s *Station) {
			opens(t, s)
			go func() {
				_, _ = socket.Ask(t.Context(), Address(s.Config), onetrans.Call{TransType: onetrans.TransQuery})
			}()
		},
		"owned for a call": func(t *testing.T, s *Station) {
			if _, err := s.own(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		for _, serves := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				s := station(t, serves)
				come(t, s)
				s.Close()
				s.Close()
				if _, err := os.Lstat(Address(s.Config)); !os.IsNotExist(err) {
					t.Errorf("the socket is there: %v", err)
				}
				next := New(s.Options)
				defer next.Close()
				if err := next.Open(); err != nil {
					t.Errorf("the next owner: %v", err)
				}
			})
		}
	}
}

func opens(t *testing.T, s *Station) {
	t.Helper()
	if err := s.Open(); err != nil {
		t.Fatal(err)
	}
}

func TestWhoCallsAnOwnerThatServesNobodyHearsThatItIsBusy(t *testing.T) {
	s := station(t, false)
	defer s.Close()
	opens(t, s)
	if code := codeOf(t, s); code != onetrans.CodeTransType { // which is judged first
		t.Error(code)
	}
	if err := New(s.Options).Open(); !errors.Is(err, store.ErrInUse) {
		t.Error(err)
	}
	err := socket.AskCommand(t.Context(), Address(s.Config), socket.Command{Name: "journal"}, io.Discard)
	if !errors.Is(err, socket.ErrBusy) {
		t.Error(err)
	}
}

func TestAStationWithoutAJournalOpensAsSoonAsThereIsOne(t *testing.T) {
	s := station(t, true)
	path := s.Config.Store.Path
	if err := os.WriteFile(path, []byte("no journal at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		told := 0
		err := s.openWhenUsable(ctx, func(why error) {
			if told++; !errors.Is(why, store.ErrUnusable) {
				t.Error(why)
			}
		})
		if !errors.Is(err, context.DeadlineExceeded) || told < 300 {
			t.Errorf("told %d times, %v", told, err)
		}
	})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := s.openWhenUsable(t.Context(), func(why error) { t.Error(why) }); err != nil {
		t.Error(err)
	}
	s.Close()
}
