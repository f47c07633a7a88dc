package onetrans

import (
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

var errTwoSpellings = errors.New("a credential in two spellings that differ")

// Request is what HIS hands over, pInData: the common fields of table 3-1.
// Lengths are characters at most; Y is required, N is not.
type Request struct {
	AppID        Text `json:"app_id,omitzero"`         // 加解密应用ID, 50, Y
	AppKey       Text `json:"app_key,omitzero"`        // 加解密应用密钥, 200, Y: secret
	RecerSysCode Text `json:"recer_sys_code,omitzero"` // 接收方系统代码, 10 (the samples use 13), Y
	PrdID        Text `json:"prd_id,omitzero"`         // 产品编号, 32, where several products share a library
	MsgID        Text `json:"msgid,omitzero"`          // 发送方报文ID, 30, Y: institution (12) + time (14) + sequence (4)
	Timestamp    Text `json:"timestamp,omitzero"`      // 时间戳, 30, Y: yyyyMMddHHmmssSSS
	DevNo        Text `json:"dev_no,omitzero"`         // 设备编号, 100, N: of a self-service terminal
	SignType     Text `json:"signtype,omitzero"`       // 签名类型, 10, Y: SM2 or SM3
	EncType      Text `json:"enc_type,omitzero"`       // 加密类型, 5, Y: SM4
	DeptCodg     Text `json:"dept_codg,omitzero"`      // 医保科室编号, 20, Y
	DeptName     Text `json:"dept_name,omitzero"`      // 医保科室名称, 30, Y
	Opter        Text `json:"opter,omitzero"`          // 经办人, 30, Y
	OpterName    Text `json:"opter_name,omitzero"`     // 经办人姓名, 50, Y
	OpterType    Text `json:"opter_type,omitzero"`     // 经办人类别, 3, Y: see [OpterTerminal]
	TransType    Text `json:"trans_type,omitzero"`     // 交易类型编码, 50, Y

	Data    jsontext.Value `json:"data,omitzero"` // 业务入参, Y: an object, or text that holds one
	Unknown jsontext.Value `json:",unknown"`
}

// UnmarshalJSONFrom also takes the spellings appId and appKey of the
// specification's read-card sample; they are written as the tables have them.
func (r *Request) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	type fields Request
	var m struct {
		Fields fields `json:",inline"`
		AppID  Text   `json:"appId"`
		AppKey Text   `json:"appKey"`
	}
	if err := json.UnmarshalDecode(dec, &m); err != nil {
		return err
	}
	*r = Request(m.Fields)
	return errors.Join(adopt(&r.AppID, m.AppID), adopt(&r.AppKey, m.AppKey))
}

// adopt fills in field from its other spelling.
func adopt(field *Text, other Text) error {
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
	Code        Text `json:"code,omitzero"`         // 返回码, 6, Y: [CodeOK] or a refusal
	ErrMsg      Text `json:"err_msg,omitzero"`      // 错误信息, 200: for people, nothing is decided by it
	InfRefMsgID Text `json:"inf_refmsgid,omitzero"` // 接收方报文ID, 30, Y: region (6) + time (14) + serial (10)
	RefMsgTime  Text `json:"refmsg_time,omitzero"`  // 接收报文时间, 17, N: yyyyMMddHHmmssSSS
	RespondTime Text `json:"respond_time,omitzero"` // 响应报文时间, 17, N: yyyyMMddHHmmssSSS

	Data    jsontext.Value `json:"data,omitzero"` // 业务出参, Y: an object, or text that holds one
	Unknown jsontext.Value `json:",unknown"`
}

// DataObject is a message's data as an object: text that holds one is
// unwrapped, absent, null and empty data is {}. Anything else is [ErrMalformed].
func DataObject(data jsontext.Value) (jsontext.Value, error) {
	var n Nested[fallback]
	if len(data) == 0 {
		return jsontext.Value("{}"), nil
	}
	if err := Unmarshal(data, &n); err != nil {
		return nil, err
	}
	if n.Opaque() {
		return nil, malformed(errNotObject)
	}
	if n.Value.Members == nil {
		return jsontext.Value("{}"), nil
	}
	return n.Value.Members, nil
}

var errNotObject = errors.New("data is no object")

// fallback is an object of which nothing is known.
type fallback struct {
	Members jsontext.Value `json:",inline"`
}

// UnmarshalData reads a message's data, an object or text that holds one,
// into v, as [Unmarshal] does.
func UnmarshalData(data jsontext.Value, v any) error {
	object, err := DataObject(data)
	if err != nil {
		return err
	}
	return Unmarshal(object, v)
}
