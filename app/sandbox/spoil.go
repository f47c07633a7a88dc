package sandbox

import (
	"context"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// spoilText changes the first character of one text of a JSON object of ours to one
// of the same kind, so that a number, hex or base64 stays one.
func spoilText(object []byte, name string) []byte {
	fields := map[string]jsontext.Value{}
	var text string
	if onetrans.Unmarshal(object, &fields) != nil || onetrans.Unmarshal(fields[name], &text) != nil || text == "" {
		return object
	}
	other := "0"
	if text[0] == '0' {
		other = "1"
	}
	quoted, err := onetrans.Marshal(other + text[1:])
	if err != nil {
		return object
	}
	fields[name] = quoted
	spoilt, err := onetrans.Marshal(fields)
	if err != nil {
		return object
	}
	return spoilt
}

// keepWaiting waits as long as a message is delayed and held, unless the sandbox ends first.
// A client that goes away does not shorten it: its message arrives nevertheless, later than
// it thinks.
func (s *Server) keepWaiting(ctx context.Context, v verdict) {
	timer := time.NewTimer(v.delay)
	defer timer.Stop()
	delayed, held := timer.C, v.held
	if v.delay <= 0 {
		delayed = nil
	}
	for delayed != nil || held != nil {
		select {
		case <-delayed:
			delayed = nil
		case <-held:
			held = nil
		case <-stopping(ctx):
			return
		case <-s.closing:
			return
		}
	}
}
