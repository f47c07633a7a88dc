package record

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"

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
const exportVersion = 2

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

// Import reads what [Export] has written, within maxRead bytes, and whether numbers are
// missing between the first and the last. Its errors are [ErrExport], with the line, and
// the reader's.
func Import(in io.Reader) (r Recording, err error) {
	limited := &io.LimitedReader{R: in, N: maxRead + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxCall)
	var numbers []uint64
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var e exported
		err := json.Unmarshal(lines.Bytes(), &e, json.RejectUnknownMembers(true))
		if err != nil || e.Version != exportVersion || len(r.Calls) == Keep || !e.Call.whole() {
			return Recording{}, fmt.Errorf("%w: line %d", ErrExport, n)
		}
		if len(numbers) > 0 && e.Call.Number <= numbers[len(numbers)-1] {
			r.Moved++
		}
		r.Calls, numbers = append(r.Calls, e.Call), append(numbers, e.Call.Number)
	}
	switch {
	case errors.Is(lines.Err(), bufio.ErrTooLong):
		return Recording{}, fmt.Errorf("%w: a line is too long", ErrExport)
	case limited.N == 0:
		return Recording{}, fmt.Errorf("%w: more than %d bytes", ErrExport, maxRead)
	case len(numbers) > 0:
		r.Missing = gaps(numbers, slices.Min(numbers))
	}
	return r, lines.Err()
}

// maxNumber bounds a call's number, in ten thousand years of calls.
const maxNumber = 1 << 40

// whole says that a call is one that may have been recorded, within the bounds of messages.
func (c Call) whole() bool {
	refusal := Refusal{}
	if c.Refusal != nil {
		refusal = *c.Refusal
	}
	return c.Number > 0 && c.Number <= maxNumber && c.TookMS >= 0 && c.Buffer >= 0 && (c.By == ByUs || c.By == ByVendor) &&
		len(c.TransType) <= maxName*4 && len(refusal.Code) <= maxName && len(refusal.ErrMsg) <= longest && c.In.whole() && c.Out.whole()
}

func (t Text) whole() bool {
	switch t.Fault {
	case FaultNone:
		return t.Bytes >= 0 && onetrans.Check(t.Message) == nil
	case FaultUTF8, FaultUTF16, FaultNotGBK, FaultNotJSON, FaultLong:
		return t.Bytes >= 0 && len(t.Message) == 0
	}
	return false
}
