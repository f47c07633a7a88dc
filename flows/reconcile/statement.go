package reconcile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Errors of a statement. Their texts hold places, never content: what stands
// there may be a person's.
var (
	// ErrStatement is the family of everything that makes a statement unusable.
	ErrStatement = errors.New("unusable statement")

	ErrEncoding = fmt.Errorf("%w: it is neither UTF-8 nor GBK", ErrStatement)
	ErrTooLarge = fmt.Errorf("%w: it is too large", ErrStatement)
	ErrHeader   = fmt.Errorf("%w: no line names its columns", ErrStatement)
	ErrCSV      = fmt.Errorf("%w: it is no CSV", ErrStatement)
	ErrCell     = fmt.Errorf("%w: a cell cannot be read", ErrStatement)
)

// Bounds of a statement.
const (
	maxStatement = 128 << 20 // bytes
	maxRows      = 2_000_000
	maxHeaderAt  = 20  // records before the header that may be a title
	maxColumns   = 200 // of a record
	maxCell      = 4 << 10
)

// Format says how a statement is written.
type Format struct {
	// The names of its columns, as its header has them. Number and Amount must be
	// there; the others are used where they are.
	Number   string // our outChargeNo or outRefundNo
	Amount   string // yuan; below zero: money given back
	Type     string // which way the money went; without it the amount's sign says it
	Time     string // when; without it every row is of the day
	State    string // whether the money moved; without it it did
	Terminal string // termNo of the trade
	Trace    string // the platform's own number of the trade

	// What the cells of Type and State say. Any other word is an error.
	ChargeWords []string
	RefundWords []string
	DoneWords   []string
	FailedWords []string
}

// DefaultFormat is the format of the interface's electronic statement
// (电子对账接口), as far as the specification names its fields, with the words
// that are usual.
func DefaultFormat() Format {
	return Format{
		Number:      "CHANNEL_TRACENO",
		Amount:      "TRADE_AMOUNT",
		Type:        "TRADE_TYPE",
		Time:        "TRADE_TIME",
		State:       "TRADE_STATE",
		Terminal:    "TERM_NO",
		Trace:       "TRACENO",
		ChargeWords: []string{"充值", "支付", "收款", "缴费", "消费", "交易", "hop.trade.recharge", "fsi.outpatient.charge"},
		RefundWords: []string{"退款", "退费", "退货", "hop.trade.refund"},
		DoneWords:   []string{"成功", "交易成功", "支付成功", "退款成功", "已支付", "已退款", "succ", "success"},
		FailedWords: []string{"失败", "交易失败", "关闭", "交易关闭", "已关闭", "未支付", "init", "ing", "exp", "fail", "closed", "notfound"},
	}
}

// Statement is a statement that was read.
type Statement struct {
	Rows []Row
	// Skipped are the lines after the header that are no trades, such as totals.
	Skipped int
	// Without are the columns that the format names and the file does not have.
	Without []string
}

// ReadStatement reads a statement: CSV with a header, maybe below a title,
// parted by commas, semicolons or tabs, in UTF-8 or GBK. Its errors are of the
// family [ErrStatement], with the line's number where there is one, or the reader's.
func ReadStatement(r io.Reader, f Format) (Statement, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxStatement+1))
	if err != nil {
		return Statement{}, err
	}
	if len(data) > maxStatement {
		return Statement{}, fmt.Errorf("%w: more than %d MiB", ErrTooLarge, maxStatement>>20)
	}
	if data, err = utf8Text(data); err != nil {
		return Statement{}, err
	}
	// Strict CSV has no quote within a cell, which this spelling is.
	data = asText.ReplaceAll(data, []byte(`$1"$2"`))
	records, table, err := f.header(data)
	if err != nil {
		return Statement{}, err
	}
	return table.rows(records)
}

// asText is a cell as programs write it for spreadsheets: ="0123".
var asText = regexp.MustCompile(`(?m)(^|[,;\t])="([^"\r\n]*)"`)

// utf8Text is text as UTF-8 without a byte order mark.
func utf8Text(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return nil, fmt.Errorf("%w but UTF-16: save it as UTF-8", ErrEncoding)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return nil, fmt.Errorf("%w: line %d holds a zero byte", ErrEncoding, lineAt(data, i))
	}
	if utf8.Valid(data) {
		return data, nil
	}
	// GB 18030 reads GBK, and the rare characters that some write with it.
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil {
		return nil, ErrEncoding
	}
	if i := bytes.IndexRune(text, utf8.RuneError); i >= 0 { // not in GBK: bytes that mean nothing
		return nil, fmt.Errorf("%w: line %d", ErrEncoding, lineAt(text, i))
	}
	return text, nil
}

// lineAt is the line, from 1, of the byte at offset.
func lineAt(text []byte, offset int) int { return 1 + bytes.Count(text[:offset], []byte("\n")) }
