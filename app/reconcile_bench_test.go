//go:build bench && linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// A whole process that holds 200,000 rows of a bill against an exported journal
// of as many trades.
func BenchmarkReconcileProcess(b *testing.B) {
	program, err := filepath.Abs("../bin/onetrans")
	if err != nil {
		b.Fatal(err)
	}
	const trades = 200_000
	folder := b.TempDir()
	journal, bill := filepath.Join(folder, "journal.jsonl"), filepath.Join(folder, "bill.csv")
	writeBusyDay(b, trades, journal, bill)
	settings := filepath.Join(folder, "onetrans.toml")
	if err := os.WriteFile(settings, []byte("platform.driver = 'sandbox'\n[terminal]\nterm_no = 'ZZJ641'\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	var peak int64
	for range 5 {
		command := exec.Command(program, "reconcile", "--config", settings, "--date", "2025-11-27", "--journal", journal, "--statement", bill)
		start := time.Now()
		if out, err := command.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		took = append(took, time.Since(start))
		peak = max(peak, command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	}
	slices.Sort(took)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(took[len(took)/2].Seconds(), "s(aim≤3)")
	b.ReportMetric(float64(peak)/1024, "MiB-peak(aim≤200)")
}

// writeBusyDay writes a journal's export, and WeChat Pay's bill of the same day.
func writeBusyDay(b *testing.B, trades int, journal, bill string) {
	b.Helper()
	files := make([]*bufio.Writer, 2)
	for n, path := range []string{journal, bill} {
		file, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		defer file.Close()
		files[n] = bufio.NewWriter(file)
	}
	header, err := os.ReadFile(statementData + "wechat-all.csv")
	if err != nil {
		b.Fatal(err)
	}
	_, _ = files[1].Write(header[:slices.Index(header, '\n')+1])
	day := time.Date(2025, 11, 27, 0, 0, 0, 0, time.UTC)
	for n := range trades {
		at := day.Add(time.Duration(n) * 24 * time.Hour / time.Duration(trades))
		no, trace, amount := fmt.Sprintf("R20251127%013d", n), fmt.Sprintf("17%017d", n), fmt.Sprintf("%d.%02d", n%900+1, n%100)
		fmt.Fprintf(files[0], `{"created":%[1]q,"changed":%[1]q,"kind":"recharge","number":%[2]q,"original":"","amount":%[3]q,"state":"succ",`+
			`"account_type":"02","card_type":"01","card":"D12****78","name":"张*","id_no":"","result":"succ","refused_with":"","charge_no":"C%[4]s",`+
			`"trace_no":%[4]q,"trace_time":%[5]q,"channel":"WX","sends":"1","sent":%[1]q,"term_no":"ZZJ641"}`+"\n",
			at.Format(time.DateTime), no, amount, trace, at.Format("20060102150405"))
		fmt.Fprintf(files[1], "`%s,`wx0,`1900000001,`0,`D641,`%s,`%s,`oUSER,`NATIVE,`SUCCESS,`OTHERS,`CNY,`%[4]s,`0.00,`0,`0,`0.00,`0.00,`,`,`住院预交金充值,`,`0.02000,`0.60%%,`%[4]s,`0.00,`\r\n",
			at.Format(time.DateTime), trace, no, amount)
	}
	for _, file := range files {
		if err := file.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}
