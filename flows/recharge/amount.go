package recharge

import (
	"strconv"
	"strings"

	"onetrans/flows/flow"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// maxTyped is how many characters the display takes: seven digits of yuan, a point, two of fen.
const maxTyped = 10

func onKey(m Model, tap view.Tap) (Model, []flow.Effect) {
	m.typed = typed(m.typed, tap.Value)
	return m, nil
}

func onQuick(m Model, tap view.Tap) (Model, []flow.Effect) {
	i, err := strconv.Atoi(tap.Value)
	if err == nil && i >= 0 && i < len(m.terms.Quick) {
		m.typed = strings.TrimSuffix(m.terms.Quick[i].String(), ".00")
	}
	return m, nil
}

func onNext(m Model, _ view.Tap) (Model, []flow.Effect) {
	amount, problem := m.amount()
	if problem != "" || amount == 0 {
		return m, nil
	}
	m.charge.Amount, m.charge.Despite = amount, ""
	m.state = Confirming
	return m, nil
}

// typed is what stands in the display after a key: never anything that is not
// the beginning of an amount.
func typed(before, key string) string {
	switch key {
	case view.KeyClear:
		return ""
	case view.KeyDelete:
		return before[:max(0, len(before)-1)]
	case ".":
		if before == "" {
			return "0."
		}
		if strings.Contains(before, ".") {
			return before
		}
		return before + "."
	}
	if len(key) != 1 || key[0] < '0' || key[0] > '9' || len(before) >= maxTyped {
		return before
	}
	if before == "0" {
		return key
	}
	next := before + key
	if _, err := onetrans.ParseFen(next); err != nil {
		return before
	}
	return next
}

// amount is what is typed, and why it can't be taken, if it can't. Nothing
// typed is zero, without a problem.
func (m Model) amount() (onetrans.Fen, view.AmountProblem) {
	amount, err := onetrans.ParseFen(strings.TrimSuffix(m.typed, "."))
	switch {
	case err != nil:
		return 0, ""
	case amount > m.terms.Max:
		return amount, view.AmountTooLarge
	case amount < m.terms.Min:
		return amount, view.AmountTooSmall
	}
	return amount, ""
}
