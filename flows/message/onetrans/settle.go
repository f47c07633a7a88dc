package onetrans

import "github.com/go-json-experiment/json/jsontext"

// SettleIn is the data of [TransSettle].
type SettleIn struct {
	TermNo         Text                `json:"termNo,omitzero" spec:"终端编号|字符型|64|Y"`
	CertNo         Text                `json:"certno,omitzero" spec:"证件号码|字符型|20|Y"`
	PatientType    Text                `json:"patientType,omitzero" spec:"患者类型|字符型|2|Y"`
	CardType       Text                `json:"cardType,omitzero" spec:"卡类型|字符型|2|N/Y"`
	CardNo         Text                `json:"cardno,omitzero" spec:"卡号|字符型|32|Y"`
	PayAppID       Text                `json:"payAppId,omitzero" spec:"统一支付平台APPID|字符型|32|N"`
	PayAppSecret   Text                `json:"payAppSecret,omitzero" spec:"统一支付平台AppSecret|字符型|32|N"`
	PsnNo          Text                `json:"psn_no,omitzero" spec:"人员编号|字符型|30|N"`
	MdtrtID        Text                `json:"mdtrt_id,omitzero" spec:"就诊ID|字符型|30|N"`
	Insutype       Text                `json:"insutype,omitzero" spec:"险种类型|字符型|6|Y/N|patientType is not 00 (self-paying)"`
	AccountType    Text                `json:"account_type,omitzero" spec:"账户类型|字符型|2|Y"`
	PsnCertType    Text                `json:"psn_cert_type,omitzero" spec:"证件类型|字符型|3|Y"`
	PsnName        Text                `json:"psn_name,omitzero" spec:"人员姓名|字符型|20|Y"`
	InsuplcAdmdvs  Text                `json:"insuplc_admdvs,omitzero" spec:"参保地医保区划|字符型|6|Y/N|patientType is not 00 (self-paying)"`
	MdtrtareaAdmvs Text                `json:"mdtrtarea_admvs,omitzero" spec:"就医地医保区划|字符型|6|Y"`
	FixmedinsCode  Text                `json:"fixmedins_code,omitzero" spec:"定点医药机构编号|字符型|12|Y"`
	FixmedinsName  Text                `json:"fixmedins_name,omitzero" spec:"定点医药机构名称|字符型|20|Y"`
	Begntime       Text                `json:"begntime,omitzero" spec:"开始时间|日期时间型|20|N"`
	Endtime        Text                `json:"endtime,omitzero" spec:"结束时间|日期时间型|20|N"`
	Extra          Nested[SettleExtra] `json:"extra,omitzero" spec:"扩展入参|JSON字符串||N"`
	// HisCustID is our addition: the person's ID in HIS, when our own pages ask.
	HisCustID Text `json:"hisCustId,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// SettleExtra is the extra of a settlement.
type SettleExtra struct {
	CardNo      Text                   `json:"cardno,omitzero" spec:"卡号/住院号|字符型|32|Y"`
	HisExtra    Nested[SettleHisExtra] `json:"hisExtra,omitzero"`                // passed on to HIS
	Phase       Text                   `json:"phase,omitzero"`                   // ours: a [Phase]
	OutSettleNo Text                   `json:"outSettleNo,omitzero" spec:"||32"` // ours: the settlement's number; HIS's msgid if it gives none
	BillNos     List[Text]             `json:"billNos,omitzero"`                 // ours: the bills to settle; all if absent
	HisMsgID    Text                   `json:"hisMsgid,omitzero"`                // ours: HIS's own msgid

	Unknown jsontext.Value `json:",embed"`
}

// SettleHisExtra is what a settlement passes on to HIS.
type SettleHisExtra struct {
	HisOrgCode Text `json:"hisOrgCode,omitzero" spec:"HIS内部院区编码"`

	Unknown jsontext.Value `json:",embed"`
}

// Phase is a phase of a settlement, our addition to the specification.
type Phase string

// The phases, all under one outSettleNo. Repeating a phase repeats its answer.
const (
	PhasePre     Phase = "pre"     // look up, register where needed, pre-settle
	PhasePay     Phase = "pay"     // make the order for the person's own share
	PhaseConfirm Phase = "confirm" // settle
	PhaseAbandon Phase = "abandon" // undo pre-settlement and registration
)

// SettleOut is the answer to [TransSettle]; each phase fills in its part.
type SettleOut struct {
	OrderList   List[Text]       `json:"orderList,omitzero" spec:"结算订单号|数组|256|Y"`
	ChargeNo    Text             `json:"chargeNo,omitzero" spec:"支付平台充值订单号|字符型|32|N"`
	TraceNo     Text             `json:"traceNo,omitzero" spec:"支付平台跟踪号|字符型|32|N"`
	TraceTime   Text             `json:"traceTime,omitzero" spec:"交易成功时间|字符型|19|N"`
	Callsn      Text             `json:"callsn,omitzero" spec:"HIS交易订单号|字符型|32|N"`
	OutSettleNo Text             `json:"outSettleNo,omitzero"` // ours
	MdtrtID     Text             `json:"mdtrt_id,omitzero"`    // ours: 就诊ID
	SetlID      Text             `json:"setl_id,omitzero"`     // ours: 结算ID
	Bills       List[Bill]       `json:"bills,omitzero"`       // ours: the bills to be paid
	Steps       List[SettleStep] `json:"steps,omitzero"`       // ours: the progress
	PreSetl     Nested[PreSetl]  `json:"preSetl,omitzero"`     // ours: the amounts
	QRCode      Text             `json:"qrcode,omitzero"`      // ours: the text of the code to pay with
	ExpireTime  Text             `json:"expireTime,omitzero"`  // ours: when the unpaid order closes, yyyyMMddHHmmss
	Result      Text             `json:"result,omitzero"`      // ours: a [Result] of the payment
	OutRefundNo Text             `json:"outRefundNo,omitzero"` // ours: the refund that returns the payment

	Unknown jsontext.Value `json:",embed"`
}

// Bill is an outpatient bill to be paid, our addition.
type Bill struct {
	BillNo Text           `json:"billNo,omitzero"`
	Dept   Text           `json:"dept,omitzero"`
	Doctor Text           `json:"doctor,omitzero"`
	Date   Text           `json:"date,omitzero"` // yyyy-MM-dd
	Amount Amount         `json:"amount,omitzero"`
	Items  List[BillItem] `json:"items,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// BillItem is a line of a bill, our addition.
type BillItem struct {
	Name   Text   `json:"name,omitzero"`
	Amount Amount `json:"amount,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

// SettleStep is a step of a settlement as the page shows it, our addition.
type SettleStep struct {
	Code  Text `json:"code,omitzero"` // person, registration, pre_settlement, payment, confirmation
	Name  Text `json:"name,omitzero"`
	State Text `json:"state,omitzero"` // ahead, now, done, skipped; for a confirmation that was later cancelled: cancelled

	Unknown jsontext.Value `json:",embed"`
}

// PreSetl are the amounts of a pre-settlement, our addition:
// MedfeeSumamt = FundPaySumamt + AcctPay + PsnCashPay.
type PreSetl struct {
	MedfeeSumamt  Amount `json:"medfee_sumamt,omitzero"`   // 医疗费总额
	FundPaySumamt Amount `json:"fund_pay_sumamt,omitzero"` // 基金支付总额
	AcctPay       Amount `json:"acct_pay,omitzero"`        // 个人账户支出
	PsnCashPay    Amount `json:"psn_cash_pay,omitzero"`    // 个人现金支出

	Unknown jsontext.Value `json:",embed"`
}
