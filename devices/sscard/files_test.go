package sscard

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"onetrans/devices"
	"onetrans/devices/virtualcard"
)

func holder() devices.SocialSecurityCard {
	return devices.SocialSecurityCard{
		CardCode: "350100D15600000500BF7D7A48FB4966", Class: "3", Version: "2.00",
		Issuer: "910000023501", Issued: "20200131", ValidUntil: "20300131", CardNo: "D1560000X",
		IDNo: "11010519491231002X", Name: "张三", Sex: "2", Nation: "01", BirthPlace: "350102", Birth: "19491231",
	}
}

func named(name string) devices.SocialSecurityCard {
	h := holder()
	h.Name = name
	return h
}

func virtual(t testing.TB, h devices.SocialSecurityCard, q virtualcard.Quirks) virtualcard.Card {
	t.Helper()
	card, err := virtualcard.New(h)
	if err != nil {
		t.Fatal(err)
	}
	card.Quirks = q
	return card
}

func lineTo(card virtualcard.Card) transmit {
	chip := virtualcard.Power(card)
	return func(apdu []byte) ([]byte, error) { return chip.Answer(apdu), nil }
}

func TestReadsEveryKindOfSoundCard(t *testing.T) {
	long := strings.Repeat("汉", 14) + "𠅤尔"
	tests := map[string]struct {
		holder devices.SocialSecurityCard
		quirks virtualcard.Quirks
	}{
		"as the standard says":                {holder(), virtualcard.Quirks{}},
		"EFs selected as children only":       {holder(), virtualcard.Quirks{ChildSelect: true}},
		"EFs selected plainly only":           {holder(), virtualcard.Quirks{PlainSelect: true}},
		"records by index only":               {named(long), virtualcard.Quirks{ByIndexOnly: true}},
		"records by index, Le overlooked":     {holder(), virtualcard.Quirks{ByIndexOnly: true, AnyLe: true}},
		"records fetched by GET RESPONSE":     {holder(), virtualcard.Quirks{OnDemand: true}},
		"everything odd at once":              {named(long), virtualcard.Quirks{OnDemand: true, ByIndexOnly: true, PlainSelect: true}},
		"a name with rare characters":         {named("㛃䶮𠅤"), virtualcard.Quirks{}},
		"a name of one rare character":        {named("王𠅤"), virtualcard.Quirks{}},
		"a name cut inside a character":       {named(long), virtualcard.Quirks{}},
		"a foreign name, cut after a space":   {named("ABCDEFGHIJKLMNOPQRSTUVWXYZABC DE"), virtualcard.Quirks{}},
		"a minority name with a middle dot":   {named("买买提·吐尔逊"), virtualcard.Quirks{}},
		"a card with its optional parts bare": {devices.SocialSecurityCard{CardCode: holder().CardCode, IDNo: holder().IDNo, Name: "李四"}, virtualcard.Quirks{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readCard(lineTo(virtual(t, test.holder, test.quirks)))
			if err != nil || got != test.holder {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func without(records []virtualcard.Record, tag byte) []virtualcard.Record {
	var kept []virtualcard.Record
	for _, record := range records {
		if record.Tag != tag {
			kept = append(kept, record)
		}
	}
	return kept
}

func with(records []virtualcard.Record, tag byte, value string) []virtualcard.Record {
	return append(without(records, tag), virtualcard.Record{Tag: tag, Value: []byte(value)})
}

func TestOtherCardsAndBrokenOnes(t *testing.T) {
	tests := map[string]struct {
		spoil func(*virtualcard.Card)
		want  error
	}{
		"another kind of card":         {func(c *virtualcard.Card) { c.Quirks.NoApplication = true }, devices.ErrWrongCard},
		"a card that wants its PIN":    {func(c *virtualcard.Card) { c.Quirks.WantsPIN = true }, devices.ErrCardLocked},
		"no EF understood":             {func(c *virtualcard.Card) { c.Quirks.PlainSelect, c.Quirks.ChildSelect = true, true }, devices.ErrUnreadable},
		"no records at all":            {func(c *virtualcard.Card) { c.EF06 = []virtualcard.Record{} }, devices.ErrUnreadable},
		"no name":                      {func(c *virtualcard.Card) { c.EF06 = without(c.EF06, tagName) }, devices.ErrUnreadable},
		"an empty name":                {func(c *virtualcard.Card) { c.EF06 = with(c.EF06, tagName, strings.Repeat("\x00", 30)) }, devices.ErrUnreadable},
		"a name cut off":               {func(c *virtualcard.Card) { c.EF06 = with(c.EF06, tagName, "\xD5\xC5\xC8") }, devices.ErrUnreadable},
		"a name with a control":        {func(c *virtualcard.Card) { c.EF06 = with(c.EF06, tagName, "\xD5\xC5\n\xC8\xFD") }, devices.ErrUnreadable},
		"a name that turns text round": {func(c *virtualcard.Card) { c.EF06 = with(c.EF06, tagName, "\xD5\xC5\x81\x36\xA7\x31\xC8\xFD") }, devices.ErrUnreadable},
		"a number that is no text":     {func(c *virtualcard.Card) { c.EF06 = with(c.EF06, tagIDNo, "1101\x01") }, devices.ErrUnreadable},
		"a short card code":            {func(c *virtualcard.Card) { c.EF05 = with(c.EF05, tagCardCode, "\x35\x01") }, devices.ErrUnreadable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			card := virtual(t, holder(), virtualcard.Quirks{})
			test.spoil(&card)
			got, err := readCard(lineTo(card))
			if !errors.Is(err, test.want) || got != (devices.SocialSecurityCard{}) {
				t.Errorf("got %+v, %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), holder().IDNo[:6]) {
				t.Errorf("the error tells what is on the card: %v", err)
			}
		})
	}
}

// A field that nobody is identified by may be spoilt.
func TestSpoiltSideFieldsAreLeftEmpty(t *testing.T) {
	card := virtual(t, holder(), virtualcard.Quirks{})
	card.EF06 = with(with(with(card.EF06, tagSex, "\x01"), tagBirth, "\xFF\xFF\xFF\xFF"), tagNation, "\xA1")
	card.EF05 = with(card.EF05, tagClass, "\xFF")
	want := holder()
	want.Sex, want.Birth, want.Nation, want.Class = "", "", "", ""
	if got, err := readCard(lineTo(card)); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestExchange(t *testing.T) {
	endless := func(answer string) transmit {
		return func([]byte) ([]byte, error) { return unhex(answer), nil }
	}
	errPulled := errors.New("pulled")
	tests := map[string]struct {
		send transmit
		data string
		sw   int
		err  error
	}{
		"data at once":                  {endless("AABB9000"), "aabb", 0x9000, nil},
		"a refusal":                     {endless("6A82"), "", 0x6A82, nil},
		"wrong Le, then the right one":  {talk("00B2010012>6C14", "00B2010014>CAFE9000"), "cafe", 0x9000, nil},
		"256 bytes are written as 00":   {talk("00B2010012>6C00", "00B2010000>CAFE9000"), "cafe", 0x9000, nil},
		"data in pieces":                {talk("00B2010012>AA6102", "00C0000002>BB6101", "00C0000001>CC9000"), "aabbcc", 0x9000, nil},
		"a fetch with the wrong length": {talk("00B2010012>6102", "00C0000002>6C01", "00C0000001>CC9000"), "cc", 0x9000, nil},
		"61xx without end":              {endless("6110"), "", 0, devices.ErrUnreadable},
		"6Cxx without end":              {endless("6C10"), "", 0, devices.ErrUnreadable},
		"too much data":                 {endless(strings.Repeat("00", 600) + "6100"), "", 0, devices.ErrUnreadable},
		"a stray byte":                  {endless("FF"), "", 0, errGarbled},
		"nothing":                       {endless(""), "", 0, errGarbled},
		"the line's error is kept":      {func([]byte) ([]byte, error) { return nil, errPulled }, "", 0, errPulled},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			data, sw, err := exchange(test.send, unhex("00B2010012"))
			if hex.EncodeToString(data) != test.data || sw != test.sw || !errors.Is(err, test.err) {
				t.Errorf("got %x, %04X, %v", data, sw, err)
			}
		})
	}
}

func TestExchangeLeavesTheCommandAlone(t *testing.T) {
	apdu := unhex("00B2010012")
	if _, _, err := exchange(talk("00B2010012>6C14", "00B2010014>9000"), apdu); err != nil || !bytes.Equal(apdu, unhex("00B2010012")) {
		t.Errorf("command is now %x, %v", apdu, err)
	}
}

// talk is a card that answers each command with what is written for it.
func talk(lines ...string) transmit {
	answers := map[string]string{}
	for _, line := range lines {
		command, answer, _ := strings.Cut(line, ">")
		answers[command] = answer
	}
	return func(apdu []byte) ([]byte, error) {
		return unhex(answers[strings.ToUpper(hex.EncodeToString(apdu))]), nil
	}
}

func unhex(s string) []byte {
	raw, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return raw
}

// Cards answer Le in their own ways; the record is had all the same.
func TestReadRecordFindsTheRightLe(t *testing.T) {
	tests := map[string]transmit{
		"6700 for a wrong Le":     talk("00B2030006>6700", "00B2030000>0304322E30309000"),
		"cut off at a short Le":   talk("00B2030006>0304322E9000", "00B2030000>0304322E30309000"),
		"6282 and the whole data": talk("00B2030006>0304322E30306282"),
		"padded to a fixed size":  talk("00B2030006>0304322E303000000000009000"),
	}
	for name, send := range tests {
		t.Run(name, func(t *testing.T) {
			tag, value, err := readRecord(send, [2]byte{3, 0}, [2]byte{6, 0})
			if tag != 3 || string(value) != "2.00" || err != nil {
				t.Errorf("got %02X %q, %v", tag, value, err)
			}
		})
	}
}

func TestRecordsBeyondTheEnd(t *testing.T) {
	for _, end := range []string{"6A83", "6A86", "6B00", "6A88"} {
		card := virtual(t, holder(), virtualcard.Quirks{ByIndexOnly: true})
		chip := lineTo(card)
		send := func(apdu []byte) ([]byte, error) {
			answer, err := chip(apdu)
			if apdu[1] == 0xB2 && bytes.Equal(answer, unhex("6A83")) {
				answer = unhex(end)
			}
			return answer, err
		}
		if got, err := readCard(send); err != nil || got != holder() {
			t.Errorf("%s: got %+v, %v", end, got, err)
		}
	}
}

// A record that fails between others must not pass for the end of the file:
// the name's second half could be behind it.
func TestFailingRecordIsNotTheEnd(t *testing.T) {
	chip := lineTo(virtual(t, named(strings.Repeat("汉", 20)), virtualcard.Quirks{ByIndexOnly: true}))
	send := func(apdu []byte) ([]byte, error) {
		if apdu[1] == 0xB2 && apdu[2] == 3 {
			return unhex("6F00"), nil
		}
		return chip(apdu)
	}
	if got, err := readCard(send); !errors.Is(err, devices.ErrUnreadable) {
		t.Errorf("got %+v, %v", got, err)
	}
}
