package socket

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
)

// ErrLine means that what the other side said is no line of this protocol. Its
// text never holds content.
var ErrLine = errors.New("not a line of the protocol")

// readLine reads a line of at most limit bytes, its end not counted, into v.
// Empty lines before it are skipped, each after a word with heard.
func readLine(r *bufio.Reader, limit int, v any, heard func()) error {
	for {
		line, err := line(r, limit)
		if err != nil {
			return err
		}
		heard()
		if len(line) == 0 {
			continue
		}
		if err := json.Unmarshal(line, v); err != nil {
			return fmt.Errorf("%w: no such JSON", ErrLine) // the library's text quotes it
		}
		return nil
	}
}

// line reads up to the line's end, which must come: a line that was cut off is none.
func line(r *bufio.Reader, limit int) ([]byte, error) {
	var whole []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(whole)+len(part) > limit+1 {
			return nil, fmt.Errorf("%w: longer than %d bytes", ErrLine, limit)
		}
		whole = append(whole, part...)
		switch {
		case err == nil:
			return whole[:len(whole)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
		case err == io.EOF && len(whole) > 0:
			return nil, io.ErrUnexpectedEOF
		default:
			return nil, err
		}
	}
}

// writeLine writes v as one line in one write: what was not wholly written is
// no line to the other side.
func writeLine(w io.Writer, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

func ignore() {}
