package callers

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"

	"onetrans/flows/message/onetrans"
)

// Heard is an answer as its caller understands it.
type Heard struct {
	Code    onetrans.Code
	Message string         // err_msg
	Data    map[string]any // nil: it is no object
}

// measured are what a host counts that is no part of its state.
var measured = []string{"painted", "handles"}

// Judge says what a caller heard, and everything in the answer, or in the state that
// its host was left in, that must not be.
func (c Caller) Judge(a Answer) (h Heard, faults []string) {
	if a.Lost != nil {
		return h, []string{a.Lost.Error()}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Before)) {
		if before, after := a.Before[name], a.After[name]; before != after && !slices.Contains(measured, name) {
			faults = append(faults, fmt.Sprintf("%s was %s and is %s", name, before, after))
		}
	}
	if a.Returned != 0 {
		faults = append(faults, fmt.Sprintf("it returned %d", a.Returned))
	}
	text, behind, ended := bytes.Cut(a.Out, []byte{0})
	if len(behind) > 0 {
		faults = append(faults, fmt.Sprintf("%d bytes behind the answer were changed", len(behind)))
	}
	if !ended && (c.Hands.Fill != "zero" || len(a.Out) == c.Hands.Buffer) {
		faults = append(faults, "the answer does not end")
	}
	heard, err := hear(text)
	if err != nil {
		faults = append(faults, fmt.Sprintf("%v: %q", err, text))
	}
	return heard, faults
}

// hear reads an answer.
func hear(text []byte) (h Heard, err error) {
	utf8, err := onetrans.DecodeGBK(text)
	if err != nil {
		return h, err
	}
	var answer struct {
		Code    onetrans.Code  `json:"code"`
		Message string         `json:"err_msg"`
		Data    map[string]any `json:"data"`
	}
	if err := json.Unmarshal(utf8, &answer); err != nil {
		return h, err
	}
	if answer.Code == "" || answer.Data == nil {
		return h, fmt.Errorf("%w without a code, or whose data is no object", ErrAnswer)
	}
	return Heard{answer.Code, answer.Message, answer.Data}, nil
}
