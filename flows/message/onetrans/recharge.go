package onetrans

import "github.com/go-json-experiment/json/jsontext"

// RechargeIn is the data of [TransRecharge]. The required fields from EmpiUserID on
// are required only for credit pay (信用就医).
type RechargeIn struct {
	PayAppID       Text                  `json:"payAppId,omitzero" spec:"统一支付平台APPID|字符型|32|Y"`
	PayAppSecret   Text                  `json:"payAppSecret,omitzero" spec:"统一支付平台AppSecret|字符型|32|Y"` // secret
	TermNo         Text                  `json:"termNo,omitzero" spec:"终端编号|字符型|64|Y"`
	CardType       Text                  `json:"cardType,omitzero" spec:"卡类型|字符型|2|Y"`
	CardNo         Text                  `json:"cardNo,omitzero" spec:"卡号/住院号|字符型|32|Y"`
	AccountType    Text                  `json:"accountType,omitzero" spec:"帐户类型|字符型|2|Y"`
	HisCustID      Text                  `json:"hisCustId,omitzero" spec:"患者院内ID|字符型|32|Y"`
	IDNo           Text                  `json:"idNo,omitzero" spec:"身份证号|字符型|32|N"`
	UserName       Text                  `json:"userName,omitzero" spec:"患者姓名|字符型|64|Y"`
	Amount         Amount                `json:"amount,omitzero" spec:"充值金额|字符型|16|Y"`
	OrigBalance    Amount                `json:"origBalance,omitzero" spec:"充值前预交金余额|字符型|16|N"`
	OutChargeNo    Text                  `json:"outChargeNo,omitzero" spec:"商户充值业务流水|字符型|32|Y"`
	DepositType    Text                  `json:"depositType,omitzero" spec:"支付方式|字符型|32|Y|may be empty: empty opens the cashier"` // empty opens a cashier, see [DepositWeChat]
	HisOrderNo     Text                  `json:"hisOrderNo,omitzero" spec:"HIS流水号|字符型|32|N"`
	FeeType        Text                  `json:"feeType,omitzero" spec:"费用类型|字符型|32|N"`
	Notes          Text                  `json:"notes,omitzero" spec:"备注信息|字符型|256|N"`
	Extra          Nested[RechargeExtra] `json:"extra,omitzero" spec:"充值扩展入参|JSON字符串||N"`
	EmpiUserID     Text                  `json:"empiUserId,omitzero" spec:"电子健康卡用户用户主索引|字符型|64|Y|credit pay (信用就医) only"`
	PayType        Text                  `json:"payType,omitzero" spec:"支付方式|字符型|32|Y|credit pay (信用就医) only"`
	TransID        Text                  `json:"transId,omitzero" spec:"卫健委结算提升平台登记ID|字符型|64|N|credit pay (信用就医) only"`
	CreditPayType  Text                  `json:"creditPayType,omitzero" spec:"信用模式|字符型|8|N|credit pay (信用就医) only"`
	AgreementNo    Text                  `json:"agreementNo,omitzero" spec:"信用协议号|字符型|32|Y|credit pay (信用就医) only"`
	OutAgreementNo Text                  `json:"outAgreementNo,omitzero" spec:"外部信用协议号|字符型|32|Y|credit pay (信用就医) only"`
	AgreementType  Text                  `json:"agreementType,omitzero" spec:"信用协议号类型|字符型|10|N|credit pay (信用就医) only"`
	FrozenType     Text                  `json:"frozenType,omitzero" spec:"信用记账类型|字符型|1|N|credit pay (信用就医) only"`
	BusinessInfo   Nested[BusinessInfo]  `json:"businessInfo,omitzero" spec:"业务信息|JSON||Y|credit pay (信用就医) only"`
	PayInfo        Nested[PayInfo]       `json:"payInfo,omitzero" spec:"支付详情|JSON||Y|credit pay (信用就医) only"`

	Unknown jsontext.Value `json:",embed"`
}

// RechargeExtra is the extra of a recharge.
type RechargeExtra struct {
	Subject        Text                   `json:"subject,omitzero" spec:"订单名称|字符型|128|N"`
	SpbillCreateIP Text                   `json:"spbill_create_ip,omitzero" spec:"手机终端IP|字符型|30|N"`
	NotifyURL      Text                   `json:"notifyUrl,omitzero" spec:"后端回调地址|字符型|30|N"`
	EcToken        Text                   `json:"ecToken,omitzero" spec:"电子凭证ecToken|String||M|depositType=CHS_ONE_BAR"`   // with [DepositChsOne]
	MedicalContent Nested[MedicalContent] `json:"medicalContent,omitzero" spec:"结算信息对象|String||M|depositType=CHS_ONE_BAR"` // with [DepositChsOne]
	PrintMode      Text                   `json:"printMode,omitzero"`                                                      // 打印模式（透传）: "1" makes the order and answers at once with its QR code
	AuthCode       Text                   `json:"authCode,omitzero"`                                                       // ours: the code that the patient shows; a bearer token, never logged
	Despite        Text                   `json:"despite,omitzero"`                                                        // ours: the number of a like charge in doubt that a person has seen
	HisMsgID       Text                   `json:"hisMsgid,omitzero"`                                                       // ours: HIS's own msgid

	Unknown jsontext.Value `json:",embed"`
}

// MedicalContent is the settlement that 医保一码付 pays for:
// FeeSumamt = FundPay + PsnAcctPay + OwnPayAmt.
type MedicalContent struct {
	BizTraceNo Text   `json:"bizTraceNo,omitzero" spec:"医保核心的业务流水号|String|||depositType=CHS_ONE_BAR"`
	EcCode     Text   `json:"ecCode,omitzero" spec:"医保码值|String|||depositType=CHS_ONE_BAR"`
	FeeSumamt  Amount `json:"feeSumamt,omitzero" spec:"订单总金额|String|||depositType=CHS_ONE_BAR"`
	FundPay    Amount `json:"fundPay,omitzero" spec:"医保统筹基金支付金额|String|||depositType=CHS_ONE_BAR"`
	PsnAcctPay Amount `json:"psnAcctPay,omitzero" spec:"医保个人账户支付金额|String|||depositType=CHS_ONE_BAR"`
	OwnPayAmt  Amount `json:"ownPayAmt,omitzero" spec:"自费现金支付金额|String|||depositType=CHS_ONE_BAR"`

	Unknown jsontext.Value `json:",embed"`
}

// BusinessInfo says what is being paid for with credit (业务信息).
type BusinessInfo struct {
	BizType    Text `json:"bizType,omitzero" spec:"就医类型|字符型|5|N|credit pay (信用就医) only"`
	DeptCode   Text `json:"deptCode,omitzero" spec:"科室编码|字符型|5|N|credit pay (信用就医) only"`
	SceneType  Text `json:"sceneType,omitzero" spec:"场景类型|字符型|5|Y|credit pay (信用就医) only"`
	SourceType Text `json:"sourceType,omitzero" spec:"来源类型|字符型|5|Y|credit pay (信用就医) only"`
	MedType    Text `json:"medType,omitzero" spec:"医疗类别|字符型|2|N|credit pay (信用就医) only"`

	Unknown jsontext.Value `json:",embed"`
}

// PayInfo is how a payment with credit is made up (支付详情).
type PayInfo struct {
	TotalPayAmt Amount        `json:"totalPayAmt,omitzero" spec:"总支付金额|Amount||Y|credit pay (信用就医) only"`
	InsuPayAmt  Amount        `json:"insuPayAmt,omitzero" spec:"医保支付金额|Amount||Y|credit pay (信用就医) only"`
	YjjPayAmt   Amount        `json:"yjjPayAmt,omitzero" spec:"预交金支付金额|Amount||Y|credit pay (信用就医) only"`
	WxPayAmt    Amount        `json:"wxPayAmt,omitzero" spec:"微信支付金额|Amount||N|credit pay (信用就医) only"`
	AliPayAmt   Amount        `json:"aliPayAmt,omitzero" spec:"支付宝支付金额|Amount||N|credit pay (信用就医) only"`
	OtherPayAmt Amount        `json:"otherPayAmt,omitzero" spec:"其他金额|Amount||N|credit pay (信用就医) only"`
	FeeItemList List[FeeItem] `json:"feeItemList,omitzero" spec:"费用明细集合|JSON List||N|credit pay (信用就医) only"`

	Unknown jsontext.Value `json:",embed"`
}

// FeeItem is an item of a bill paid with credit (费用明细).
type FeeItem struct {
	ItemInfo  Text   `json:"itemInfo,omitzero" spec:"项目名称|字符型|32|N|credit pay (信用就医) only"`
	ItemFee   Amount `json:"itemFee,omitzero" spec:"项目费用|Amount||N|credit pay (信用就医) only"`
	ItemDesc  Text   `json:"itemDesc,omitzero" spec:"项目描述|字符型|256|N|credit pay (信用就医) only"`
	ItemNo    Text   `json:"itemNo,omitzero" spec:"项目编码|字符型|64|N|credit pay (信用就医) only"`
	FeedetlSn Text   `json:"feedetlSn,omitzero" spec:"处方明细流水号|字符型|64|N|credit pay (信用就医) only"`

	Unknown jsontext.Value `json:",embed"`
}

// RechargeOut is the answer to [TransRecharge].
type RechargeOut struct {
	ChargeNo    Text                     `json:"chargeNo,omitzero" spec:"支付平台充值订单号|字符型|32|Y"`
	Balance     Amount                   `json:"balance,omitzero" spec:"余额\\押金总额|字符型|16|N"`
	TraceTime   Text                     `json:"traceTime,omitzero" spec:"交易成功时间|字符型|19|Y"`
	TraceNo     Text                     `json:"traceNo,omitzero" spec:"支付平台跟踪号|字符型|32|Y"`
	QRCode      Text                     `json:"qrcode,omitzero" spec:"二维码链接串|字符型|256|N"`
	Callsn      Text                     `json:"callsn,omitzero" spec:"HIS交易订单号|字符型|32|N"`
	Extra       Nested[RechargeOutExtra] `json:"extra,omitzero" spec:"额外参数|JSON"`
	Result      Text                     `json:"result,omitzero"`      // ours: the state of the trade, a [Result]; if absent, query
	ResultDesc  Text                     `json:"resultDesc,omitzero"`  // ours: 交易结果说明
	OutChargeNo Text                     `json:"outChargeNo,omitzero"` // ours: 商户充值业务流水
	ExpireTime  Text                     `json:"expireTime,omitzero"`  // ours: when an unpaid order closes, yyyyMMddHHmmss

	Unknown jsontext.Value `json:",embed"`
}

// RechargeOutExtra is the extra of a recharge's answer. BankCardNo is masked
// wherever it is shown or written.
type RechargeOutExtra struct {
	PayType        Text `json:"paytype,omitzero" spec:"最终交易渠道类型码|字符型|16|N"`
	Callsn         Text `json:"callsn,omitzero" spec:"HIS交易订单号|字符型|32|N"`
	ExternalNo     Text `json:"externalNo,omitzero" spec:"第三方流水号|字符型|128|N"`
	ResNote        Text `json:"resNote,omitzero" spec:"返回信息|字符型|32|N"`
	BankCardNo     Text `json:"BankCardNo,omitzero" spec:"银行卡号|字符型|32|N"`
	PosIssuingBank Text `json:"posIssuingBank,omitzero" spec:"银行卡发卡行代码/名称|字符型|32|N"`
	BankCardType   Text `json:"BankCardType,omitzero" spec:"银行卡借贷记类型|字符型|32|N"`
	PosConsultNo   Text `json:"posConsultNo,omitzero" spec:"银行卡交易参考号|字符型|32|N"`
	PosVoucherNo   Text `json:"posVoucherNo,omitzero" spec:"银行卡交易凭证号|字符型|32|N"`

	Unknown jsontext.Value `json:",embed"`
}
