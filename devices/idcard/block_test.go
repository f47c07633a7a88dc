package idcard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"onetrans/devices"
	"onetrans/devices/virtualidcard"
)

// holder is nobody: the region 3599 exists nowhere.
func holder() devices.IdentityCard {
	return devices.IdentityCard{
		Kind: devices.ResidentCard, Number: "359901198803141721", Name: "欧阳文珺", Sex: "2", Nation: "01", Birth: "19880314",
		Address: "滨江市临江区望海路 18 号 2 单元 301", NewestAddress: "滨江市临江区新村 5 号", Authority: "滨江市公安局临江分局",
		ValidFrom: "20200101", ValidUntil: "20400101",
	}
}

// cards has one card of each kind.
func cards() map[string]devices.IdentityCard {
	forever, rare := holder(), holder()
	forever.ValidUntil, forever.NewestAddress = devices.Permanent, ""
	rare.Name = "王㛃𠅤"
	return map[string]devices.IdentityCard{
		"resident":                 holder(),
		"resident for good":        forever,
		"resident, a rare name":    rare,
		"residence permit":         {Kind: devices.ResidencePermit, Number: "810000199408230021", Name: "陳大文", Sex: "1", Birth: "19940823", Address: "滨江市临江区", Authority: "滨江市公安局", ValidFrom: "20190101", ValidUntil: "20240101", PassNumber: "H12345678", Issues: "01"},
		"foreigner, 2017":          {Kind: devices.ForeignCard2017, Number: "CAN110081010110", Name: "甄文天", EnglishName: "ZHENG, JIAN TEST-NAME", Sex: "1", Nationality: "CAN", Birth: "19810820", ValidFrom: "20170101", ValidUntil: "20270101"},
		"foreigner, no other name": {Kind: devices.ForeignCard2017, Number: "CAN110081010110", Name: "SMITH, ADA", EnglishName: "SMITH, ADA", Sex: "2", Nationality: "CAN", Birth: "19810820", ValidFrom: "20170101", ValidUntil: "20270101"},
		"foreigner, 2023":          {Kind: devices.ForeignCard2023, Number: "911124198108030024", Name: "甄文天", EnglishName: "ALEXANDRA-WILHELMINA VON DER HEIDENREICH", Sex: "2", Nationality: "AUT", Birth: "19810803", Authority: "国家移民管理局", ValidFrom: "20231201", ValidUntil: "20331201"},
	}
}

func written(t testing.TB, card devices.IdentityCard) virtualidcard.Card {
	t.Helper()
	made, err := virtualidcard.New(card)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestEveryKindOfCardIsRead(t *testing.T) {
	for name, card := range cards() {
		t.Run(name, func(t *testing.T) {
			text := written(t, card).Text
			got, err := parseBlock(text[:])
			if err != nil {
				t.Fatal(err)
			}
			card.NewestAddress = "" // stands elsewhere
			if got != card {
				t.Errorf("got  %+v\nwant %+v", got, card)
			}
		})
	}
}

// put writes UTF-16 units into a text block.
func put(text *[blockSize]byte, at int, units ...uint16) {
	for i, u := range units {
		binary.LittleEndian.PutUint16(text[at+2*i:], u)
	}
}

func TestWhatIsNotSoundOnACard(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*[blockSize]byte)
		want  func(*devices.IdentityCard) // nil: the card can't be read
	}{
		"no name":                   {func(b *[blockSize]byte) { put(b, 0, ' ', ' ', ' ', ' ') }, nil},
		"half a character":          {func(b *[blockSize]byte) { put(b, 0, 0xD800) }, nil},
		"a name that turns around":  {func(b *[blockSize]byte) { put(b, 2, 0x202E) }, nil},
		"a private character":       {func(b *[blockSize]byte) { put(b, 2, 0xE000) }, nil},
		"an old private character":  {func(b *[blockSize]byte) { put(b, 0, 0xE863+1) }, func(c *devices.IdentityCard) { c.Name = "龻阳文珺" }},
		"no number":                 {func(b *[blockSize]byte) { put(b, 122, make([]uint16, 18)...) }, nil},
		"a number of other letters": {func(b *[blockSize]byte) { put(b, 122, '*') }, nil},
		"a name filled with 0":      {func(b *[blockSize]byte) { put(b, 8, make([]uint16, 11)...) }, func(*devices.IdentityCard) {}},
		"an odd birth date":         {func(b *[blockSize]byte) { put(b, 36, 'X') }, func(c *devices.IdentityCard) { c.Birth = "" }},
		"a broken address":          {func(b *[blockSize]byte) { put(b, 52, 0xDC00) }, func(c *devices.IdentityCard) { c.Address = "" }},
		"no validity":               {func(b *[blockSize]byte) { put(b, 204, ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ') }, func(c *devices.IdentityCard) { c.ValidUntil = "" }},
	} {
		t.Run(name, func(t *testing.T) {
			text := written(t, holder()).Text
			c.spoil(&text)
			got, err := parseBlock(text[:])
			if c.want == nil {
				if !errors.Is(err, devices.ErrUnreadable) || got != (devices.IdentityCard{}) {
					t.Errorf("%+v, %v", got, err)
				}
				return
			}
			want := holder()
			want.NewestAddress = ""
			c.want(&want)
			if err != nil || got != want {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
			}
		})
	}
	if _, err := parseBlock(make([]byte, blockSize-1)); !errors.Is(err, devices.ErrUnreadable) {
		t.Errorf("a short block: %v", err)
	}
}

// Whatever stands on a card: who it is is there and can be shown, and no error
// tells it.
func FuzzTextBlock(f *testing.F) {
	for _, card := range cards() {
		text := written(f, card).Text
		f.Add(text[:])
	}
	f.Add(bytes.Repeat([]byte{0}, blockSize))
	f.Fuzz(func(t *testing.T, data []byte) {
		card, err := parseBlock(data)
		if err != nil {
			if !errors.Is(err, devices.ErrUnreadable) || card != (devices.IdentityCard{}) {
				t.Fatalf("%+v, %v", card, err)
			}
			return
		}
		if card.Name == "" || card.Number == "" {
			t.Error("nobody's card")
		}
		for _, s := range []string{card.Name, card.EnglishName, card.Address, card.Authority, card.Number, card.PassNumber} {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, unfit) || s != "" && strings.TrimSpace(s) == "" {
				t.Errorf("%q", s)
			}
		}
		if strings.Trim(card.Number, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			t.Error("a number of other letters")
		}
	})
}

// The lengths before the text are the reader's word, and are not trusted.
func FuzzAnswer(f *testing.F) {
	text := written(f, holder()).Text
	f.Add(append(append([]byte{1, 0, 4, 0}, text[:]...), make([]byte, 1024)...))
	f.Add([]byte{1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, err := textOf(data); (err == nil) != (len(text) == blockSize) {
			t.Errorf("%d bytes, %v", len(text), err)
		}
	})
}
