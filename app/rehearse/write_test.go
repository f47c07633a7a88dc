package rehearse

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"onetrans/app/record"
	"onetrans/assets/texts"
	"onetrans/flows/message/onetrans"
)

func book(t *testing.T) texts.Book {
	t.Helper()
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestEveryKindAndReasonHasItsWordsInEachLanguage(t *testing.T) {
	var keys []string
	for _, k := range []Kind{Refuses, Takes, Form, Code, Result, Field, Status} {
		keys = append(keys, "kind."+string(k))
	}
	for _, r := range reasons() {
		keys = append(keys, "why."+string(r))
	}
	for _, by := range []string{record.ByUs, record.ByVendor} {
		keys = append(keys, "by."+by)
	}
	for _, f := range []record.Fault{"none", record.FaultUTF8, record.FaultUTF16, record.FaultNotGBK, record.FaultNotJSON, record.FaultLong} {
		keys = append(keys, "fault."+string(f))
	}
	for _, name := range book(t).Names() {
		for _, key := range keys {
			if !book(t).In(name).Has("rehearse." + key) {
				t.Errorf("%s has no %s", name, key)
			}
		}
	}
}

func played(kind Kind, reason Reason, differences ...Difference) Played {
	at := time.Date(2026, 11, 28, 1, 2, 3, 0, time.Local)
	return Played{Call: record.Call{At: at, TransType: onetrans.TransRecharge, By: record.ByVendor}, Kind: kind, Reason: reason, Differences: differences}
}

// carriedOut is a call that was carried out, and did not differ.
func carriedOut() Played {
	p := played("", "")
	p.Call.Out.Message = []byte(`{"code":"000000"}`)
	return p
}

func many(n int, p Played) []Played { return slices.Repeat([]Played{p}, n) }

func of(transType string, p Played) Played {
	p.Call.TransType = transType
	return p
}

// What a hospital's technician reads.
func TestAComparisonSaysPlainlyWhetherMovingOverIsJustified(t *testing.T) {
	for name, one := range map[string]struct {
		played []Played
		says   []string
		proves bool
	}{
		"nothing": {nil, []string{"没有由厂商的库应答的调用"}, false},
		"no difference": {
			append(many(enough, carriedOut()), played("", NeedsMore)),
			[]string{"就比较过的交易类型可以切换。自 2026-11-28 01:02:03 以来 20 次调用没有差异，1 次无法比较", "还没有办成而比较过的交易类型：hos.user.get"},
			true,
		},
		"too few": {
			append(many(enough-1, carriedOut()), played("", "")),
			[]string{"还不能切换。20 次调用没有差异，但凭据太少：每种交易类型至少要有 20 次办成的，hop.trade.recharge 只有 19 次"},
			false,
		},
		"refusals alone": {many(500, played("", "")), []string{"还不能切换", "hop.trade.recharge 只有 0 次"}, false},
		"many of one, few of another": {
			append(many(500, carriedOut()), of(onetrans.TransRefund, carriedOut())),
			[]string{"还不能切换", "hop.trade.refund 只有 1 次"},
			false,
		},
		"a recording that was changed": {append(many(enough, carriedOut()), carriedOut()), []string{"还不能切换。记录被改动过", "缺少 3 次调用", "有 1 处前后接不上"}, false},
		"a difference": {
			[]Played{played("", ""), played(Code, "", Difference{"code", "000000", ""})},
			[]string{"还不能切换。1 次不同", "第 2 次，2026-11-28 01:02:03，hop.trade.recharge：返回码不同", "code（返回码）：厂商 000000，本程序 （没有）"},
			false,
		},
		"no trans_type": {
			[]Played{of("", played("", NoContent)), of("ohw.bgomp.ttyqilp", played("", Unknown))},
			[]string{"（没有）                                      1     0     0         1", "ohw.bgomp.ttyqilp（没有这种类型，已屏蔽）     1     0", "无法比较 1 次：入参", "2 次都无法比较"},
			false,
		},
		"nothing to compare": {[]Played{played("", NeedsMore)}, []string{"什么也没有证实", "无法比较 1 次：厂商应答时交易还在进行"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			r := Report{Words: book(t).In(texts.Source), Played: one.played}
			if name == "a recording that was changed" {
				r.Of = record.Recording{Missing: 3, Moved: 1}
			}
			if err := r.WriteCompare(&out); err != nil {
				t.Fatal(err)
			}
			for _, line := range one.says {
				if !strings.Contains(out.String(), line) {
					t.Errorf("it does not say %q:\n%s", line, out.String())
				}
			}
			if strings.ContainsAny(out.String(), "{}") || r.Justifies() != one.proves {
				t.Errorf("%v:\n%s", r.Justifies(), out.String())
			}
		})
	}
}
