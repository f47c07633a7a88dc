package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"onetrans/flows/onetrans"
	"onetrans/flows/platform"
	"onetrans/flows/wire"
	"onetrans/store/trust"
)

// maxAmount is what the amount screen's display has room for, and more than
// anybody tops up.
const maxAmount onetrans.Fen = 999_999_999

// maxCAFile is the bundle of a whole operating system, and then some; in bytes.
const maxCAFile = 1 << 20

// check holds the keys against each other.
func (r *reader) check() {
	r.checkPlatform(&r.config.Platform)
	r.checkPrinter(r.config.Devices.Printer)
	for _, a := range r.config.Pay.Accounts {
		r.checkAmounts(a)
		r.checkPair(accountKey(a.Type, "pay_app_id"), a.PayAppID, accountKey(a.Type, "pay_app_secret"), a.PayAppSecret)
	}
	r.checkEHC(r.config.EHC)
	r.checkReconcile(r.config.Reconcile.Layout)
	if r.config.Store.Path == "" {
		r.demand("store.path", false, "this user has no home folder: say where the journal is to be")
	} else {
		// A terminal is where its journal is, by whatever name somebody came there.
		r.config.Store.Path = trust.Real(r.config.Store.Path)
	}
}

// checkDriver refuses a file that does not say which platform is meant: one that
// was cut off, emptied or put in the wrong place must not turn a real terminal
// into one for play money.
func (r *reader) checkDriver() {
	if _, said := r.origins["platform.driver"]; r.doc != nil && !said {
		r.say("platform.driver", fmt.Errorf(`%w: say driver = "wire", or driver = "sandbox" for play money`, ErrMissing))
	}
}

// checkPair reports half of a pair of credentials. Without both, calls must
// bring their own.
func (r *reader) checkPair(idKey, id, secretKey string, secret Secret) {
	r.demand(idKey, id != "" || secret.Empty(), "it goes with "+last(secretKey))
	r.demand(secretKey, id == "" || !secret.Empty(), "it goes with "+last(idKey))
}

// checkEHC reports a part that is missing of what goes together.
func (r *reader) checkEHC(e EHC) {
	if e == (EHC{}) {
		return
	}
	const why = "app_id, app_secret and term_id go together"
	r.demand("ehc.app_id", e.AppID != "", why)
	r.demand("ehc.app_secret", !e.AppSecret.Empty(), why)
	r.demand("ehc.term_id", e.TermID != "", why)
}

// demand reports a key that is missing.
func (r *reader) demand(key string, there bool, why string) {
	if !there {
		r.say(key, fmt.Errorf("%w: %s", ErrMissing, why))
	}
}

// conflict reports a key that does not go with others.
func (r *reader) conflict(key, why string, args ...any) {
	r.say(key, fmt.Errorf("%w: "+why, append([]any{ErrConflict}, args...)...))
}

func (r *reader) checkPlatform(p *Platform) {
	r.checkPair("platform.app_id", p.AppID, "platform.app_key", p.AppKey)
	if strings.ContainsAny(p.AppID, "&=") {
		r.say("platform.app_id", wrong("must not hold & or =, which part what is signed"))
	}
	if p.SignType == wire.SM2 {
		r.demand("platform.private_key", p.privateKey != nil, `signtype = "SM2" needs the terminal's private key`)
		r.demand("platform.platform_key", p.peerKey != nil, `signtype = "SM2" needs the platform's public key`)
	}
	if p.Driver == Sandbox {
		r.checkSandbox(p)
		return
	}
	r.demand("platform.url", p.URL != "", `driver = "wire" needs the platform's address`)
	if p.URL != "" && !usable(p.URL) {
		// This also keeps enc_type NONE on TLS or inside this machine.
		r.say("platform.url", wrong("must be an https address, or http on this machine (127.0.0.1), without user or #"))
	}
	if p.CAFile != "" {
		r.checkCAFile(p.CAFile)
	}
}

// checkSandbox refuses what only a real platform has: whoever wrote it believes
// that this terminal takes real money.
func (r *reader) checkSandbox(p *Platform) {
	const why = `is not for driver = "sandbox": set driver = "wire", or remove it`
	if p.URL != "" {
		r.conflict("platform.url", why)
	}
	if p.CAFile != "" {
		r.conflict("platform.ca_file", why)
	}
}

// usable says that the platform's client will take the address.
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
		r.say("platform.ca_file", fmt.Errorf("%w: %w", ErrReference, err))
		return
	}
	if _, err := platform.Authorities(file); err != nil {
		r.say("platform.ca_file", fmt.Errorf("%w: %w", ErrReference, err))
	}
}

func (r *reader) checkAmounts(a Account) {
	if a.Max > maxAmount {
		r.say(accountKey(a.Type, "amount_max"), wrong("must be at most %s", maxAmount))
	}
	if a.Min > a.Max {
		r.conflict(accountKey(a.Type, "amount_min"), "%s is more than amount_max, %s", a.Min, a.Max)
		return
	}
	for _, fen := range a.Quick {
		if fen < a.Min || fen > a.Max {
			r.conflict(accountKey(a.Type, "quick_amounts"),
				"%s is not between amount_min, %s, and amount_max, %s", fen, a.Min, a.Max)
		}
	}
}
