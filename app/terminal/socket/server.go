package socket

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"onetrans/flows/message/onetrans"
)

// Handlers carry out what is handed over. Without one for commands these are
// turned away.
type Handlers struct {
	Call    Handler
	Command CommandHandler
}

// Handler carries out a call. Its ctx ends when the caller hangs up or the
// server is closed.
type Handler func(ctx context.Context, c onetrans.Call) Answer

// Server takes calls at an address.
type Server struct {
	listener net.Listener
	secret   []byte
	handlers Handlers
	log      *slog.Logger
	spoken   versions

	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup
	lobby
}

func newServer(handlers Handlers, log *slog.Logger) *Server {
	ctx, stop := context.WithCancel(context.Background())
	return &Server{handlers: handlers, log: log, spoken: spoken, ctx: ctx, stop: stop, lobby: newLobby()}
}

// Listen takes calls at address from now on. Only who holds the journal's lock
// may call it: what a dead owner left at the address is removed.
func Listen(address string, handlers Handlers, log *slog.Logger) (*Server, error) {
	listener, secret, err := listen(address)
	if err != nil {
		return nil, fmt.Errorf("listening for calls at %s: %w", address, err)
	}
	s := newServer(handlers, log)
	s.listener, s.secret = listener, secret
	s.work.Go(s.accept)
	s.work.Go(s.noticeStops)
	return s, nil
}

// Close ends what is being carried out, whose callers get their answers yet,
// and returns when nothing runs any more. It may be called twice.
func (s *Server) Close() error {
	s.stop()
	err := s.listener.Close()
	s.work.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// acceptPause is how long to wait after a connection could not be taken, as
// when the process has no descriptor left.
const acceptPause = 50 * time.Millisecond

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		switch {
		case s.ctx.Err() != nil:
			if err == nil {
				conn.Close()
			}
			return
		case err != nil:
			s.log.Warn("taking a call", "error", err)
			select {
			case <-time.After(acceptPause):
			case <-s.ctx.Done():
			}
			continue
		}
		g := &guest{conn: conn}
		if !s.admit(g) {
			conn.Close()
			continue
		}
		s.work.Go(func() {
			defer s.leave(g)
			defer conn.Close()
			var err error
			if g.peer, err = peerOf(conn); err != nil {
				s.log.Warn("a caller was turned away", "error", err)
				return
			}
			s.serve(g)
		})
	}
}

// admit takes a guest in as soon as there is a place; false when there is none.
func (s *Server) admit(g *guest) bool {
	for {
		in, again := s.enter(g)
		if in || again == 0 {
			return in
		}
		select {
		case <-time.After(again):
		case <-s.freed:
		case <-s.ctx.Done():
			return false
		}
	}
}

// A process that was stopped, or starved, learns of it when it goes on: it looks
// at the time every lookEvery and tells what passed unseen beyond stood.
const (
	lookEvery = time.Second
	stood     = 5 * time.Second
)

func stoodStill(log *slog.Logger, gap time.Duration) {
	if gap > stood {
		log.Error("this process stood still and answered nobody", "for", gap.Round(time.Second))
	}
}

// noticeStops logs when this process stood still, for which its callers had no answer.
func (s *Server) noticeStops() {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for last := time.Now(); ; {
		select {
		case <-ticker.C:
			stoodStill(s.log, time.Since(last))
			last = time.Now()
		case <-s.ctx.Done():
			return
		}
	}
}

// serve carries out the one call, or command, of a connection.
func (s *Server) serve(g *guest) {
	conn := g.conn
	defer conn.Close()
	in := bufio.NewReader(conn)
	unblock := context.AfterFunc(s.ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	defer unblock()
	asked, err := s.receive(g, in)
	if err != nil {
		s.turnAway(g, err)
		return
	}
	ctx, hungUp := context.WithCancel(s.ctx)
	defer hungUp()
	var beside sync.WaitGroup
	beside.Go(func() { watch(in, hungUp) })
	if asked.Command != nil {
		asked.Command.By = g.peer.named()
		s.command(ctx, conn, *asked.Command)
	} else {
		s.call(ctx, conn, *asked.Call)
	}
	conn.Close()
	beside.Wait()
}

// turnAway tells a caller of whom nothing was taken, where he knows the word. One who
// only wanted to know whether somebody is there has gone.
func (s *Server) turnAway(g *guest, why error) {
	if g.stage == greeted && why == io.EOF {
		return
	}
	s.log.Warn("a caller was turned away", "error", why)
	if g.version < saysAway {
		return
	}
	_ = g.conn.SetWriteDeadline(time.Now().Add(firstTime))
	_ = writeLine(g.conn, away{true}) // without it the call is lost to him
}

func (s *Server) call(ctx context.Context, conn net.Conn, c onetrans.Call) {
	stopBeating := keepBeating(func() error {
		_ = conn.SetWriteDeadline(time.Now().Add(answerTime))
		_, err := conn.Write([]byte("\n"))
		return err
	})
	answer := s.handlers.Call(ctx, c)
	stopBeating()
	_ = conn.SetWriteDeadline(time.Now().Add(answerTime))
	if err := writeLine(conn, answer); err != nil {
		s.log.Warn("answering a call", "trans_type", c.TransType, "error", err)
	}
}

// receive reads what a caller hands over who proves to be one.
func (s *Server) receive(g *guest, in *bufio.Reader) (h handover, err error) {
	nonce, err := s.greet(g, in)
	if err != nil {
		return h, err
	}
	if !s.reached(g, greeted) {
		return h, net.ErrClosed
	}
	if err := s.within(g.conn, callTime); err != nil {
		return h, err
	}
	if err := readLine(in, maxCall, &h, ignore); err != nil {
		return h, err
	}
	if !proves(h.Proof, s.secret, callerSide, nonce) {
		return h, fmt.Errorf("%w: the caller does not know the secret", ErrLine)
	}
	if !h.bounded() {
		return h, fmt.Errorf("%w: beyond its bounds", ErrLine)
	}
	if !s.reached(g, handed) {
		return h, net.ErrClosed // he can't be answered any more
	}
	return h, g.conn.SetDeadline(time.Time{})
}

// greet answers a greeting, and returns the nonce that the caller's proof must
// be of. A caller without a version in common is told ours.
func (s *Server) greet(g *guest, in *bufio.Reader) (nonce []byte, err error) {
	if err := s.within(g.conn, firstTime); err != nil {
		return nil, err
	}
	if _, err := in.Peek(1); err != nil {
		return nil, err
	}
	if err := s.within(g.conn, helloTime); err != nil {
		return nil, err
	}
	var said greeting
	if err := readLine(in, maxHello, &said, ignore); err != nil {
		return nil, err
	}
	agreed, ok := s.spoken.common(said)
	if !ok {
		err := writeLine(g.conn, welcome{Version: s.spoken.newest})
		return nil, errors.Join(fmt.Errorf("%w: a caller of version %d", ErrVersion, said.Version), err)
	}
	g.version, nonce = agreed, newNonce()
	return nonce, writeLine(g.conn, welcome{agreed, nonce, proof(s.secret, ownerSide, said.Nonce)})
}

// bounded says whether there is one thing to do, of a size that it may have.
func (h handover) bounded() bool {
	switch {
	case (h.Call == nil) == (h.Command == nil):
		return false
	case h.Call != nil:
		return h.Call.Buffer >= 0 && h.Call.WaitMS >= 0 && len(h.Call.In) <= onetrans.MaxMessage
	}
	return len(h.Command.Request) <= MaxCommand
}

// within bounds what follows; a server that is closed waits for nothing.
func (s *Server) within(conn net.Conn, limit time.Duration) error {
	if err := conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	return s.ctx.Err()
}

// watch calls hungUp when the caller is gone, or says what nobody asked for.
func watch(in *bufio.Reader, hungUp func()) {
	_, _ = in.ReadByte()
	hungUp()
}

// keepBeating says to the caller that somebody is at work, until it is stopped.
func keepBeating(say func() error) (stop func()) {
	var mu sync.Mutex // held while it is said
	var stopped bool
	var next *time.Timer
	mu.Lock()
	defer mu.Unlock()
	next = time.AfterFunc(beat, func() {
		mu.Lock()
		defer mu.Unlock()
		if !stopped && say() == nil { // else watch sees that the caller is gone
			next.Reset(beat)
		}
	})
	return func() {
		mu.Lock()
		defer mu.Unlock()
		stopped = true
		next.Stop()
	}
}
