package record

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// ErrExport means that a file is no export of recorded calls.
var ErrExport = errors.New("no export of recorded calls")

// exported begins each line of an export.
type exported struct {
	Version int  `json:"onetrans_call"`
	Call    Call `json:"call"`
}

// exportVersion is the form of an export that this program writes and reads.
const exportVersion = 1

// Export writes calls as they may leave the hospital: a line each, masked as they
// were recorded.
func Export(out io.Writer, calls []Call) error {
	for _, c := range calls {
		line, err := json.Marshal(exported{exportVersion, c})
		if err == nil {
			_, err = out.Write(append(line, '\n'))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Import reads what [Export] has written. Its errors are [ErrExport], with the line,
// and the reader's.
func Import(in io.Reader) (calls []Call, err error) {
	lines := bufio.NewScanner(io.LimitReader(in, Keep*maxCall))
	lines.Buffer(nil, maxCall)
	for n := 1; lines.Scan(); n++ {
		var e exported
		switch err := json.Unmarshal(lines.Bytes(), &e, json.RejectUnknownMembers(true)); {
		case len(lines.Bytes()) == 0:
			continue
		case err != nil || e.Version != exportVersion || len(calls) == Keep || !e.Call.whole():
			return nil, fmt.Errorf("%w: line %d", ErrExport, n)
		}
		calls = append(calls, e.Call)
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return nil, fmt.Errorf("%w: a line is too long", ErrExport)
	}
	return calls, lines.Err()
}

// whole says that a call's messages are within the bounds of messages.
func (c Call) whole() bool {
	for _, m := range []jsontext.Value{c.In.Message, c.Out.Message} {
		if len(m) > 0 && onetrans.Check(m) != nil {
			return false
		}
	}
	return len(c.TransType) <= maxName*4
}
