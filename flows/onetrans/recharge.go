package onetrans

import "github.com/go-json-experiment/json/jsontext"

// RechargeIn is the data of [TransRecharge]. Required fields from EmpiUserID on
// are required for credit pay (信用就医) only.
type RechargeIn struct {
	PayAppID       Text                  `json:"payAppId,omitzero"`       // 统一支付平台APPID, 32, Y
	PayAppSecret   Text                  `json:"payAppSecret,omitzero"`   // 统一支付平台AppSecret, 32, Y: secret
	TermNo         Text                  `json:"termNo,omitzero"`         // 终端编号, 64, Y
	CardType       Text                  `json:"cardType,omitzero"`       // 卡类型, 2, Y
	CardNo         Text                  `json:"cardNo,omitzero"`         // 卡号/住院号, 32, Y
	AccountType    Text                  `json:"accountType,omitzero"`    // 帐户类型, 2, Y
	HisCustID      Text                  `json:"hisCustId,omitzero"`      // 患者院内ID, 32, Y
	IDNo           Text                  `json:"idNo,omitzero"`           // 身份证号, 32, N
	UserName       Text                  `json:"userName,omitzero"`       // 患者姓名, 64, Y
	Amount         Amount                `json:"amount,omitzero"`         // 充值金额, 16, Y
	OrigBalance    Amount                `json:"origBalance,omitzero"`    // 充值前预交金余额, 16, N
	OutChargeNo    Text                  `json:"outChargeNo,omitzero"`    // 商户充值业务流水, 32, Y
	DepositType    Text                  `json:"depositType,omitzero"`    // 支付方式, 32, Y, may be empty: empty opens a cashier, see [DepositWeChat]
	HisOrderNo     Text                  `json:"hisOrderNo,omitzero"`     // HIS流水号, 32, N
	FeeType        Text                  `json:"feeType,omitzero"`        // 费用类型, 32, N
	Notes          Text                  `json:"notes,omitzero"`          // 备注信息, 256, N
	Extra          Nested[RechargeExtra] `json:"extra,omitzero"`          // 充值扩展入参, N
	EmpiUserID     Text                  `json:"empiUserId,omitzero"`     // 电子健康卡用户用户主索引, 64, Y
	PayType        Text                  `json:"payType,omitzero"`        // 支付方式, 32, Y
	TransID        Text                  `json:"transId,omitzero"`        // 卫健委结算提升平台登记ID, 64, N
	CreditPayType  Text                  `json:"creditPayType,omitzero"`  // 信用模式, 8, N
	AgreementNo    Text                  `json:"agreementNo,omitzero"`    // 信用协议号, 32, Y
	OutAgreementNo Text                  `json:"outAgreementNo,omitzero"` // 外部信用协议号, 32, Y
	AgreementType  Text                  `json:"agreementType,omitzero"`  // 信用协议号类型, 10, N
	FrozenType     Text                  `json:"frozenType,omitzero"`     // 信用记账类型, 1, N
	BusinessInfo   Nested[BusinessInfo]  `json:"businessInfo,omitzero"`   // 业务信息, Y
	PayInfo        Nested[PayInfo]       `json:"payInfo,omitzero"`        // 支付详情, Y

	Unknown jsontext.Value `json:",unknown"`
}

// RechargeExtra is the extra of a recharge.
type RechargeExtra struct {
	Subject        Text                   `json:"subject,omitzero"`          // 订单名称, 128, N
	SpbillCreateIP Text                   `json:"spbill_create_ip,omitzero"` // 手机终端IP, 30, N
	NotifyURL      Text                   `json:"notifyUrl,omitzero"`        // 后端回调地址, 30, N
	EcToken        Text                   `json:"ecToken,omitzero"`          // 电子凭证ecToken, M: with [DepositChsOne]
	MedicalContent Nested[MedicalContent] `json:"medicalContent,omitzero"`   // 结算信息对象, M: with [DepositChsOne]
	PrintMode      Text                   `json:"printMode,omitzero"`        // 打印模式（透传）: "1" makes the order and answers at once with its QR code
	AuthCode       Text                   `json:"authCode,omitzero"`         // ours: the code that the patient shows; a bearer token, never logged
	Despite        Text                   `json:"despite,omitzero"`          // ours: the number of a like charge in doubt, which a person has seen
	HisMsgID       Text                   `json:"hisMsgid,omitzero"`         // ours: HIS's own msgid

	Unknown jsontext.Value `json:",unknown"`
}

// MedicalContent is the settlement that 医保一码付 pays for:
// FeeSumamt = FundPay + PsnAcctPay + OwnPayAmt.
type MedicalContent struct {
	BizTraceNo Text   `json:"bizTraceNo,omitzero"` // 医保核心的业务流水号
	EcCode     Text   `json:"ecCode,omitzero"`     // 医保码值
	FeeSumamt  Amount `json:"feeSumamt,omitzero"`  // 订单总金额
	FundPay    Amount `json:"fundPay,omitzero"`    // 医保统筹基金支付金额
	PsnAcctPay Amount `json:"psnAcctPay,omitzero"` // 医保个人账户支付金额
	OwnPayAmt  Amount `json:"ownPayAmt,omitzero"`  // 自费现金支付金额

	Unknown jsontext.Value `json:",unknown"`
}

// BusinessInfo says what is being paid for with credit (业务信息).
type BusinessInfo struct {
	BizType    Text `json:"bizType,omitzero"`    // 就医类型, 5, N
	DeptCode   Text `json:"deptCode,omitzero"`   // 科室编码, 5, N
	SceneType  Text `json:"sceneType,omitzero"`  // 场景类型, 5, Y
	SourceType Text `json:"sourceType,omitzero"` // 来源类型, 5, Y
	MedType    Text `json:"medType,omitzero"`    // 医疗类别, 2, N

	Unknown jsontext.Value `json:",unknown"`
}

// PayInfo is how a payment with credit is made up (支付详情).
type PayInfo struct {
	TotalPayAmt Amount        `json:"totalPayAmt,omitzero"` // 总支付金额, Y
	InsuPayAmt  Amount        `json:"insuPayAmt,omitzero"`  // 医保支付金额, Y
	YjjPayAmt   Amount        `json:"yjjPayAmt,omitzero"`   // 预交金支付金额, Y
	WxPayAmt    Amount        `json:"wxPayAmt,omitzero"`    // 微信支付金额, N
	AliPayAmt   Amount        `json:"aliPayAmt,omitzero"`   // 支付宝支付金额, N
	OtherPayAmt Amount        `json:"otherPayAmt,omitzero"` // 其他金额, N
	FeeItemList List[FeeItem] `json:"feeItemList,omitzero"` // 费用明细集合, N

	Unknown jsontext.Value `json:",unknown"`
}

// FeeItem is an item of a bill paid with credit (费用明细).
type FeeItem struct {
	ItemInfo  Text   `json:"itemInfo,omitzero"`  // 项目名称, 32, N
	ItemFee   Amount `json:"itemFee,omitzero"`   // 项目费用, N
	ItemDesc  Text   `json:"itemDesc,omitzero"`  // 项目描述, 256, N
	ItemNo    Text   `json:"itemNo,omitzero"`    // 项目编码, 64, N
	FeedetlSn Text   `json:"feedetlSn,omitzero"` // 处方明细流水号, 64, N

	Unknown jsontext.Value `json:",unknown"`
}

// RechargeOut is what [TransRecharge] answers.
type RechargeOut struct {
	ChargeNo    Text                     `json:"chargeNo,omitzero"`    // 支付平台充值订单号, 32, Y
	Balance     Amount                   `json:"balance,omitzero"`     // 余额/押金总额, 16, N
	TraceTime   Text                     `json:"traceTime,omitzero"`   // 交易成功时间, 19, Y
	TraceNo     Text                     `json:"traceNo,omitzero"`     // 支付平台跟踪号, 32, Y
	QRCode      Text                     `json:"qrcode,omitzero"`      // 二维码链接串, 256, N
	Callsn      Text                     `json:"callsn,omitzero"`      // HIS交易订单号, 32, N
	Extra       Nested[RechargeOutExtra] `json:"extra,omitzero"`       // 额外参数
	Result      Text                     `json:"result,omitzero"`      // ours: the state of the trade, a [Result]; absent, query
	ResultDesc  Text                     `json:"resultDesc,omitzero"`  // ours: 交易结果说明
	OutChargeNo Text                     `json:"outChargeNo,omitzero"` // ours: 商户充值业务流水
	ExpireTime  Text                     `json:"expireTime,omitzero"`  // ours: when an unpaid order closes, yyyyMMddHHmmss

	Unknown jsontext.Value `json:",unknown"`
}

// RechargeOutExtra is the extra of a recharge's answer. BankCardNo is masked
// wherever it is shown or written.
type RechargeOutExtra struct {
	PayType        Text `json:"paytype,omitzero"`        // 最终交易渠道类型码, 16, N
	Callsn         Text `json:"callsn,omitzero"`         // HIS交易订单号, 32, N
	ExternalNo     Text `json:"externalNo,omitzero"`     // 第三方流水号, 128, N
	ResNote        Text `json:"resNote,omitzero"`        // 返回信息, 32, N
	BankCardNo     Text `json:"BankCardNo,omitzero"`     // 银行卡号, 32, N
	PosIssuingBank Text `json:"posIssuingBank,omitzero"` // 银行卡发卡行代码/名称, 32, N
	BankCardType   Text `json:"BankCardType,omitzero"`   // 银行卡借贷记类型, 32, N
	PosConsultNo   Text `json:"posConsultNo,omitzero"`   // 银行卡交易参考号, 32, N
	PosVoucherNo   Text `json:"posVoucherNo,omitzero"`   // 银行卡交易凭证号, 32, N

	Unknown jsontext.Value `json:",unknown"`
}
