//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
)

// userGet is a request to identify a person.
func userGet(certType string) string {
	return fmt.Sprintf(`{"recer_sys_code":"HIS","msgid":"M1","dept_codg":"1","dept_name":"科","opter":"o","opter_name":"员","opter_type":"1",
		"data":{"mdtrt_cert_type":%q,"business_type":"01101"}}`, certType)
}

// layCard runs the command that lays a person's identity card on a reader at port.
func layCard(t *testing.T, port, name string) (takeAway func()) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	var out, log bytes.Buffer
	go func() {
		defer close(ended)
		if exit := run(ctx, []string{"card", "--identity", "--port", port, name}, &out, &log); exit != exitOK {
			t.Errorf("the command ended with %d: %s", exit, log.String())
		}
	}()
	t.Cleanup(func() { stop(); <-ended })
	eventually(t, "the port is there", func() bool { _, err := os.Stat(port); return err == nil })
	return func() { stop(); <-ended }
}

func TestACallReadsAnIdentityCard(t *testing.T) {
	port := filepath.Join(t.TempDir(), "identity")
	w := newTerminal(t, fmt.Sprintf("[devices.identity]\nport = %q", port))
	person := sandbox.Persons()[1]

	if a, _ := w.call(t, onetrans.TransUserGet, userGet("02")); a.Code != string(onetrans.CodeDevice) || !strings.Contains(a.Text, "身份证阅读器") {
		t.Errorf("without a reader: %s %s", a.Code, a.Text)
	}
	takeAway := layCard(t, port, person.Name)
	data := w.succeeds(t, onetrans.TransUserGet, userGet("02"))
	base, _ := data["baseinfo"].(map[string]any)
	if base["psn_name"] != person.Name || base["certno"] != person.CertNo || data["mdtrt_cert_type"] != "02" {
		t.Errorf("%v", data)
	}

	// The terminal's owner serves the same reader, also when it comes back.
	w.startAgent(t)
	w.succeeds(t, onetrans.TransUserGet, userGet("02"))
	takeAway()
	if _, err := os.Lstat(port); err == nil {
		t.Error("the port is still there")
	}
	if a, _ := w.call(t, onetrans.TransUserGet, userGet("02")); a.Code != string(onetrans.CodeDevice) {
		t.Errorf("unplugged: %s %s", a.Code, a.Text)
	}
	layCard(t, port, person.Name)
	w.succeeds(t, onetrans.TransUserGet, userGet("02"))
}

func TestATerminalWithoutAReaderOfIdentityCards(t *testing.T) {
	w := newTerminal(t, "")
	if a, _ := w.call(t, onetrans.TransUserGet, userGet("02")); a.Code != string(onetrans.CodeDevice) || !strings.HasSuffix(a.Text, "本机没有身份证阅读器") {
		t.Errorf("%s %s", a.Code, a.Text)
	}
}
