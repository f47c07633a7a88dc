package onetrans

import "github.com/go-json-experiment/json/jsontext"

// AuthURLIn is the data of [TransAuthURL].
type AuthURLIn struct {
	EhcAppID         Text          `json:"ehc_app_id,omitzero" spec:"电子健康卡应用编号|字符型|32|Y"`
	EhcAppSecret     Text          `json:"ehc_app_secret,omitzero" spec:"电子健康卡应用秘钥|字符型|32|Y"`
	TermID           Text          `json:"term_id,omitzero" spec:"终端编号|字符型|30|Y"`
	OutAuthorizeNo   Text          `json:"out_authorize_no,omitzero" spec:"外部用卡授权流水号|字符型|32|Y"`
	OutAuthorizeTime Text          `json:"out_authorize_time,omitzero" spec:"外部用卡授权时间|字符型|32|Y"`
	OperatorID       Text          `json:"operator_id,omitzero" spec:"用卡授权操作员编号|字符型|32|N"`
	OperatorName     Text          `json:"operator_name,omitzero" spec:"用卡授权操作员姓名|字符型|32|N"`
	TreatmentCode    Text          `json:"treatment_code,omitzero" spec:"诊疗环节编码|字符型|32|Y"`
	OfficeCode       Text          `json:"office_code,omitzero" spec:"科室代码|字符型|10|N"`
	Extra            Nested[Extra] `json:"extra,omitzero"` // ours

	Unknown jsontext.Value `json:",embed"`
}

// AuthURLOut is the answer to [TransAuthURL].
type AuthURLOut struct {
	EhealthAuthurl Text `json:"ehealth_authurl,omitzero" spec:"用户用卡授权二维码码值|字符型|128|N"`

	Unknown jsontext.Value `json:",embed"`
}
