package record

import (
	"path/filepath"
	"testing"

	"onetrans/flows/message/onetrans"
)

// BenchmarkACallIsRecorded is what a call costs beside whoever answers it.
func BenchmarkACallIsRecorded(b *testing.B) {
	f, err := Open(filepath.Join(b.TempDir(), "journal.db"), make([]byte, 32), sentences)
	if err != nil {
		b.Fatal(err)
	}
	in, err := onetrans.EncodeGBK([]byte(asked))
	if err != nil {
		b.Fatal(err)
	}
	out, err := onetrans.EncodeGBK([]byte(answered))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c := f.Masker.Call(Heard{Asked: onetrans.Call{TransType: onetrans.TransRecharge, In: in}, Out: out, By: ByUs})
		if err := f.Append(c); err != nil {
			b.Fatal(err)
		}
	}
}
