package rehearse

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"onetrans/app/record"
	"onetrans/app/sandbox"
	"onetrans/app/terminal/call"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/store"
)

// stage is a terminal in a temporary folder.
type stage struct {
	folder  string
	time    time.Duration // of one call
	journal *store.Store
	core    *txn.Core
	door    call.Door
}

// openStage sets up a terminal over a platform, with whom it shows its pages to, and
// how long a call may take and asks about money in doubt.
func openStage(p txn.Platform, who *cast, callTime, unknownWait time.Duration) (s *stage, err error) {
	s = &stage{time: callTime}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.folder, err = tempFolder(); err != nil {
		return s, err
	}
	key := make([]byte, store.KeySize)
	_, _ = rand.Read(key) // never fails; what is written under it is never read again
	log := slog.New(slog.DiscardHandler)
	if s.journal, err = store.Open(filepath.Join(s.folder, "journal.db"), store.Options{Terminal: "rehearsal", Key: key, NoSync: true, Log: log}); err != nil {
		return s, err
	}
	merchants := map[string]onetrans.Merchant{}
	for _, account := range []string{onetrans.AccountInpatient, onetrans.AccountOutpatient} {
		merchants[account] = onetrans.Merchant{PayAppID: sandbox.DemoPayAppID, PayAppSecret: sandbox.DemoPayAppSecret}
	}
	s.core, err = txn.Open(s.journal, p, txn.Options{
		Log: log, TermNo: "rehearsal", AppID: sandbox.DemoAppID, Merchants: merchants,
		PayAppID: sandbox.DemoPayAppID, PayAppSecret: sandbox.DemoPayAppSecret,
	})
	if err != nil {
		return s, err
	}
	who.core = s.core
	terminal := call.Terminal{Core: s.core, Cards: who, Identity: identityOf{who}, Pages: who}
	s.door = call.Door{
		Credentials: call.Credentials{AppID: sandbox.DemoAppID, Merchants: merchants}, UnknownWait: unknownWait, Log: log,
		Acquire: func() (call.Terminal, func(), error) { return terminal, func() {}, nil },
	}
	return s, nil
}

func tempFolder() (string, error) { return os.MkdirTemp("", "onetrans-rehearsal-") }

// play carries out one call; the answer is UTF-8.
func (s *stage) play(ctx context.Context, transType string, in []byte, buffer int) (out []byte, exit int, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.time)
	defer cancel()
	coded, err := onetrans.EncodeGBK(in)
	if err != nil {
		return nil, 0, err
	}
	out, exit = s.door.Serve(ctx, onetrans.Call{TransType: transType, In: coded, Buffer: buffer})
	text, err := onetrans.DecodeGBK(out)
	return text, exit, err
}

func (s *stage) close() (err error) {
	if s.core != nil {
		s.core.Close()
	}
	if s.journal != nil {
		err = s.journal.Close()
	}
	if s.folder != "" {
		err = errors.Join(err, os.RemoveAll(s.folder))
	}
	return err
}

// answerOf is a recorded answer, and its data.
func answerOf(t record.Text) (a onetrans.Answer, ok bool) {
	return a, t.Fault == record.FaultNone && onetrans.Unmarshal(t.Message, &a) == nil
}
