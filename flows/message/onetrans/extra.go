package onetrans

import "github.com/go-json-experiment/json/jsontext"

// Extra is the extra (拓展参数) of a message for which the specification names no
// fields in it.
type Extra struct {
	HisMsgID Text `json:"hisMsgid,omitzero"` // ours: HIS's own msgid

	Unknown jsontext.Value `json:",embed"`
}
