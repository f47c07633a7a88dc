package reconcile

import (
	"slices"
	"strings"
)

// Layout describes how a statement is written. A column may go by several names;
// the first one that the file has is used. Words and names are compared ignoring
// case and width.
type Layout struct {
	Name string // wechat, alipay, acquirer, specification, or own

	// Commas are the separators that the columns may have, tried in this order.
	Commas string
	// Known are the columns that distinguish this layout from others: all must be
	// present, as well as Number and Amount.
	Known []string

	Number   []string // our outChargeNo or outRefundNo
	Amount   []string // yuan; negative: refunded
	Type     []string // the direction of the money; without it, the amount's sign
	Day      []string // the day of Time, if that is separate
	Time     []string // when; without it, every row is of the day
	State    []string // whether the money moved; without it, it did
	Terminal []string // termNo of the trade, or the platform's name for the terminal
	Trace    []string // the platform's own number of the trade
	// Refund are the columns of refund rows, where they differ.
	Refund struct{ Number, Amount, Time, State, Trace []string }

	// The words in the cells of Type and State. Any other word is an error.
	ChargeWords []string
	RefundWords []string
	DoneWords   []string
	OpenWords   []string
	FailedWords []string

	// Decoration are characters around a cell that are not part of its content.
	Decoration string
	// Remark begins a line that is not a row, wherever it stands.
	Remark string
	// Trailer begins the first cell of the line after the last row.
	Trailer []string
	// Totals begin the first cell, or the number, of a line that is a total.
	Totals []string
	// Counts are patterns that find in remarks and trailer how many rows the
	// statement says it has; the matches are added up.
	Counts []string
}

const (
	anyComma   = ",;\t|"
	decoration = "`'\t "
)

func totalWords() []string { return []string{"合计", "总计", "小计"} }

// Layouts are those that are recognised by their header, a hospital's own first.
func Layouts(own Layout) []Layout {
	specified := DefaultLayout()
	own.Name, specified.Name = "own", "specification"
	if slices.Equal(own.Number, specified.Number) {
		own.Name = specified.Name
	}
	return []Layout{own, weChat(), alipay(), acquirer(), specified}
}

// DefaultLayout is that of the interface's electronic statement (电子对账接口), as far as
// the specification names its fields, with the usual words.
func DefaultLayout() Layout {
	return Layout{
		Commas:      anyComma,
		Number:      []string{"CHANNEL_TRACENO"},
		Amount:      []string{"TRADE_AMOUNT"},
		Type:        []string{"TRADE_TYPE"},
		Time:        []string{"TRADE_TIME"},
		State:       []string{"TRADE_STATE"},
		Terminal:    []string{"TERM_NO"},
		Trace:       []string{"TRACENO"},
		ChargeWords: []string{"充值", "支付", "收款", "缴费", "消费", "交易", "hop.trade.recharge", "fsi.outpatient.charge"},
		RefundWords: []string{"退款", "退费", "退货", "hop.trade.refund"},
		DoneWords:   []string{"成功", "交易成功", "支付成功", "退款成功", "已支付", "已退款", "succ", "success"},
		FailedWords: []string{"失败", "交易失败", "关闭", "交易关闭", "已关闭", "未支付", "init", "ing", "exp", "fail", "closed", "notfound"},
		Decoration:  decoration,
		Totals:      totalWords(),
	}
}

// weChat is WeChat Pay's transaction bill (交易账单: all, paid, or refunded) according
// to its public documentation: a backtick before each cell, a summary at the end. A
// refund is in a row with its order's number and its own.
func weChat() Layout {
	l := Layout{
		Name:        "wechat",
		Commas:      ",",
		Known:       []string{"微信订单号", "交易状态"},
		Number:      []string{"商户订单号"},
		Amount:      []string{"订单金额", "应结订单金额", "总金额"},
		Type:        []string{"交易状态"},
		Time:        []string{"交易时间"},
		Terminal:    []string{"设备号"},
		Trace:       []string{"微信订单号"},
		ChargeWords: []string{"SUCCESS"},
		RefundWords: []string{"REFUND", "REVOKED"},
		DoneWords:   []string{"SUCCESS"},
		OpenWords:   []string{"PROCESSING", "CHANGE", "ABNORMAL"},
		FailedWords: []string{"FAIL", "FAILED", "CLOSED", "REFUNDCLOSE"},
		Decoration:  decoration,
		Trailer:     []string{"总交易单数"},
		Counts:      []string{"^总交易单数.*\n`?([0-9]+)"},
	}
	l.Refund.Number = []string{"商户退款单号"}
	l.Refund.Amount = []string{"申请退款金额", "退款金额"}
	l.Refund.Time = []string{"退款成功时间", "退款申请时间", "交易时间"}
	l.Refund.State = []string{"退款状态"}
	l.Refund.Trace = []string{"微信退款单号"}
	return l
}

// alipay is Alipay's statement of single trades (业务明细): remarks begin with #, and a
// tab follows each number.
func alipay() Layout {
	l := Layout{
		Name:        "alipay",
		Commas:      ",",
		Known:       []string{"支付宝交易号", "业务类型"},
		Number:      []string{"商户订单号"},
		Amount:      []string{"订单金额(元)", "订单金额"},
		Type:        []string{"业务类型"},
		Time:        []string{"完成时间", "创建时间"},
		Terminal:    []string{"终端号"},
		Trace:       []string{"支付宝交易号"},
		ChargeWords: []string{"交易"},
		RefundWords: []string{"退款"},
		Decoration:  decoration,
		Remark:      "#",
		Totals:      totalWords(),
		Counts:      []string{"交易合计：([0-9]+)笔", "退款合计：([0-9]+)笔"},
	}
	l.Refund.Number = []string{"退款批次号/请求号", "退款批次号", "退款请求号"}
	return l
}

// acquirer is what banks and acquirers give the merchant of a POS terminal
// (收单交易明细): day and time are separate, the card is masked, and a void counts as a
// refund. Names and order differ from bank to bank.
func acquirer() Layout {
	return Layout{
		Name:        "acquirer",
		Commas:      anyComma,
		Known:       []string{"终端号", "交易类型", "交易日期"},
		Number:      []string{"商户订单号", "订单号", "商户流水号"},
		Amount:      []string{"交易金额", "交易金额(元)"},
		Type:        []string{"交易类型"},
		Day:         []string{"交易日期"},
		Time:        []string{"交易时间"},
		State:       []string{"交易状态", "状态"},
		Terminal:    []string{"终端号"},
		Trace:       []string{"参考号", "系统参考号", "检索参考号"},
		ChargeWords: []string{"消费", "支付", "收款", "扫码支付", "扫码消费", "预授权完成"},
		RefundWords: []string{"退货", "退款", "消费撤销", "撤销", "预授权完成撤销", "扫码退款", "扫码退货"},
		DoneWords:   []string{"成功", "交易成功", "已清算", "已入账"},
		FailedWords: []string{"失败", "交易失败", "已冲正", "冲正"},
		Decoration:  decoration,
		Totals:      totalWords(),
		Counts:      []string{"(?:总|合计|交易)笔数[:：,|\t ]*([0-9]+)"},
	}
}

// fold normalises a name, so that names written alike are equal.
func fold(name string) string {
	return strings.ToLower(strings.NewReplacer("（", "(", "）", ")", " ", "", "\u3000", "", "\u00a0", "").Replace(name))
}

func oneOf(word string, words []string) bool {
	word = fold(word)
	return slices.ContainsFunc(words, func(w string) bool { return fold(w) == word })
}

// bare is a cell without its decoration, and without the quotes of a text that a
// program wrote for spreadsheets: ="0123".
func (l *Layout) bare(cell string) string {
	return strings.TrimSpace(strings.Trim(strings.TrimSpace(cell), l.Decoration))
}
