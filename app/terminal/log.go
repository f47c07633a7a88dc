package terminal

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"gopkg.in/natefinch/lumberjack.v2"

	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/store/trust"
)

// NewLog is a log on standard error.
func NewLog(stderr io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(stderr, nil)) }

// OpenLog is the log of who serves a terminal, on standard error and in the file that
// is configured. Nobody waits for either: what a file does not take is lost there,
// and that is said once on standard error. end waits for the last lines, but not
// for long.
func OpenLog(c config.Log, stderr io.Writer) (log *slog.Logger, end func()) {
	if c.Path == "" {
		return NewLog(stderr), func() {}
	}
	file := newLogFile(c, stderr)
	lines := command.NewLog(file)
	keepCrash(c.Path + ".crash")
	return NewLog(io.MultiWriter(lines, stderr)), func() {
		lines.Close()
		_ = debug.SetCrashOutput(nil, debug.CrashOptions{})
		closed := make(chan struct{})
		go func() {
			_ = file.Close()
			close(closed)
		}()
		select {
		case <-closed:
		case <-time.After(closeTime): // a disk that hangs
		}
	}
}

// maxCrash is how much what is left of earlier crashes may be, in bytes.
const maxCrash = 1 << 20

// keepCrash has the runtime write there what it says when the program crashes: on
// standard error, which it says it on otherwise, nobody may see it.
func keepCrash(path string) {
	flags := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	if info, err := os.Stat(path); err == nil && info.Size() > maxCrash {
		flags |= os.O_TRUNC
	}
	if trust.Path(path) != nil {
		return
	}
	file, err := trust.OpenFile(path, flags, 0o600)
	if err != nil {
		return
	}
	_ = debug.SetCrashOutput(file, debug.CrashOptions{})
	_ = file.Close() // the runtime has its own
}

// logFile is a log's file, which only this user reads.
type logFile struct {
	lumberjack.Logger
	complain *slog.Logger
	begun    bool
	failing  bool
}

func newLogFile(c config.Log, stderr io.Writer) *logFile {
	return &logFile{Logger: lumberjack.Logger{Filename: c.Path, MaxSize: c.Size, MaxBackups: c.Files}, complain: NewLog(stderr)}
}

func (f *logFile) Write(line []byte) (n int, err error) {
	if !f.begun {
		err = f.begin()
	}
	if err == nil {
		n, err = f.Logger.Write(line)
	}
	if err != nil && !f.failing {
		f.complain.Warn("the log's file can't be written", "error", err)
	}
	f.failing = err != nil
	return n, err
}

// begin makes sure of the file: it is where nobody else may put a link, and for this
// user's eyes alone, which those that follow it then are, too.
func (f *logFile) begin() error {
	if err := os.MkdirAll(filepath.Dir(f.Filename), 0o700); err != nil {
		return err
	}
	if err := trust.Path(f.Filename); err != nil {
		return err
	}
	file, err := trust.OpenFile(f.Filename, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_ = file.Chmod(0o600)
	f.begun = true
	return file.Close()
}
