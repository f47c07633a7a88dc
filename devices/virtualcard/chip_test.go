package virtualcard

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"onetrans/devices"
)

func holder() devices.SocialSecurityCard {
	return devices.SocialSecurityCard{
		CardCode: "350100D15600000500BF7D7A48FB4966", Class: "3", Version: "2.00",
		Issuer: "910000023501", Issued: "20200131", ValidUntil: "20300131", CardNo: "D1560000X",
		IDNo: "11010519491231002X", Name: "张三", Sex: "2", Nation: "01", BirthPlace: "350102", Birth: "19491231",
	}
}

func mustNew(t *testing.T, h devices.SocialSecurityCard) Card {
	t.Helper()
	card, err := New(h)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

const (
	selectAID  = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
	selectEF05 = "00A4020002EF05"
	selectEF06 = "00A4020002EF06"
)

// Each line of a talk is 'command > answer', both in hex.
func TestChipTalks(t *testing.T) {
	tests := map[string]struct {
		quirks Quirks
		talk   []string
	}{
		"a whole card": {Quirks{}, []string{
			selectAID + " > 6113",
			"00C0000013 > 6F11840F7378312E73682EC9E7BBE1B1A3D5CF9000",
			selectEF05 + " > 9000",
			"00B2030006 > 0304322E30309000",
			"00B2050400 > 6C06",
			"00B2050406 > 0504202001319000",
			"00B20A0006 > 6A83",
			selectEF06 + " > 9000",
			"00B2090022 > 6C20",
			"00B20A0003 > 0A01329000",
			"00B24E0016 > 6A83",
		}},
		"files are inside the application": {Quirks{}, []string{
			selectEF05 + " > 6A82", "00B2030006 > 6986",
		}},
		"a reset forgets the file": {Quirks{}, []string{
			selectAID + " > 6113", selectEF05 + " > 9000", "reset", "00B2030006 > 6986",
		}},
		"an answer waits for the very next command only": {Quirks{}, []string{
			selectAID + " > 6113", "00C0000000 > 6C13", selectEF05 + " > 9000", "00C0000013 > 6A82",
		}},
		"another kind of card": {Quirks{NoApplication: true}, []string{selectAID + " > 6A82"}},
		"a card that wants its PIN": {Quirks{WantsPIN: true}, []string{
			selectAID + " > 6113", selectEF05 + " > 9000", "00B2030006 > 0304322E30309000",
			selectEF06 + " > 9000", "00B2080014 > 6982",
		}},
		"child select only":     {Quirks{ChildSelect: true}, []string{selectAID + " > 6113", "00A4000002EF05 > 6A86", selectEF05 + " > 9000"}},
		"plain select only":     {Quirks{PlainSelect: true}, []string{selectAID + " > 6113", selectEF05 + " > 6A86", "00A4000002EF05 > 9000"}},
		"records by index only": {Quirks{ByIndexOnly: true}, []string{selectAID + " > 6113", selectEF05 + " > 9000", "00B2030006 > 6A86", "00B2030406 > 0304322E30309000"}},
		"any Le will do":        {Quirks{AnyLe: true}, []string{selectAID + " > 6113", selectEF05 + " > 9000", "00B2030000 > 0304322E30309000"}},
		"records on demand":     {Quirks{OnDemand: true}, []string{selectAID + " > 6113", selectEF05 + " > 9000", "00B2030006 > 6106", "00C0000006 > 0304322E30309000"}},
		"nonsense has a status word": {Quirks{}, []string{
			"00 > 6700", "00A40400FF11 > 6700", "00FF000000 > 6D00", "00A404000100 > 6A82", "00A4070002EF05 > 6A86",
		}},
	}
	for title, test := range tests {
		t.Run(title, func(t *testing.T) {
			card := mustNew(t, holder())
			card.Quirks = test.quirks
			chip := Power(card)
			for _, line := range test.talk {
				if line == "reset" {
					chip.Reset()
					continue
				}
				command, want, _ := strings.Cut(line, " > ")
				apdu, err := hex.DecodeString(command)
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.ToUpper(hex.EncodeToString(chip.Answer(apdu))); got != want {
					t.Errorf("%s: got %s, want %s", command, got, want)
				}
			}
		})
	}
}

func TestNewWritesRecordsAsTheStandardSays(t *testing.T) {
	card := mustNew(t, holder())
	want := map[byte]string{
		0x01: "350100d15600000500bf7d7a48fb4966",
		0x04: "910000023501ffffffffffff",
		0x07: "443135363030303058",
		0x09: "d5c5c8fd" + strings.Repeat("00", 26),
		0x0B: "01",
		0x0C: "350102",
	}
	for _, record := range append(card.EF05, card.EF06...) {
		if hexed, ok := want[record.Tag]; ok && !strings.HasPrefix(hex.EncodeToString(record.Value), hexed) {
			t.Errorf("record %02X holds %x, want %s", record.Tag, record.Value, hexed)
		}
		delete(want, record.Tag)
	}
	if len(want) != 0 {
		t.Errorf("records missing: %v", want)
	}
}

func TestLongNameGoesOnInAnotherRecord(t *testing.T) {
	h := holder()
	h.Name = strings.Repeat("汉", 14) + "𠅤尔" // 28 + 4 + 2 bytes: the rare character is cut in two
	card := mustNew(t, h)
	var first, more []byte
	for _, record := range card.EF06 {
		switch record.Tag {
		case 0x09:
			first = record.Value
		case 0x4E:
			more = record.Value
		}
	}
	if hex.EncodeToString(first[28:]) != "9532" || hex.EncodeToString(more[:5]) != "a632b6fb00" || len(more) != 20 {
		t.Errorf("09 ends in %x, 4E is %x", first[28:], more)
	}
}

func TestNewRefusesWhatDoesNotFit(t *testing.T) {
	for name, spoil := range map[string]func(*devices.SocialSecurityCard){
		"digits too long":  func(h *devices.SocialSecurityCard) { h.Birth = "194912310" },
		"digits no digits": func(h *devices.SocialSecurityCard) { h.Birth = "1949-1-1" },
		"text too long":    func(h *devices.SocialSecurityCard) { h.IDNo += "0" },
		"text not ASCII":   func(h *devices.SocialSecurityCard) { h.CardNo = "卡" },
		"name too long":    func(h *devices.SocialSecurityCard) { h.Name = strings.Repeat("汉", 26) },
	} {
		t.Run(name, func(t *testing.T) {
			h := holder()
			spoil(&h)
			if _, err := New(h); !errors.Is(err, ErrDoesNotFit) {
				t.Errorf("New: %v, want ErrDoesNotFit", err)
			}
		})
	}
}

// Whatever it is sent, a chip answers with a status word and at most a record.
func FuzzChip(f *testing.F) {
	for _, seed := range []string{selectAID, "00C0000013", selectEF05, "00B2030006", "00B2050400", "00"} {
		apdu, _ := hex.DecodeString(seed)
		f.Add(apdu)
	}
	card, err := New(holder())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, apdu []byte) {
		chip := Power(card)
		aid, _ := hex.DecodeString(selectAID)
		file, _ := hex.DecodeString(selectEF06)
		for _, command := range [][]byte{apdu, aid, apdu, file, apdu, apdu} {
			if n := len(chip.Answer(command)); n < 2 || n > 258 {
				t.Fatalf("answer of %d bytes", n)
			}
		}
	})
}
