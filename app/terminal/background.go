package terminal

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"onetrans/app/terminal/call"
	"onetrans/app/terminal/socket"
)

// Ready is what who starts an agent hears from it, in one line of JSON: that it
// serves, and where; or a complete answer in GBK that says why there is none.
type Ready struct {
	Version int    `json:"onetrans,omitempty"`
	Address string `json:"address,omitempty"`
	Out     []byte `json:"out,omitempty"`
	// InUse: the terminal had an owner already.
	InUse bool `json:"in_use,omitempty"`
}

// maxReady bounds that line, in bytes.
const maxReady = 16 << 10

const (
	// lookPause is between two looks whether somebody serves.
	lookPause = 20 * time.Millisecond
	// startPause is before an agent is started again, as an owner who was there may
	// have gone.
	startPause = 500 * time.Millisecond
)

// Background sees to it that somebody serves the calls at address, until ctx ends:
// an owner who is there, or is just coming up, else an agent that start starts. It
// says where, or what the agent said of why there is none. Its errors are
// [socket.ErrNoReply], [socket.ErrVersion], [call.ErrNotServed] and start's.
func Background(ctx context.Context, address string, start func(context.Context) (Ready, error)) (Ready, error) {
	var last Ready
	for next := time.Now(); ; {
		err := socket.Greet(ctx, address)
		switch {
		case err == nil:
			return Ready{Version: socket.Version, Address: address}, nil
		case ctx.Err() != nil && last.InUse:
			return last, nil
		case ctx.Err() != nil:
			return Ready{}, call.ErrNotServed
		case !errors.Is(err, socket.ErrNoOwner):
			return Ready{}, err
		}
		if !time.Now().Before(next) {
			ready, err := start(ctx)
			switch {
			case ctx.Err() != nil: // it had no time to say anything
				continue
			case err != nil || !ready.InUse:
				return ready, err
			}
			last, next = ready, time.Now().Add(startPause)
		}
		select {
		case <-time.After(lookPause):
		case <-ctx.Done():
		}
	}
}

// StartAgent starts this program anew as an agent that outlives this process and has
// nothing from it or from who started it: no file, no terminal, no folder. It waits for
// its word until ctx ends, and lets it go on also then.
func StartAgent(ctx context.Context, args ...string) (ready Ready, err error) {
	program, err := os.Executable()
	if err != nil {
		return Ready{}, err
	}
	hear, say, err := os.Pipe()
	if err != nil {
		return Ready{}, err
	}
	defer hear.Close()
	c, err := startAlone(func() *exec.Cmd {
		c := exec.Command(program, append([]string{"agent", "--json"}, args...)...)
		c.Stdout = say
		return c
	})
	say.Close()
	if err != nil {
		return Ready{}, fmt.Errorf("starting the agent: %w", err)
	}
	defer context.AfterFunc(ctx, func() { _ = hear.SetReadDeadline(time.Now()) })()
	line, err := bufio.NewReader(io.LimitReader(hear, maxReady)).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err == nil && ready.Address != "" {
		return ready, c.Process.Release()
	}
	if ctx.Err() != nil {
		return Ready{}, call.ErrNotServed
	}
	ended := c.Wait()
	if err != nil {
		return Ready{}, fmt.Errorf("the agent ended without a word: %w", errors.Join(err, ended))
	}
	return ready, nil
}
