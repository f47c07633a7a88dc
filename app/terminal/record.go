package terminal

import (
	"context"
	"log/slog"
	"time"

	"onetrans/app/config"
	"onetrans/app/record"
	"onetrans/app/terminal/call"
	"onetrans/app/terminal/socket"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// startRecorder records calls where the configuration wants it, as soon as the journal
// has a key: a terminal that never had an owner has none yet.
func (s *Station) startRecorder() {
	if !s.Config.Record.Calls || s.recorder != nil {
		return
	}
	file, err := Recorded(s.Config, s.Log)
	if err != nil {
		s.Log.Debug("calls are not recorded yet", "error", err)
		return
	}
	s.recorder = record.NewRecorder(file, s.Log)
}

// Recorded are the calls that the configured terminal has recorded. Its error is the
// key's.
func Recorded(c config.Config, log *slog.Logger) (*record.File, error) {
	key, err := store.Key(c.Store.Path, StoreOptions(c, log))
	if err != nil {
		return nil, err
	}
	return record.Open(c.Store.Path, key, call.Sentences)
}

// hearing is a call that may be recorded, to be carried out under the context; what it
// returns is told the answer once that has been given.
func (s *Station) hearing(ctx context.Context, c onetrans.Call) (context.Context, func(out []byte, exit int)) {
	heard := &record.Heard{Asked: c, At: time.Now(), By: record.ByUs}
	return context.WithValue(ctx, hearingKey{}, heard), func(out []byte, exit int) {
		heard.Out, heard.Exit, heard.Took = out, exit, time.Since(heard.At)
		if heard.By == record.ByVendor {
			heard.Judge = func() ([]byte, bool) {
				refusal, _, refused := s.door.Judge(c)
				return refusal, refused
			}
		}
		s.recorder.Hear(*heard)
	}
}

type hearingKey struct{}

// noted is the vendor's library as a door goes through it: what it answered is recorded
// as its own, with what it returned, and what it did not as ours.
func noted(ask func(context.Context, onetrans.Call) (out []byte, returned int, err error)) func(context.Context, onetrans.Call) ([]byte, error) {
	return func(ctx context.Context, c onetrans.Call) ([]byte, error) {
		out, returned, err := ask(ctx, c)
		if heard, ok := ctx.Value(hearingKey{}).(*record.Heard); ok && err == nil {
			heard.By, heard.Returned = record.ByVendor, returned
		}
		return out, err
	}
}

// heard answers another process's call, and records it beside.
func (s *Station) heard(ctx context.Context, c onetrans.Call, answer func(context.Context) (out []byte, exit int)) socket.Answer {
	ctx, hear := s.hearing(ctx, c)
	out, exit := answer(ctx)
	hear(out, exit)
	return socket.Answer{Out: out, Exit: exit, Theirs: s.door.Through != nil}
}
