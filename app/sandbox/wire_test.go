package sandbox

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/wire"
)

func TestWireSpeaksEveryProtection(t *testing.T) {
	b := newBench(t)
	for _, sign := range []wire.SignType{wire.SM3, wire.SM2} {
		for _, enc := range []wire.EncType{wire.SM4, wire.None} {
			b.keys.SignType, b.keys.EncType = sign, enc
			wantFields(t, b.ask("C1"), map[string]string{"result": "notfound"})
		}
	}
}

func TestWireRefusesUnderSeal(t *testing.T) {
	b := newBench(t)
	query := queryOf(patient(), onetrans.TransRecharge, "C1")
	plain := func(change map[string]string) []byte {
		p := b.plain("M1", onetrans.TransQuery, query)
		for from, to := range change {
			p = bytes.Replace(p, []byte(from), []byte(to), 1)
		}
		return p
	}
	now := onetrans.FormatTimestamp(b.now())
	at := func(d time.Duration) map[string]string {
		return map[string]string{now: onetrans.FormatTimestamp(b.now().Add(d))}
	}
	for _, c := range []struct {
		name  string
		plain []byte
		code  string
	}{
		{"a clock 10 minutes slow", plain(at(-10 * time.Minute)), "000000"},
		{"a clock more than 10 minutes slow", plain(at(-10*time.Minute - time.Millisecond)), "610002"},
		{"a clock more than 10 minutes fast", plain(at(10*time.Minute + time.Millisecond)), "610002"},
		{"no clock", plain(map[string]string{now: ""}), "610009 timestamp"},
		{"half a clock", plain(map[string]string{now: "2026112310"}), "610009 timestamp"},
		{"no msgid", plain(map[string]string{`"M1"`: `""`}), "610009 msgid"},
		{"a msgid too long", plain(map[string]string{"M1": strings.Repeat("1", 31)}), "610009 msgid"},
		{"no trans_type", plain(map[string]string{onetrans.TransQuery: ""}), "610009 trans_type"},
		{"a trans_type nobody knows", plain(map[string]string{`"` + onetrans.TransQuery: `"hop.trade.gift`}), "610008"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := newBench(t).post(t.Context(), b.seal(c.plain))
			if err != nil {
				t.Fatal(err)
			}
			wantCode(t, r, c.code)
		})
	}
}

func TestWireRefusesWhatIsNotThere(t *testing.T) {
	wantCode(t, newBench(t).send("hop.trade.give", obj{}), "610008")
}

func TestWireRefusesASignatureThatIsNotOurs(t *testing.T) {
	for _, c := range []struct {
		name  string
		sign  wire.SignType
		spoil func([]byte) []byte
	}{
		{"SM3", wire.SM3, func(sealed []byte) []byte { return spoilText(sealed, "signData") }},
		{"SM2", wire.SM2, func(sealed []byte) []byte { return spoilText(sealed, "signData") }},
		{"data changed", wire.SM3, func(sealed []byte) []byte { return spoilText(sealed, "encData") }},
		{"field changed", wire.SM3, func(sealed []byte) []byte { return spoilText(sealed, "timestamp") }},
		{"no signature", wire.SM3, func(sealed []byte) []byte { return bytes.Replace(sealed, []byte("signData"), []byte("signature"), 1) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.keys.SignType = c.sign
			recharge := rechargeOf(patient(), "C1", "10")
			sealed := c.spoil(b.seal(b.plain("M1", onetrans.TransRecharge, recharge)))
			r, err := b.post(t.Context(), sealed)
			if err != nil {
				t.Fatal(err)
			}
			wantCode(t, r, "610001")
			if r.MsgID != "M1" {
				t.Errorf("answers message %q", r.MsgID)
			}
			wantFields(t, b.ask("C1"), map[string]string{"result": "notfound"})
		})
	}
}

func TestWireRefusesByStatusWhatCannotBeSealed(t *testing.T) {
	b := newBench(t)
	stranger := b.keys
	stranger.AppID = "nobody"
	foreign, err := stranger.Seal([]byte(`{"msgid":"M1","app_id":"nobody"}`))
	if err != nil {
		t.Fatal(err)
	}
	good := string(b.seal(b.plain("M1", onetrans.TransQuery, obj{})))
	for _, c := range []struct {
		name, body string
		status     int
	}{
		{"nothing", "", http.StatusBadRequest},
		{"no JSON", "hello", http.StatusBadRequest},
		{"a list", "[]", http.StatusBadRequest},
		{"names twice", `{"app_id":"a","app_id":"b"}`, http.StatusBadRequest},
		{"an application nobody knows", string(foreign), http.StatusUnauthorized},
		{"a signature nobody knows", strings.Replace(good, "SM3", "MD5", 1), http.StatusBadRequest},
		{"an encryption nobody knows", strings.Replace(good, "SM4", "DES", 1), http.StatusBadRequest},
		{"too long", `{"a":"` + strings.Repeat("x", maxSealed) + `"}`, http.StatusBadRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, err := b.http.Post(b.url, "application/json", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if res.StatusCode != c.status {
				t.Errorf("status %d, want %d", res.StatusCode, c.status)
			}
		})
	}
}

func TestWireTakesOpenDataFromThisMachineOnly(t *testing.T) {
	b := newBench(t)
	b.keys.EncType = wire.None
	sealed := b.seal(b.plain("M1", onetrans.TransQuery, obj{}))
	for from, want := range map[string]int{"127.0.0.1:4000": http.StatusOK, "192.168.1.9:4000": http.StatusForbidden} {
		if got := answerFrom(b, from, "/", sealed); got != want {
			t.Errorf("from %s: %d, want %d", from, got, want)
		}
	}
}

func TestSameMessageGetsTheSameAnswer(t *testing.T) {
	b := newBench(t)
	sealed := b.seal(b.plain("M1", onetrans.TransRecharge, rechargeOf(patient(), "C1", "10")))
	first, err := b.post(t.Context(), sealed)
	if err != nil {
		t.Fatal(err)
	}
	b.control("pay", obj{"outChargeNo": "C1"})
	b.clock.Advance(time.Minute)
	again, err := b.post(t.Context(), sealed)
	if err != nil {
		t.Fatal(err)
	}
	if first.get("result") != "init" || !bytes.Equal(first.Data, again.Data) || first.RespondTime != again.RespondTime {
		t.Errorf("first %s %s, again %s %s", first.RespondTime, first.Data, again.RespondTime, again.Data)
	}
}

func TestMessageNumberReusedWithOtherContent(t *testing.T) {
	b := newBench(t)
	send := func(out string) reply {
		r, err := b.post(t.Context(), b.seal(b.plain("M1", onetrans.TransRecharge, rechargeOf(patient(), out, "10"))))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	wantCode(t, send("C1"), "000000")
	wantCode(t, send("C2"), "610002")
	wantFields(t, b.ask("C2"), map[string]string{"result": "notfound"})
	b.clock.Advance(24 * time.Hour)
	wantCode(t, send("C2"), "610002")
	b.clock.Advance(time.Nanosecond)
	wantCode(t, send("C2"), "000000")
}

func TestOldMessagesAreForgotten(t *testing.T) {
	b := newBench(t)
	for range 10 {
		b.ask("C1")
	}
	b.clock.Advance(25 * time.Hour)
	for range 3 {
		b.ask("C1")
	}
	left := map[string]int{}
	err := b.srv.ledger.view(func(k *book) error {
		left["seen"] = k.tx.Bucket(bucketSeen).Stats().KeyN
		left["seen_at"] = k.tx.Bucket(bucketSeenAt).Stats().KeyN
		return nil
	})
	if err != nil || left["seen"] != 3 || left["seen_at"] != 3 {
		t.Errorf("kept %v, %v", left, err)
	}
}
