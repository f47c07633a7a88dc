package virtualcard

import "bytes"

// DefaultATR is the answer to reset of a card without one of its own: direct
// convention, T=0, nine historical bytes 'SSC-DEMO1'.
func DefaultATR() []byte {
	return []byte("\x3B\x69\x00\x00SSC-DEMO1")
}

const aid = "sx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF"

// The status words that the chip returns (ISO 7816-4).
const (
	swOK            = 0x9000
	swMore          = 0x6100 // SW2: bytes that wait for GET RESPONSE
	swWrongLength   = 0x6700
	swWantsPIN      = 0x6982
	swNoFileChosen  = 0x6986
	swNotFound      = 0x6A82
	swNoRecord      = 0x6A83
	swWrongP1P2     = 0x6A86
	swWrongLe       = 0x6C00 // SW2: the right one
	swNoInstruction = 0x6D00
)

// Chip is the card's processor: what has been selected since the reset, and what
// waits to be fetched. It is not safe for use by several goroutines.
type Chip struct {
	card    Card
	chosen  bool     // the application is selected
	file    []Record // the selected file, nil for none
	private bool     // the selected file is EF06
	waiting []byte   // for GET RESPONSE
}

// Power returns the chip of a card as it is after a reset.
func Power(card Card) *Chip { return &Chip{card: card} }

// ATR returns the answer to reset.
func (c *Chip) ATR() []byte {
	if c.card.ATR != nil {
		return c.card.ATR
	}
	return DefaultATR()
}

// Reset clears everything that was selected.
func (c *Chip) Reset() { *c = Chip{card: c.card} }

// Answer returns the response to one command APDU, status word included. It never
// fails: there is a status word for every invalid command.
func (c *Chip) Answer(apdu []byte) []byte {
	if len(apdu) < 5 {
		return status(swWrongLength)
	}
	waiting := c.waiting
	c.waiting = nil
	switch apdu[1] {
	case 0xA4:
		return c.choose(apdu)
	case 0xB2:
		return c.read(apdu)
	case 0xC0:
		if waiting == nil {
			return status(swNotFound)
		}
		if int(apdu[4]) != len(waiting) {
			c.waiting = waiting
			return status(swWrongLe + len(waiting))
		}
		return answer(waiting)
	}
	return status(swNoInstruction)
}

// choose is SELECT, of the application by P1=04 or of a file in it.
func (c *Chip) choose(apdu []byte) []byte {
	name := apdu[5:]
	if int(apdu[4]) != len(name) {
		return status(swWrongLength)
	}
	if apdu[2] == 0x04 {
		if c.card.Quirks.NoApplication || string(name) != aid {
			return status(swNotFound)
		}
		c.Reset()
		c.chosen = true
		c.waiting = append([]byte{0x6F, byte(len(aid) + 2), 0x84, byte(len(aid))}, aid...)
		return status(swMore + len(c.waiting))
	}
	if !c.understandsSelect(apdu[2]) {
		return status(swWrongP1P2)
	}
	return c.chooseFile(name)
}

func (c *Chip) understandsSelect(p1 byte) bool {
	switch p1 {
	case 0x02:
		return !c.card.Quirks.PlainSelect
	case 0x00:
		return !c.card.Quirks.ChildSelect
	}
	return false
}

func (c *Chip) chooseFile(name []byte) []byte {
	switch {
	case c.chosen && bytes.Equal(name, []byte{0xEF, 0x05}):
		c.file, c.private = c.card.EF05, false
	case c.chosen && bytes.Equal(name, []byte{0xEF, 0x06}):
		c.file, c.private = c.card.EF06, true
	default:
		return status(swNotFound)
	}
	return status(swOK)
}

// read is READ RECORD, by tag (P2=00) or by number (P2=04).
func (c *Chip) read(apdu []byte) []byte {
	switch {
	case c.file == nil:
		return status(swNoFileChosen)
	case c.private && c.card.Quirks.WantsPIN:
		return status(swWantsPIN)
	case apdu[3] != 0x00 && apdu[3] != 0x04, apdu[3] == 0x00 && c.card.Quirks.ByIndexOnly:
		return status(swWrongP1P2)
	}
	record := c.find(apdu[2], apdu[3] == 0x04)
	if record == nil {
		return status(swNoRecord)
	}
	data := append([]byte{record.Tag, byte(len(record.Value))}, record.Value...)
	if c.card.Quirks.OnDemand {
		c.waiting = data
		return status(swMore + len(data)&0xFF)
	}
	if int(apdu[4]) != len(data) && !c.card.Quirks.AnyLe {
		return status(swWrongLe + len(data)&0xFF)
	}
	return answer(data)
}

func (c *Chip) find(p1 byte, byNumber bool) *Record {
	for i := range c.file {
		if byNumber && i+1 == int(p1) || !byNumber && c.file[i].Tag == p1 {
			return &c.file[i]
		}
	}
	return nil
}

func status(sw int) []byte { return []byte{byte(sw >> 8), byte(sw)} }

func answer(data []byte) []byte {
	return append(bytes.Clone(data), status(swOK)...)
}
