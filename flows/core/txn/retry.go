package txn

import (
	"encoding/binary"
	"io"
	"time"

	"onetrans/flows/message/onetrans"
)

// maxRetryPause is how long at most a refund waits to be sent again.
const maxRetryPause = 10 * time.Minute

// refundMayBeResent: the platform proved that the money did not move, no
// person has the refund, and the last send was long enough ago.
func (t Trade) refundMayBeResent(now time.Time) bool {
	return t.refundWaits() && !now.Before(t.Progress.RetryAt)
}

// refundWaits: it will be sent again, as things stand.
func (t Trade) refundWaits() bool {
	p := t.Progress
	return t.At() == Unknown && p.Desk == "" &&
		(p.Result == onetrans.ResultNotFound || p.Result == onetrans.ResultFail)
}

// nextTry is when a trade that is sent again now may be sent once more: a
// refund a few times as soon as it was asked for, then ever more seldom.
func (c *Core) nextTry(t Trade, now time.Time) time.Time {
	if t.Order.Kind() != onetrans.TransRefund {
		return time.Time{}
	}
	pause := resendPause(t.Progress.Sends + 1)
	return now.Add(pause - c.jitter(pause/4))
}

// resendPause is how long at most to wait after the n-th send.
func resendPause(sends int) time.Duration {
	if sends <= maxResends {
		return 0
	}
	return min(idlePause<<min(sends-maxResends-1, 8), maxRetryPause)
}

// jitter is a random part of most, so that many terminals that lost the same
// platform don't come back to it at once.
func (c *Core) jitter(most time.Duration) time.Duration {
	var random [8]byte
	if _, err := io.ReadFull(c.options.Random, random[:]); err != nil || most <= 0 {
		return 0
	}
	return time.Duration(binary.BigEndian.Uint64(random[:]) % uint64(most))
}
