package vendorlib

import (
	"errors"
	"fmt"
	"slices"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
)

// errLong: the specification's buffers have 8192 bytes, and nobody knows what a library
// does with more.
var errLong = fmt.Errorf("the message is longer than %d bytes in GBK", capacity-1)

// message is what the library is handed: HIS's message, in GBK, with the credentials that
// it lacks. HIS's own msgid and timestamp stand on their first way; whatever is sent
// after that, and every query, has fresh ones, because a platform refuses what it has seen
// with other content.
func (v *Vendor) message(request onetrans.Request) ([]byte, error) {
	k := v.options.Keys
	fill := func(field *onetrans.Text, text string) {
		if field.Empty() && text != "" {
			*field = onetrans.T(text)
		}
	}
	fill(&request.AppID, k.AppID)
	if request.AppID.String() == k.AppID {
		fill(&request.AppKey, k.AppKey)
	}
	fill(&request.SignType, string(k.SignType))
	fill(&request.EncType, string(k.EncType))
	if id := request.MsgID.String(); id == "" || request.TransType.String() == onetrans.TransQuery || v.sent.has(id) {
		request.MsgID = onetrans.T(onetrans.NewMsgID(v.options.Institution, v.options.Now(), v.options.Random))
		request.Timestamp = onetrans.Text{}
	}
	v.sent.add(request.MsgID.String())
	fill(&request.Timestamp, onetrans.FormatTimestamp(v.options.Now()))
	text, err := onetrans.Marshal(request)
	if err != nil {
		return nil, err
	}
	in, err := onetrans.EncodeGBK(text)
	if err == nil && len(in) >= capacity {
		err = errLong
	}
	return in, err
}

// recent remembers the last msgids.
type recent struct {
	ids  []string
	next int
}

const remembered = 1000

func newRecent() *recent { return &recent{ids: make([]string, remembered)} }

func (r *recent) has(id string) bool { return slices.Contains(r.ids, id) }

func (r *recent) add(id string) {
	r.ids[r.next] = id
	r.next = (r.next + 1) % remembered
}

// judge is what an answer proves. Their library has checked the platform's signature, and
// we have nothing to check it by; so what is believed is what this one call, under its own
// number, brought back whole: returned 0, ended by a NUL, in GBK, JSON, not our own
// request. A code other than 000000 on a message that moves money does not say that
// nothing was done, unless it is one of those that are known to: it comes with
// platform.ErrNoAnswer, so that the trade is asked for.
func (v *Vendor) judge(transType string, s said) (onetrans.Answer, error) {
	if err := s.missing(); err != nil {
		return onetrans.Answer{}, err
	}
	if s.result != 0 {
		return onetrans.Answer{}, doubt(Failed, fmt.Sprint(s.result))
	}
	answer, fault := read(s.out)
	if fault != "" {
		return onetrans.Answer{}, fmt.Errorf("%w: %w", wire.ErrUntrusted, doubt(fault, ""))
	}
	code := answer.Code.String()
	if moves(transType) && code != string(onetrans.CodeOK) && !v.refuses(code) {
		return answer, doubt(Vague, plainCode(code))
	}
	return answer, nil
}

// missing is why there is no answer at all, not even a wrong one.
func (s said) missing() error {
	switch {
	case slices.Contains([]rune(s.left), 'u'):
		return doubt(Unterminated, "")
	case len(s.out) == 0 && s.result != 0:
		return doubt(Failed, fmt.Sprint(s.result))
	case len(s.out) == 0:
		return doubt(Empty, "")
	}
	return nil
}

func doubt(fault Fault, detail string) error {
	return fmt.Errorf("%w: %w", platform.ErrNoAnswer, &FaultError{fault, detail})
}

// read understands an answer; what is wrong with one that is none is a fault.
func read(out []byte) (answer onetrans.Answer, fault Fault) {
	text, err := onetrans.DecodeHanded(out)
	switch {
	case errors.Is(err, onetrans.ErrUTF8):
		return answer, UTF8
	case errors.Is(err, onetrans.ErrUTF16):
		return answer, UTF16
	case errors.Is(err, onetrans.ErrGBK):
		return answer, NotGBK
	case err != nil:
		return answer, NotJSON
	}
	var m struct {
		onetrans.Answer
		AppID     onetrans.Text `json:"app_id"`
		AppKey    onetrans.Text `json:"app_key"`
		TransType onetrans.Text `json:"trans_type"`
	}
	switch err := onetrans.Unmarshal(text, &m); {
	case err != nil:
		return answer, NotJSON
	case !m.AppID.IsZero() || !m.AppKey.IsZero() || !m.TransType.IsZero():
		return answer, Echo
	}
	return m.Answer, ""
}

// refuses says whether a code proves that nothing was done. 600001 is the
// specification's own: a call is running, and this one was not taken.
func (v *Vendor) refuses(code string) bool {
	return code == string(onetrans.CodeBusy) || slices.Contains(v.options.Refusals, code)
}

// plainCode is a code for the log.
func plainCode(code string) string {
	if !plain(code) {
		return ""
	}
	return code
}

// moves says whether a message moves money.
func moves(transType string) bool {
	switch transType {
	case onetrans.TransRecharge, onetrans.TransRefund, onetrans.TransSettle, onetrans.TransSettleCancel:
		return true
	}
	return false
}
