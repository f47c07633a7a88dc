package terminal

import (
	"slices"
	"testing"

	"onetrans/app/config"
	"onetrans/app/vendorlib"
	"onetrans/flows/kiosk"
	"onetrans/flows/message/platform"
	"onetrans/flows/view"
)

// Where the scanner is stands once in the configuration, and is said both to who
// identifies and to who pays with a code.
func TestWhereTheScannerIsIsSaidWhereverACodeIsWanted(t *testing.T) {
	c := config.Default()
	c.Devices.Scanner.Kind, c.Devices.Scanner.Place = config.ScannerKeyboard, "右侧"
	if o := kioskOptions(c, platform.Capabilities{}); o.Places[view.WayCode] != "右侧" || o.Cashier.Scanner != "右侧" {
		t.Errorf("%q, %q", o.Places[view.WayCode], o.Cashier.Scanner)
	}
	c.Devices.Scanner.Kind = ""
	if o := kioskOptions(c, platform.Capabilities{}); o.Places[view.WayCode] != "" || o.Cashier.Scanner != "" || len(o.Cashier.Wallets) == 0 {
		t.Errorf("%q, %+v", o.Places[view.WayCode], o.Cashier)
	}
}

// Bills are settled at a kiosk in phases; what the platform can't do is not offered, and
// said to whoever configures it. Deposits are paid anywhere.
func TestAKioskOffersWhatThePlatformCanCarryOut(t *testing.T) {
	c := config.Default()
	if !c.Offers(view.ServiceOutpatientPayment) || !c.Offers(view.ServiceInpatientDeposit) {
		t.Fatal("the test wants both services configured")
	}
	for name, w := range map[string]struct {
		can     platform.Capabilities
		without []view.ServiceKind
	}{
		"the wire":           {new(platform.Client).Capabilities(), nil},
		"a vendor's library": {vendorlib.Can(true), []view.ServiceKind{view.ServiceOutpatientPayment}},
	} {
		without := NotOffered(c, w.can)
		if !slices.Equal(without, w.without) {
			t.Errorf("%s: not offered are %v", name, without)
		}
		for _, kind := range c.Services.Offer {
			offered := slices.ContainsFunc(kioskOptions(c, w.can).Services, func(s kiosk.Service) bool { return s.Kind == kind })
			if offered != (c.Offers(kind) && !slices.Contains(without, kind)) {
				t.Errorf("%s: %s is offered: %v", name, kind, offered)
			}
		}
	}
	c.Services.Offer = []view.ServiceKind{view.ServiceInpatientDeposit}
	if without := NotOffered(c, vendorlib.Can(true)); without != nil {
		t.Errorf("nobody configured %v", without)
	}
}
