package sandbox

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"onetrans/flows/message/onetrans"
)

// refusal is a refusing code with a sentence for people. It answers the message,
// which has changed nothing.
type refusal struct {
	code onetrans.Code
	say  string
}

func (r *refusal) Error() string { return string(r.code) + " " + r.say }

func refuse(code onetrans.Code, say string) error { return &refusal{code, say} }

// refuseField refuses a field that is missing or malformed.
func refuseField(name string) error {
	return refuse(onetrans.CodePlatformField, "字段缺失或格式错误："+name)
}

// asRefusal turns an error of the ledger into the code for it; other errors are
// faults of the sandbox and stay as they are.
func asRefusal(err error) error {
	switch {
	case errors.Is(err, errConflict):
		return refuse(onetrans.CodePlatformOtherTrade, "业务流水号已用于另一笔交易")
	case errors.Is(err, errExceeds):
		return refuse(onetrans.CodePlatformExceeds, "退款金额超过可退金额")
	case errors.Is(err, errNotPaid):
		return refuse(onetrans.CodePlatformNoRefund, "原交易未支付，不能退款")
	case errors.Is(err, errShareBound):
		return refuse(onetrans.CodePlatformNoRefund, "结算未取消，或退款方式不符，不能退款")
	}
	return err
}

// field is a field of a message with its length at most, in characters.
type field struct {
	name string
	text onetrans.Text
	max  int
}

// required refuses the first field that is empty or too long.
func required(fields ...field) error {
	for _, f := range fields {
		if f.text.Empty() {
			return refuseField(f.name)
		}
	}
	return bounded(fields...)
}

// bounded refuses the first field that is too long.
func bounded(fields ...field) error {
	for _, f := range fields {
		if utf8.RuneCountInString(f.text.String()) > f.max {
			return refuseField(f.name)
		}
	}
	return nil
}

// payable parses an amount above zero.
func payable(name string, a onetrans.Amount) (onetrans.Fen, error) {
	fen, err := a.Payable()
	if err != nil {
		return 0, refuseField(name)
	}
	return fen, nil
}

// errMessage keeps a sentence within the specification's 200 characters.
func errMessage(format string, args ...any) string {
	runes := []rune(fmt.Sprintf(format, args...))
	return string(runes[:min(len(runes), 200)])
}
