package onetrans

import "github.com/go-json-experiment/json/jsontext"

// AuthQueryIn is the data of [TransAuthQuery].
type AuthQueryIn struct {
	EhcAppID       Text          `json:"ehc_app_id,omitzero" spec:"电子健康卡应用编号|字符型|32|Y"`
	EhcAppSecret   Text          `json:"ehc_app_secret,omitzero" spec:"电子健康卡应用秘钥|字符型|32|Y"`
	TermID         Text          `json:"term_id,omitzero" spec:"终端编号|字符型|30|Y"`
	OutAuthorizeNo Text          `json:"out_authorize_no,omitzero" spec:"外部用卡授权流水号|字符型|32|Y"`
	Extra          Nested[Extra] `json:"extra,omitzero"` // ours

	Unknown jsontext.Value `json:",embed"`
}

// Values of auth_status (用卡授权状态).
const (
	AuthPending   = "ing"    // 正在授权
	AuthSucceeded = "succ"   // 授权成功: only then does the answer say who the person is
	AuthFailed    = "fail"   // 授权失败
	AuthCancelled = "cancel" // 用户取消授权
)

// AuthQueryOut is the answer to [TransAuthQuery].
type AuthQueryOut struct {
	AuthStatus    Text `json:"auth_status,omitzero" spec:"用卡授权状态|字符型|32|Y"`
	MindexID      Text `json:"mindex_id,omitzero" spec:"居民健康卡; 主索引ID|字符型|128|Y|auth_status=succ"`
	EhealthCardID Text `json:"ehealth_card_id,omitzero" spec:"电子健康卡ID|字符型|128|Y|auth_status=succ"`
	IDType        Text `json:"id_type,omitzero" spec:"证件类型|字符型|2|Y|auth_status=succ"`
	IDNo          Text `json:"id_no,omitzero" spec:"证件号|字符型|32|Y|auth_status=succ"`
	UserName      Text `json:"user_name,omitzero" spec:"用户姓名|字符型|50|Y|auth_status=succ"`
	UserSex       Text `json:"user_sex,omitzero" spec:"用户性别|字符型|1|N|auth_status=succ"`
	MobilePhone   Text `json:"mobile_phone,omitzero" spec:"手机号码|字符型|32|N|auth_status=succ"`
	Birthday      Text `json:"birthday,omitzero" spec:"出生日期|字符型|10|N|auth_status=succ"`
	Telephone     Text `json:"telephone,omitzero" spec:"联系电话|字符型|32|N|auth_status=succ"`
	Address       Text `json:"address,omitzero" spec:"居住地址|字符型|200|N|auth_status=succ"`
	WorkUnit      Text `json:"work_unit,omitzero" spec:"工作单位|字符型|100|N|auth_status=succ"`
	CardType      Text `json:"card_type,omitzero" spec:"卡类型|字符型|2|N|auth_status=succ"`
	CardNo        Text `json:"card_no,omitzero" spec:"卡号|字符型|32|N|auth_status=succ"`

	Unknown jsontext.Value `json:",embed"`
}
