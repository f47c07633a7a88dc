package virtualcard

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

func TestReadFrame(t *testing.T) {
	tests := map[string]struct {
		in   string
		want string
		err  error
	}{
		"a control byte":                {"\x00\x01\x04", "\x04", nil},
		"an APDU, and what follows":     {"\x00\x05\x00\xB2\x01\x00\x12\x00\x01\x00", "\x00\xB2\x01\x00\x12", nil},
		"the end between two frames":    {"", "", io.EOF},
		"the end in the length":         {"\x00", "", io.ErrUnexpectedEOF},
		"the end in the content":        {"\x00\x05\x00", "", ErrFrame},
		"an empty frame":                {"\x00\x00", "", ErrFrame},
		"more than a short APDU can be": {"\x02\x01", "", ErrFrame},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readFrame(bytes.NewBufferString(test.in))
			if string(got) != test.want || !errors.Is(err, test.err) {
				t.Errorf("got %x, %v", got, err)
			}
		})
	}
}

// What is read is exactly what was written, and never more than the bound.
func FuzzReadFrame(f *testing.F) {
	for _, seed := range []string{"\x00\x01\x04", "\x00\x05\x00\xB2\x01\x00\x12", "\x00\x00", "\xFF\xFF\x00", "\x02\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		content, err := readFrame(bytes.NewReader(in))
		if err != nil {
			return
		}
		if len(content) == 0 || len(content) > maxFrame {
			t.Fatalf("%d bytes pass", len(content))
		}
		var out bytes.Buffer
		if err := writeFrame(&out, content); err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(in, out.Bytes()) {
			t.Fatalf("read %x of %x", content, in)
		}
	})
}
