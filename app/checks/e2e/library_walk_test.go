//go:build e2e && callers

package e2e

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"onetrans/app/checks/rig"
	"onetrans/app/library/callers"
	"onetrans/app/sandbox"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

// begins makes a call whose page somebody is at; what is heard comes in time.
func (c *client) begins(transType, no, request string) <-chan callers.Heard {
	c.t.Helper()
	of := trade{transType, no, request}
	given, err := c.Encode(request)
	c.must(err)
	heard := make(chan callers.Heard, 1)
	answer := c.host.Call(0, given)
	go func() { heard <- c.judge(of, <-answer) }()
	return heard
}

// hearsWell waits for a call's answer, which must be a success.
func (c *client) hearsWell(heard <-chan callers.Heard) callers.Heard {
	c.t.Helper()
	select {
	case h := <-heard:
		if h.Code != onetrans.CodeOK {
			c.t.Fatalf("heard %s %s", h.Code, h.Message)
		}
		return h
	case <-time.After(time.Minute):
		c.keepPicture("unanswered")
		c.t.Fatal("nothing is heard")
	}
	return callers.Heard{}
}

// The way of a patient through the library: identified by what was touched and scanned
// on its page, topped up and paid on the phone, asked for, given back. A name that GBK
// lacks arrives whole.
func TestThroughTheLibraryAPatientIsIdentifiedToppedUpAndPaidBack(t *testing.T) {
	display := rig.StartDisplay(t, screenWidth, screenHeight)
	stage, by := newStage(t, display), plain(t)
	build(t, stage, by)
	h := newHospital(t, stage, display, 2*time.Minute)
	h.eyes = openEyes(t)
	h.person = sandbox.Persons()[2] // 王㛃
	c := &client{hospital: h, Caller: by, host: h.start(by)}

	heard := c.begins(onetrans.TransUserGet, "", sampleRequest(t, onetrans.TransUserGet))
	c.must(c.await("call identify", time.Minute))
	c.keepPicture("identify")
	c.must(c.tap("call identify", view.ChooseWay, string(view.WayCode)))
	c.must(c.await("call scan", 20*time.Second))
	c.must(c.display.Type(h.person.Voucher))
	read := c.hearsWell(heard)
	if name := read.Data["baseinfo"].(map[string]any)["psn_name"]; name != h.person.Name {
		t.Errorf("read %v", name)
	}

	money := strings.NewReplacer(`"姓名"`, `"`+h.person.Name+`"`)
	heard = c.begins(onetrans.TransRecharge, chargeNo, money.Replace(sampleRequest(t, onetrans.TransRecharge)))
	code := ""
	c.must(within(time.Minute, "a code to pay by", func() bool {
		read, err := c.readCode()
		code = read
		return err == nil && strings.Contains(code, "/pay/")
	}))
	c.must(byPhone(h.world, code))
	if paid := c.hearsWell(heard); paid.Data["result"] != string(onetrans.ResultSucc) {
		t.Errorf("recharged: %v", paid.Data)
	}
	c.keepPicture("recharged")
	for transType, no := range map[string]string{onetrans.TransQuery: chargeNo, onetrans.TransRefund: refundNo} {
		if h := c.hearsWell(c.begins(transType, no, sampleRequest(t, transType))); h.Data["result"] != string(onetrans.ResultSucc) {
			t.Errorf("%s: %v", transType, h.Data)
		}
	}
	c.must(c.host.End())
	c.settleUp()
}

// What is no GBK is written as \u, so that bytes of GBK are all that a caller gets.
func TestThroughTheLibraryARareNameArrivesInGBK(t *testing.T) {
	stage, by := newStage(t, nil), plain(t)
	build(t, stage, by)
	h := newHospital(t, stage, nil, by.Wait())
	h.person = sandbox.Persons()[2]
	host := h.start(by)
	given, err := by.Encode(h.next(onetrans.TransUserGet).request)
	h.must(err)
	a := <-host.Call(0, given)
	if _, faults := by.Judge(a); len(faults) > 0 {
		t.Errorf("%q", faults)
	}
	if !bytes.Contains(a.Out, []byte("\xcd\xf5\\u36c3")) { // 王 in GBK
		t.Errorf("%q", a.Out)
	}
}
