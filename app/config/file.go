package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"

	"onetrans/store/trust"
)

// Bounds of a configuration file. The TOML library's time grows with the third
// power of how deep a dotted key or an inline table is nested, hence the last two.
const (
	maxFile   = 64 << 10 // bytes
	maxLine   = 1024     // bytes
	maxTables = 64       // inline tables, or what looks like one
)

// readRegular is what is in a file of at most limit bytes, which nobody else may
// change. A pipe or a device might never end, so only a regular file is opened.
func readRegular(path string, limit int, acceptable func(fs.FileMode) error) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("no regular file")
	}
	if err := acceptable(info.Mode()); err != nil {
		return nil, err
	}
	if err := trust.Path(path); err != nil {
		return nil, withoutPath(err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, int64(limit)+1))
	if err != nil {
		return nil, withoutPath(err)
	}
	if len(data) > limit {
		return nil, fmt.Errorf("longer than %d bytes", limit)
	}
	return data, nil
}

func anyMode(fs.FileMode) error { return nil }

// withoutPath leaves the path out: the problem that is told of names it, and a
// file: reference may be a secret with a mistyped beginning.
func withoutPath(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

// utf8Text is data as text, without the byte order mark that Notepad puts
// before it; else [ErrFile], and the line at fault, if there is one.
func utf8Text(data []byte) (text string, line int, err error) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return "", 0, fmt.Errorf("%w is UTF-16: save as UTF-8", ErrFile)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return "", lineAt(data, i), fmt.Errorf("%w is no text: it holds a zero byte", ErrFile)
	}
	if i := invalidAt(data); i >= 0 {
		return "", lineAt(data, i), fmt.Errorf("%w is not UTF-8, perhaps GBK: save as UTF-8", ErrFile)
	}
	for i, l := range bytes.Split(data, []byte("\n")) {
		if len(l) > maxLine {
			return "", i + 1, fmt.Errorf("%w has a line of more than %d bytes", ErrFile, maxLine)
		}
	}
	if bytes.Count(data, []byte("{")) > maxTables {
		return "", 0, fmt.Errorf("%w has more than %d inline tables", ErrFile, maxTables)
	}
	return string(data), 0, nil
}

// invalidAt is where data stops being UTF-8; -1: nowhere.
func invalidAt(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// lineAt is the line, from 1, of the byte at offset.
func lineAt[T string | []byte](text T, offset int) int {
	return 1 + bytes.Count([]byte(text[:min(offset, len(text))]), []byte("\n"))
}
