package sscard

import (
	"bytes"
	"errors"
	"testing"

	"onetrans/devices"
)

func TestParseRecord(t *testing.T) {
	tests := map[string]struct {
		in    string
		tag   byte
		value string
		ok    bool
	}{
		"a record":              {"0302AABB", 3, "AABB", true},
		"an empty value":        {"0300", 3, "", true},
		"padding after it":      {"0301AA0000", 3, "AA", true},
		"LEN beyond the data":   {"0303AABB", 0, "", false},
		"LEN is missing":        {"03", 0, "", false},
		"nothing":               {"", 0, "", false},
		"LEN of 255, two bytes": {"03FFAABB", 0, "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tag, value, err := parseRecord(unhex(test.in))
			if tag != test.tag || !bytes.Equal(value, unhex(test.value)) || (err == nil) != test.ok {
				t.Errorf("got %02X %X, %v", tag, value, err)
			}
			if err != nil && !errors.Is(err, devices.ErrUnreadable) {
				t.Errorf("%v is not ErrUnreadable", err)
			}
		})
	}
}

// A record is inside what was read, and writing it again gives what was read.
func FuzzParseRecord(f *testing.F) {
	for _, seed := range []string{"0302AABB", "0300", "03FFAABB", "03", ""} {
		f.Add(unhex(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tag, value, err := parseRecord(data)
		if err != nil {
			if !errors.Is(err, devices.ErrUnreadable) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.HasPrefix(data, append([]byte{tag, byte(len(value))}, value...)) {
			t.Fatalf("%X is read as %02X %X", data, tag, value)
		}
	})
}

// A card that answers anything at all makes a card, or one of the known
// errors, after a bounded number of commands. The input is the answers, each
// behind a byte that tells its length; they are given round and round.
func FuzzReadCard(f *testing.F) {
	f.Add([]byte("\x02\x90\x00"))
	f.Add([]byte("\x02\x61\x10\x02\x6C\x10"))
	f.Add([]byte("\x02\x90\x00\x02\x90\x00\x05\x01\x01\xAA\x90\x00\x02\x6A\x83"))
	f.Add([]byte("\x00"))
	f.Fuzz(func(t *testing.T, script []byte) {
		answers := split(script)
		commands := 0
		_, err := readCard(func([]byte) ([]byte, error) {
			if commands++; commands > 2000 {
				t.Fatal("more than 2000 commands")
			}
			return answers[commands%len(answers)], nil
		})
		if err != nil && !isVerdict(err) && !errors.Is(err, devices.ErrUnreadable) && !errors.Is(err, errGarbled) {
			t.Fatal(err)
		}
	})
}

func split(script []byte) [][]byte {
	answers := [][]byte{nil}
	for len(script) > 0 {
		n := min(int(script[0]), len(script)-1)
		answers = append(answers, script[1:1+n])
		script = script[1+n:]
	}
	return answers
}
