package sscard

import (
	"errors"
	"fmt"

	"onetrans/devices"
)

// aid is the application's name, 'sx1.sh.社会保障' in GBK (LD/T 32).
const aid = "sx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF"

// Tags of the records that are read (LD/T 33).
const (
	tagCardCode   = 0x01
	tagClass      = 0x02
	tagVersion    = 0x03
	tagIssuer     = 0x04
	tagIssued     = 0x05
	tagValidUntil = 0x06
	tagCardNo     = 0x07
	tagIDNo       = 0x08
	tagName       = 0x09
	tagNameMore   = 0x4E
	tagSex        = 0x0A
	tagNation     = 0x0B
	tagBirthPlace = 0x0C
	tagBirth      = 0x0D
)

// maxRecords bounds the search by index: EF05 and EF06 have seven records each.
const maxRecords = 24

// layout is a file: its records in the standard's order, and those that an intact
// card must have.
type layout struct {
	id      byte // the low byte of EFxx
	records []slotOf
	needed  []byte
}

type slotOf struct {
	tag  byte
	size byte // of the value, in bytes
}

func layouts() []layout {
	return []layout{
		{0x05, []slotOf{
			{tagCardCode, 16},
			{tagClass, 1},
			{tagVersion, 4},
			{tagIssuer, 12},
			{tagIssued, 4},
			{tagValidUntil, 4},
			{tagCardNo, 9},
		}, []byte{tagCardCode}},
		{0x06, []slotOf{
			{tagIDNo, 18},
			{tagName, 30},
			{tagNameMore, 20},
			{tagSex, 1},
			{tagNation, 1},
			{tagBirthPlace, 3},
			{tagBirth, 4},
		}, []byte{tagIDNo, tagName}},
	}
}

// values are the contents of records, by tag.
type values map[byte][]byte

// readCard reads a whole card. Errors of the line are returned as they are.
func readCard(send transmit) (devices.SocialSecurityCard, error) {
	all := values{}
	if err := selectApplication(send); err != nil {
		return devices.SocialSecurityCard{}, err
	}
	for _, file := range layouts() {
		if err := selectFile(send, file.id); err != nil {
			return devices.SocialSecurityCard{}, err
		}
		if err := readFile(send, file, all); err != nil {
			return devices.SocialSecurityCard{}, fmt.Errorf("read EF%02X: %w", file.id, err)
		}
	}
	return decode(all)
}

func selectApplication(send transmit) error {
	_, sw, err := exchange(send, append([]byte{0x00, 0xA4, 0x04, 0x00, byte(len(aid))}, aid...))
	switch {
	case err != nil:
		return fmt.Errorf("select application: %w", err)
	case sw == swLocked || sw == swBlocked:
		return fmt.Errorf("select application: %w", refusal(sw))
	case !accepted(sw):
		return fmt.Errorf("select application: status %04X: %w", sw, devices.ErrWrongCard)
	}
	return nil
}

// selectFile tries both forms, since a card knows only one: P1=02, a file below the
// application, or P1=00, any file.
func selectFile(send transmit, id byte) error {
	var last int
	for _, p1 := range []byte{0x02, 0x00} {
		_, sw, err := exchange(send, []byte{0x00, 0xA4, p1, 0x00, 0x02, 0xEF, id})
		if err != nil {
			return fmt.Errorf("select EF%02X: %w", id, err)
		}
		if accepted(sw) {
			return nil
		}
		last = sw
	}
	return fmt.Errorf("select EF%02X: %w", id, refusal(last))
}

// readFile adds the selected file's records to into: by tag, or by number where the
// card does not know tags.
func readFile(send transmit, file layout, into values) error {
	err := readByTag(send, file, into)
	if err == nil && complete(file, into) {
		return nil
	}
	if err != nil && !errors.Is(err, devices.ErrUnreadable) {
		return err
	}
	if err := readByIndex(send, file, into); err != nil {
		return err
	}
	if !complete(file, into) {
		return fmt.Errorf("records missing: %w", devices.ErrUnreadable)
	}
	return nil
}

func complete(file layout, have values) bool {
	for _, tag := range file.needed {
		if len(have[tag]) == 0 {
			return false
		}
	}
	return true
}

func readByTag(send transmit, file layout, into values) error {
	for _, record := range file.records {
		tag, value, err := readRecord(send, [2]byte{record.tag, 0x00}, [2]byte{record.size + 2, 0})
		if errors.Is(err, errAbsent) {
			continue
		}
		if err != nil {
			return err
		}
		if tag != record.tag {
			return fmt.Errorf("asked for record %02X, got %02X: %w", record.tag, tag, devices.ErrUnreadable)
		}
		into[tag] = value
	}
	return nil
}

func readByIndex(send transmit, file layout, into values) error {
	for n := range byte(maxRecords) {
		var guess byte
		if int(n) < len(file.records) {
			guess = file.records[n].size + 2
		}
		tag, value, err := readRecord(send, [2]byte{n + 1, 0x04}, [2]byte{0, guess})
		if errors.Is(err, errAbsent) || n > 0 && errors.Is(err, errForm) {
			return nil
		}
		if err != nil {
			return err
		}
		if belongs(file, tag) {
			into[tag] = value
		}
	}
	return nil
}

func belongs(file layout, tag byte) bool {
	for _, record := range file.records {
		if record.tag == tag {
			return true
		}
	}
	return false
}

// What the refusal of a record can mean other than a fault.
var (
	errAbsent = errors.New("no such record")
	// errForm means that the card does not know this form of request, or, by
	// number, that there are no more records.
	errForm = fmt.Errorf("records are not read this way: %w", devices.ErrUnreadable)
)

// readRecord reads one record. Cards that do not answer a wrong Le with 6Cxx refuse
// it or truncate the record, so a second Le is tried.
func readRecord(send transmit, p1p2 [2]byte, les [2]byte) (tag byte, value []byte, err error) {
	for _, le := range les {
		var data []byte
		var sw int
		data, sw, err = exchange(send, []byte{0x00, 0xB2, p1p2[0], p1p2[1], le})
		switch {
		case err != nil:
			return 0, nil, err
		case absent(sw):
			return 0, nil, errAbsent
		case sw == swOK || sw == swEndReached:
			if tag, value, err = parseRecord(data); err == nil {
				return tag, value, nil
			}
		case sw == swWrongP1P2 || sw == swOutOfRange:
			return 0, nil, errForm
		case sw == swWrongLength:
			err = refusal(sw)
		default:
			return 0, nil, fmt.Errorf("record %02X: %w", p1p2[0], refusal(sw))
		}
	}
	return 0, nil, err
}

// accepted reports whether a SELECT worked; 62xx but 6283 (deactivated) only warns.
func accepted(sw int) bool {
	return sw == swOK || sw>>8 == 0x62 && sw != 0x6283
}
