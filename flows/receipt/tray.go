package receipt

import (
	"errors"

	"onetrans/devices"
	"onetrans/flows/flow"
	"onetrans/flows/view"
)

// Print is the effect of a person asking for a receipt.
type Print struct{ Facts Facts }

// Printed is the event that printing has ended. Err is nil, or of the family
// [devices.ErrPrinter].
type Printed struct{ Err error }

// Name is the event's name in a flow's table.
func (Printed) Name() string { return "printer done" }

// Tray is the state of a person's receipt: whether it is being printed, and the
// result. The zero tray is empty. Nothing that happens to a receipt says anything
// about the trade.
type Tray struct {
	kind    Kind // of the last one
	state   view.SlipState
	problem view.SlipProblem
}

// Busy reports whether a receipt is being printed.
func (t Tray) Busy() bool { return t.state == view.SlipPrinting }

// Print asks for a receipt of what is known. While one is being printed, or once
// this one has been, it does nothing.
func (t Tray) Print(f Facts) (Tray, []flow.Effect) {
	switch t.Slip(f.Kind).State {
	case view.SlipOffered, view.SlipFailed:
		return Tray{kind: f.Kind, state: view.SlipPrinting}, []flow.Effect{Print{Facts: f}}
	}
	return t, nil
}

// Printed records the result of printing.
func (t Tray) Printed(e Printed) Tray {
	if !t.Busy() {
		return t
	}
	t.state, t.problem = view.SlipPrinted, ""
	if e.Err != nil {
		t.state, t.problem = view.SlipFailed, problemOf(e.Err)
	}
	return t
}

// Slip is what the page shows about a receipt of this kind. When more has become
// known, which is another kind, another receipt is offered.
func (t Tray) Slip(kind Kind) view.Slip {
	switch {
	case t.Busy():
		return view.Slip{State: view.SlipPrinting}
	case t.kind != kind:
		return view.Slip{State: view.SlipOffered}
	}
	return view.Slip{State: t.state, Problem: t.problem}
}

func problemOf(err error) view.SlipProblem {
	switch {
	case errors.Is(err, devices.ErrPaperOut):
		return view.SlipNoPaper
	case errors.Is(err, devices.ErrCoverOpen):
		return view.SlipCoverOpen
	}
	return view.SlipNoPrinter
}
