package config

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"unicode/utf8"

	"onetrans/store/trust"
)

// Limits of a configuration file. The TOML library's time grows with the cube of
// the nesting of a dotted key or an inline table, hence the last two.
const (
	maxFile   = 64 << 10 // bytes
	maxLine   = 1024     // bytes
	maxTables = 64       // inline tables, or what looks like them
)

// readRegular reads a file of at most limit bytes that nobody else may change. A
// pipe or a device might never end, so only a regular file is opened.
func readRegular(path string, limit int, acceptable func(fs.FileMode) error) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	if !info.Mode().IsRegular() {
		return nil, within("irregular")
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
		return nil, within("large", "most", strconv.Itoa(limit))
	}
	return data, nil
}

func anyMode(fs.FileMode) error { return nil }

// withoutPath leaves the path out: the problem names it already, and a file:
// reference may be a secret with a mistyped prefix.
func withoutPath(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

// utf8Text is data as text, without the byte order mark that Notepad puts before
// it; else the error is [ErrFile], with the line if there is one.
func utf8Text(data []byte) (text string, line int, err error) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return "", 0, because(ErrFile, "utf16")
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return "", lineAt(data, i), because(ErrFile, "zero")
	}
	if i := invalidAt(data); i >= 0 {
		return "", lineAt(data, i), because(ErrFile, "gbk")
	}
	for i, l := range bytes.Split(data, []byte("\n")) {
		if len(l) > maxLine {
			return "", i + 1, because(ErrFile, "long_line", "most", strconv.Itoa(maxLine))
		}
	}
	if bytes.Count(data, []byte("{")) > maxTables {
		return "", 0, because(ErrFile, "many_tables", "most", strconv.Itoa(maxTables))
	}
	return string(data), 0, nil
}

// invalidAt is where data stops being UTF-8; -1 if nowhere.
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
