package command

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// named is a command that says whom it was given.
func named(card, by *string) Command {
	return Command{Name: "find", Declare: func(f *Flags) Run {
		f.Private(card, "card")
		f.Private(by, "by")
		return func(context.Context, Streams) error { return nil }
	}}
}

func TestWhatIsPersonalIsReadFromStandardInputOrAFileWhereTheArgumentSaysSo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "name")
	if err := os.WriteFile(file, []byte("王五\r\nmore\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var card, by string
	run, err := named(&card, &by).Read([]string{"--card", "-", "--by=@" + file})
	if err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), Streams{In: strings.NewReader(" D1 \n")}); err != nil || card != "D1" || by != "王五" {
		t.Errorf("%q, %q, %v", card, by, err)
	}
	if _, err := named(&card, &by).Read([]string{"--card", "-", "--by", "-"}); err == nil {
		t.Error("two things are read from one input")
	}
	for what, in := range map[string]string{"nothing": "", "an empty line": "\n"} {
		run, err := named(&card, &by).Read([]string{"--card", "-"})
		if err != nil {
			t.Fatal(err)
		}
		if err := run(t.Context(), Streams{In: strings.NewReader(in)}); !errors.Is(err, Wrong("nothing_read")) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// stuck is a writer whose reader never comes.
type stuck struct{ until <-chan struct{} }

func (s stuck) Write([]byte) (int, error) { <-s.until; return 0, io.ErrClosedPipe }

func TestALogThatNobodyReadsIsLostAndHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := make(chan struct{})
		defer close(over)
		log := NewLog(stuck{over})
		begin := time.Now()
		for range 10 * logLines {
			if n, err := io.WriteString(log, "a line\n"); n != 7 || err != nil {
				t.Fatal(n, err)
			}
		}
		log.Close()
		if took := time.Since(begin); took > logTime {
			t.Errorf("it took %v", took)
		}
	})
}

func TestALogSaysHowManyLinesWereLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := make(chan struct{})
		var read bytes.Buffer
		log := NewLog(io.MultiWriter(&read, writerOf(func() { <-over })))
		for range logLines + 10 {
			_, _ = io.WriteString(log, "a line\n")
		}
		close(over)
		synctest.Wait()
		_, _ = io.WriteString(log, "the last\n")
		log.Close()
		if !strings.Contains(read.String(), "log lines lost") || !strings.HasSuffix(read.String(), "the last\n") {
			t.Errorf("%d bytes, %q", read.Len(), read.String()[max(0, read.Len()-200):])
		}
	})
}

type writerOf func()

func (w writerOf) Write(p []byte) (int, error) { w(); return len(p), nil }

func TestAnOutletWaitsForItsReaderWithinItsLimitAndHurriesAtTheEnd(t *testing.T) {
	for name, ends := range map[string]bool{"nobody reads": false, "told to end": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				over := make(chan struct{})
				defer close(over)
				ctx, end := context.WithCancel(t.Context())
				defer end()
				out := NewOutlet(ctx, stuck{over}, time.Minute, time.Second)
				want := time.Minute
				if ends {
					time.AfterFunc(10*time.Second, end)
					want = 11 * time.Second
				}
				begin := time.Now()
				_, err := io.WriteString(out, "an answer")
				if took := time.Since(begin); took != want || !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("after %v: %v", took, err)
				}
				if _, err := io.WriteString(out, "more"); err == nil {
					t.Error("it writes on")
				}
			})
		})
	}
}
