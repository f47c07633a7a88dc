package platform

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
)

var errOtherMessage = fmt.Errorf("%w: it answers another message", wire.ErrUntrusted)

var errExtra = errors.New("extra is no object, so it can't carry hisMsgid")

// seal turns HIS's request into the message that is sent.
func (c *Client) seal(req onetrans.Request, keys wire.Keys, msgID string) ([]byte, error) {
	data, err := wireData(req, c.head())
	if err != nil {
		return nil, err
	}
	req.Data = data
	req.AppID = onetrans.T(keys.AppID)
	req.AppKey = onetrans.Text{}
	req.MsgID = onetrans.T(msgID)
	req.Timestamp = onetrans.T(onetrans.FormatTimestamp(c.now()))
	plain, err := onetrans.Marshal(req)
	if err != nil {
		return nil, err
	}
	return keys.SealRequest(plain)
}

// anyObject is an object about which the wire knows nothing.
type anyObject struct {
	Members jsontext.Value `json:",embed"`
}

// wireFields are the fields of data that are changed on the way.
type wireFields struct {
	Extra        onetrans.Nested[wireExtra]   `json:"extra,omitzero"`
	BusinessInfo onetrans.Nested[anyObject]   `json:"businessInfo,omitzero"`
	PayInfo      onetrans.Nested[wirePayInfo] `json:"payInfo,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

type wireExtra struct {
	MedicalContent onetrans.Nested[anyObject] `json:"medicalContent,omitzero"`
	HisMsgID       onetrans.Text              `json:"hisMsgid,omitzero"`
	JournalHead    onetrans.Text              `json:"journalHead,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

type wirePayInfo struct {
	FeeItemList onetrans.List[anyObject] `json:"feeItemList,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

// wireData is a request's data as it is sent: the specification's 'JSON strings' as
// objects, HIS's own msgid in extra.hisMsgid, and the journal's head in
// extra.journalHead, so that the platform can tell when the journal was rolled
// back.
func wireData(req onetrans.Request, head string) (jsontext.Value, error) {
	var data wireFields
	if err := onetrans.UnmarshalData(req.Data, &data); err != nil {
		return nil, err
	}
	if !req.MsgID.Empty() {
		if data.Extra.Opaque() {
			return nil, errExtra
		}
		data.Extra.Value.HisMsgID = req.MsgID
	}
	if head != "" && !data.Extra.Opaque() {
		data.Extra.Value.JournalHead = onetrans.T(head)
	}
	data.Extra = data.Extra.AsObject()
	data.Extra.Value.MedicalContent = data.Extra.Value.MedicalContent.AsObject()
	data.BusinessInfo = data.BusinessInfo.AsObject()
	data.PayInfo = data.PayInfo.AsObject()
	data.PayInfo.Value.FeeItemList = data.PayInfo.Value.FeeItemList.AsObject()
	return onetrans.Marshal(&data)
}

// open verifies an answer and strips it of the envelope's own fields.
func open(body []byte, keys wire.Keys, msgID string) (onetrans.Answer, error) {
	plain, err := keys.OpenAnswer(body)
	if err != nil {
		return onetrans.Answer{}, err
	}
	var m struct {
		Answer   onetrans.Answer `json:",embed"`
		MsgID    onetrans.Text   `json:"msgid"`
		SignType onetrans.Text   `json:"signtype"`
		EncType  onetrans.Text   `json:"enc_type"`
	}
	if err := onetrans.Unmarshal(plain, &m); err != nil {
		return onetrans.Answer{}, wire.ErrMalformed
	}
	if m.MsgID != onetrans.T(msgID) {
		return onetrans.Answer{}, errOtherMessage
	}
	return m.Answer, nil
}
