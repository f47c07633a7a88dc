package call

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// Whatever HIS hands over, it gets one JSON object back whose data is one.
func FuzzCall(f *testing.F) {
	samples, err := filepath.Glob("../../../flows/message/onetrans/testdata/messages/*.in.json")
	if err != nil || len(samples) == 0 {
		f.Fatal("no samples", err)
	}
	for _, path := range samples {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		gbk, err := onetrans.EncodeGBK(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(strings.TrimSuffix(filepath.Base(path), ".in.json"), gbk, 0)
		f.Add(strings.TrimSuffix(filepath.Base(path), ".in.json"), gbk, 99)
	}
	f.Add("", []byte("\x00"), 1)
	f.Fuzz(func(t *testing.T, transType string, in []byte, buffer int) {
		core := &fakeCore{answer: good(`{"result":"succ"}`), trade: txn.Trade{Order: txn.Order{No: "N"}, Progress: txn.Progress{State: txn.Succ}}}
		core.cancel = txn.CancelStatus{No: "L", State: txn.Succ}
		out, _ := door(core, nil).Serve(t.Context(), onetrans.Call{TransType: transType, In: in, Buffer: max(buffer, 0)})
		text, err := onetrans.DecodeGBK(out)
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Code string         `json:"code"`
			Data map[string]any `json:"data"`
		}
		if err := json.Unmarshal(text, &answer); err != nil || len(answer.Code) != 6 || answer.Data == nil {
			t.Fatalf("%v: %s", err, text)
		}
		if answer.Code >= "600002" && answer.Code <= "600004" && core.sent > 0 {
			t.Fatalf("refused with %s, and sent", answer.Code)
		}
	})
}
