package sandbox

import (
	"io"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

// envelope is the common part of an answer before it is sealed.
type envelope struct {
	Code        onetrans.Code  `json:"code"`
	ErrMsg      string         `json:"err_msg"`
	InfRefMsgID string         `json:"inf_refmsgid"`
	RefMsgTime  string         `json:"refmsg_time"`
	RespondTime string         `json:"respond_time"`
	MsgID       string         `json:"msgid"`
	Data        jsontext.Value `json:"data,omitzero"`
}

// region is where the platform is: no such place.
const region = DemoRegion

// answerTo makes the plain answer to a message: out, or the code of refused.
func answerTo(m *message, now time.Time, random io.Reader, out any, refused *refusal) ([]byte, error) {
	e := envelope{
		Code: onetrans.CodeOK, ErrMsg: "成功",
		InfRefMsgID: region + onetrans.FormatTime(m.received) + numberOf(random)[2:12],
		RefMsgTime:  onetrans.FormatTimestamp(m.received),
		RespondTime: onetrans.FormatTimestamp(now),
		MsgID:       m.msgID,
	}
	if refused != nil {
		e.Code, e.ErrMsg = refused.code, refused.say
		return onetrans.Marshal(e)
	}
	var err error
	if e.Data, err = onetrans.Marshal(out); err != nil {
		return nil, err
	}
	return onetrans.Marshal(e)
}
