package main

import (
	"strings"
	"testing"

	"onetrans/app/config"
	"onetrans/assets/texts"
	"onetrans/devices/virtualprinter"
	"onetrans/flows/receipt"
	"onetrans/flows/view"
)

func TestTheConfiguredPrinterPrintsReceipts(t *testing.T) {
	double, err := virtualprinter.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(double.Close)
	words, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	if press, err := receipts(c, words); press != nil || err != nil {
		t.Fatalf("without a printer: %v, %v", press, err)
	}
	c.Devices.Printer = config.Printer{Kind: config.PrinterTCP, Address: double.Address(), Columns: 32}
	press, err := receipts(c, words)
	if err != nil {
		t.Fatal(err)
	}
	facts := receipt.Facts{Kind: receipt.Recharged, No: "42", Name: "欧阳小明", Amount: 20000}
	if err := press.Print(t.Context(), view.Chinese, facts); err != nil {
		t.Fatal(err)
	}
	text := double.Papers()[0].Text()
	for _, want := range []string{c.Terminal.FixmedinsName, c.Terminal.TermNo, c.UI.HelpPlace, c.UI.HelpPhone, "欧阳*明", "200.00 元"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on\n%s", want, text)
		}
	}
}
