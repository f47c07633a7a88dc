package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/image/font/sfnt"

	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/app/journal"
	"onetrans/app/sheet"
	"onetrans/app/swap"
	"onetrans/app/terminal"
	"onetrans/app/terminal/screen"
	"onetrans/app/terminal/socket"
	"onetrans/app/vendorlib"
	"onetrans/assets/fonts"
	"onetrans/assets/texts"
	"onetrans/devices/sscard"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/store"
)

// How long each thing that is checked may take, and what is too little or too much.
const (
	checkTime = 8 * time.Second
	// A platform refuses messages whose time is ten minutes off.
	clockDoubt, clockFault = 30 * time.Second, 5 * time.Minute
	diskDoubt, diskFault   = 1 << 30, 100 << 20 // bytes
)

func declareCheck(f *command.Flags) command.Run {
	var path, his string
	f.Text(&path, "config", "")
	f.Text(&his, "his", "")
	return func(ctx context.Context, s command.Streams) error { return runCheck(ctx, path, his, s) }
}

// grade is what came of checking one thing.
type grade string

const (
	fine   grade = "fine"
	doubt  grade = "doubt" // it works, and is hardly meant
	faulty grade = "faulty"
)

// checking checks a terminal before its first patient, or when something is
// wrong: each thing in a line, with what to do about it. It moves no money, and
// disturbs no owner.
type checking struct {
	config config.Config
	words  texts.Language
	log    *slog.Logger
	out    io.Writer
	failed bool
	err    error // of out
}

func runCheck(ctx context.Context, path, his string, s command.Streams) error {
	settings, err := load(path)
	if err != nil {
		return command.Wrong("check_config").Because(err)
	}
	words, err := language(settings)
	if err != nil {
		return err
	}
	c := &checking{config: settings, words: words, log: slog.New(slog.DiscardHandler), out: s.Out}
	c.configuration()
	c.keys()
	for _, check := range []func(context.Context){c.platform, c.owner, c.cards, c.identity, c.printer} {
		limited, done := context.WithTimeout(ctx, checkTime)
		check(limited)
		done()
		if ctx.Err() != nil {
			return command.ErrSignal
		}
	}
	c.journal(ctx) // which takes as long as it is large
	c.disk()
	c.display(ctx)
	c.fonts()
	if his != "" {
		c.his(his)
	}
	switch {
	case c.err != nil:
		return c.err
	case c.failed:
		return ended{status: exitFailed}
	}
	return nil
}

// say says what came of something: its words are "check." and the key.
func (c *checking) say(g grade, key string, values ...string) {
	c.failed = c.failed || g == faulty
	_, err := io.WriteString(c.out, c.words.Say("commands.check.is_"+string(g))+" "+c.words.Say("commands.check."+key, values...)+"\n")
	c.err = errors.Join(c.err, err)
}

func (c *checking) configuration() {
	if c.config.Source == "" {
		c.say(doubt, "no_config")
	} else {
		c.say(fine, "config", "file", c.config.Source)
	}
	if c.config.Platform.Driver == config.Sandbox {
		c.say(doubt, "sandbox")
	}
	for _, d := range c.config.Warnings() {
		c.say(doubt, "doubt", "doubt", command.Say(c.words, d))
	}
}

func (c *checking) keys() {
	p := c.config.Platform
	switch err := p.Keys().Check(); {
	case p.Shadow:
		c.say(fine, "shadow")
	case p.AppID == "" || p.AppKey.Empty():
		c.say(doubt, "no_keys")
	case err != nil && p.Driver != config.Vendor: // whose library has its own
		c.say(faulty, "keys", "why", command.Say(c.words, err))
	default:
		c.say(fine, "keys_fine", "sign", string(p.SignType), "enc", string(p.EncType))
	}
}

// platform asks for a trade that nobody made.
func (c *checking) platform(ctx context.Context) {
	p := c.config.Platform
	if p.Driver == config.Vendor {
		c.vendor(p.DLL)
		return
	}
	if p.Driver == config.Sandbox || p.AppID == "" || p.AppKey.Empty() {
		return // it is inside whoever owns the terminal, or can't be asked
	}
	client, err := platform.New(terminal.OwnerOptions(c.config, c.log).Platform)
	if err != nil {
		c.say(faulty, "platform", "why", command.Say(c.words, err))
		return
	}
	defer client.Close()
	asked := time.Now()
	answer, err := client.Call(ctx, c.harmless())
	took := time.Since(asked)
	switch {
	case errors.Is(err, platform.ErrNotSent):
		c.say(faulty, "unreachable", "url", p.URL, "why", command.Say(c.words, err))
	case err != nil:
		c.say(faulty, "no_answer", "why", command.Say(c.words, err))
	case answer.Code.String() == string(onetrans.CodePlatformSignature):
		c.say(faulty, "signature")
	default:
		c.say(fine, "platform_fine", "url", p.URL, "time", took.Round(time.Millisecond).String(), "code", answer.Code.String())
		c.clock(answer, asked.Add(took/2))
	}
}

// vendor looks at another vendor's library without loading it: its owner may have it in use.
func (c *checking) vendor(dll string) {
	library, err := vendorlib.Inspect(dll)
	if program, unknown := os.Executable(); err == nil && unknown == nil {
		_, err = vendorlib.HelperFor(program, library)
	}
	if err != nil {
		c.say(faulty, "vendor", "why", command.Say(c.words, err))
		return
	}
	c.say(fine, "vendor_fine", "file", dll, "bits", strconv.Itoa(library.Bits))
	if c.config.Platform.Shadow {
		return // no kiosk runs then
	}
	c.services(vendorlib.Can(c.config.Devices.Owner == config.VendorReads))
}

// services says what is configured and can't be carried out at a kiosk there.
func (c *checking) services(can platform.Capabilities) {
	for _, kind := range terminal.NotOffered(c.config, can) {
		c.say(doubt, "not_offered", "service", string(kind))
	}
}

// harmless is a query for a trade that nobody made.
func (c *checking) harmless() onetrans.Request {
	t := c.config.Terminal
	q := onetrans.QueryIn{
		TermNo: onetrans.T(t.TermNo), CardType: onetrans.T("01"), CardNo: onetrans.T("0"), AccountType: onetrans.T(onetrans.AccountInpatient),
		TradeType: onetrans.T(onetrans.TransRecharge), OutTradeNo: onetrans.T("CHECK" + rand.Text()),
	}
	for _, a := range c.config.Pay.Accounts {
		if !a.PayAppSecret.Empty() {
			q.AccountType, q.PayAppID, q.PayAppSecret = onetrans.T(a.Type), onetrans.T(a.PayAppID), onetrans.T(a.PayAppSecret.Reveal())
		}
	}
	request, _ := terminal.Messages(c.config).Terminal.With(onetrans.TransQuery, q)
	return request
}

// clock holds the machine's clock against the platform's.
func (c *checking) clock(answer onetrans.Answer, at time.Time) {
	theirs, err := onetrans.ParseTime(answer.RespondTime.String())
	if err != nil {
		c.say(doubt, "no_clock")
		return
	}
	off := at.Sub(theirs).Round(time.Second)
	g, key := fine, "clock_fine"
	if off.Abs() >= clockFault {
		g, key = faulty, "clock"
	} else if off.Abs() >= clockDoubt {
		g, key = doubt, "clock"
	}
	c.say(g, key, "off", off.String())
}

// owner says whether somebody serves the terminal.
func (c *checking) owner(ctx context.Context) {
	err := socket.Greet(ctx, terminal.Address(c.config))
	switch {
	case err == nil:
		c.say(fine, "owned")
	case errors.Is(err, socket.ErrNoOwner):
		c.say(fine, "not_owned")
	default:
		c.say(faulty, "owner_silent", "why", command.Say(c.words, err))
	}
}

func (c *checking) journal(ctx context.Context) {
	if err := store.Trusted(c.config.Store.Path); err != nil {
		c.faultyJournal(err)
		return
	}
	if _, err := os.Stat(c.config.Store.Path); errors.Is(err, fs.ErrNotExist) {
		c.noJournal()
		return
	}
	verify := journalCommand{line: journal.Line{Request: journal.Request{Verb: journal.Verify, Format: journal.Text}}, settings: c.config, words: c.words, log: c.log}
	if err := verify.run(ctx, io.Discard); err != nil {
		c.faultyJournal(err)
		return
	}
	c.say(fine, "journal_fine", "file", c.config.Store.Path)
}

// noJournal tells a journal that is not there yet from one that was lost.
func (c *checking) noJournal() {
	if err := store.Lost(c.config.Store.Path); err != nil {
		c.faultyJournal(err)
		return
	}
	c.say(fine, "no_journal", "file", c.config.Store.Path)
}

func (c *checking) faultyJournal(err error) {
	said, exactly, more := strings.Cut(command.Say(c.words, journal.Tell(c.words, err)), "\n  ")
	if more {
		said = c.words.Say("commands.reason.and", "reason", said, "then", exactly)
	}
	c.say(faulty, "journal", "why", said)
}

func (c *checking) cards(ctx context.Context) {
	if !c.config.Devices.PCSC.Enabled || c.config.Devices.Owner != config.Ours {
		return
	}
	reader := sscard.New(sscard.Options{Reader: c.config.Devices.PCSC.Reader})
	slots, err := reader.Status(ctx)
	if ctx.Err() == nil {
		_ = reader.Close(ctx)
	}
	if err != nil {
		c.say(faulty, "cards", "why", command.Say(c.words, err))
		return
	}
	var names []string
	for _, s := range slots {
		if s.Watched {
			names = append(names, s.Reader)
		}
	}
	c.say(fine, "cards_fine", "readers", strings.Join(names, ", "))
}

// identity looks for the reader's port; it is not opened, as its owner may be
// talking over it.
func (c *checking) identity(context.Context) {
	port := c.config.Devices.Identity.Port
	if port == "" || c.config.Devices.Owner != config.Ours {
		return
	}
	if _, err := os.Stat(port); err != nil && filepath.IsAbs(port) {
		c.say(faulty, "identity", "port", port)
		return
	}
	c.say(fine, "identity_fine", "port", port)
}

func (c *checking) printer(ctx context.Context) {
	p := c.config.Devices.Printer
	if p.Kind == config.PrinterNone {
		return
	}
	device, err := terminal.NewPrinter(p)
	if err == nil {
		err = device.Ready(ctx)
	}
	if err != nil {
		c.say(faulty, "printer", "address", p.Address, "why", command.Say(c.words, err))
		return
	}
	c.say(fine, "printer_fine", "address", p.Address)
}

func (c *checking) disk() {
	folder := filepath.Dir(c.config.Store.Path)
	for { // the journal's folder is made with it
		if _, err := os.Stat(folder); err == nil || folder == filepath.Dir(folder) {
			break
		}
		folder = filepath.Dir(folder)
	}
	free, err := diskFree(folder)
	room := fmt.Sprintf("%.1f GB", float64(free)/(1<<30))
	switch {
	case err != nil:
		c.say(doubt, "disk_unknown", "folder", folder, "why", command.Say(c.words, err))
	case free < diskFault:
		c.say(faulty, "disk", "folder", folder, "room", room)
	case free < diskDoubt:
		c.say(doubt, "disk", "folder", folder, "room", room)
	default:
		c.say(fine, "disk_fine", "folder", folder, "room", room)
	}
}

// display has a window started that shows nothing.
func (c *checking) display(ctx context.Context) {
	switch err := screen.Try(ctx, terminal.Setup(c.config, false), c.config.SecretVariables); {
	case errors.Is(err, screen.ErrNoDisplay):
		c.say(doubt, "display")
	case errors.Is(err, screen.ErrNoGraphics):
		c.say(faulty, "graphics")
	case err != nil:
		c.say(faulty, "window", "why", sheet.Shown(err.Error()))
	default:
		c.say(fine, "display_fine")
	}
}

func (c *checking) fonts() {
	for _, face := range [][]byte{fonts.Regular(), fonts.Bold()} {
		font, err := sfnt.Parse(face)
		if err == nil {
			var glyph sfnt.GlyphIndex
			if glyph, err = font.GlyphIndex(nil, '医'); err == nil && glyph == 0 {
				err = sfnt.ErrNotFound
			}
		}
		if err != nil {
			c.say(faulty, "fonts", "why", command.Say(c.words, err))
			return
		}
	}
	c.say(fine, "fonts_fine")
}

// his says whether HIS loads this program's library from its folder: the vendor's
// updater may have put its own back.
func (c *checking) his(path string) {
	folder, err := swap.Open(path)
	whose := swap.Nobody
	if err == nil {
		whose, _, err = folder.Active()
	}
	switch {
	case err != nil:
		c.say(faulty, "his", "why", command.Say(c.words, err))
	case whose == swap.Ours:
		c.say(fine, "his_ours", "file", folder.Path())
	case folder.PutBack():
		c.say(faulty, "his_put_back", "file", folder.Path())
	case whose == swap.Vendor:
		c.say(faulty, "his_vendor", "file", folder.Path())
	default:
		c.say(faulty, "his_nobody", "file", folder.Path())
	}
}
