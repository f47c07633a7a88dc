// Package mask hides the middle of names and numbers: it leaves enough for people
// to recognise their own, and too little for the next in the queue.
package mask

import (
	"slices"
	"strings"
)

// compoundSurnames are the two-character surnames in use today; they are shown
// whole, so that family members can be told apart.
func compoundSurnames() []string {
	return strings.Fields("欧阳 上官 司马 诸葛 皇甫 尉迟 公孙 慕容 司徒 东方 令狐 夏侯 端木 百里 呼延 申屠 太史 闻人 轩辕 宇文 长孙 鲜于 钟离 澹台 公冶 濮阳 淳于 单于 司空 南宫 独孤")
}

// Name keeps a name's first and last character: 张*, 王*明, 欧阳*珺.
func Name(name string) string {
	runes := []rune(name)
	switch {
	case len(runes) == 0:
		return ""
	case len(runes) <= 2:
		return string(runes[0]) + "*"
	case len(runes) > 3 && slices.Contains(compoundSurnames(), string(runes[:2])):
		return string(runes[:2]) + "*" + string(runes[len(runes)-1])
	default:
		return string(runes[0]) + "*" + string(runes[len(runes)-1])
	}
}

// IDNo keeps the first and last four digits of an identity number: 3501**********1234.
func IDNo(no string) string { return middle(no, 4, 4) }

// CardNo keeps a card number's first three and last two characters: D12****78.
func CardNo(no string) string { return middle(no, 3, 2) }

// middle hides all but the ends; of a text too short for that, all but the first
// character.
func middle(s string, head, tail int) string {
	runes := []rune(s)
	switch {
	case len(runes) == 0:
		return ""
	case len(runes) < head+tail+2:
		return string(runes[0]) + strings.Repeat("*", len(runes)-1)
	}
	return string(runes[:head]) + strings.Repeat("*", len(runes)-head-tail) + string(runes[len(runes)-tail:])
}
