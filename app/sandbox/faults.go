package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"onetrans/flows/message/onetrans"
)

// Faults is how the platform misbehaves on the wire: probabilities from 0 to 1,
// drawn for each message that opens. The zero value is good behaviour.
type Faults struct {
	Seed      uint64 `json:"seed"`       // the same seed and the same messages in order give the same faults
	TransType string `json:"trans_type"` // only these messages; empty: all

	Refuse         float64 `json:"refuse"`          // answer 610099, nothing done
	DropRequest    float64 `json:"drop_request"`    // the connection ends, nothing done
	DropAnswer     float64 `json:"drop_answer"`     // done, then the connection ends
	Status500      float64 `json:"status_500"`      // done, then HTTP 500
	Garble         float64 `json:"garble"`          // done, the answer cut short
	WrongSignature float64 `json:"wrong_signature"` // done, the answer's signature is another's
	WrongMsgid     float64 `json:"wrong_msgid"`     // done, the answer is to another message
	Duplicate      float64 `json:"duplicate"`       // done twice, as if the network had repeated it
	FailRefund     float64 `json:"fail_refund"`     // a new try of a refund fails
	FailConfirm    float64 `json:"fail_confirm"`    // a settlement's confirmation is refused for good
	Exp            float64 `json:"exp"`             // what is paid, of whatever trans_type, stays 'exp' for exp_ms
	ExpMS          int     `json:"exp_ms"`          // in milliseconds, up to 600000; zero: 3000
	DelayMS        int     `json:"delay_ms"`        // wait before doing anything, in milliseconds, up to 600000
	Hold           bool    `json:"hold"`            // wait before doing anything, until the faults are set anew

	// NoEcho and WrongEcho affect the query of a refund: the answer is about the
	// newest refund paid with the card, without saying which it is, or with that
	// one's number.
	NoEcho    float64 `json:"no_echo"`
	WrongEcho float64 `json:"wrong_echo"`
	// Unsay is what queries about trades are answered, by their outChargeNo or
	// outRefundNo, whatever the book has: notfound, fail or closed.
	Unsay map[string]onetrans.Result `json:"unsay"`
}

const (
	maxDelayMS   = 600_000
	defaultExpMS = 3000
)

var errFaults = errors.New("bad faults")

// check says what is wrong with f.
func (f Faults) check() error {
	for _, p := range append(f.probabilities(), f.FailConfirm, f.Exp, f.NoEcho, f.WrongEcho) {
		if !(p >= 0 && p <= 1) {
			return fmt.Errorf("%w: a probability is not within 0 and 1", errFaults)
		}
	}
	if f.DelayMS < 0 || f.DelayMS > maxDelayMS {
		return fmt.Errorf("%w: delay_ms is not within 0 and %d", errFaults, maxDelayMS)
	}
	if f.ExpMS < 0 || f.ExpMS > maxDelayMS {
		return fmt.Errorf("%w: exp_ms is not within 0 and %d", errFaults, maxDelayMS)
	}
	for _, result := range f.Unsay {
		if !slices.Contains([]onetrans.Result{onetrans.ResultNotFound, onetrans.ResultFail, onetrans.ResultClosed}, result) {
			return fmt.Errorf("%w: nothing is unsaid by %q", errFaults, result)
		}
	}
	return nil
}

func (f Faults) probabilities() []float64 {
	return []float64{
		f.Refuse, f.DropRequest, f.DropAnswer, f.Status500, f.Garble,
		f.WrongSignature, f.WrongMsgid, f.Duplicate, f.FailRefund,
	}
}

// verdict is what happens to one message.
type verdict struct {
	refuse, dropRequest, dropAnswer, status500, garble bool
	wrongSignature, wrongMsgid, duplicate, failRefund  bool
	failConfirm, noEcho, wrongEcho                     bool
	unsay                                              map[string]onetrans.Result
	delay                                              time.Duration
	held                                               <-chan struct{} // closed when it ends; nil: it is not held
}

// faulter draws verdicts.
type faulter struct {
	mu   sync.Mutex
	set  Faults
	met  map[string]int // messages since, by their trans_type
	dice *rand.Rand
	anew chan struct{} // closed when the faults are set anew
	// For faults that were added later: they do not change the others' draws.
	late, echo *rand.Rand
}

// use replaces the faults, and restarts the random numbers at their seed.
func (f *faulter) use(set Faults) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.anew != nil {
		close(f.anew)
	}
	f.set, f.met, f.anew = set, map[string]int{}, make(chan struct{})
	f.dice = rand.New(rand.NewPCG(set.Seed, 0))
	f.late, f.echo = rand.New(rand.NewPCG(set.Seed, 1)), rand.New(rand.NewPCG(set.Seed, 2))
}

// meeting says how many messages have met the present faults, by their trans_type.
func (f *faulter) meeting() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.met)
}

// draw draws what happens to the next message of the trans_type.
func (f *faulter) draw(transType string) verdict {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dice == nil || f.set.TransType != "" && f.set.TransType != transType {
		return verdict{}
	}
	f.met[transType]++
	// Every die is thrown for every message: turning one fault up doesn't move the others.
	hits := make([]bool, 0, 9)
	for _, p := range f.set.probabilities() {
		hits = append(hits, f.dice.Float64() < p)
	}
	v := verdict{
		refuse: hits[0], dropRequest: hits[1], dropAnswer: hits[2], status500: hits[3], garble: hits[4],
		wrongSignature: hits[5], wrongMsgid: hits[6], duplicate: hits[7], failRefund: hits[8],
		failConfirm: f.late.Float64() < f.set.FailConfirm,
		noEcho:      f.echo.Float64() < f.set.NoEcho, wrongEcho: f.echo.Float64() < f.set.WrongEcho,
		unsay: f.set.Unsay,
		delay: time.Duration(f.set.DelayMS) * time.Millisecond,
	}
	if f.set.Hold {
		v.held = f.anew
	}
	return v
}

// crediting says how long a payment that comes now takes to be booked.
func (f *faulter) crediting() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.dice == nil || f.late.Float64() >= f.set.Exp:
		return 0
	case f.set.ExpMS > 0:
		return time.Duration(f.set.ExpMS) * time.Millisecond
	}
	return defaultExpMS * time.Millisecond
}
