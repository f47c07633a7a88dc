package sandbox

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
)

// maxMsgID is the length of a msgid at most, in characters.
const maxMsgID = 30

// message is a request on its way through.
type message struct {
	keys      wire.Keys
	msgID     string
	transType string
	data      jsontext.Value
	hash      string
	received  time.Time
}

// seenKey is what the message is remembered under.
func (m *message) seenKey() string { return m.keys.AppID + "/" + m.msgID }

// read takes from a plain message what every one has, and judges its clock.
func (m *message) read(plain []byte) error {
	var q onetrans.Request
	if err := onetrans.Unmarshal(plain, &q); err != nil {
		return refuse(onetrans.CodePlatformField, "报文格式错误")
	}
	if err := required(field{"msgid", q.MsgID, maxMsgID}, field{"timestamp", q.Timestamp, 30},
		field{"trans_type", q.TransType, 50}); err != nil {
		return err
	}
	m.msgID, m.transType = q.MsgID.String(), q.TransType.String()
	m.data, m.hash = q.Data, hashMessage(plain)
	at, err := onetrans.ParseTime(q.Timestamp.String())
	if err != nil {
		return refuseField("timestamp")
	}
	if off := m.received.Sub(at).Abs(); off > clockOff {
		return refuse(onetrans.CodePlatformReplay, "报文时间与平台时间相差过大")
	}
	return nil
}
