package record

import (
	"bytes"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// Who answered a call.
const (
	ByUs     = "ours"
	ByVendor = "vendor" // in shadow: the vendor's library, our rules looking on
)

// Call is one call as it is recorded, and exported: nobody can be told from it.
type Call struct {
	Number    uint64    `json:"number"` // its place in the recording, from 1
	At        time.Time `json:"at"`
	TookMS    int64     `json:"took_ms"`
	By        string    `json:"by"`
	TransType string    `json:"trans_type"`
	Buffer    int       `json:"buffer,omitzero"`
	Exit      int       `json:"exit"`
	// Returned is what the vendor's library returned beside its answer; 0 where we answered.
	Returned int  `json:"returned,omitzero"`
	In       Text `json:"in"`
	Out      Text `json:"out"`
	// Refusal is what our rules would have answered before anything was sent; nil
	// where they would have carried the call out, or where they are who answered.
	Refusal *Refusal `json:"refusal,omitzero"`
}

// Text is what was handed over or answered: masked, or why it is not there.
type Text struct {
	Bytes   int            `json:"bytes"` // as it was, before the first NUL
	Message jsontext.Value `json:"message,omitzero"`
	Fault   Fault          `json:"fault,omitzero"`
}

// Fault is why a text has no message.
type Fault string

// The faults of a text.
const (
	FaultNone    Fault = ""
	FaultUTF8    Fault = "utf8"
	FaultUTF16   Fault = "utf16"
	FaultNotGBK  Fault = "not_gbk"
	FaultNotJSON Fault = "not_json"
	FaultLong    Fault = "long" // too long to be recorded
)

// Refusal is how a call would have been refused.
type Refusal struct {
	Code   string `json:"code"`
	ErrMsg string `json:"err_msg"`
}

// longest is how many bytes of a text are recorded.
const longest = 64 << 10

// read decodes a text of HIS's or for it, as far as it can be recorded.
func read(raw []byte) (text []byte, t Text) {
	t.Bytes = len(raw)
	if end := bytes.IndexByte(raw, 0); end >= 0 {
		t.Bytes = end
	}
	if t.Bytes > longest {
		t.Fault = FaultLong
		return nil, t
	}
	text, t.Fault = decode(raw)
	return text, t
}

func decode(raw []byte) ([]byte, Fault) {
	text, err := onetrans.DecodeHanded(raw)
	switch {
	case err == onetrans.ErrUTF8:
		return nil, FaultUTF8
	case err == onetrans.ErrUTF16:
		return nil, FaultUTF16
	case err != nil:
		return nil, FaultNotGBK
	case onetrans.Check(text) != nil:
		return nil, FaultNotJSON
	}
	return text, FaultNone
}

// Heard is a call with its answer, as they were.
type Heard struct {
	Asked onetrans.Call
	Out   []byte
	Exit  int
	// Returned is what the vendor's library returned.
	Returned int
	At       time.Time
	Took     time.Duration
	By       string
	// Judge says, where somebody else answered, whether our rules refuse the call, and
	// with which answer. It is asked when the call is recorded; nil: we answered.
	Judge func() (refusal []byte, refused bool)
}

// Call is a call that was heard, masked.
func (m *Masker) Call(h Heard) Call {
	c := Call{
		At: h.At.UTC().Truncate(time.Millisecond), TookMS: h.Took.Milliseconds(), By: h.By,
		TransType: m.transType(h.Asked.TransType), Buffer: h.Asked.Buffer, Exit: h.Exit, Returned: h.Returned,
	}
	var named Named
	c.In, named = m.masked(h.Asked.In, named)
	if h.Asked.TransType == "" { // the message's own counts
		var said onetrans.Request
		if c.In.Fault == FaultNone && onetrans.Unmarshal(c.In.Message, &said) == nil {
			c.TransType = said.TransType.String()
		}
	}
	c.Out, named = m.masked(h.Out, named)
	if h.Judge != nil {
		if refusal, refused := h.Judge(); refused {
			c.Refusal = m.refusal(refusal, named)
		}
	}
	return c
}

func (m *Masker) transType(name string) string {
	for _, known := range onetrans.TransTypes() {
		if name == known {
			return name
		}
	}
	return m.turned(name[:min(len(name), maxName)])
}

// maxName is how much of an unknown trans_type is recorded.
const maxName = 64

func (m *Masker) masked(raw []byte, named Named) (Text, Named) {
	text, t := read(raw)
	if t.Fault == FaultNone {
		var err error
		if t.Message, named, err = m.Message(text, named); err != nil {
			t.Fault = FaultNotJSON
		}
	}
	return t, named
}

func (m *Masker) refusal(out []byte, named Named) *Refusal {
	var answer onetrans.Answer
	if text, fault := decode(out); fault == FaultNone {
		_ = onetrans.Unmarshal(text, &answer) // our own
	}
	return &Refusal{Code: answer.Code.String(), ErrMsg: m.Sentence(answer.ErrMsg.String(), named)}
}
