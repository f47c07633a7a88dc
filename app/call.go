package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"onetrans/app/command"
	"onetrans/app/terminal"
	"onetrans/app/terminal/call"
	"onetrans/flows/message/onetrans"
	"onetrans/store/trust"
)

// answerTime is how long whoever reads the answer may take for it: meanwhile the
// terminal is taken.
const (
	answerTime = 30 * time.Second
	// answerLeave is for it once the call was told to end.
	answerLeave = 2 * time.Second
)

// oneCall is one call of HIS.
type oneCall struct {
	transType, in, out, config string
	buffer                     int
}

func declareCall(f *command.Flags) command.Run {
	var c oneCall
	f.Text(&c.transType, "trans_type", "")
	f.Text(&c.in, "in", "")
	f.Text(&c.out, "out", "")
	f.Text(&c.config, "config", "")
	f.Number(&c.buffer, "buffer")
	return c.run
}

// run carries the call out. Where its answer is to go is opened before anything
// is done: money must not move for an answer that has nowhere to go.
func (c *oneCall) run(ctx context.Context, s command.Streams) error {
	defer collectLater()()
	if c.buffer < 0 {
		return command.Wrong("buffer")
	}
	if sameFile(c.in, c.out) {
		return command.Wrong("same_file")
	}
	out, err := clearOut(c.out)
	if err != nil {
		return err
	}
	settings, err := load(c.config)
	if err != nil {
		return errors.Join(err, out.close())
	}
	in, err := command.Unless(ctx, func() ([]byte, error) { return readIn(c.in, s.In) })
	if err != nil {
		return errors.Join(err, out.close())
	}
	if err := out.open(ctx, s.Out); err != nil {
		return err
	}
	asked := onetrans.Call{TransType: c.transType, In: in, Buffer: c.buffer}
	log, closeLog := terminal.OpenLog(settings.Log, s.Log)
	defer closeLog()
	exit, err := terminal.CarryOut(ctx, terminal.Options{Config: settings, Log: log}, asked, out.write)
	if err != nil {
		return err
	}
	return ended{status: exit}
}

// uncollected is how much memory a call may take before any is collected, in bytes:
// to collect in the middle of a call that lasts some milliseconds costs a fifth of it.
const uncollected = 48 << 20

// collectLater lets a call collect nothing while it is short and takes little.
func collectLater() (asUsual func()) {
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(uncollected)
	asUsual = sync.OnceFunc(func() {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(percent)
	})
	time.AfterFunc(startTime, asUsual)
	return asUsual
}

// sameFile says whether two paths name one file, whose emptying would lose what is in it.
func sameFile(in, out string) bool {
	a, err := os.Stat(in)
	if err != nil || !a.Mode().IsRegular() {
		return false
	}
	b, err := os.Stat(out)
	return err == nil && os.SameFile(a, b)
}

// readIn reads what HIS hands over; one byte more than a message may have is
// enough to see that it is too long.
func readIn(path string, in io.Reader) ([]byte, error) {
	if path != "" {
		file, err := os.Open(path)
		if err != nil {
			return nil, command.Wrong("cannot_read").Because(err)
		}
		defer file.Close()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, onetrans.MaxMessage+1))
	if err != nil {
		return nil, command.Wrong("cannot_read").Because(err)
	}
	return data, nil
}

// output is where the answer goes.
type output struct {
	path string
	file *os.File // nil: standard output, or not yet open
	w    io.Writer
}

// clearOut opens the answer's file, so that no older answer is taken for this
// one, whatever happens. What is no file, such as a pipe, is opened later: its
// reader may first have to hand over the call.
func clearOut(path string) (*output, error) {
	o := &output{path: path}
	info, err := os.Stat(path)
	if path == "" || err == nil && !info.Mode().IsRegular() {
		return o, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, command.Wrong("cannot_write").Because(err)
	}
	o.file, err = create(path)
	return o, err
}

func create(path string) (*os.File, error) {
	file, err := trust.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, command.Wrong("cannot_write").Because(err)
	}
	return file, nil
}

// open opens what is not open yet.
func (o *output) open(ctx context.Context, stdout io.Writer) (err error) {
	if o.path != "" && o.file == nil {
		if o.file, err = command.Unless(ctx, func() (*os.File, error) { return create(o.path) }); err != nil {
			return err
		}
	}
	if o.file != nil {
		stdout = o.file
	}
	o.w = command.NewOutlet(ctx, stdout, answerTime, answerLeave)
	return nil
}

func (o *output) close() error {
	if o.file == nil {
		return nil
	}
	return o.file.Close()
}

// write writes the answer, and says whether it was: of a call that did nothing,
// what is left of an answer is nothing either.
func (o *output) write(answer []byte) error {
	_, err := o.w.Write(answer)
	if err == nil {
		err = o.close()
	} else if o.file != nil {
		_ = o.file.Truncate(0)
	}
	switch {
	case err == nil:
		return nil
	case call.Undone(answer):
		return ended{exitFailed, command.Wrong("unwritten").Because(err)}
	}
	return ended{exitUnheard, command.Wrong("unheard").Because(err)}
}
