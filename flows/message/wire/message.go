package wire

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// Top-level names that the envelope itself uses.
const (
	nameAppID    = "app_id"
	nameAppKey   = "app_key"
	nameSignType = "signtype"
	nameEncType  = "enc_type"
	nameData     = "data"
	nameEncData  = "encData"
	nameSignData = "signData"
	nameExtra    = "extra"
	nameErrMsg   = "err_msg"
)

// Top-level names that distinguish an answer from a request.
const (
	nameTransType   = "trans_type"
	nameInfRefMsgID = "inf_refmsgid"
	nameRespondTime = "respond_time"
)

// answerNames are the names that only answers have.
func answerNames() []string {
	return []string{"code", nameErrMsg, nameInfRefMsgID, "refmsg_time", nameRespondTime}
}

// field is a top-level field of a message, with its value as it came.
type field struct {
	name  string
	value jsontext.Value
}

// message is the top level of a message, in the order in which it came.
type message []field

// parse parses one strict JSON object. What it returns are parts of text.
func parse(text []byte) (message, bool) {
	if onetrans.Check(text) != nil || jsontext.Value(text).Kind() != '{' {
		return nil, false
	}
	dec := decoderOf(text)
	if _, err := dec.ReadToken(); err != nil {
		return nil, false
	}
	var m message
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, false
		}
		f := field{name: name.String()}
		value, err := dec.ReadValue()
		if err != nil {
			return nil, false
		}
		f.value = value
		m = append(m, f)
	}
	return m, true
}

// encode writes the message, in its order.
func (m message) encode() []byte {
	out := []byte{'{'}
	for i, f := range m {
		if i > 0 {
			out = append(out, ',')
		}
		out, _ = jsontext.AppendQuote(out, f.name) // UTF-8, as it came
		out = append(append(out, ':'), f.value...)
	}
	return append(out, '}')
}

// get is the value of a field; nil if there is none.
func (m message) get(name string) jsontext.Value {
	if i := m.index(name); i >= 0 {
		return m[i].value
	}
	return nil
}

// text is the text of a field; false if it is not a JSON string.
func (m message) text(name string) (string, bool) {
	value := m.get(name)
	if value.Kind() != '"' {
		return "", false
	}
	s, err := textOf(value)
	return string(s), err == nil
}

// set replaces a field, or appends it.
func (m message) set(name string, value jsontext.Value) message {
	if i := m.index(name); i >= 0 {
		m[i].value = value
		return m
	}
	return append(m, field{name, value})
}

// setText is [message.set] with a JSON string.
func (m message) setText(name, s string) message {
	literal, _ := jsontext.AppendQuote(nil, s)
	return m.set(name, literal)
}

// without drops the fields with these names.
func (m message) without(names ...string) message {
	return slices.DeleteFunc(m, func(f field) bool { return slices.Contains(names, f.name) })
}

func (m message) index(name string) int {
	return slices.IndexFunc(m, func(f field) bool { return f.name == name })
}
