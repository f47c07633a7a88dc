//go:build e2e && callers

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
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

// newWalk is a hospital with a display, whose patient has a name that GBK lacks.
func newWalk(t *testing.T) *hospital {
	display := rig.StartDisplay(t, screenWidth, screenHeight)
	stage := newStage(t, display)
	build(t, stage, plain(t))
	h := newHospital(t, stage, display, 2*time.Minute)
	h.eyes = openEyes(t)
	h.person = sandbox.Persons()[2] // 王㛃
	return h
}

// walks is the way of a patient through the library: identified by what was touched and
// scanned on its page, topped up and paid on the phone, asked for, given back, and a visit settled.
func (h *hospital) walks() {
	h.t.Helper()
	c := &client{hospital: h, Caller: plain(h.t), host: h.start(plain(h.t))}
	heard := c.begins(onetrans.TransUserGet, "", sampleRequest(h.t, onetrans.TransUserGet))
	c.must(c.await("call identify", time.Minute))
	c.keepPicture("identify")
	c.must(c.tap("call identify", view.ChooseWay, string(view.WayCode)))
	c.must(c.await("call scan", 20*time.Second))
	c.must(c.display.Type(h.person.Voucher))
	read := c.hearsWell(heard)
	if name := read.Data["baseinfo"].(map[string]any)["psn_name"]; name != h.person.Name {
		h.t.Errorf("read %v", name)
	}

	money := strings.NewReplacer(`"姓名"`, `"`+h.person.Name+`"`)
	heard = c.begins(onetrans.TransRecharge, chargeNo, money.Replace(sampleRequest(h.t, onetrans.TransRecharge)))
	code := ""
	c.must(within(time.Minute, "a code to pay by", func() bool {
		read, err := c.readCode()
		code = read
		return err == nil && strings.Contains(code, "/pay/")
	}))
	c.must(byPhone(h.world, code))
	if paid := c.hearsWell(heard); paid.Data["result"] != string(onetrans.ResultSucc) {
		h.t.Errorf("recharged: %v", paid.Data)
	}
	c.keepPicture("recharged")
	for transType, no := range map[string]string{onetrans.TransQuery: chargeNo, onetrans.TransRefund: refundNo} {
		if heard := c.hearsWell(c.begins(transType, no, sampleRequest(h.t, transType))); heard.Data["result"] != string(onetrans.ResultSucc) {
			h.t.Errorf("%s: %v", transType, heard.Data)
		}
	}
	heard = c.begins(onetrans.TransSettle, settleNo, sampleRequest(h.t, onetrans.TransSettle))
	c.must(c.follow([]step{
		touch("call bills", view.Next, ""),
		touch("call review", view.Pay, ""),
		{"call share", func(w *world) error { w.payTheCode(); return nil }},
	}))
	if settled := c.hearsWell(heard); settled.Data["setl_id"] == "" {
		h.t.Errorf("settled: %v", settled.Data)
	}
	c.must(c.host.End())
	c.settleUp()
}

func TestThroughTheLibraryAPatientIsIdentifiedToppedUpAndPaidBack(t *testing.T) { newWalk(t).walks() }

// onOurLibraryAsAnothers has the terminal's agent drive our own library as another
// vendor's: behind that one is the terminal that there was.
func (h *hospital) onOurLibraryAsAnothers() {
	h.t.Helper()
	h.behind = h.configPath()
	theirs := h.put(libraries[h.stage.Place], h.folder)
	h.put(h.program(""), h.folder)
	h.put(h.program("-vendor"), filepath.Dir(h.library))
	h.onLibrary(theirs, h.stage.Path)
}

// Two agents, two libraries, and between them the process that has the second. Nobody of
// them is left when the first agent has ended.
func TestThroughTheLibraryAPatientIsServedOnOurOwnAsAnothers(t *testing.T) {
	h := newWalk(t)
	h.onOurLibraryAsAnothers()
	h.walks()
	if _, err := os.Stat(filepath.Join(filepath.Dir(h.behind), filepath.Base(h.journalPath()))); err != nil {
		t.Errorf("it has a journal of its own: %v", err)
	}
	if err := within(15*time.Second, "the agent behind it ends", func() bool { return len(h.agentsOf(h.behind)) == 0 }); err != nil {
		t.Error(err)
	}
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
