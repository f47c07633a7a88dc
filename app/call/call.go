// Package call carries out one call of HIS: pInData in, pOutData out, both
// JSON in GBK. It never touches the screen.
package call

import (
	"context"
	"errors"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

// Exit statuses of a call whose answer was written.
const (
	ExitAnswered = 0
	// ExitUnknown goes with 600008: nobody may take it for a failure.
	ExitUnknown = 2
)

// callTime is how long a call may take that shows no page.
const callTime = 30 * time.Second

// Core is what a call needs of the transaction core.
type Core interface {
	Acquire() (release func(), err error)
	Recharge(context.Context, onetrans.Request) (txn.Status, error)
	Refund(context.Context, onetrans.Request) (txn.Status, error)
	Query(context.Context, onetrans.Request) (onetrans.Answer, error)
	// Call passes on a message that is not about money.
	Call(context.Context, onetrans.Request) (onetrans.Answer, error)
	Watch(no string) (statuses <-chan txn.Status, end func(), err error)
}

// Own opens what a call needs: the terminal, for as long as the call runs.
// It is called only when the request is worth it.
type Own func() (core Core, end func(), err error)

// Door takes calls.
type Door struct {
	Own Own
	// UnknownWait is how long money in doubt is asked for before the caller hears 600008.
	UnknownWait time.Duration
	// Buffer is how many bytes the caller has for the answer; 0 for no limit.
	Buffer int
}

// Serve carries out the call that in asks for and returns the answer in GBK,
// with the exit status that belongs to it.
func (d Door) Serve(ctx context.Context, transType string, in []byte) (out []byte, exit int) {
	answer := d.answer(ctx, transType, in)
	exit = ExitAnswered
	if answer.Code.String() == string(onetrans.CodeUnknown) {
		exit = ExitUnknown
	}
	return d.encode(transType, answer), exit
}

// answer judges the trans_type first, then JSON, then fields, all before the
// terminal is touched.
func (d Door) answer(ctx context.Context, transType string, in []byte) onetrans.Answer {
	serve, ok := map[string]func(context.Context, Core, onetrans.Request) onetrans.Answer{
		onetrans.TransRecharge:  d.recharge,
		onetrans.TransQuery:     query,
		onetrans.TransRefund:    refund,
		onetrans.TransAuthURL:   passOn,
		onetrans.TransAuthQuery: passOn,
	}[transType]
	if !ok {
		return reply(onetrans.CodeTransType, "不支持的交易类型")
	}
	request, err := decode(in)
	if err != nil {
		return reply(onetrans.CodeNotJSON, "入参不是有效的 GBK 编码 JSON")
	}
	if body := request.TransType; !body.Empty() && body.String() != transType {
		return reply(onetrans.CodeField, "trans_type（交易类型编码）与调用参数不一致")
	}
	request.TransType = onetrans.T(transType)
	if err := onetrans.Validate(transType, request); err != nil {
		return refusedField(err)
	}
	if needsPage(request) {
		return reply(onetrans.CodeDevice, "本调用方式没有收银台页面，请传 extra.printMode 为 1")
	}
	core, end, err := d.Own()
	if err != nil {
		return failure(err)
	}
	defer end()
	release, err := core.Acquire()
	if err != nil {
		return failure(err)
	}
	defer release()
	return serve(ctx, core, request)
}

// refusedField names the field that can't be taken.
func refusedField(err error) onetrans.Answer {
	var field *onetrans.FieldError
	if errors.As(err, &field) {
		return reply(onetrans.CodeField, field.Text())
	}
	return reply(onetrans.CodeField, "入参有误")
}

// needsPage says whether a recharge wants a cashier page, which is the kiosk's;
// a call gets the code and shows it itself.
func needsPage(request onetrans.Request) bool {
	if request.TransType.String() != onetrans.TransRecharge {
		return false
	}
	var in onetrans.RechargeIn
	return onetrans.UnmarshalData(request.Data, &in) == nil &&
		in.DepositType.Empty() && in.Extra.Value.PrintMode.String() != "1"
}

func decode(in []byte) (onetrans.Request, error) {
	var request onetrans.Request
	text, err := onetrans.DecodeGBK(in)
	if err != nil {
		return request, err
	}
	return request, onetrans.Unmarshal(text, &request)
}

func query(ctx context.Context, core Core, request onetrans.Request) onetrans.Answer {
	return ask(ctx, request, core.Query)
}

func passOn(ctx context.Context, core Core, request onetrans.Request) onetrans.Answer {
	return ask(ctx, request, core.Call)
}

// ask is the answer to a message that the platform answers by itself.
func ask(ctx context.Context, request onetrans.Request, call func(context.Context, onetrans.Request) (onetrans.Answer, error)) onetrans.Answer {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	answer, err := call(ctx, request)
	if err != nil {
		return failure(err)
	}
	if object, err := onetrans.DataObject(answer.Data); err == nil {
		answer.Data = object
	}
	return answer
}

func refund(ctx context.Context, core Core, request onetrans.Request) onetrans.Answer {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	status, err := core.Refund(ctx, request)
	if err != nil {
		return failure(err)
	}
	return refundOutcome(status.Trade)
}

func (d Door) recharge(ctx context.Context, core Core, request onetrans.Request) onetrans.Answer {
	sending, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	status, err := core.Recharge(sending, request)
	if err != nil {
		return failure(err)
	}
	var in onetrans.RechargeIn
	if onetrans.UnmarshalData(request.Data, &in) == nil && !in.DepositType.Empty() {
		status = d.awaitFinal(ctx, core, status)
	}
	return outcome(status.Trade)
}

// awaitFinal waits until the trade is final, or the caller must be told that
// it is not.
func (d Door) awaitFinal(ctx context.Context, core Core, status txn.Status) txn.Status {
	ctx, cancel := context.WithTimeout(ctx, d.UnknownWait)
	defer cancel()
	statuses, end, err := core.Watch(status.Trade.Order.No)
	if err != nil {
		return status
	}
	defer end()
	for !status.Trade.Final() {
		select {
		case status = <-statuses:
		case <-ctx.Done():
			return status
		}
	}
	return status
}

// failure is the answer to a call of which nothing was sent, unless err says otherwise.
func failure(err error) onetrans.Answer {
	var doubt *txn.InDoubtError
	if errors.As(err, &doubt) {
		return withData(reply(onetrans.CodeInDoubt, "同一账户有一笔相同金额的充值结果未知，请先查询"),
			onetrans.RechargeOut{OutChargeNo: onetrans.T(doubt.No), Result: onetrans.T(string(onetrans.ResultIng))})
	}
	for _, known := range knownErrors() {
		if errors.Is(err, known.err) {
			return reply(known.code, known.text)
		}
	}
	return reply(onetrans.CodeInternal, "内部错误，未发送")
}

// reply is an answer of our own.
func reply(code onetrans.Code, text string) onetrans.Answer {
	now := onetrans.T(onetrans.FormatTimestamp(time.Now()))
	return onetrans.Answer{
		Code: onetrans.T(string(code)), ErrMsg: onetrans.T(text),
		RefMsgTime: now, RespondTime: now,
		Data: jsontext.Value("{}"),
	}
}

func withData(a onetrans.Answer, data any) onetrans.Answer {
	if encoded, err := onetrans.Marshal(data); err == nil {
		a.Data = encoded
	}
	return a
}

// encode writes the answer in GBK, as long as the caller can take it. What
// can't be written is answered as unknown: the call may have been about money.
func (d Door) encode(transType string, a onetrans.Answer) []byte {
	out, err := onetrans.Fit(transType, a, d.Buffer)
	if errors.Is(err, onetrans.ErrTooLong) {
		out, err = onetrans.Fit(transType, reply(onetrans.CodeTooLong, "应答超过调用方缓冲区长度"), 0)
	}
	if err != nil {
		return []byte(`{"code":"600008","data":{}}`)
	}
	return out
}
