package cashier

import (
	"onetrans/devices"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// payCode is the code that a person shows for a depositType, and the
// translation key of the wallet that has it; no shape where they show none.
func payCode(depositType string) (shape devices.CodeShape, wallet string) {
	switch depositType {
	case onetrans.DepositWeChat:
		return devices.ShapeWeChat, "wechat"
	case onetrans.DepositAlipay:
		return devices.ShapeAlipay, "alipay"
	case onetrans.DepositUnionPay:
		return devices.ShapeUnionPay, "unionpay"
	}
	return 0, ""
}

// Shown says whether a depositType is paid with a code that the person shows.
func Shown(depositType string) bool {
	shape, _ := payCode(depositType)
	return shape != 0
}

// scan waits for the person's payment code.
func (m Model) scan() (Model, []flow.Effect) {
	m.state = Scanning
	return m, []flow.Effect{identify.Listen{CodeOnly: true}}
}

// onPayCode: only what looks like the wallet's own code is sent, since a code
// of another kind may pay somebody else's bill, or says who somebody is.
func onPayCode(m Model, e identify.CodeScanned) (Model, []flow.Effect) {
	shape := devices.ShapeOf(e.Code)
	if wanted, _ := payCode(m.depositType); shape&wanted == 0 {
		m.wrongCode = view.PayCodeOther
		if shape.Health() {
			m.wrongCode = view.PayCodeHealth
		}
		return m.scan()
	}
	return m.place(e.Code)
}

// onWhileScanning: an order that is there already may be paid, or close, while
// another code is wanted for it.
func onWhileScanning(m Model, e Update[Order]) (Model, []flow.Effect) {
	m.order = e.Status
	switch {
	case m.order.Stands.Over():
		m.state = Over
		return m, []flow.Effect{identify.StopListening{}, Finished{}}
	case m.moneyMoves():
		m.state = Doubtful
		return m, []flow.Effect{identify.StopListening{}}
	}
	return m, nil
}

// leaveScanning: an order that is there already is closed first.
func leaveScanning(m Model, tap view.Tap) (Model, []flow.Effect) {
	if m.order.No == "" {
		return m.over(Left{To: ToHome})
	}
	return closeOrder(m, tap)
}
