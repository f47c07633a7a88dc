package config

import (
	"cmp"
	"net/netip"
	"net/url"
	"strings"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
	"onetrans/store/trust"
)

// maxAmount is as much as the amount screen can display, and more than anybody tops
// up.
const maxAmount onetrans.Fen = 999_999_999

// maxCAFile is larger than an operating system's whole bundle, in bytes.
const maxCAFile = 1 << 20

// check compares keys with each other.
func (r *reader) check() {
	r.checkPlatform(&r.config.Platform)
	r.checkVendor(&r.config.Platform, r.config.Devices.Owner)
	r.checkPrinter(r.config.Devices.Printer)
	for _, a := range r.config.Pay.Accounts {
		r.checkAmounts(a)
		r.checkPair(accountKey(a.Type, "pay_app_id"), a.PayAppID, accountKey(a.Type, "pay_app_secret"), a.PayAppSecret)
	}
	r.checkEHC(r.config.EHC)
	r.checkReconcile(r.config.Reconcile.Layout)
	if r.config.Store.Path == "" {
		r.demand("store.path", false, because(ErrMissing, "store_path"))
	} else {
		// A terminal is where its journal is, by whatever name somebody came there.
		r.config.Store.Path = trust.Real(r.config.Store.Path)
		r.config.Log.Path = cmp.Or(r.config.Log.Path, logBeside(r.config.Store.Path))
	}
}

// checkDriver refuses a file that does not name a platform: a file that was
// truncated, emptied or put in the wrong place must not turn a real terminal into a
// sandbox.
func (r *reader) checkDriver() {
	if _, said := r.origins["platform.driver"]; r.doc != nil && !said {
		r.say("platform.driver", because(ErrMissing, "driver"))
	}
}

// checkPair reports half of a pair of credentials. Without both, calls must bring
// their own.
func (r *reader) checkPair(idKey, id, secretKey string, secret Secret) {
	r.demand(idKey, id != "" || secret.Empty(), because(ErrMissing, "goes_with", "key", last(secretKey)))
	r.demand(secretKey, id == "" || !secret.Empty(), because(ErrMissing, "goes_with", "key", last(idKey)))
}

// checkEHC reports a missing part of what belongs together.
func (r *reader) checkEHC(e EHC) {
	if e == (EHC{}) {
		return
	}
	why := because(ErrMissing, "ehc")
	r.demand("ehc.app_id", e.AppID != "", why)
	r.demand("ehc.app_secret", !e.AppSecret.Empty(), why)
	r.demand("ehc.term_id", e.TermID != "", why)
}

// demand reports a missing key.
func (r *reader) demand(key string, there bool, why *Reason) {
	if !there {
		r.say(key, why)
	}
}

// conflict reports a key that contradicts others.
func (r *reader) conflict(key, why string, values ...string) {
	r.say(key, because(ErrConflict, why, values...))
}

func (r *reader) checkPlatform(p *Platform) {
	r.checkPair("platform.app_id", p.AppID, "platform.app_key", p.AppKey)
	if strings.ContainsAny(p.AppID, "&=") {
		r.say("platform.app_id", wrong("ampersand"))
	}
	if p.SignType == wire.SM2 && p.Driver != Vendor { // whose library has its own
		r.demand("platform.private_key", p.privateKey != nil, because(ErrMissing, "needs_private"))
		r.demand("platform.platform_key", p.peerKey != nil, because(ErrMissing, "needs_public"))
	}
	if p.Driver != Wire {
		r.checkNoWire(p)
		return
	}
	r.demand("platform.url", p.URL != "", because(ErrMissing, "needs_url"))
	if p.URL != "" && !usable(p.URL) {
		// This also keeps enc_type NONE on TLS or inside this machine.
		r.say("platform.url", wrong("url"))
	}
	if p.CAFile != "" {
		r.checkCAFile(p.CAFile)
	}
}

// checkNoWire refuses keys that only a platform on the wire has: whoever wrote them
// thinks that this terminal speaks to one.
func (r *reader) checkNoWire(p *Platform) {
	const why = "not_for_sandbox"
	if p.URL != "" {
		r.conflict("platform.url", why)
	}
	if p.CAFile != "" {
		r.conflict("platform.ca_file", why)
	}
}

// checkVendor demands what another vendor's library needs, and refuses it for others. Who
// reads has to be said: by default two programs would be at one reader.
func (r *reader) checkVendor(p *Platform, owner ReaderOwner) {
	if p.Driver == Vendor {
		_, said := r.origins["devices.owner"]
		r.demand("platform.dll", p.DLL != "", because(ErrMissing, "needs_dll"))
		r.demand("devices.owner", said, because(ErrMissing, "needs_owner"))
		r.demand("record.calls", !p.Shadow || r.config.Record.Calls, because(ErrMissing, "needs_calls"))
		return
	}
	for key, said := range map[string]bool{"platform.dll": p.DLL != "", "platform.refusals": len(p.Refusals) > 0, "platform.shadow": p.Shadow, "devices.owner": owner != Ours} {
		if said {
			r.conflict(key, "not_without_vendor")
		}
	}
}

// usable reports whether the platform's client accepts the address.
func usable(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	host, err := netip.ParseAddr(u.Hostname())
	loopback := u.Hostname() == "localhost" || err == nil && host.Unmap().IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && loopback
}

func (r *reader) checkCAFile(path string) {
	file, err := readRegular(path, maxCAFile, anyMode)
	if err != nil {
		r.say("platform.ca_file", because(ErrReference, "file").after(err))
		return
	}
	if _, err := platform.Authorities(file); err != nil {
		r.say("platform.ca_file", because(ErrReference, "file").after(err))
	}
}

func (r *reader) checkAmounts(a Account) {
	if a.Max > maxAmount {
		r.say(accountKey(a.Type, "amount_max"), wrong("too_much", "most", maxAmount.String()))
	}
	if a.Min > a.Max {
		r.conflict(accountKey(a.Type, "amount_min"), "min_above_max", "min", a.Min.String(), "max", a.Max.String())
		return
	}
	for _, fen := range a.Quick {
		if fen < a.Min || fen > a.Max {
			r.conflict(accountKey(a.Type, "quick_amounts"),
				"quick_amount", "amount", fen.String(), "min", a.Min.String(), "max", a.Max.String())
		}
	}
}
