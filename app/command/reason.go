package command

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"

	"onetrans/app/sandbox"
	"onetrans/app/sheet"
	"onetrans/app/terminal/socket"
	"onetrans/assets/texts"
	"onetrans/devices"
	"onetrans/devices/virtualidcard"
	"onetrans/flows/core/reconcile"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
	"onetrans/store"
)

// reason is an error that people may see, and the key of its text below
// "commands.reason.".
type reason struct {
	err error
	key string
}

// reasons are the errors of other parts of the program, of the system and of
// libraries that have no text of their own.
func reasons() []reason {
	return append([]reason{
		{devices.ErrReaderSilent, "reader_silent"},
		{devices.ErrNoService, "reader_service"},
		{devices.ErrNoReader, "no_reader"},
		{devices.ErrPaperOut, "paper_out"},
		{devices.ErrCoverOpen, "cover_open"},
		{devices.ErrPrinterOffline, "printer_offline"},
		{devices.ErrPrinterSilent, "printer_silent"},
		{devices.ErrPrinter, "printer"},
		{virtualidcard.ErrTaken, "path_taken"},
		{wire.ErrNoApp, "keys_app"},
		{wire.ErrAppID, "keys_app_id"},
		{wire.ErrSignType, "keys_signtype"},
		{wire.ErrEncType, "keys_enc_type"},
		{wire.ErrNoPair, "keys_pair"},
		{wire.ErrMalformed, "answer_malformed"},
		{wire.ErrSignature, "answer_signature"},
		{wire.ErrCipher, "answer_cipher"},
		{wire.ErrDowngrade, "answer_downgrade"},
		{wire.ErrNotAnswer, "answer_none"},
		{wire.ErrUntrusted, "answer_untrusted"},
		{platform.ErrAddress, "platform_address"},
		{platform.ErrInsecure, "platform_insecure"},
		{platform.ErrNoAnswer, "platform_no_answer"},
		{reconcile.ErrManyLines, "export_many"},
		{reconcile.ErrLongLine, "export_long"},
		{reconcile.ErrObject, "export_object"},
		{reconcile.ErrHidden, "export_hidden"},
		{reconcile.ErrLineKind, "export_kind"},
		{reconcile.ErrNoNumber, "export_number"},
		{reconcile.ErrLineAmount, "export_amount"},
		{reconcile.ErrLineState, "export_state"},
		{reconcile.ErrLineTime, "export_time"},
		{reconcile.ErrTwice, "export_twice"},
		{reconcile.ErrMerchant, "no_merchant"},
		{sandbox.ErrInUse, "sandbox_in_use"},
		{socket.ErrNoReply, "owner_silent"},
		{socket.ErrVersion, "owner_version"},
		{socket.ErrLost, "owner_lost"},
		{socket.ErrBusy, "owner_busy"},
		{store.ErrRolledBack, "journal_rolled_back"},
		{store.ErrTerminal, "journal_terminal"},
		{store.ErrLost, "journal_lost"},
		{store.ErrMoved, "journal_moved"},
		{store.ErrAltered, "journal_altered"},
		{store.ErrPlatform, "journal_platform"},
		{store.ErrSchema, "journal_schema"},
		{store.ErrDamaged, "journal_damaged"},
		{store.ErrKey, "journal_key"},
		{store.ErrInUse, "journal_in_use"},
		{store.ErrExists, "there_already"},
		{store.ErrHead, "receipt_head"},
		{txn.ErrArchived, "archived"},
		{context.Canceled, "cancelled"},
		{context.DeadlineExceeded, "timeout"},
		{os.ErrDeadlineExceeded, "timeout"},
		{fs.ErrNotExist, "not_there"},
		{fs.ErrPermission, "no_permission"},
		{fs.ErrExist, "there_already"},
		{io.ErrUnexpectedEOF, "cut_off"},
		{io.EOF, "cut_off"},
		{io.ErrClosedPipe, "gone"},
	}, systemReasons()...)
}

// reasonOf is the reason of an error itself, whatever it wraps; false if it has
// none.
func reasonOf(err error) (reason, bool) {
	switch e := err.(type) {
	case *net.DNSError:
		return reason{err, "no_host"}, true
	case x509.UnknownAuthorityError:
		return reason{err, "certificate_unknown"}, true
	case x509.HostnameError:
		return reason{err, "certificate_name"}, true
	case x509.CertificateInvalidError:
		if e.Reason == x509.Expired {
			return reason{err, "certificate_expired"}, true
		}
		return reason{err, "certificate"}, true
	case tls.RecordHeaderError:
		return reason{err, "no_tls"}, true
	}
	is, judges := err.(interface{ Is(error) bool })
	for _, r := range reasons() {
		if err == r.err || judges && is.Is(r.err) {
			return r, true
		}
	}
	return reason{}, false
}

// cause is what can be told about an error without a text of its own.
type cause struct {
	own     []string // the texts of the errors within that have some
	reasons []reason // of the errors without, from the outermost in
	foreign []string // what the system or a library says
}

func (c *cause) find(l texts.Language, err error) {
	if err == nil {
		return
	}
	if worded(err) {
		c.own = append(c.own, Say(l, err))
		return
	}
	var below cause
	if r, ok := reasonOf(err); ok { // which says whatever is in it
		below.reasons = []reason{r}
	} else {
		for _, one := range within(err) {
			below.find(l, one)
		}
	}
	if !ours(err) && len(below.own) == 0 {
		below.foreign = []string{err.Error()}
	}
	c.own, c.foreign = append(c.own, below.own...), append(c.foreign, below.foreign...)
	for _, r := range below.reasons {
		c.because(r)
	}
}

// because adds a reason, and removes those that are its family.
func (c *cause) because(r reason) {
	c.reasons = slices.DeleteFunc(c.reasons, func(wider reason) bool {
		return wider.key == r.key || errors.Is(r.err, wider.err)
	})
	c.reasons = append(c.reasons, r)
}

// within are the errors that an error wraps.
func within(err error) []error {
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return []error{e.Unwrap()}
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	}
	return nil
}

// ours reports whether an error's text is this program's own.
func ours(err error) bool {
	kind := fmt.Sprintf("%T", err)
	return strings.HasPrefix(kind, "*fmt.") || strings.HasPrefix(kind, "*errors.") || kind == "store.refusal"
}

// told is what went wrong, in a language, and in brackets what the system says
// about it; part of that may come from a server's certificate.
func told(l texts.Language, err error) string {
	var c cause
	c.find(l, err)
	if len(c.own) == 0 {
		for _, r := range c.reasons {
			c.own = append(c.own, l.Say("commands.reason."+r.key))
		}
	}
	if len(c.own) == 0 {
		return l.Say("commands.reason.other", "why", sheet.Shown(err.Error()))
	}
	said := c.own[0]
	for _, then := range c.own[1:] {
		said = l.Say("commands.reason.and", "reason", said, "then", then)
	}
	if len(c.foreign) == 0 {
		return said
	}
	return l.Say("commands.reason.with", "reason", said, "why", sheet.Shown(strings.Join(c.foreign, "; ")))
}

// joined are the errors of an [errors.Join], each of which is told.
func joined(err error) []error {
	several, ok := err.(interface{ Unwrap() []error })
	if !ok || fmt.Sprintf("%T", err) != "*errors.joinError" {
		return nil
	}
	return several.Unwrap()
}
