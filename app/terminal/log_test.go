package terminal

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"onetrans/app/config"
)

// lines are what several write.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestTheLogIsInItsFileAndOnStandardError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "医院 日志", "onetrans.log")
	var stderr lines
	for range 2 { // the second goes on where the first ended
		log, end := OpenLog(config.Log{Path: path, Size: 1, Files: 1}, &stderr)
		log.Info("served", "id", "M1")
		end()
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != stderr.String() || strings.Count(stderr.String(), "msg=served id=M1\n") != 2 {
		t.Errorf("%v\n%s\n%s", err, text, stderr.String())
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	if log, end := OpenLog(config.Log{}, &stderr); log == nil {
		t.Error("no log")
	} else {
		end()
	}
}

// eventually waits for what happens beside the test.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within ten seconds: %s", what)
		}
	}
}

func TestTheLogsFilesAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "onetrans.log")
	file := newLogFile(config.Log{Path: path, Size: 1, Files: 2}, new(lines))
	log := NewLog(file)
	for n := range 200 { // 12 MB
		log.Info(strings.Repeat("x", 64<<10), "n", n)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || !bytes.HasSuffix(text, []byte(" n=199\n")) {
		t.Errorf("the last line is not in it: %v", err)
	}
	size, count := int64(0), 0
	eventually(t, "those that are too many are removed", func() bool {
		size, count = 0, 0
		_ = filepath.WalkDir(filepath.Dir(path), func(_ string, d fs.DirEntry, err error) error {
			if info, gone := d.Info(); err == nil && gone == nil && !d.IsDir() && info.Size() > 0 {
				size, count = size+info.Size(), count+1
			}
			return nil
		})
		return count <= 3 && size <= 3<<20
	})
	if count != 3 {
		t.Errorf("%d files of %d bytes are kept", count, size)
	}
}

func TestALogThatCanNotBeWrittenIsSaidOnceAndStopsNobody(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr lines
	log, end := OpenLog(config.Log{Path: filepath.Join(folder, "file", "onetrans.log"), Size: 1, Files: 1}, &stderr)
	log.Info("first")
	log.Info("second")
	end()
	eventually(t, "it is said", func() bool { return strings.Contains(stderr.String(), "can't be written") })
	if said := stderr.String(); strings.Count(said, "the log's file can't be written") != 1 || !strings.Contains(said, "msg=second") {
		t.Error(said)
	}
}

func TestTheLogIsNotWrittenWhereALinkStands(t *testing.T) {
	folder := t.TempDir()
	path, other := filepath.Join(folder, "onetrans.log"), filepath.Join(folder, "other")
	if err := os.Symlink(other, path); err != nil {
		t.Skip("links are missing: ", err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Skip("links are missing") // Wine says that it has made one
	}
	var stderr lines
	log, end := OpenLog(config.Log{Path: path, Size: 1, Files: 1}, &stderr)
	log.Info("first")
	end()
	eventually(t, "it is said", func() bool { return strings.Contains(stderr.String(), "can't be written") })
	if _, err := os.Stat(other); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the link was followed: %v", err)
	}
}
