package onetrans

import "github.com/go-json-experiment/json/jsontext"

// UserGetIn is the data of [TransUserGet] and [TransUserThirdGet]: what is to be
// read, and, on its way to the platform, what was.
type UserGetIn struct {
	MdtrtCertType Text          `json:"mdtrt_cert_type,omitzero"` // 就诊凭证类型, 3, Y
	BusinessType  Text          `json:"business_type,omitzero"`   // 用码业务类型, 5, Y with a scanned voucher code
	BegnTime      Text          `json:"begntime,omitzero"`        // 开始时间
	EhcAppID      Text          `json:"ehc_app_id,omitzero"`      // 电子健康卡应用编号, 32, Y to decode an electronic health card
	EhcAppSecret  Text          `json:"ehc_app_secret,omitzero"`  // 电子健康卡应用秘钥, 32, Y to decode an electronic health card: secret
	TermID        Text          `json:"term_id,omitzero"`         // 终端编号, 30, Y to decode an electronic health card
	OutVerifyTime Text          `json:"out_verify_time,omitzero"` // 外部验证时间, 32, Y to decode an electronic health card
	TreatmentCode Text          `json:"treatment_code,omitzero"`  // 诊疗环节编码, 32, Y to decode an electronic health card
	Cert          Cert          `json:"cert,omitzero"`            // ours: what the terminal read
	Extra         Nested[Extra] `json:"extra,omitzero"`           // ours

	Unknown jsontext.Value `json:",unknown"`
}

// Cert is what the terminal's devices read, our addition to the specification.
// Which fields it has says what was read: an identity card CertNo, PsnName and
// PsnCertType; a social-security card CardCode, CardNo, CardType, IssueDeptID,
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
	Code        Text `json:"code,omitzero"`          // the voucher or health-card code that was scanned: a bearer token, never logged
	AuthNo      Text `json:"authNo,omitzero"`        // the face terminal's authorisation

	Unknown jsontext.Value `json:",unknown"`
}

// UserGetOut is what [TransUserGet] and [TransUserThirdGet] answer.
type UserGetOut struct {
	BaseInfo      Nested[BaseInfo] `json:"baseinfo,omitzero"`        // 基本信息, 4500, Y
	InsuInfo      List[InsuInfo]   `json:"insuinfo,omitzero"`        // 参保信息, 300, N
	IdetInfo      List[IdetInfo]   `json:"idetinfo,omitzero"`        // 身份信息, 600, N
	EhcInfo       List[EhcInfo]    `json:"ehcinfo,omitzero"`         // 电子健康卡信息, 350, N
	CardInfo      List[CardInfo]   `json:"cardinfo,omitzero"`        // 患者院内卡列表, 350, N
	MdtrtCertType Text             `json:"mdtrt_cert_type,omitzero"` // 本次就诊凭证类型, 3, Y
	EcToken       Text             `json:"ecToken,omitzero"`         // 身份令牌, 64, N
	InsuOrg       Text             `json:"insuOrg,omitzero"`         // 参保地区编码, 6, N
	CardCode      Text             `json:"card_code,omitzero"`       // 卡识别码, 64, N
	CardNo        Text             `json:"card_no,omitzero"`         // 卡号, 32, N
	CardType      Text             `json:"card_type,omitzero"`       // 卡类型, 6, N
	IssueDeptID   Text             `json:"issuedeptid,omitzero"`     // 发行机构编码, 4, N
	Phone         Text             `json:"phone,omitzero"`           // 手机号码, 32, N

	Unknown jsontext.Value `json:",unknown"`
}

// BaseInfo says who the person is (基本信息).
type BaseInfo struct {
	PsnNo       Text               `json:"psn_no,omitzero"`        // 人员编号, 30, Y
	PsnCertType Text               `json:"psn_cert_type,omitzero"` // 人员证件类型, 6, Y
	CertNo      Text               `json:"certno,omitzero"`        // 证件号码, 50, Y
	PsnName     Text               `json:"psn_name,omitzero"`      // 人员姓名, 50, Y
	Gend        Text               `json:"gend,omitzero"`          // 性别, 6, Y
	Naty        Text               `json:"naty,omitzero"`          // 民族, 3, N
	Brdy        Text               `json:"brdy,omitzero"`          // 出生日期, 10, N
	Age         Text               `json:"age,omitzero"`           // 年龄, 4,1, Y
	ExpContent  Nested[ExpContent] `json:"exp_content,omitzero"`   // 字段扩展, 4000

	Unknown jsontext.Value `json:",unknown"`
}

// ExpContent is what a platform may add to a person's basic information, our
// addition to the specification. Without a HisCustID no money is taken.
type ExpContent struct {
	HisCustID Text          `json:"hisCustId,omitzero"` // 患者院内ID
	Accounts  List[Account] `json:"accounts,omitzero"`  // the deposit accounts

	Unknown jsontext.Value `json:",unknown"`
}

// Account is a deposit account of a person, our addition to the specification.
type Account struct {
	AccountType Text   `json:"accountType,omitzero"` // [AccountOutpatient] or [AccountInpatient]
	Name        Text   `json:"name,omitzero"`        // what to call it on the screen
	CardType    Text   `json:"cardType,omitzero"`    // 卡类型
	CardNo      Text   `json:"cardNo,omitzero"`      // 卡号/住院号
	Balance     Amount `json:"balance,omitzero"`     // 余额

	Unknown jsontext.Value `json:",unknown"`
}

// InsuInfo is an insurance of the person (参保信息).
type InsuInfo struct {
	Balc          Amount `json:"balc,omitzero"`           // 余额, 16,2, Y
	InsuType      Text   `json:"insutype,omitzero"`       // 险种类型, 6, Y
	PsnType       Text   `json:"psn_type,omitzero"`       // 人员类别, 6, Y
	PsnInsuStas   Text   `json:"psn_insu_stas,omitzero"`  // 人员参保状态, 6, Y
	PsnInsuDate   Text   `json:"psn_insu_date,omitzero"`  // 个人参保日期
	PausInsuDate  Text   `json:"paus_insu_date,omitzero"` // 暂停参保日期
	CvlservFlag   Text   `json:"cvlserv_flag,omitzero"`   // 公务员标志, 3, Y
	InsuplcAdmdvs Text   `json:"insuplc_admdvs,omitzero"` // 参保地医保区划, 6, Y
	EmpName       Text   `json:"emp_name,omitzero"`       // 单位名称, 200
	InsuAdmdvs    Text   `json:"insu_admdvs,omitzero"`    // the sample's name for insuplc_admdvs

	Unknown jsontext.Value `json:",unknown"`
}

// IdetInfo is a status of the person (身份信息).
type IdetInfo struct {
	PsnIdetType Text `json:"psn_idet_type,omitzero"` // 人员身份类别, 3, Y
	PsnTypeLv   Text `json:"psn_type_lv,omitzero"`   // 人员类别等级, 3
	Memo        Text `json:"memo,omitzero"`          // 备注, 500
	BegnTime    Text `json:"begntime,omitzero"`      // 开始时间, Y
	EndTime     Text `json:"endtime,omitzero"`       // 结束时间

	Unknown jsontext.Value `json:",unknown"`
}

// EhcInfo is an electronic health card (电子健康卡信息).
type EhcInfo struct {
	MindexID        Text `json:"mindex_id,omitzero"`        // 居民健康卡主索引ID, 128, N
	EhealthCardID   Text `json:"ehealth_card_id,omitzero"`  // 电子健康卡ID, 128, N
	Phone           Text `json:"phone,omitzero"`            // 手机号码, 32, N
	CardType        Text `json:"card_type,omitzero"`        // 卡类型, 2, N
	CardNo          Text `json:"card_no,omitzero"`          // 卡号, 32, N
	IDType          Text `json:"id_type,omitzero"`          // 证件类型, 2, Y
	IDNo            Text `json:"id_no,omitzero"`            // 证件号, 32, Y
	UserName        Text `json:"user_name,omitzero"`        // 用户姓名, 50, Y
	UserSex         Text `json:"user_sex,omitzero"`         // 用户性别, 1, N
	MobilePhone     Text `json:"mobile_phone,omitzero"`     // 手机号码, 32, N
	Birthday        Text `json:"birthday,omitzero"`         // 出生日期, 10, N
	Telephone       Text `json:"telephone,omitzero"`        // 联系电话, 32, N
	Address         Text `json:"address,omitzero"`          // 居住地址, 200, N
	WorkUnit        Text `json:"work_unit,omitzero"`        // 工作单位, 100, N
	Citizen         Text `json:"citizen,omitzero"`          // 国籍, 2, N
	BirthPlace      Text `json:"birth_place,omitzero"`      // 出生地, 30, N
	UserNative      Text `json:"user_native,omitzero"`      // 籍贯, 30, N
	MaritalStatus   Text `json:"marital_status,omitzero"`   // 婚姻状况, 2, N
	Career          Text `json:"career,omitzero"`           // 职业, 3, N
	UnitPhone       Text `json:"unit_phone,omitzero"`       // 单位电话, 20, N
	Email           Text `json:"email,omitzero"`            // 邮箱, 120, N
	Community       Text `json:"community,omitzero"`        // 社区地址, 200, N
	ContactName     Text `json:"contact_name,omitzero"`     // 联系人姓名, 200, N
	ContactRelation Text `json:"contact_relation,omitzero"` // 联系人关系, 2, N
	ContactPhone    Text `json:"contact_phone,omitzero"`    // 联系人电话, 20, N
	ContactAddress  Text `json:"contact_address,omitzero"`  // 联系人地址, 200, N
	MdtrtCertType   Text `json:"mdtrt_cert_type,omitzero"`  // 就诊凭证类型, in the sample only
	MdtrtCertNo     Text `json:"mdtrt_cert_no,omitzero"`    // 就诊凭证编号, in the sample only
	CardSn          Text `json:"card_sn,omitzero"`          // in the sample only

	Unknown jsontext.Value `json:",unknown"`
}

// CardInfo is a hospital card of the person (患者院内卡列表).
type CardInfo struct {
	Balc     Amount `json:"balc,omitzero"`      // 余额, 16,2, N
	CardType Text   `json:"card_type,omitzero"` // 卡类型, 2, N
	CardNo   Text   `json:"card_no,omitzero"`   // 卡号, 32, N

	Unknown jsontext.Value `json:",unknown"`
}
