package sandbox

import (
	"slices"
	"strings"
)

// compoundSurnames are the two-character surnames that are met today; a name
// with one of them shows it whole, or a family could not tell its members.
func compoundSurnames() []string {
	return strings.Fields("欧阳 上官 司马 诸葛 皇甫 尉迟 公孙 慕容 司徒 东方 令狐 夏侯 端木 百里 呼延 申屠 太史 闻人 轩辕 宇文 长孙 鲜于 钟离 澹台 公冶 濮阳 淳于 单于 司空 南宫 独孤")
}

// maskName hides the middle of a name: 张* 王*明 欧阳*珺 阿*明.
func maskName(name string) string {
	runes := []rune(name)
	switch {
	case len(runes) <= 1:
		return name
	case len(runes) == 2:
		return string(runes[0]) + "*"
	case len(runes) == 3 || !slices.Contains(compoundSurnames(), string(runes[:2])):
		return string(runes[0]) + "*" + string(runes[len(runes)-1])
	default:
		return string(runes[:2]) + "*" + string(runes[len(runes)-1])
	}
}
