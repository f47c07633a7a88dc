package onetrans

import "github.com/go-json-experiment/json/jsontext"

// SettleCancelIn is the data of [TransSettleCancel].
type SettleCancelIn struct {
	InsuplcAdmdvs  Text          `json:"insuplc_admdvs,omitzero" spec:"参保地医保区划|字符型|6|Y/N|insured patient"`
	MdtrtareaAdmvs Text          `json:"mdtrtarea_admvs,omitzero" spec:"就医地医保区划|字符型|6|Y/N|insured patient"`
	FixmedinsCode  Text          `json:"fixmedins_code,omitzero" spec:"定点医药机构编号|字符型|12|Y"`
	FixmedinsName  Text          `json:"fixmedins_name,omitzero" spec:"定点医药机构名称|字符型|20|Y"`
	MdtrtID        Text          `json:"mdtrt_id,omitzero" spec:"就诊ID|字符型|30|Y"`
	SetlID         Text          `json:"setl_id,omitzero" spec:"结算ID|字符型|30|Y"`
	PsnNo          Text          `json:"psn_no,omitzero" spec:"人员编号|字符型|30|Y"`
	ExpContent     Text          `json:"expContent,omitzero" spec:"字段扩展|字符型|4000"`
	Extra          Nested[Extra] `json:"extra,omitzero"` // ours

	Unknown jsontext.Value `json:",embed"`
}

// SettleCancelOut is the answer to [TransSettleCancel].
type SettleCancelOut struct {
	SetlInfo   Nested[SetlInfo] `json:"setlinfo,omitzero"`     // 结算信息
	SetlDetail List[SetlDetail] `json:"setldetail,omitzero"`   // 结算基金分项信息
	TraceNo    Text             `json:"traceNo,omitzero"`      // ours: the payment to refund
	PsnCashPay Amount           `json:"psn_cash_pay,omitzero"` // ours: the person's own share

	Unknown jsontext.Value `json:",embed"`
}

// SetlInfo is the cancelled settlement (结算信息).
type SetlInfo struct {
	MdtrtID         Text   `json:"mdtrt_id,omitzero" spec:"就诊ID|字符型|30|Y"`
	SetlID          Text   `json:"setl_id,omitzero" spec:"结算ID|字符型|30|Y"`
	ClrOptins       Text   `json:"clr_optins,omitzero" spec:"清算经办机构|字符型|6"`
	SetlTime        Text   `json:"setl_time,omitzero" spec:"结算时间|日期时间型||Y"`
	MedfeeSumamt    Amount `json:"medfee_sumamt,omitzero" spec:"医疗费总额|数值型|16,2|Y"`
	FulamtOwnpayAmt Amount `json:"fulamt_ownpay_amt,omitzero" spec:"全自费金额|数值型|16,2|Y"`
	OverlmtSelfpay  Amount `json:"overlmt_selfpay,omitzero" spec:"超限价自费费用|数值型|16,2|Y"`
	PreselfpayAmt   Amount `json:"preselfpay_amt,omitzero" spec:"先行自付金额|数值型|16,2|Y"`
	InscpScpAmt     Amount `json:"inscp_scp_amt,omitzero" spec:"符合政策范围金额|数值型|16,2|Y"`
	ActPayDedc      Amount `json:"act_pay_dedc,omitzero" spec:"实际支付起付线|数值型|16,2"`
	HifpPay         Amount `json:"hifp_pay,omitzero" spec:"基本医疗保险统筹基金支出|数值型|16,2|Y"`
	PoolPropSelfpay Text   `json:"pool_prop_selfpay,omitzero" spec:"基本医疗保险统筹基金支付比例|数值型|5,4|Y"`
	CvlservPay      Amount `json:"cvlserv_pay,omitzero" spec:"公务员医疗补助资金支出|数值型|16,2|Y"`
	HifesPay        Amount `json:"hifes_pay,omitzero" spec:"企业补充医疗保险基金支出|数值型|16,2|Y"`
	HifmiPay        Amount `json:"hifmi_pay,omitzero" spec:"居民大病保险资金支出|数值型|16,2|Y"`
	HifobPay        Amount `json:"hifob_pay,omitzero" spec:"职工大额医疗费用补助基金支出|数值型|16,2|Y"`
	MafPay          Amount `json:"maf_pay,omitzero" spec:"医疗救助基金支出|数值型|16,2|Y"`
	OthPay          Amount `json:"oth_pay,omitzero" spec:"其他支出|数值型|16,2|Y"`
	FundPaySumamt   Amount `json:"fund_pay_sumamt,omitzero" spec:"基金支付总额|数值型|16,2|Y"`
	PsnPartAmt      Amount `json:"psn_part_amt,omitzero" spec:"个人负担总金额|数值型|16,2"`
	AcctPay         Amount `json:"acct_pay,omitzero" spec:"个人账户支出|数值型|16,2|Y"`
	PsnCashPay      Amount `json:"psn_cash_pay,omitzero" spec:"个人现金支出|数值型|16,2|Y"`
	HospPartAmt     Amount `json:"hosp_part_amt,omitzero" spec:"医院负担金额|数值型|16,2"`
	Balc            Amount `json:"balc,omitzero" spec:"余额|数值型|16,2|Y"`
	AcctMulaidPay   Amount `json:"acct_mulaid_pay,omitzero" spec:"个人账户共济支付金额|数值型|16,2|Y"`
	MedinsSetlID    Text   `json:"medins_setl_id,omitzero" spec:"医药机构结算ID|字符型|30|Y"`
	HifdmPay        Text   `json:"hifdm_pay,omitzero" spec:"伤残人员医疗保障基金支出|字符型|16,2"`
	PsnInsuRltsID   Text   `json:"psn_insu_rlts_id,omitzero" spec:"人员参保关系ID|字符型|20"`
	InsuAdmdvs      Text   `json:"insu_admdvs,omitzero" spec:"参保机构行政区划|字符型|6"`
	Begndate        Text   `json:"begndate,omitzero" spec:"开始日期|日期型"`
	Enddate         Text   `json:"enddate,omitzero" spec:"结算日期|日期型"`
	MdtrtCertNo     Text   `json:"mdtrt_cert_no,omitzero" spec:"就诊凭证编号|字符型|50"`
	SetlType        Text   `json:"setl_type,omitzero" spec:"结算类别|字符型|6"`
	CrtDedc         Amount `json:"crt_dedc,omitzero" spec:"本次起付线|数值型|16,2"`
	Invono          Text   `json:"invono,omitzero" spec:"发票号|字符型|20"`

	Unknown jsontext.Value `json:",embed"`
}

// SetlDetail is what one of the funds paid (结算基金分项信息).
type SetlDetail struct {
	FundPayType     Text   `json:"fund_pay_type,omitzero" spec:"基金支付类型|字符型|6|Y"`
	InscpScpAmt     Amount `json:"inscp_scp_amt,omitzero" spec:"符合政策范围金额|数值型|16,2|Y"`
	CrtPaybLmtAmt   Amount `json:"crt_payb_lmt_amt,omitzero" spec:"本次可支付限额金额|数值型|16,2|Y"`
	FundPayamt      Amount `json:"fund_payamt,omitzero" spec:"基金支付金额|数值型|16,2|Y"`
	FundPayTypeName Text   `json:"fund_pay_type_name,omitzero" spec:"基金支付类型名称|字符型|200"`
	SetlProcInfo    Text   `json:"setl_proc_info,omitzero" spec:"结算过程信息|字符型|4000"`

	Unknown jsontext.Value `json:",embed"`
}
