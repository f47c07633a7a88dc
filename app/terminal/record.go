package terminal

import (
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

// hearing is a call that may be recorded; what it returns is told the answer once that
// has been given.
func (s *Station) hearing(c onetrans.Call) func(out []byte, exit int) {
	at := time.Now()
	return func(out []byte, exit int) {
		heard := record.Heard{Asked: c, Out: out, Exit: exit, At: at, Took: time.Since(at), By: record.ByUs}
		if s.door.Through != nil {
			heard.By = record.ByVendor
			heard.Judge = func() ([]byte, bool) {
				refusal, _, refused := s.door.Judge(c)
				return refusal, refused
			}
		}
		s.recorder.Hear(heard)
	}
}

// heard answers another process's call, and records it beside.
func (s *Station) heard(c onetrans.Call, answer func() (out []byte, exit int)) socket.Answer {
	hear := s.hearing(c)
	out, exit := answer()
	hear(out, exit)
	return socket.Answer{Out: out, Exit: exit}
}
