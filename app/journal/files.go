package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"onetrans/assets/texts"
	"onetrans/store"
)

func (t Terminal) backup(_ context.Context, r Request, out io.Writer) error {
	head, err := t.Store.Backup(r.File)
	if err != nil {
		return err
	}
	w := t.words()
	return writeLines(out, []string{
		w.say("backup.done", "file", r.File), w.say("verify.head", "head", head.String()), w.say("backup.key"),
	})
}

func (t Terminal) prune(ctx context.Context, r Request, out io.Writer) error {
	p, err := t.Store.Prune(ctx, time.Now().AddDate(0, 0, -r.Days), r.File)
	if err != nil {
		return err
	}
	w := t.words()
	if p.Archive == "" {
		return writeLines(out, []string{w.say("prune.nothing")})
	}
	return writeLines(out, []string{
		w.say("prune.done", "trades", fmt.Sprint(p.Trades), "entries", fmt.Sprint(p.Entries), "file", p.Archive), w.say("prune.key"),
	})
}

// Mend rebuilds a fresh journal from what can be proven of the one at path, which
// nobody is serving.
func Mend(ctx context.Context, path string, options store.Options, language texts.Language, r Request, out io.Writer) error {
	w := words{language}
	begin := time.Now()
	done, err := store.Rebuild(ctx, path, options, r.File)
	if err != nil {
		return err
	}
	lines := []string{w.say("rebuild.done", "file", done.Path)}
	if done.Kept != "" {
		lines = append(lines, w.say("rebuild.kept", "file", done.Kept))
	}
	return errors.Join(writeLines(out, lines), report(out, w, done.Proof, time.Since(begin)))
}

// TakeOn adopts the journal at path, which nobody is serving.
func TakeOn(ctx context.Context, path string, options store.Options, language texts.Language, r Request, out io.Writer) error {
	w := words{language}
	if err := OperatorsOf(path).Prove(ctx, r.By, r.Password); err != nil {
		return err
	}
	begin := time.Now()
	proof, err := store.Adopt(ctx, path, options, r.By, r.reason())
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNoJournal
	}
	if err != nil {
		return err
	}
	for i := range proof.Faults {
		proof.Faults[i].Adopted = true
	}
	if err := report(out, w, proof, time.Since(begin)); err != nil {
		return err
	}
	return writeLines(out, []string{w.say("adopted", "name", r.By)})
}
