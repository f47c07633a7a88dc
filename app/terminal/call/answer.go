package call

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
)

// reply is an answer of our own.
func reply(s saying) onetrans.Answer {
	at := time.Now()
	now := onetrans.T(onetrans.FormatTimestamp(at))
	return onetrans.Answer{
		Code: onetrans.T(string(s.code)), ErrMsg: onetrans.T(s.errMsg()),
		InfRefMsgID: onetrans.T(answerID(at)),
		RefMsgTime:  now, RespondTime: now,
		Data: jsontext.Value("{}"),
	}
}

// answerID is an inf_refmsgid: region (none), time and ten digits (table 3-2).
func answerID(at time.Time) string {
	serial, err := rand.Int(rand.Reader, big.NewInt(1e10))
	if err != nil {
		serial = new(big.Int) // it is told apart by its time
	}
	return fmt.Sprintf("000000%s%010d", onetrans.FormatTime(at), serial)
}

func withData(a onetrans.Answer, data any) onetrans.Answer {
	if encoded, err := onetrans.Marshal(data); err == nil {
		a.Data = encoded
	}
	return a
}

// numbers are the numbers by which a caller can query when the outcome is unknown.
type numbers struct {
	Result      onetrans.Text `json:"result,omitzero"`
	OutChargeNo onetrans.Text `json:"outChargeNo,omitzero"`
	OutRefundNo onetrans.Text `json:"outRefundNo,omitzero"`
	OutSettleNo onetrans.Text `json:"outSettleNo,omitzero"`
	SetlID      onetrans.Text `json:"setl_id,omitzero"`
}

// named are the numbers in a message's data, wherever its trans_type has them.
type named struct {
	OutChargeNo onetrans.Text `json:"outChargeNo"`
	OutRefundNo onetrans.Text `json:"outRefundNo"`
	OutTradeNo  onetrans.Text `json:"outTradeNo"`
	TradeType   onetrans.Text `json:"tradeType"`
	SetlID      onetrans.Text `json:"setl_id"`
	Extra       onetrans.Nested[struct {
		OutSettleNo onetrans.Text `json:"outSettleNo"`
	}] `json:"extra"`
}

// inDoubt is the answer when the outcome of a request is unknown.
func inDoubt(request onetrans.Request) onetrans.Answer {
	answer := reply(sayings.unknown)
	var in named
	if onetrans.UnmarshalData(request.Data, &in) != nil {
		return answer
	}
	n := numbers{Result: onetrans.T(string(onetrans.ResultIng))}
	switch request.TransType.String() {
	case onetrans.TransRecharge:
		n.OutChargeNo = in.OutChargeNo
	case onetrans.TransRefund:
		n.OutRefundNo = in.OutRefundNo
	case onetrans.TransSettle:
		n.OutSettleNo = settleNo(request, in.Extra.Value.OutSettleNo)
	case onetrans.TransSettleCancel:
		n.SetlID = in.SetlID
	case onetrans.TransQuery:
		if in.TradeType.String() == onetrans.TransRefund {
			n.OutRefundNo = in.OutTradeNo
		} else {
			n.OutChargeNo = in.OutTradeNo
		}
	default:
		return answer
	}
	return withData(answer, n)
}

// provenHere is the answer about a trade that is final here, but not confirmed by
// the platform.
func provenHere(of *txn.ProvenError) onetrans.Answer {
	n := numbers{Result: onetrans.T(string(of.Result))}
	switch no := onetrans.T(of.No); of.Kind {
	case onetrans.TransRefund:
		n.OutRefundNo = no
	case onetrans.TransSettle:
		n.OutSettleNo = no
	default:
		n.OutChargeNo = no
	}
	return withData(reply(sayings.unknown), n)
}

// settleNo is a settlement's number: HIS's own, else its msgid.
func settleNo(request onetrans.Request, own onetrans.Text) onetrans.Text {
	if own.Empty() {
		return request.MsgID
	}
	return own
}

// failure is the answer to a call for which nothing was sent, unless err says
// otherwise.
func failure(request onetrans.Request, err error) onetrans.Answer {
	if doubt, ok := errors.AsType[*txn.InDoubtError](err); ok {
		n := numbers{Result: onetrans.T(string(onetrans.ResultIng))}
		if request.TransType.String() == onetrans.TransSettle {
			n.OutSettleNo = onetrans.T(doubt.No)
		} else {
			n.OutChargeNo = onetrans.T(doubt.No)
		}
		return withData(reply(sayings.inDoubt), n)
	}
	if field, ok := errors.AsType[*onetrans.FieldError](err); ok {
		return reply(sayings.field.said(fieldText(field)))
	}
	if proven, ok := errors.AsType[*txn.ProvenError](err); ok && !errors.Is(err, platform.ErrNotSent) {
		return provenHere(proven)
	}
	if way, ok := errors.AsType[*txn.WayError](err); ok {
		return reply(otherWay(way))
	}
	if errors.Is(err, wire.ErrUntrusted) && aboutMoney(request.TransType.String()) {
		return inDoubt(request)
	}
	for _, known := range errorSayings() {
		if errors.Is(err, known.err) {
			if known.code == onetrans.CodeUnknown {
				return inDoubt(request)
			}
			return reply(known.saying)
		}
	}
	return reply(sayings.internal)
}

// aboutMoney reports whether a trans_type moves money or reports on it.
func aboutMoney(transType string) bool {
	switch transType {
	case onetrans.TransRecharge, onetrans.TransQuery, onetrans.TransRefund, onetrans.TransSettle, onetrans.TransSettleCancel:
		return true
	}
	return false
}

// passed is a platform's answer as it is passed on to HIS: its data an object, a
// code if a read came without one, a refusal's words after ours. An answer without
// any code cannot be trusted.
func passed(request onetrans.Request, answer onetrans.Answer) onetrans.Answer {
	if answer.Code.Empty() {
		if !answer.Succeeded(request.TransType.String()) {
			return failure(request, wire.ErrUntrusted)
		}
		answer.Code = onetrans.T(string(onetrans.CodeOK))
	}
	object, err := onetrans.DataObject(answer.Data)
	if err != nil {
		return failure(request, wire.ErrUntrusted)
	}
	answer.Data = object
	if code := onetrans.Code(answer.Code.String()); code != onetrans.CodeOK {
		refused := sayings.refused
		if request.TransType.String() == onetrans.TransQuery { // the question was, and says nothing of the trade
			refused = sayings.refusedQuery
		}
		answer.ErrMsg = onetrans.T(refused.with(code, answer.Words()).errMsg())
	}
	if identifies(request) && answer.Code.String() == string(onetrans.CodeOK) && !isPerson(object) {
		return failure(request, wire.ErrUntrusted)
	}
	return answer
}

// identifies reports whether a request asks who somebody is.
func identifies(request onetrans.Request) bool {
	transType := request.TransType.String()
	return transType == onetrans.TransUserGet || transType == onetrans.TransUserThirdGet
}

// isPerson reports whether data has the shape of an answer about a person. Missing
// fields do not matter.
func isPerson(data jsontext.Value) bool {
	var out onetrans.UserGetOut
	return onetrans.UnmarshalData(data, &out) == nil && !out.BaseInfo.Opaque()
}

// Undone reports whether an answer, in GBK, proves that nothing was done.
func Undone(out []byte) bool {
	var answer onetrans.Answer
	text, err := onetrans.DecodeGBK(out)
	if err != nil || onetrans.Unmarshal(text, &answer) != nil {
		return false
	}
	return slices.Contains([]onetrans.Code{
		onetrans.CodeBusy, onetrans.CodeNotJSON, onetrans.CodeField, onetrans.CodeTransType, onetrans.CodeDevice,
		onetrans.CodeJournal, onetrans.CodeNotSent, onetrans.CodeOtherTrade, onetrans.CodeInDoubt, onetrans.CodeInternal,
	}, onetrans.Code(answer.Code.String()))
}
