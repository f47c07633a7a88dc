package owner

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"

	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
)

// benchOwner is a terminal on its embedded sandbox with an order to ask for.
func benchOwner(b *testing.B) (*Owner, onetrans.Asked[onetrans.QueryIn]) {
	b.Helper()
	folder := b.TempDir()
	owner, err := Open(Options{
		Journal:  filepath.Join(folder, "journal.db"),
		Platform: platform.Options{Keys: demoKeys(), Institution: "H35010200275"},
		Sandbox:  &sandbox.Options{Dir: filepath.Join(folder, "sandbox")},
		Log:      slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = owner.Close() })
	return owner, message(onetrans.QueryIn{
		PayAppID: onetrans.T(sandbox.DemoPayAppID), PayAppSecret: onetrans.T(sandbox.DemoPayAppSecret),
		TermNo: onetrans.T("T1"), CardType: onetrans.T("01"), CardNo: onetrans.T("DD456004X"),
		AccountType: onetrans.T(onetrans.AccountInpatient), TradeType: onetrans.T(onetrans.TransRecharge),
		OutTradeNo: onetrans.T("never"),
	})
}

// One hop.trade.query through the core: signed, encrypted, verified.
func BenchmarkQueryThroughCore(b *testing.B) {
	owner, asked := benchOwner(b)
	for b.Loop() {
		answer, err := owner.Core.Query(b.Context(), asked)
		if err != nil || answer.Code.String() != string(onetrans.CodeOK) {
			b.Fatal(answer.Code, err)
		}
	}
}

// The floor: a bare round trip to the same server, with a body of the same size.
func BenchmarkBareRoundTrip(b *testing.B) {
	owner, asked := benchOwner(b)
	request, err := asked.Request.With(onetrans.TransQuery, asked.In)
	if err != nil {
		b.Fatal(err)
	}
	body := bytes.Repeat([]byte("x"), 2*len(request.Data)+600)
	for b.Loop() {
		answer, err := http.Post(owner.PlatformURL+"/onetrans", "text/plain", bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			b.Fatal(err)
		}
		answer.Body.Close()
	}
}
