package onetrans_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onetrans/flows/message/onetrans"
)

func TestParseTime(t *testing.T) {
	for text, utc := range map[string]string{
		"20240417104503":      "2024-04-17T02:45:03Z",
		"20240417104503326":   "2024-04-17T02:45:03.326Z",
		"20240417104503326SS": "2024-04-17T02:45:03.326Z", // the settlement sample
		"20240417104503.326":  "2024-04-17T02:45:03.326Z",
		"20240417104503SS":    "2024-04-17T02:45:03Z",
		"20240417":            "2024-04-16T16:00:00Z",
		"2024-04-17":          "2024-04-16T16:00:00Z",
		"2024-04-17 10:45:03": "2024-04-17T02:45:03Z",
		"20240229000000":      "2024-02-28T16:00:00Z",
	} {
		got, err := onetrans.ParseTime(text)
		if err != nil || got.UTC().Format(time.RFC3339Nano) != utc {
			t.Errorf("%s is %v, %v; want %s", text, got, err, utc)
		}
	}
}

func TestParseTimeRefuses(t *testing.T) {
	for _, text := range []string{
		"", "SS", "2024", "20240417SSSS", "20241317000000", "20230229000000", "20240417250000",
		"20240417104503.3", "2024041710450332", "202404171045033266",
		" 20240417104503", "20240417104503 ", "２０２４０４１７", "2024-4-17", "2024-04-17T10:45:03Z",
		"133241523001001", "-0240417104503", "2024041710450300x",
	} {
		if got, err := onetrans.ParseTime(text); !errors.Is(err, onetrans.ErrTime) {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
}

func TestTimesAreOfOneZone(t *testing.T) {
	moment := time.Date(2024, 12, 31, 20, 0, 0, 5_000_000, time.UTC)
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("", -11*3600), onetrans.Zone()} {
		if got := onetrans.FormatTime(moment.In(zone)); got != "20250101040000" {
			t.Errorf("time in %v is %s", zone, got)
		}
		if got := onetrans.FormatTimestamp(moment.In(zone)); got != "20250101040000005" {
			t.Errorf("timestamp in %v is %s", zone, got)
		}
	}
}

func TestTimestampsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := time.UnixMilli(rapid.Int64Range(0, 253402271999999).Draw(t, "ms"))
		got, err := onetrans.ParseTime(onetrans.FormatTimestamp(want))
		if err != nil || !got.Equal(want) {
			t.Fatalf("%v became %v: %v", want, got, err)
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"20240417104503326SS", "2024-04-17 10:45:03", "20240417"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := onetrans.ParseTime(s)
		if err != nil {
			return
		}
		if again, err := onetrans.ParseTime(onetrans.FormatTimestamp(got)); err != nil || !again.Equal(got) {
			t.Fatalf("%q is %v, then %v: %v", s, got, again, err)
		}
	})
}
