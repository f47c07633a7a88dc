package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAProcessThatHoldsSecretsLeavesNoCoreDump(t *testing.T) {
	w := newTerminal(t, "")
	agent := program(t, "agent", "--config", w.config)
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the agent serves", func() bool { return w.served(t) })
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", agent.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(limits)) {
		if rest, core := strings.CutPrefix(line, "Max core file size"); core {
			if fields := strings.Fields(rest); fields[0] != "0" || fields[1] != "0" {
				t.Errorf("a core dump is allowed: %s", line)
			}
		}
	}
	noCoreDumps()
	if dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || dumpable != 0 {
		t.Errorf("a collector of dumps gets one: %d, %v", dumpable, err)
	}
}
