package receipt

import (
	"errors"
	"fmt"
	"testing"

	"onetrans/devices"
	"onetrans/flows/view"
)

func TestTheTray(t *testing.T) {
	paid, doubt := charge(Recharged), charge(RechargeDoubt)
	var tray Tray
	if got := tray.Slip(Recharged); got != (view.Slip{State: view.SlipOffered}) {
		t.Fatalf("an empty tray says %v", got)
	}
	tray, effects := tray.Print(doubt)
	if len(effects) != 1 || effects[0].(Print).Facts.Kind != RechargeDoubt || !tray.Busy() {
		t.Fatalf("%v, %v", tray, effects)
	}
	if same, more := tray.Print(doubt); same != tray || more != nil {
		t.Error("printed twice at once")
	}
	if got := tray.Slip(Recharged); got.State != view.SlipPrinting {
		t.Errorf("while the printer is at work: %v", got)
	}
	tray = tray.Printed(Printed{})
	if got := tray.Slip(RechargeDoubt); got.State != view.SlipPrinted {
		t.Errorf("printed: %v", got)
	}
	if _, more := tray.Print(doubt); more != nil {
		t.Error("what is printed is printed again")
	}
	if got := tray.Slip(Recharged); got.State != view.SlipOffered {
		t.Errorf("what became known after it: %v", got)
	}
	tray, _ = tray.Print(paid)
	tray = tray.Printed(Printed{Err: devices.ErrPaperOut})
	if got := tray.Slip(Recharged); got != (view.Slip{State: view.SlipFailed, Problem: view.SlipNoPaper}) {
		t.Errorf("without paper: %v", got)
	}
	if _, more := tray.Print(paid); len(more) != 1 {
		t.Error("what failed can't be tried again")
	}
	if late := (Tray{}).Printed(Printed{Err: devices.ErrPaperOut}); late != (Tray{}) {
		t.Error("the next person hears of the one before's receipt")
	}
}

func TestProblems(t *testing.T) {
	for err, want := range map[error]view.SlipProblem{
		devices.ErrPaperOut: view.SlipNoPaper,
		fmt.Errorf("printing: %w", devices.ErrCoverOpen):   view.SlipCoverOpen,
		devices.ErrPrinterOffline:                          view.SlipNoPrinter,
		devices.ErrPrinterSilent:                           view.SlipNoPrinter,
		errors.New("something that nobody has thought of"): view.SlipNoPrinter,
	} {
		if got := problemOf(err); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}
