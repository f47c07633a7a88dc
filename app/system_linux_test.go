package main

import (
	"crypto/sha256"
	"slices"
	"strings"
	"testing"

	"onetrans/assets/fonts"
	"onetrans/devices/sscard"
)

func TestWhatIsGivenBackComesAgainWhereItIsNeeded(t *testing.T) {
	before := sha256.Sum256(fonts.Regular())
	giveBack()
	if sha256.Sum256(fonts.Regular()) != before {
		t.Error("the typeface is another")
	}
	// What the loader has filled in is still there: C is called through it.
	reader := sscard.New(sscard.Options{Reader: "none of this name"})
	if slots, err := reader.Status(t.Context()); err == nil && len(slots) > 0 {
		t.Errorf("there are %v", slots)
	}
	if err := reader.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestOnlyWhatIsStillAsInTheFileIsGivenBack(t *testing.T) {
	const smaps = `00400000-00403000 r--p 00000000 fe:00 9987383                            /opt/onetrans
Size:                 12 kB
Rss:                   0 kB
Anonymous:             0 kB
00403000-01038000 r-xp 00003000 fe:00 9987383                            /opt/onetrans
Rss:                8244 kB
Anonymous:             0 kB
AnonHugePages:         0 kB
02941000-02942000 r--p 02540000 fe:00 9987383                            /opt/onetrans
Rss:                   4 kB
Anonymous:             4 kB
02942000-030f9000 rw-p 02541000 fe:00 9987383                            /opt/onetrans
Anonymous:             0 kB
7f0000000000-7f0000001000 r-xp 00000000 fe:00 1                          /opt/not/onetrans
Anonymous:             0 kB
7f0000001000-7f0000002000 r-xp 00000000 fe:00 1
Anonymous:             0 kB
`
	got := unwritten(strings.NewReader(smaps), "/opt/onetrans")
	if want := []span{{0x400000, 0x403000}, {0x403000, 0x1038000}}; !slices.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
}
