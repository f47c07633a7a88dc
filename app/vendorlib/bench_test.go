//go:build bench

package vendorlib

import (
	"slices"
	"strconv"
	"testing"
	"time"
)

// How long the next call takes after one in which the library has crashed, against one
// after a call that went well.
func BenchmarkNextCallAfterACrash(b *testing.B) {
	const rounds = 21
	w := newWorld(b)
	after := func(how string, n int) time.Duration {
		w.Behave(how)
		_, _ = w.Call(b.Context(), charge(b, how+strconv.Itoa(n)))
		begun := time.Now()
		w.resultOf("none")
		return time.Since(begun)
	}
	var crashed, well []time.Duration
	for n := range rounds { // in turn, so that a slow minute hits both
		well = append(well, after("", n))
		crashed = append(crashed, after("crash", n))
	}
	slices.Sort(well)
	slices.Sort(crashed)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(crashed[rounds/2].Seconds()*1000, "ms-after-a-crash(aim≤3000)")
	b.ReportMetric(crashed[rounds-1].Seconds()*1000, "ms-slowest")
	b.ReportMetric(well[rounds/2].Seconds()*1000, "ms-after-a-good-call")
}
