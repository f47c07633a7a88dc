package onetrans_test

import (
	"bytes"
	"crypto/rand"
	"regexp"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
)

func TestNewMsgID(t *testing.T) {
	now := time.Date(2024, 4, 17, 2, 45, 3, 0, time.UTC)
	zeros := bytes.NewReader(make([]byte, 1000))
	for institution, want := range map[string]string{
		"H35010200275":      "H35010200275202404171045030000",
		"H35010200275-long": "H35010200275202404171045030000",
		"H350&=\n李":         "H350202404171045030000" + "00000000",
		"09-AZ/:@[`{az":     "09AZaz2024041710450300" + "00000000",
		"":                  "202404171045030000" + "000000000000",
	} {
		if got := onetrans.NewMsgID(institution, now, zeros); got != want {
			t.Errorf("%q gives %s, want %s", institution, got, want)
		}
	}
}

func TestMsgIDsAreFresh(t *testing.T) {
	form := regexp.MustCompile(`^H3501020027520240417104503[0-9A-Z]{4}$`)
	now := time.Date(2024, 4, 17, 10, 45, 3, 0, onetrans.Zone())
	seen := make(map[string]bool)
	for range 100 {
		id := onetrans.NewMsgID("H35010200275", now, rand.Reader)
		if !form.MatchString(id) {
			t.Fatalf("%s", id)
		}
		seen[id] = true
	}
	if len(seen) < 95 { // two alike among 100 of 2^20 is rare
		t.Errorf("%d different ones of 100", len(seen))
	}
}
