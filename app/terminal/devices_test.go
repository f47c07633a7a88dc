package terminal

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"onetrans/app/config"
	"onetrans/assets/texts"
	"onetrans/devices/virtualprinter"
	"onetrans/flows/receipt"
	"onetrans/flows/view"
	"onetrans/store"
)

func TestTheConfiguredPrinterPrintsreceipts(t *testing.T) {
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
	if press, err := receipts(c, words, nil); press != nil || err != nil {
		t.Fatalf("without a printer: %v, %v", press, err)
	}
	c.Devices.Printer = config.Printer{Kind: config.PrinterTCP, Address: double.Address(), Columns: 32}
	journal, err := store.Open(filepath.Join(t.TempDir(), "journal"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { journal.Close() })
	press, err := receipts(c, words, headOf(journal))
	if err != nil {
		t.Fatal(err)
	}
	facts := receipt.Facts{Kind: receipt.Recharged, No: "42", Name: "欧阳小明", Amount: 20000}
	if err := press.Print(t.Context(), view.Chinese, facts); err != nil {
		t.Fatal(err)
	}
	text := double.Papers()[0].Text()
	for _, want := range []string{c.Terminal.FixmedinsName, c.Terminal.TermNo, c.UI.HelpPlace, c.UI.HelpPhone, "欧阳*明", "200.00 元", "账本校验"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on\n%s", want, text)
		}
	}
	// What is printed is what the journal is proved with.
	printed := regexp.MustCompile(`账本校验\s+(\S+)`).FindStringSubmatch(text)
	head, proof, err := store.ParseSlip(printed[1])
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(proof, journal.Slip(head.Seq, facts.Proven()...)) {
		t.Errorf("%s proves another slip", printed[1])
	}
	if now, err := journal.Head(); err != nil || head.Seq != now.Seq || !bytes.HasPrefix(now.Value, head.Value) {
		t.Errorf("printed %s, the journal's head is %s: %v", printed[1], now, err)
	}
}
