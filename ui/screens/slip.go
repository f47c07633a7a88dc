package screens

import (
	"onetrans/assets/icons"
	"onetrans/flows/view"
	"onetrans/ui/layout"
)

// slipButton prints the receipt, and shows its state; nil if none is offered.
func (k Kit) slipButton() layout.Box {
	state := k.Slip.State
	if state == "" {
		return nil
	}
	ready := state == view.SlipOffered || state == view.SlipFailed
	return k.Other(k.Say("slip."+string(state)), tap(view.PrintSlip), ready)
}

// ending is the foot of a result: the receipt, where there is one, and the way
// on. Both words are short enough to stand side by side in large text too.
func (k Kit) ending() layout.Box {
	done := k.Main(k.Say("result.done"), tap(view.Done), true)
	slip := k.slipButton()
	if slip == nil {
		return done
	}
	return layout.Row{Gap: k.footGap(), Cells: []layout.Cell{{Box: slip, Share: 2, Fill: true}, {Box: done, Share: 3, Fill: true}}}
}

func (k Kit) footGap() float32 { return max(k.Metrics.Gap(4), k.Metrics.TapGap()) }

// doubtFoot has the receipt beside waiting, and the way on; on an upright panel below both.
func (k Kit) doubtFoot() layout.Box {
	wait := k.Other(k.Say("doubt.wait"), tap(view.KeepWaiting), true)
	leave := k.Main(k.Say("doubt.leave"), tap(view.GoToCounter), true)
	slip := k.slipButton()
	if slip == nil {
		return k.actions(wait, leave)
	}
	gap := k.footGap()
	if !k.portrait() {
		return layout.Row{Gap: gap, Cells: []layout.Cell{
			{Box: slip, Share: 5, Fill: true}, {Box: wait, Share: 5, Fill: true}, {Box: leave, Share: 7, Fill: true},
		}}
	}
	return layout.Stack(gap, layout.Beside(gap, slip, wait), leave)
}

// noSlip says on a page that has no warning of its own why there is no receipt,
// and that the payment is done all the same.
func (k Kit) noSlip(p plan) plan {
	switch {
	case k.Slip.Problem == "":
	case k.portrait():
		p.body = append(p.body, k.Warning(icons.Printer, k.slipProblem(), k.Say("slip.safe")))
	default: // the head's column has the room
		p.head = append(p.head, k.Warning(icons.Printer, k.slipProblem(), k.Say("slip.safe")))
	}
	return p
}

// warn puts a page's own warning on it, which says what to do; why there is no
// receipt stands before that, on a wide panel in the head's column.
func (k Kit) warn(p plan, title, text string) plan {
	switch {
	case k.Slip.Problem == "":
	case k.portrait():
		text = k.Say("slip.joined", "first", k.slipProblem(), "then", text)
	default:
		p.head = append(p.head, k.Warning(icons.Printer, "", k.slipProblem()))
	}
	p.body = append(p.body, k.Warning(icons.Warning, title, text))
	return p
}

func (k Kit) slipProblem() string { return k.Say("slip." + string(k.Slip.Problem) + ".title") }
