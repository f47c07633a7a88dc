package command

import (
	"context"
	"io"
	"os"
	"strings"
)

// maxPrivate bounds what is read instead of an argument, in bytes.
const maxPrivate = 4 << 10

// oneInput refuses two arguments that both stand for standard input.
func (f *Flags) oneInput() error {
	n := 0
	for _, into := range f.private {
		if *into == "-" {
			n++
		}
	}
	if n > 1 {
		return Wrong("one_input")
	}
	return nil
}

// fetch reads the arguments that name a source.
func (f *Flags) fetch(ctx context.Context, in io.Reader) (err error) {
	for _, into := range f.private {
		path, isFile := strings.CutPrefix(*into, "@")
		switch {
		case *into == "-":
			*into, err = Unless(ctx, func() (string, error) { return firstLine(in) })
		case isFile:
			*into, err = Unless(ctx, func() (string, error) { return firstLineOf(path) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func firstLineOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", Wrong("cannot_read").Because(err)
	}
	defer file.Close()
	return firstLine(file)
}

// firstLine reads no byte beyond the line: a password may follow it.
func firstLine(in io.Reader) (string, error) {
	in = io.LimitReader(in, maxPrivate)
	var line []byte
	for next := make([]byte, 1); next[0] != '\n'; {
		n, err := in.Read(next)
		line = append(line, next[:n]...)
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", Wrong("cannot_read").Because(err)
		}
	}
	if text := strings.TrimSpace(string(line)); text != "" {
		return text, nil
	}
	return "", Wrong("nothing_read")
}
