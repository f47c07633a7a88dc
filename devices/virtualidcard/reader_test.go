package virtualidcard

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onetrans/devices"
)

func somebody() devices.IdentityCard {
	return devices.IdentityCard{Number: "359901198803141721", Name: "欧阳文珺", Sex: "2", Nation: "01", Birth: "19880314", NewestAddress: "滨江市"}
}

// said is what a reader with this card answers to these bytes.
func said(t *testing.T, r *Reader, came string) string {
	t.Helper()
	raw, err := hex.DecodeString(strings.ReplaceAll(came, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := r.Serve(struct {
		io.Reader
		io.Writer
	}{bytes.NewReader(raw), &out}); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(out.Bytes())
}

const begin = "aaaaaa9669"

// The bytes of every answer, as readers give them.
func TestAnswersAreThoseOfARealReader(t *testing.T) {
	card, err := New(somebody())
	if err != nil {
		t.Fatal(err)
	}
	r := &Reader{}
	for _, c := range []struct{ name, came, want string }{
		{"status", begin + "000311ffed", begin + "000400009094"},
		{"nothing there", begin + "0003200122", begin + "000400008084"},
		{"nothing to select", begin + "0003200221", begin + "000400008185"},
		{"nothing to read", begin + "0003300132", begin + "000400004145"},
		{"a wrong checksum", begin + "0003200123", begin + "000400001014"},
		{"not known", begin + "0003770074", begin + "000400002125"},
		{"garbage first", "00aaaaff" + begin + "000311ffed", begin + "000400009094"},
		{"too long", begin + "7fff" + begin + "000311ffed", begin + "000400001014" + begin + "000400009094"},
	} {
		if got := said(t, r, c.came); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	r.Lay(card)
	if got := said(t, r, begin+"0003200122"); got != begin+"000800009f0000000097" {
		t.Errorf("found: %s", got)
	}
	if got := said(t, r, begin+"0003300132"); got != begin+"000400004145" {
		t.Errorf("not selected: %s", got)
	}
	if got := said(t, r, begin+"0003200221"); !strings.HasPrefix(got, begin+"000c000090") {
		t.Errorf("selected: %s", got)
	}
	got := said(t, r, begin+"0003300132")
	if !strings.HasPrefix(got, begin+"05080000900100"+"0400"+hex.EncodeToString(card.Text[:])) || len(got) != 2*1295 {
		t.Errorf("read: %d bytes", len(got)/2)
	}
	if got := said(t, r, begin+"0003300330"); !strings.HasPrefix(got, begin+"004a000090") {
		t.Errorf("newest address: %s", got)
	}
	r.Lift()
	if got := said(t, r, begin+"0003300330"); got != begin+"000400009195" {
		t.Errorf("no newest address: %s", got)
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	long := somebody()
	long.Name = strings.Repeat("长", 16)
	if _, err := New(long); !errors.Is(err, ErrDoesNotFit) {
		t.Error(err)
	}
}

func TestAPortTakesNobodysPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "port")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Plug(path, &Reader{}); !errors.Is(err, ErrTaken) {
		t.Error(err)
	}
}
