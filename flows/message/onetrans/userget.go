package onetrans

import (
	"cmp"

	"github.com/go-json-experiment/json/jsontext"
)

// UserGetIn is the data of [TransUserGet] and [TransUserThirdGet]: what is to be
// read and, on its way to the platform, what was read.
type UserGetIn struct {
	MdtrtCertType Text          `json:"mdtrt_cert_type,omitzero" spec:"就诊凭证类型|字符型|3|Y"`
	BusinessType  Text          `json:"business_type,omitzero" spec:"用码业务类型|字符型|5|Y|when a voucher code is scanned"`
	BegnTime      Text          `json:"begntime,omitzero" spec:"开始时间|日期时间型"`
	EhcAppID      Text          `json:"ehc_app_id,omitzero" spec:"电子健康卡应用编号|字符型|32|Y|mdtrt_cert_type=01 and an electronic health card is to be decoded"`
	EhcAppSecret  Text          `json:"ehc_app_secret,omitzero" spec:"电子健康卡应用秘钥|字符型|32|Y|mdtrt_cert_type=01 and an electronic health card is to be decoded"` // secret
	TermID        Text          `json:"term_id,omitzero" spec:"终端编号|字符型|30|Y|mdtrt_cert_type=01 and an electronic health card is to be decoded"`
	OutVerifyTime Text          `json:"out_verify_time,omitzero" spec:"外部验证时间|字符型|32|Y|mdtrt_cert_type=01 and an electronic health card is to be decoded"`
	TreatmentCode Text          `json:"treatment_code,omitzero" spec:"诊疗环节编码|字符型|32|Y|mdtrt_cert_type=01 and an electronic health card is to be decoded"`
	Cert          Cert          `json:"cert,omitzero"`  // ours: what the terminal read
	Extra         Nested[Extra] `json:"extra,omitzero"` // ours

	Unknown jsontext.Value `json:",embed"`
}

// Cert is what the terminal's devices have read, our addition to the specification.
// The fields present say what it was: an identity card has CertNo, PsnName and
// PsnCertType; a social security card CardCode, CardNo, CardType, IssueDeptID,
// CertNo and PsnName; a scanned code Code; a face AuthNo; a hospital card or an
// admission number CardNo and CardType.
type Cert struct {
	CertNo      Text `json:"certno,omitzero"`        // 证件号码
	PsnName     Text `json:"psn_name,omitzero"`      // 人员姓名
	PsnCertType Text `json:"psn_cert_type,omitzero"` // 人员证件类型
	CardCode    Text `json:"card_code,omitzero"`     // 卡识别码
	CardNo      Text `json:"card_no,omitzero"`       // 卡号
	CardType    Text `json:"card_type,omitzero"`     // 卡类型: see [CardSocialSecurity]
	IssueDeptID Text `json:"issuedeptid,omitzero"`   // 发行机构编码
	Code        Text `json:"code,omitzero"`          // the scanned voucher or health card code: a bearer token, never logged
	AuthNo      Text `json:"authNo,omitzero"`        // the face terminal's authorisation

	Unknown jsontext.Value `json:",embed"`
}

// UserGetOut is the answer to [TransUserGet] and [TransUserThirdGet].
type UserGetOut struct {
	BaseInfo      Nested[BaseInfo] `json:"baseinfo,omitzero" spec:"基本信息|Json 字符串|4500|Y"`
	InsuInfo      List[InsuInfo]   `json:"insuinfo,omitzero" spec:"参保信息|Json 字符串|300|N"`
	IdetInfo      List[IdetInfo]   `json:"idetinfo,omitzero" spec:"身份信息|Json 字符串|600|N"`
	EhcInfo       List[EhcInfo]    `json:"ehcinfo,omitzero" spec:"电子健康卡信息|Json 字符串|350|N"`
	CardInfo      List[CardInfo]   `json:"cardinfo,omitzero" spec:"患者院内卡列表|Json 字符串|350|N"`
	MdtrtCertType Text             `json:"mdtrt_cert_type,omitzero" spec:"本次就诊凭证类型|字符型|3|Y"`
	EcToken       Text             `json:"ecToken,omitzero" spec:"身份令牌|字符型|64|N"`
	InsuOrg       Text             `json:"insuOrg,omitzero" spec:"参保地区编码|字符型|6|N"`
	CardCode      Text             `json:"card_code,omitzero" spec:"卡识别码|字符型|64|N"`
	CardNo        Text             `json:"card_no,omitzero" spec:"卡号|字符型|32|N"`
	CardType      Text             `json:"card_type,omitzero" spec:"卡类型|字符型|6|N" third:"卡类型|字符型|2|N"`
	IssueDeptID   Text             `json:"issuedeptid,omitzero" spec:"发行机构编码|字符型|4|N"`
	Phone         Text             `json:"phone,omitzero" spec:"手机号码|字符型|32|N"`

	Unknown jsontext.Value `json:",embed"`
}

// BaseInfo is the person's basic information (基本信息).
type BaseInfo struct {
	PsnNo       Text               `json:"psn_no,omitzero" spec:"人员编号|字符型|30|Y"`
	PsnCertType Text               `json:"psn_cert_type,omitzero" spec:"人员证件类型|字符型|6|Y"`
	CertNo      Text               `json:"certno,omitzero" spec:"证件号码|字符型|50|Y"`
	PsnName     Text               `json:"psn_name,omitzero" spec:"人员姓名|字符型|50|Y"`
	Gend        Text               `json:"gend,omitzero" spec:"性别|字符型|6|Y"`
	Naty        Text               `json:"naty,omitzero" spec:"民族|字符型|3|N" third:"民族|字符型|3"`
	Brdy        Text               `json:"brdy,omitzero" spec:"出生日期|日期型|10|N" third:"出生日期|日期型|20"`
	Age         Text               `json:"age,omitzero" spec:"年龄|数值型|4,1|Y"`
	ExpContent  Nested[ExpContent] `json:"exp_content,omitzero" spec:"字段扩展|字符型|4000"`

	Unknown jsontext.Value `json:",embed"`
}

// ExpContent is what a platform may add to a person's basic information, our
// addition to the specification. Nothing is charged without a HisCustID.
type ExpContent struct {
	HisCustID Text          `json:"hisCustId,omitzero"` // 患者院内ID
	Accounts  List[Account] `json:"accounts,omitzero"`  // the deposit accounts

	Unknown jsontext.Value `json:",embed"`
}

// Account is a deposit account of a person, our addition to the specification.
type Account struct {
	AccountType Text   `json:"accountType,omitzero"` // [AccountOutpatient] or [AccountInpatient]
	Name        Text   `json:"name,omitzero"`        // its name on the screen
	CardType    Text   `json:"cardType,omitzero"`    // 卡类型
	CardNo      Text   `json:"cardNo,omitzero"`      // 卡号/住院号
	Balance     Amount `json:"balance,omitzero"`     // 余额

	Unknown jsontext.Value `json:",embed"`
}

// InsuInfo is an insurance of the person (参保信息).
type InsuInfo struct {
	Balc          Amount `json:"balc,omitzero" spec:"余额|数值型|16,2|Y"`
	InsuType      Text   `json:"insutype,omitzero" spec:"险种类型|字符型|6|Y"`
	PsnType       Text   `json:"psn_type,omitzero" spec:"人员类别|字符型|6|Y"`
	PsnInsuStas   Text   `json:"psn_insu_stas,omitzero" spec:"人员参保状态|字符型|6|Y"`
	PsnInsuDate   Text   `json:"psn_insu_date,omitzero" spec:"个人参保日期|日期型" third:"个人参保日期|日期型|30"`
	PausInsuDate  Text   `json:"paus_insu_date,omitzero" spec:"暂停参保日期|日期型" third:"暂停参保日期|日期型|30"`
	CvlservFlag   Text   `json:"cvlserv_flag,omitzero" spec:"公务员标志|字符型|3|Y"`
	InsuplcAdmdvs Text   `json:"insuplc_admdvs,omitzero" spec:"参保地医保区划|字符型|6|Y"`
	EmpName       Text   `json:"emp_name,omitzero" spec:"单位名称|字符型|200"`
	InsuAdmdvs    Text   `json:"insu_admdvs,omitzero"` // the sample's name for insuplc_admdvs

	Unknown jsontext.Value `json:",embed"`
}

// Region is the insured region, by either of its names.
func (i InsuInfo) Region() string { return cmp.Or(i.InsuplcAdmdvs.String(), i.InsuAdmdvs.String()) }

// IdetInfo is a status of the person (身份信息).
type IdetInfo struct {
	PsnIdetType Text `json:"psn_idet_type,omitzero" spec:"人员身份类别|字符型|3|Y"`
	PsnTypeLv   Text `json:"psn_type_lv,omitzero" spec:"人员类别等级|字符型|3"`
	Memo        Text `json:"memo,omitzero" spec:"备注|字符型|500"`
	BegnTime    Text `json:"begntime,omitzero" spec:"开始时间|日期时间型||Y" third:"开始时间|日期时间型|30|Y"`
	EndTime     Text `json:"endtime,omitzero" spec:"结束时间|日期时间型" third:"结束时间|日期时间型|30"`

	Unknown jsontext.Value `json:",embed"`
}

// EhcInfo is an electronic health card (电子健康卡信息).
type EhcInfo struct {
	MindexID        Text `json:"mindex_id,omitzero" spec:"居民健康卡主索引ID|字符型|128|N"`
	EhealthCardID   Text `json:"ehealth_card_id,omitzero" spec:"电子健康卡ID|字符型|128|N"`
	Phone           Text `json:"phone,omitzero" spec:"手机号码|字符型|32|N"`
	CardType        Text `json:"card_type,omitzero" spec:"卡类型|字符型|2|N"`
	CardNo          Text `json:"card_no,omitzero" spec:"卡号|字符型|32|N"`
	IDType          Text `json:"id_type,omitzero" spec:"证件类型|字符型|2|Y"`
	IDNo            Text `json:"id_no,omitzero" spec:"证件号|字符型|32|Y"`
	UserName        Text `json:"user_name,omitzero" spec:"用户姓名|字符型|50|Y"`
	UserSex         Text `json:"user_sex,omitzero" spec:"用户性别|字符型|1|N"`
	MobilePhone     Text `json:"mobile_phone,omitzero" spec:"手机号码|字符型|32|N"`
	Birthday        Text `json:"birthday,omitzero" spec:"出生日期|字符型|10|N"`
	Telephone       Text `json:"telephone,omitzero" spec:"联系电话|字符型|32|N"`
	Address         Text `json:"address,omitzero" spec:"居住地址|字符型|200|N"`
	WorkUnit        Text `json:"work_unit,omitzero" spec:"工作单位|字符型|100|N"`
	Citizen         Text `json:"citizen,omitzero" spec:"国籍|字符型|2|N"`
	BirthPlace      Text `json:"birth_place,omitzero" spec:"出生地|字符型|30|N"`
	UserNative      Text `json:"user_native,omitzero" spec:"籍贯|字符型|30|N"`
	MaritalStatus   Text `json:"marital_status,omitzero" spec:"婚姻状况|字符型|2|N"`
	Career          Text `json:"career,omitzero" spec:"职业|字符型|3|N"`
	UnitPhone       Text `json:"unit_phone,omitzero" spec:"单位电话|字符型|20|N"`
	Email           Text `json:"email,omitzero" spec:"邮箱|字符型|120|N"`
	Community       Text `json:"community,omitzero" spec:"社区地址|字符型|200|N"`
	ContactName     Text `json:"contact_name,omitzero" spec:"联系人姓名|字符型|200|N"`
	ContactRelation Text `json:"contact_relation,omitzero" spec:"联系人关系|字符型|2|N"`
	ContactPhone    Text `json:"contact_phone,omitzero" spec:"联系人电话|字符型|20|N"`
	ContactAddress  Text `json:"contact_address,omitzero" spec:"联系人地址|字符型|200|N"`
	MdtrtCertType   Text `json:"mdtrt_cert_type,omitzero"` // 就诊凭证类型, in the sample only
	MdtrtCertNo     Text `json:"mdtrt_cert_no,omitzero"`   // 就诊凭证编号, in the sample only
	CardSn          Text `json:"card_sn,omitzero"`         // in the sample only

	Unknown jsontext.Value `json:",embed"`
}

// CardInfo is a hospital card of the person (患者院内卡列表).
type CardInfo struct {
	Balc     Amount `json:"balc,omitzero" spec:"余额|数值型|16,2|N"`
	CardType Text   `json:"card_type,omitzero" spec:"卡类型|字符型|2|N"`
	CardNo   Text   `json:"card_no,omitzero" spec:"卡号|字符型|32|N"`

	Unknown jsontext.Value `json:",embed"`
}
