package onetrans

import "github.com/go-json-experiment/json/jsontext"

// UserThirdGetIn is the data of [TransUserThirdGet]: a scanned voucher or health
// card code is resolved to a person. Its answer is a [UserGetOut].
type UserThirdGetIn struct {
	Begntime      Text          `json:"begntime,omitzero" spec:"开始时间|日期时间型|30|N"`
	BusinessType  Text          `json:"business_type,omitzero" spec:"用码业务类型|字符型|5|Y"`
	EhcAppID      Text          `json:"ehc_app_id,omitzero" spec:"电子健康卡应用编号|字符型|32|Y"`
	EhcAppSecret  Text          `json:"ehc_app_secret,omitzero" spec:"电子健康卡应用秘钥|字符型|32|Y"`
	TermID        Text          `json:"term_id,omitzero" spec:"终端编号|字符型|30|Y"`
	OutVerifyTime Text          `json:"out_verify_time,omitzero" spec:"外部验证时间|字符型|32|Y"`
	TreatmentCode Text          `json:"treatment_code,omitzero" spec:"诊疗环节编码|字符型|32|Y"`
	Cert          Cert          `json:"cert,omitzero"`  // ours: the code that was scanned
	Extra         Nested[Extra] `json:"extra,omitzero"` // ours

	Unknown jsontext.Value `json:",embed"`
}
