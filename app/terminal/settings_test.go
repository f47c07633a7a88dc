package terminal

import (
	"testing"

	"onetrans/app/config"
	"onetrans/flows/view"
)

// Where the scanner is stands once in the configuration, and is said both to who
// identifies and to who pays with a code.
func TestWhereTheScannerIsIsSaidWhereverACodeIsWanted(t *testing.T) {
	c := config.Default()
	c.Devices.Scanner.Kind, c.Devices.Scanner.Place = config.ScannerKeyboard, "右侧"
	if o := kioskOptions(c); o.Places[view.WayCode] != "右侧" || o.Cashier.Scanner != "右侧" {
		t.Errorf("%q, %q", o.Places[view.WayCode], o.Cashier.Scanner)
	}
	c.Devices.Scanner.Kind = ""
	if o := kioskOptions(c); o.Places[view.WayCode] != "" || o.Cashier.Scanner != "" || len(o.Cashier.Wallets) == 0 {
		t.Errorf("%q, %+v", o.Places[view.WayCode], o.Cashier)
	}
}
