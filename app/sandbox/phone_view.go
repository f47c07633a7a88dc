package sandbox

import (
	"time"

	"onetrans/flows/message/mask"
	"onetrans/flows/message/money"
	"onetrans/flows/message/onetrans"
)

// pageView is the content of the phone's page.
type pageView struct {
	Hospital, Title, Subject, Name string
	Amount                         string // yuan, thousands apart

	Payable, Paid bool
	Wallets       []walletChoice
	Channel       string // of a payment code that was scanned
	Until         string // HH:mm:ss

	Tone, Say string
	Rows      []pageRow
}

type walletChoice struct {
	wallet
	Default bool
}

type pageRow struct{ Name, Value string }

// The tones of the look: done, attention, refused, under way.
const (
	toneDone      = "done"
	toneAttention = "attention"
	toneRefused   = "refused"
	toneDoubt     = "doubt"
)

func (s *Server) unknownPage() pageView {
	return pageView{
		Hospital: s.opts.Hospital, Title: "没有找到这笔订单", Tone: toneAttention,
		Say: "二维码可能不完整。没有扣款，请回到机器前重新扫码。",
	}
}

// orderPage is the content of an order's page.
func (s *Server) orderPage(o *order, refunds []*refund) pageView {
	v := pageView{
		Hospital: s.opts.Hospital, Subject: o.Subject, Name: mask.Name(o.Name), Amount: money.Grouped(o.Amount),
	}
	switch o.Result {
	case onetrans.ResultInit, onetrans.ResultIng:
		return v.unpaid(o)
	case onetrans.ResultSucc:
		return v.paid(o, refunds)
	case onetrans.ResultExp:
		return v.paid(o, refunds).say("已付款", toneDoubt, "付款已收到，正在入账，不要再次付款。")
	case onetrans.ResultFail:
		return v.unpaidRows(o).say("付款未成功", toneRefused, o.Note+"。没有扣款。")
	default:
		return v.closed(o)
	}
}

func (v pageView) say(title, tone, text string) pageView {
	v.Title, v.Tone, v.Say = title, tone, text
	return v
}

func (v pageView) unpaid(o *order) pageView {
	if o.Result == onetrans.ResultInit && o.CodeDead {
		return v.unpaidRows(o).say("这个二维码已失效", toneAttention, "已改用付款码付款，请不要再扫这个二维码。没有扣款。")
	}
	v.Title, v.Payable = "确认付款", true
	v.Until = clock(o.ExpireAt)
	if o.Result == onetrans.ResultIng {
		v.Channel = channelName(o.Channel)
		return v
	}
	for i, w := range wallets() {
		v.Wallets = append(v.Wallets, walletChoice{w, i == 0})
	}
	return v
}

// unpaidRows say what the order was about, less prominently than an amount that is
// due.
func (v pageView) unpaidRows(o *order) pageView {
	if o.Origin != originClosed {
		v.Rows = []pageRow{{"订单金额", "¥ " + v.Amount}, {"用途", v.Subject}, {"就诊人", v.Name}}
	}
	return v
}

func (v pageView) closed(o *order) pageView {
	v = v.unpaidRows(o)
	if o.Note == noteExpired {
		return v.say("订单已超时", toneAttention, "超过付款时间，订单已关闭。没有扣款，请回到机器前重新办理。")
	}
	return v.say("订单已关闭", toneAttention, "没有扣款，也不能再付款。如需付款，请回到机器前重新办理。")
}

// paid is the content for a paid order, with the state of its refunds.
func (v pageView) paid(o *order, refunds []*refund) pageView {
	v.Paid = true
	v = v.say("付款成功", toneDone, "钱已到账，可以收起手机了。")
	v.Rows = []pageRow{
		{"付款方式", channelName(o.Channel)},
		{"付款时间", moment(o.PaidAt)},
		{"订单号", o.OutChargeNo},
	}
	sums := sumRefunds(refunds)
	if sums.count == 0 {
		return v
	}
	if sums.done > 0 {
		v.Rows = append(v.Rows, pageRow{"已退", "¥ " + money.Grouped(sums.done)})
	}
	if sums.pending > 0 {
		v.Rows = append(v.Rows, pageRow{"退款中", "¥ " + money.Grouped(sums.pending)})
		return v.say("正在退款", toneDoubt, "退款需要几天到账，请留意付款账户的通知。")
	}
	if sums.done == o.Amount {
		return v.say("已全部退款", toneDone, "退款已完成。")
	}
	return v.say("已部分退款", toneDone, "退款已完成。")
}

func clock(t time.Time) string  { return t.In(onetrans.Zone()).Format("15:04:05") }
func moment(t time.Time) string { return t.In(onetrans.Zone()).Format("2006-01-02 15:04:05") }
