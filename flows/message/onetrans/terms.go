package onetrans

// Values of trans_type.
const (
	TransUserGet      = "hos.user.get"                        // read a card
	TransUserThirdGet = "hos.user.third.get"                  // identify by a scanned code
	TransRecharge     = "hop.trade.recharge"                  // top up a deposit account
	TransQuery        = "hop.trade.query"                     // query a trade or a balance
	TransRefund       = "hop.trade.refund"                    // refund
	TransClose        = "hop.trade.close"                     // close an unpaid order; ours, never offered to HIS
	TransSettle       = "fsi.outpatient.charge"               // settle an outpatient bill
	TransSettleCancel = "chs.common.outpatient.settle.cancel" // cancel a settlement
	TransAuthURL      = "ehc.ehealthcard.authurl"             // electronic health card: get the code to authorise with
	TransAuthQuery    = "ehc.ehealthcard.auth.query"          // electronic health card: query the authorisation
)

// Result is the state of a trade, the field 'result'.
type Result string

// The states of a trade (交易结果状态码).
const (
	ResultInit     Result = "init"     // 待交易: created, not paid
	ResultSucc     Result = "succ"     // 交易成功
	ResultFail     Result = "fail"     // 交易失败
	ResultExp      Result = "exp"      // 交易异常: paid, being credited; keep querying
	ResultIng      Result = "ing"      // 正在交易
	ResultClosed   Result = "closed"   // 交易关闭: can never be paid any more
	ResultNotFound Result = "notfound" // 交易记录不存在
)

// Words are the specification's words for a result, as in resultDesc; empty for
// anything else.
func (r Result) Words() string {
	return map[Result]string{
		ResultInit:     "待交易",
		ResultSucc:     "交易成功",
		ResultFail:     "交易失败",
		ResultExp:      "交易异常",
		ResultIng:      "正在交易",
		ResultClosed:   "交易关闭",
		ResultNotFound: "交易记录不存在",
	}[r]
}

// Values of accountType and account_type (帐户类型).
const (
	AccountOutpatient = "01"
	AccountInpatient  = "02"
)

// Merchant collects the payments into a deposit account: its payAppId and
// payAppSecret.
type Merchant struct {
	PayAppID, PayAppSecret string
	// Subject is the name of its orders in the person's wallet.
	Subject string
}

// Values of depositType (支付方式). Empty opens the platform's own cashier.
const (
	DepositWeChat   = "WX_BAR"      // WeChat, the code that the patient shows
	DepositAlipay   = "ALI_BAR"     // Alipay, the code that the patient shows
	DepositUnionPay = "UNION_BAR"   // UnionPay, the code that the patient shows
	DepositChsOne   = "CHS_ONE_BAR" // 医保一码付, for a bill that has been settled
)

// Values of mdtrt_cert_type (就诊凭证类型).
const (
	CertVoucher        = "01" // 医保电子凭证, as input also the electronic health card
	CertIdentityCard   = "02" // 身份证
	CertSocialSecurity = "03" // 社保卡
	CertVoucherScanned = "04" // 医保电子凭证终端扫码
	CertVoucherFace    = "05" // 医保电子凭证终端刷脸
	CertESocialCard    = "06" // 电子社保卡
	CertHealthCard     = "07" // 电子健康卡
	CertHospitalCard   = "08" // 医院电子卡
	CertPick           = "09" // 多码融合码; as input: a page where the person chooses
)

// Values of cardType (dictionary 17, 卡类型) that this program fills in itself.
const (
	CardSocialSecurity = "01" // 社保卡
	CardHospital       = "03" // 院内就诊卡
	CardIdentity       = "04" // 身份证
	CardAdmission      = "05" // 住院号
	CardHealth         = "11" // 电子健康卡
)

// Values of opter_type (经办人类别).
const (
	OpterPerson   = "1" // 经办人
	OpterMobile   = "3" // 移动终端
	OpterTerminal = "2" // 自助终端
)

// Values of withdrawMode (退款方式).
const (
	WithdrawCash      = "0" // 现金
	WithdrawOriginal  = "1" // 原路退回
	WithdrawTransfer  = "2" // 银企转账
	WithdrawInsurance = "3" // 医保自费退回
	WithdrawOffline   = "4" // 离线POS
	WithdrawUnit      = "5" // 单位转账
	WithdrawMisPOS    = "7" // MisPOS
)

// Values of refundType (退款流程控制参数).
const (
	RefundDirect    = "direct"            // HIS refunds first, then the payment is refunded
	RefundHisDecide = "hisDecide"         // HIS has no refund of its own: the payment is refunded
	RefundPrepare   = "prepareAndConfirm" // HIS prepares, the payment is refunded, HIS confirms
)

// Values of patientType (患者类型).
const (
	PatientSelfPaying = "00" // 自费患者
	PatientInsured    = "01" // 医保患者
	PatientPrivileged = "02" // 保健患者: settled as insured
)

// ChannelPOS is the only value of channelType (原充值交易的渠道类型).
const ChannelPOS = "02"

// CreditByPlatform is the payType (信用就医) that needs a transId.
const CreditByPlatform = "2"

// The values of frozenType (信用记账类型).
const (
	FrozenCharge     = "1" // 信用记账: entered as charged
	FrozenSettlement = "2" // 信用结算: entered as settled, self-paying or insured
)
