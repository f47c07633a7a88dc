package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"strconv"

	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/app/record"
	"onetrans/app/rehearse"
	"onetrans/app/terminal"
	"onetrans/assets/texts"
)

// recorded are the calls that a command is about: those that this terminal has
// recorded, or an export of another's.
type recorded struct {
	last         int
	config, file string

	recording record.Recording
	words     texts.Language
}

func (r *recorded) declare(f *command.Flags) {
	f.Number(&r.last, "last")
	f.Text(&r.config, "config", "")
}

// read reads them.
func (r *recorded) read(ctx context.Context) error {
	if r.last < 0 {
		return command.Wrong("last", "most", strconv.Itoa(record.Keep))
	}
	if r.last == 0 {
		r.last = record.Keep
	}
	settings, err := load(r.config)
	if err != nil {
		return err
	}
	if r.words, err = language(settings); err != nil {
		return err
	}
	if r.file != "" {
		return r.readExport(ctx)
	}
	return r.readOwn(settings)
}

func (r *recorded) readExport(ctx context.Context) error {
	file, letGo, err := command.Open(ctx, r.file)
	if err != nil {
		return command.Wrong("cannot_read").Because(err)
	}
	defer letGo()
	if r.recording, err = record.Import(file); errors.Is(err, record.ErrExport) {
		return command.Wrong("no_calls_export", "file", r.file)
	}
	calls := r.recording.Calls
	r.recording.Calls = calls[max(0, len(calls)-r.last):]
	return err
}

func (r *recorded) readOwn(settings config.Config) error {
	file, err := terminal.Recorded(settings, slog.New(slog.DiscardHandler))
	if err == nil {
		r.recording, err = file.Last(r.last)
	}
	if errors.Is(err, record.ErrNone) || errors.Is(err, fs.ErrNotExist) {
		return command.Wrong("no_calls", "file", record.Path(settings.Store.Path))
	}
	return err
}

func declareCalls(f *command.Flags) command.Run {
	var r recorded
	var out string
	r.declare(f)
	f.Text(&out, "out", "")
	f.Word(&r.file, "calls", false)
	return func(ctx context.Context, s command.Streams) error {
		if err := r.read(ctx); err != nil {
			return err
		}
		if out != "" {
			return intoFile(out, func(w io.Writer) error { return record.Export(w, r.recording.Calls) })
		}
		return rehearse.WriteList(s.Out, r.words, r.recording)
	}
}

func declareReplay(f *command.Flags) command.Run {
	var r recorded
	var to string
	r.declare(f)
	f.Text(&to, "to", "sandbox")
	f.Word(&r.file, "calls", false)
	return func(ctx context.Context, s command.Streams) error {
		if to != "sandbox" {
			return command.Wrong("replay_to")
		}
		return r.rehearse(ctx, rehearse.Replay, func(report rehearse.Report) (proves bool, err error) {
			return report.Proves(), report.WriteReplay(s.Out)
		})
	}
}

func declareCompare(f *command.Flags) command.Run {
	var r recorded
	r.declare(f)
	f.Word(&r.file, "calls", false)
	return func(ctx context.Context, s command.Streams) error {
		return r.rehearse(ctx, rehearse.Judge, func(report rehearse.Report) (proves bool, err error) {
			return report.Justifies(), report.WriteCompare(s.Out)
		})
	}
}

// rehearse plays the calls and writes what came of it.
func (r *recorded) rehearse(
	ctx context.Context, play func(context.Context, []record.Call) ([]rehearse.Played, error), write func(rehearse.Report) (proves bool, err error),
) error {
	if err := r.read(ctx); err != nil {
		return err
	}
	played, err := play(ctx, r.recording.Calls)
	if ctx.Err() != nil {
		return command.ErrSignal
	}
	if err != nil {
		return command.Wrong("rehearsal").Because(err)
	}
	report := rehearse.Report{Words: r.words, Played: played, Of: r.recording}
	proves, err := write(report)
	switch {
	case err != nil:
		return err
	case report.Differs():
		return ended{status: exitDiffers}
	case !proves:
		return ended{status: exitFailed}
	}
	return nil
}
