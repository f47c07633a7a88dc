package idcard

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func bytesOf(t testing.TB, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What goes over the line, byte for byte.
func TestCommandsAsReadersKnowThem(t *testing.T) {
	for _, c := range []struct {
		command
		want string
	}{
		{findCard, "aaaaaa9669" + "0003200122"},
		{selectCard, "aaaaaa9669" + "0003200221"},
		{readText, "aaaaaa9669" + "0003300132"},
		{newAddress, "aaaaaa9669" + "0003300330"},
	} {
		if got := hex.EncodeToString(encode([]byte(c.code))); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

const (
	frameFound = "aaaaaa9669" + "0008" + "00009f00000000" + "97"
	bodyFound  = "00009f00000000"
)

func TestTheFirstWholeAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		came, body, rest string
		damaged          bool
	}{
		"nothing":                    {"", "", "", false},
		"an answer":                  {frameFound, bodyFound, "", false},
		"two":                        {frameFound + frameFound, bodyFound, frameFound, false},
		"half of one":                {frameFound[:20], "", frameFound[:20], false},
		"its first byte":             {"ffaa", "", "aa", false},
		"garbage":                    {"00ff9669", "", "", false},
		"garbage before it":          {"00ffaaaa" + frameFound, bodyFound, "", false},
		"a wrong checksum":           {frameFound[:len(frameFound)-2] + "98", "", "", true},
		"a wrong one before":         {frameFound[:len(frameFound)-2] + "98" + frameFound, bodyFound, "", true},
		"one that broke off":         {frameFound[:20] + frameFound, bodyFound, "", true},
		"longer than any":            {"aaaaaa96690509" + frameFound, bodyFound, "", true},
		"too short for a status":     {"aaaaaa96690003200122" + frameFound, bodyFound, "", true},
		"a preamble within preamble": {"aa" + frameFound, bodyFound, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			body, rest, damaged := next(bytesOf(t, c.came))
			if hex.EncodeToString(body) != c.body || hex.EncodeToString(rest) != c.rest || damaged != c.damaged {
				t.Errorf("%x, rest %x, damaged: %v", body, rest, damaged)
			}
		})
	}
}

// However garbage and answers come in pieces, the same answers are heard, none
// is longer than allowed, and what is kept stays bounded.
func FuzzFrames(f *testing.F) {
	f.Add(bytesOf(f, frameFound), uint8(3))
	f.Add(bytesOf(f, "aaaaaa9669050900"+frameFound), uint8(1))
	f.Add(bytesOf(f, frameFound[:20]+frameFound), uint8(7))
	f.Fuzz(func(t *testing.T, came []byte, size uint8) {
		whole := bodies(t, came, len(came))
		pieces := bodies(t, came, int(size)+1)
		if len(whole) != len(pieces) {
			t.Fatalf("%d answers in one piece, %d in pieces of %d", len(whole), len(pieces), size+1)
		}
		for i := range whole {
			if !bytes.Equal(whole[i], pieces[i]) {
				t.Errorf("%x and %x", whole[i], pieces[i])
			}
			body, rest, damaged := next(encode(whole[i]))
			if !bytes.Equal(body, whole[i]) || len(rest) > 0 || damaged {
				t.Errorf("%x does not survive being sent", whole[i])
			}
		}
	})
}

// bodies are the answers in what comes in pieces of that size.
func bodies(t *testing.T, came []byte, size int) (found [][]byte) {
	var kept []byte
	for len(came) > 0 {
		n := min(size, len(came))
		kept = append(bytes.Clone(kept), came[:n]...)
		came = came[n:]
		for {
			body, rest, _ := next(kept)
			kept = rest
			if body == nil {
				break
			}
			if len(body) > maxLength-1 || len(body) < minLength-1 {
				t.Errorf("an answer of %d bytes", len(body))
			}
			found = append(found, body)
		}
		if len(kept) >= maxFrame {
			t.Errorf("%d bytes are kept", len(kept))
		}
	}
	return found
}
