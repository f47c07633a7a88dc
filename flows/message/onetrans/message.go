package onetrans

import (
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

var errTwoSpellings = errors.New("a credential in two spellings that differ")

// Request is what HIS hands over, pInData: the common fields of table 3-1.
type Request struct {
	AppID        Text `json:"app_id,omitzero" spec:"加解密应用ID|字符型|50|Y"`
	AppKey       Text `json:"app_key,omitzero" spec:"加解密应用密钥|字符型|200|Y"` // secret
	RecerSysCode Text `json:"recer_sys_code,omitzero" spec:"接收方系统代码|字符型|10|Y"`
	PrdID        Text `json:"prd_id,omitzero" spec:"产品编号|字符型|32|N/Y"`
	MsgID        Text `json:"msgid,omitzero" spec:"发送方报文ID/医疗机构业务流水号|字符型|30|Y"` // institution (12) + time (14) + sequence (4)
	Timestamp    Text `json:"timestamp,omitzero" spec:"时间戳|字符型|30|Y"`           // yyyyMMddHHmmssSSS
	DevNo        Text `json:"dev_no,omitzero" spec:"设备编号|字符型|100|N"`            // of a self-service terminal
	SignType     Text `json:"signtype,omitzero" spec:"签名类型|字符型|10|Y"`           // SM2 or SM3
	EncType      Text `json:"enc_type,omitzero" spec:"加密类型|字符型|5|Y"`            // SM4
	DeptCodg     Text `json:"dept_codg,omitzero" spec:"医保科室编号|字符型|20|Y"`
	DeptName     Text `json:"dept_name,omitzero" spec:"医保科室名称|字符型|30|Y"`
	Opter        Text `json:"opter,omitzero" spec:"经办人|字符型|30|Y"`
	OpterName    Text `json:"opter_name,omitzero" spec:"经办人姓名|字符型|50|Y"`
	OpterType    Text `json:"opter_type,omitzero" spec:"经办人类别|字符型|3|Y"` // see [OpterTerminal]
	TransType    Text `json:"trans_type,omitzero" spec:"交易类型编码|字符型|50|Y"`

	Data    jsontext.Value `json:"data,omitzero" spec:"业务入参|Json字符串|50|Y"` // an object, or text that holds one
	Unknown jsontext.Value `json:",embed"`
}

// Asked is a request whose data is at hand in its type. In is what counts: the
// request's own Data is as HIS sent it, or empty.
type Asked[In any] struct {
	Request Request
	In      In
}

// With is the request with another trans_type and data. It fails with [ErrMalformed]
// where data exceeds the bounds, and keeps its own then.
func (r Request) With(transType string, data any) (Request, error) {
	r.TransType = T(transType)
	encoded, err := Marshal(data)
	if err == nil {
		r.Data = encoded
	}
	return r, err
}

// UnmarshalJSONFrom also accepts the names appId and appKey of the specification's
// read-card sample; they are written as in the tables.
func (r *Request) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type fields Request
	var m struct {
		Fields fields `json:",embed"`
		AppID  Text   `json:"appId"`
		AppKey Text   `json:"appKey"`
	}
	if err := json.UnmarshalDecode(dec, &m); err != nil {
		return err
	}
	*r = Request(m.Fields)
	return errors.Join(fillFrom(&r.AppID, m.AppID), fillFrom(&r.AppKey, m.AppKey))
}

// fillFrom fills an absent field from the one with its other name.
func fillFrom(field *Text, other Text) error {
	if field.IsZero() {
		*field = other
	}
	if !other.IsZero() && *field != other {
		return errTwoSpellings
	}
	return nil
}

// Answer is what HIS gets back, pOutData: the common fields of table 3-2.
type Answer struct {
	Code        Text `json:"code,omitzero" spec:"返回码|字符型|6|Y"`              // [CodeOK] or a refusal
	ErrMsg      Text `json:"err_msg,omitzero" spec:"错误信息|字符型|200"`          // for people; the program never decides by it
	InfRefMsgID Text `json:"inf_refmsgid,omitzero" spec:"接收方报文ID|字符型|30|Y"` // region (6) + time (14) + serial (10)
	RefMsgTime  Text `json:"refmsg_time,omitzero" spec:"接收报文时间|字符型|17|N"`   // yyyyMMddHHmmssSSS
	RespondTime Text `json:"respond_time,omitzero" spec:"响应报文时间|字符型|17|N"`  // yyyyMMddHHmmssSSS

	Data    jsontext.Value `json:"data,omitzero" spec:"业务出参|Json 字符串|6000|Y"` // an object, or text that holds one
	Unknown jsontext.Value `json:",embed"`
}

// Succeeded reports whether the call worked; the state of a trade is judged
// separately. For reads only, and never for money, err_msg 'success' stands in for
// a missing code: the specification's read-card sample has none.
func (a Answer) Succeeded(transType string) bool {
	reads := transType == TransUserGet || transType == TransUserThirdGet
	return a.Code.String() == string(CodeOK) || reads && a.Code.Empty() && a.ErrMsg.String() == "success"
}
