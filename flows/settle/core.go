package settle

import (
	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// StatusOf reads a settlement's status of the transaction core.
func StatusOf(s txn.SettleStatus) Status {
	status := Status{
		No: s.No, Stage: stageOf(s), NoBills: s.NoBills, Total: s.Total, Fund: s.Fund, Account: s.Account, Cash: s.Cash,
		QRCode: s.QRCode, ExpireAt: s.ExpireAt, CloseAsked: s.CloseAsked, TraceNo: s.TraceNo, CallSN: s.CallSN, TraceTime: s.TraceTime, RefundNo: s.RefundNo,
		SilentSince: s.SilentSince, AtDesk: s.Desk != "",
		Moving: s.Result == onetrans.ResultIng || s.Result == onetrans.ResultExp,
	}
	for _, b := range s.Bills {
		status.Bills = append(status.Bills, Bill{No: b.No, Dept: b.Dept, Doctor: b.Doctor, Date: b.Date, Amount: b.Amount})
	}
	for _, step := range s.Steps {
		if state, ok := stepStates()[step.State]; ok {
			status.Steps = append(status.Steps, view.SettleStep{Kind: view.StepKind(step.Code), State: state})
		}
	}
	return status
}

func stageOf(s txn.SettleStatus) Stage {
	switch s.State {
	case txn.PreSettled:
		return Priced
	case txn.Paying:
		if s.Paid {
			return Paid
		}
		return Unpaid
	case txn.Confirming:
		return Unconfirmed
	case txn.Succ:
		return Done
	case txn.Abandoning:
		return Undoing
	case txn.Abandoned:
		return Undone
	case txn.Refunding:
		return RefusedPaid
	case txn.Refunded:
		return Refunded
	case txn.Refused:
		return Refused
	case txn.NotSent:
		if s.Unsealed {
			return Unsealed
		}
		return NotSent
	case txn.Cancelled:
		return Cancelled
	}
	return Unknown
}

// stepStates are the words of platforms for how far a step has come.
func stepStates() map[string]view.StepState {
	return map[string]view.StepState{
		"ahead": view.StepAhead, "now": view.StepNow, "done": view.StepDone, "skipped": view.StepSkipped,
	}
}
