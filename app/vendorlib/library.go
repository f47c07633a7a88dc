package vendorlib

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"onetrans/flows/message/onetrans"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
)

// Options say which library it is.
type Options struct {
	// DLL and Helper are full paths. The helper has the library's bits; empty: the one
	// beside this program.
	DLL, Helper string
	// Keys are the configuration's, for messages without their own: the interface has
	// app_id and app_key travel in each.
	Keys wire.Keys
	// Institution is the fixmedins_code with which every msgid of ours begins.
	Institution string
	// Reads: the library reads cards and codes itself. Else what our readers have read
	// is the answer, and its own reading is never called.
	Reads bool
	// Refusals are the codes with which the library says that nothing was done, beside
	// the interface's own 600001.
	Refusals []string
	// Limit is how long at most a call may take that may have a page of the library's.
	Limit time.Duration
	// Secrets are names of variables of the environment that the helper does not get.
	Secrets []string
	// Page is told when a page of the library's may be up, and when it is gone, which may be
	// long after whoever called it; nil: nobody is.
	Page func(up bool)
	Log  *slog.Logger

	Now    func() time.Time // nil: time.Now
	Random io.Reader        // nil: crypto/rand
}

const (
	// capacity is pOutData's, by the specification, in bytes with the NUL.
	capacity = 8192
	// plainLimit is how long a call without a page may take.
	plainLimit = 30 * time.Second
	// silence is how long a helper's heart may not beat.
	silence = 10 * time.Second
)

// Vendor is a platform that is reached by another vendor's library. It is safe for use by
// several goroutines; the library has one call at a time.
type Vendor struct {
	options Options
	bits    int
	closing context.Context
	stop    context.CancelFunc
	running sync.WaitGroup

	// turn is held by whoever has the helper.
	turn   chan struct{}
	helper *process // nil: none runs
	told   bool     // that a helper of this library is loose
	number uint64   // of the last call
	sent   *recent  // the msgids that the library has had
}

// New is a library that nobody has called yet. No helper is started before the first
// call. Its error is a [*LoadError].
func New(o Options) (*Vendor, error) {
	l, err := Inspect(o.DLL)
	if err != nil {
		return nil, err
	}
	if o.Helper == "" {
		program, err := os.Executable()
		if err != nil {
			return nil, &LoadError{Why: NoHelper, File: o.DLL}
		}
		if o.Helper, err = HelperFor(program, l); err != nil {
			return nil, err
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	v := &Vendor{options: o, bits: l.Bits, turn: make(chan struct{}, 1), sent: newRecent()}
	v.closing, v.stop = context.WithCancel(context.Background())
	return v, nil
}

// Capabilities are what [Can] says.
func (v *Vendor) Capabilities() platform.Capabilities { return Can(v.options.Reads) }

// Can is what a library can do that has pages of its own, and knows the specification's
// messages alone.
func Can(reads bool) platform.Capabilities {
	return platform.Capabilities{OwnCashier: true, OwnReaders: reads}
}

// Close ends the helper, and with it a call that is under way. Calls must have ended, or
// end with their contexts.
func (v *Vendor) Close() {
	v.stop()
	v.running.Wait()
	if v.helper != nil {
		v.helper.end()
		v.helper = nil
	}
}

// Call has the library carry out a message, and judges its answer as [Vendor.judge] says.
// Every error is platform.ErrNotSent or platform.ErrNoAnswer. When ctx ends, the library
// goes on: it can't be told to stop, and a page of its own may be open.
func (v *Vendor) Call(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	if !v.options.Reads && readsSomething(request) {
		return v.read(request)
	}
	return inTurn(ctx, v, func() (onetrans.Answer, error) { return v.carryOut(ctx, request) })
}

// inTurn does something with the helper when nobody else does. When ctx ends it is not
// waited for any more, and goes on.
func inTurn[T any](ctx context.Context, v *Vendor, do func() (T, error)) (none T, err error) {
	select {
	case v.turn <- struct{}{}:
	case <-ctx.Done():
		return none, fmt.Errorf("%w: waiting for the vendor's library: %w", platform.ErrNotSent, ctx.Err())
	case <-v.closing.Done():
		return none, fmt.Errorf("%w: %w", platform.ErrNotSent, context.Canceled)
	}
	type outcome struct {
		came T
		err  error
	}
	came := make(chan outcome, 1)
	v.running.Go(func() {
		defer func() { <-v.turn }()
		answer, err := do()
		came <- outcome{answer, err}
	})
	select {
	case o := <-came:
		return o.came, o.err
	case <-ctx.Done():
		return none, fmt.Errorf("%w: the vendor's library has not answered: %w", platform.ErrNoAnswer, ctx.Err())
	}
}

// OneTrans hands a call of HIS on to the library as it is, and gives back the bytes that
// it answered and what it returned, whatever they are: nothing is judged but that there
// are some bytes. Its errors are those of [Vendor.Call].
func (v *Vendor) OneTrans(ctx context.Context, c onetrans.Call) (out []byte, returned int, err error) {
	in, _, _ := bytes.Cut(c.In, []byte{0})
	if len(in) >= capacity {
		return nil, 0, fmt.Errorf("%w: %w: %w", platform.ErrNotSent, wire.ErrContent, errLong)
	}
	request, _ := c.Request() // as far as it is one
	request.TransType = onetrans.T(c.TransType)
	s, err := inTurn(ctx, v, func() (said, error) {
		h, err := v.say(ctx, request, in)
		if err != nil {
			return said{}, err
		}
		return h.said, h.said.missing()
	})
	return s.out, int(s.result), err
}

// carryOut is Call for whoever has the turn.
func (v *Vendor) carryOut(ctx context.Context, request onetrans.Request) (onetrans.Answer, error) {
	in, err := v.message(request)
	if err != nil {
		return onetrans.Answer{}, fmt.Errorf("%w: %w: %w", platform.ErrNotSent, wire.ErrContent, err)
	}
	transType := request.TransType.String()
	h, err := v.say(ctx, request, in)
	if err != nil {
		return onetrans.Answer{}, err
	}
	answer, err := v.judge(transType, h.said)
	if fault, ok := errors.AsType[*FaultError](err); ok {
		v.options.Log.Warn("the vendor's library", "trans_type", transType, "fault", string(fault.Fault), "detail", fault.Detail)
	}
	return answer, err
}

// say has the helper call the library, and gives the line with which it is done. A helper
// that has gone before it began is replaced once: nothing was sent.
func (v *Vendor) say(ctx context.Context, request onetrans.Request, in []byte) (heard, error) {
	for again := false; ; again = true {
		if err := ctx.Err(); err != nil {
			return heard{}, fmt.Errorf("%w: %w", platform.ErrNotSent, err)
		}
		if err := v.ready(); err != nil {
			return heard{}, fmt.Errorf("%w: %w", platform.ErrNotSent, err)
		}
		h, begun, fault := v.once(request, in)
		if fault == nil {
			return h, nil
		}
		v.options.Log.Error("the vendor's library", "trans_type", request.TransType.String(), "begun", begun, "fault", string(fault.Fault), "detail", fault.Detail)
		if begun {
			return heard{}, fmt.Errorf("%w: %w", platform.ErrNoAnswer, fault)
		}
		if again || v.closing.Err() != nil {
			return heard{}, fmt.Errorf("%w: %w", platform.ErrNotSent, fault)
		}
	}
}

// ready sees to it that a helper runs.
func (v *Vendor) ready() (err error) {
	if v.helper != nil && v.helper.gone() {
		v.drop()
	}
	if v.helper == nil {
		v.helper, err = start(v.options, v.bits)
	}
	if err == nil && v.helper.loose && !v.told {
		v.told = true
		v.options.Log.Warn("what the vendor's library starts may outlive it", "because of", noHold)
	}
	return err
}

// drop ends the helper: the next call has another.
func (v *Vendor) drop() {
	v.helper.end()
	v.helper = nil
}

// limit is how long a call may take.
func (v *Vendor) limit(transType string) time.Duration {
	switch transType {
	case onetrans.TransQuery, onetrans.TransAuthURL, onetrans.TransAuthQuery:
		return min(plainLimit, v.options.Limit)
	}
	return v.options.Limit
}

// hasPage says whether a message may have a page of the library's. A charge whose caller
// shows its code, or has read one, has none.
func hasPage(request onetrans.Request) bool {
	switch request.TransType.String() {
	case onetrans.TransUserGet, onetrans.TransUserThirdGet, onetrans.TransSettle:
		return true
	case onetrans.TransRecharge:
		var in onetrans.RechargeIn
		err := onetrans.UnmarshalData(request.Data, &in)
		return err != nil || in.Extra.Value.PrintMode.String() != "1" && in.Extra.Value.AuthCode.Empty()
	}
	return false
}

// once is exchange, at whose end no page of the library's is left.
func (v *Vendor) once(request onetrans.Request, in []byte) (h heard, begun bool, fault *FaultError) {
	transType := request.TransType.String()
	if v.options.Page != nil && hasPage(request) {
		v.options.Page(true)
		defer v.options.Page(false)
	}
	if h, begun, fault = v.exchange(v.limit(transType), in); fault != nil {
		v.drop()
	} else {
		v.note(transType, h.left)
	}
	return h, begun, fault
}

// exchange says one call to the helper. begun says whether the library was called; before
// that a fault has sent nothing.
func (v *Vendor) exchange(limit time.Duration, in []byte) (h heard, begun bool, fault *FaultError) {
	v.number++
	written := v.helper.write(callLine(v.number, capacity, in))
	late, quiet := time.NewTimer(limit), time.NewTimer(silence)
	defer late.Stop()
	defer quiet.Stop()
	for {
		select {
		case err := <-written:
			if err != nil {
				return v.last(begun, Ended) // its end was near
			}
		case h, there := <-v.helper.lines:
			quiet.Reset(silence)
			if over, fault := v.hear(h, there, &begun); over {
				return h, begun, fault
			}
		case <-late.C:
			return v.last(begun, Hang)
		case <-quiet.C:
			return v.last(begun, Silent)
		case <-v.closing.Done():
			return v.last(begun, Ended)
		}
	}
}

// hear takes in what the helper says of a call; over when that is its last word.
func (v *Vendor) hear(h heard, there bool, begun *bool) (over bool, fault *FaultError) {
	switch {
	case !there || errors.Is(h.err, io.EOF):
		return true, &FaultError{Fault: Ended}
	case h.err != nil || h.what != "beat" && h.number != v.number:
		*begun = true
		return true, &FaultError{Fault: Garbled}
	case h.what == "begun":
		*begun = true
	case h.what == "done":
		*begun = true
		return true, nil
	case h.what == "fault":
		*begun = true
		return true, named(h.said)
	}
	return false, nil
}

// last ends a helper that is not waited for any more, and hears it out: what it said may
// lie unread where this process itself stood still, and an answer is one, and a call that
// has begun has begun.
func (v *Vendor) last(begun bool, why Fault) (heard, bool, *FaultError) {
	v.helper.stop()
	unread := time.NewTimer(endTime)
	defer unread.Stop()
	for {
		select {
		case h, there := <-v.helper.lines:
			switch over, fault := v.hear(h, there, &begun); {
			case over && fault != nil && fault.Fault == Ended:
				return heard{}, begun, &FaultError{Fault: why}
			case over:
				return h, begun, fault
			}
		case <-unread.C: // somebody else holds the pipe, and nobody knows
			return heard{}, true, &FaultError{Fault: why}
		}
	}
}

// named is the fault that a helper names.
func named(s said) *FaultError {
	if f := Fault(s.why); slices.Contains(helperFaults, f) {
		return &FaultError{Fault: f, Detail: s.detail}
	}
	return &FaultError{Fault: Garbled}
}

// note logs what a call has left behind. A window would lie over our page, so that the
// next call has a helper without one; a child stays, and ends with its helper.
func (v *Vendor) note(transType, left string) {
	has := func(letter string) bool { return strings.Contains(left, letter) }
	say := func(what string) { v.options.Log.Warn("the vendor's library", "trans_type", transType, "left", what) }
	if has("d") {
		say("another directory")
	}
	if has("c") && !v.helper.hasChild { // it may be one that is meant to stay
		say("a child process")
	}
	v.helper.hasChild = has("c")
	if has("w") {
		say("a window")
		v.drop()
	}
}
