package ui_test

import "onetrans/flows/view"

// slipSamples are the pages that offer a receipt, in all states of that, and
// with what makes them longest.
func slipSamples() []sample {
	const number = "17341299427649863690123456789012"
	offered, printing, printed := view.Slip{State: view.SlipOffered}, view.Slip{State: view.SlipPrinting}, view.Slip{State: view.SlipPrinted}
	failed := func(problem view.SlipProblem) view.Slip { return view.Slip{State: view.SlipFailed, Problem: problem} }
	result := view.Result{
		Account: view.ServiceInpatientDeposit, Amount: "200.00", Balance: "3,200.00", Channel: "WX_QR", At: at(10, 26),
		Reference: number, CardIn: true,
	}
	notBooked := result
	notBooked.NotBooked, notBooked.Balance = true, ""
	settled := view.Settled{
		Name: "欧阳*珺", Bills: 2, Total: "12,432.10", Fund: "9,800.00", Account: "1,432.10", Cash: "1,200.00",
		At: at(10, 26), Reference: number, CardIn: true,
	}
	refunding := view.Refunding{Amount: "1,200.00", Reference: number, CardIn: true}
	doubt := func(kind view.DoubtKind) view.Doubt {
		return view.Doubt{Kind: kind, Amount: "200.00", Reference: number, Waited: 125, CardIn: true}
	}
	left := view.Countdown{Left: 30, Total: 30}
	return []sample{
		{"slip-offered", view.Page{Content: result, Slip: offered, Countdown: left}},
		{"slip-printing", view.Page{Content: result, Slip: printing}},
		{"slip-printed", view.Page{Content: result, Slip: printed, Countdown: left}},
		{"slip-no_paper", view.Page{Content: result, Slip: failed(view.SlipNoPaper), Countdown: left}},
		{"slip-cover_open", view.Page{Content: result, Slip: failed(view.SlipCoverOpen), Countdown: left}},
		{"slip-not-booked", view.Page{Content: notBooked, Slip: failed(view.SlipNoPrinter), Countdown: left}},
		{"slip-settled", view.Page{Content: settled, Slip: offered, Countdown: left}},
		{"slip-settled-no_paper", view.Page{Content: settled, Slip: failed(view.SlipNoPaper), Countdown: left}},
		{"slip-refunding", view.Page{Content: refunding, Slip: offered, Countdown: left}},
		{"slip-refunding-cover_open", view.Page{Content: refunding, Slip: failed(view.SlipCoverOpen), Countdown: left}},
		{"slip-doubt", view.Page{Content: doubt(view.DoubtOffline), Slip: offered}},
		{"slip-doubt-printed", view.Page{Content: doubt(view.DoubtBillConfirming), Slip: printed}},
		{"slip-doubt-no_printer", view.Page{Content: doubt(view.DoubtBillPaying), Slip: failed(view.SlipNoPrinter)}},
		{"slip-doubt-no_paper", view.Page{Content: doubt(view.DoubtCrediting), Slip: failed(view.SlipNoPaper)}},
	}
}
