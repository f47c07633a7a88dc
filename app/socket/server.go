package socket

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"onetrans/flows/onetrans"
)

// maxConnections is how many may be open at once; more are hung up on.
const maxConnections = 32

// Handlers carry out what is handed over. Without one for commands these are
// turned away.
type Handlers struct {
	Call    Handler
	Command CommandHandler
}

// Handler carries out a call. Its ctx ends when the caller hangs up or the
// server is closed.
type Handler func(ctx context.Context, c Call) Answer

// Server takes calls at an address.
type Server struct {
	listener net.Listener
	secret   []byte
	handlers Handlers
	log      *slog.Logger

	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup
	room chan struct{}
}

func newServer(handlers Handlers, log *slog.Logger) *Server {
	ctx, stop := context.WithCancel(context.Background())
	return &Server{handlers: handlers, log: log, ctx: ctx, stop: stop, room: make(chan struct{}, maxConnections)}
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
		select {
		case s.room <- struct{}{}:
			s.work.Go(func() {
				defer func() { <-s.room }()
				defer conn.Close()
				if err := trusted(conn); err != nil {
					s.log.Warn("a caller was turned away", "error", err)
					return
				}
				s.serve(conn)
			})
		default:
			conn.Close() // before a word was said: the caller knows that nothing was handed over
		}
	}
}

// serve carries out the one call, or command, of a connection.
func (s *Server) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	unblock := context.AfterFunc(s.ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	defer unblock()
	handed, err := s.take(conn, in)
	if err != nil {
		s.log.Warn("a caller was turned away", "error", err)
		return
	}
	ctx, hungUp := context.WithCancel(s.ctx)
	defer hungUp()
	var beside sync.WaitGroup
	beside.Go(func() { watch(in, hungUp) })
	if handed.Command != nil {
		s.command(ctx, conn, *handed.Command)
	} else {
		s.call(ctx, conn, *handed.Call)
	}
	conn.Close()
	beside.Wait()
}

func (s *Server) call(ctx context.Context, conn net.Conn, c Call) {
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

// take reads what a caller hands over who proves to be one.
func (s *Server) take(conn net.Conn, in *bufio.Reader) (h handover, err error) {
	if err := s.within(conn, helloTime); err != nil {
		return h, err
	}
	var g greeting
	if err := readLine(in, maxHello, &g, unheard); err != nil {
		return h, err
	}
	if g.Version != version {
		return h, fmt.Errorf("%w: another version", ErrLine)
	}
	nonce := newNonce()
	if err := writeLine(conn, welcome{version, nonce, proof(s.secret, ownerSide, g.Nonce)}); err != nil {
		return h, err
	}
	if err := s.within(conn, callTime); err != nil {
		return h, err
	}
	if err := readLine(in, maxCall, &h, unheard); err != nil {
		return h, err
	}
	if !proves(h.Proof, s.secret, callerSide, nonce) {
		return h, fmt.Errorf("%w: the caller does not know the secret", ErrLine)
	}
	if !h.bounded() {
		return h, fmt.Errorf("%w: beyond its bounds", ErrLine)
	}
	return h, conn.SetDeadline(time.Time{})
}

// bounded says whether there is one thing to do, of a size that it may have.
func (h handover) bounded() bool {
	switch {
	case (h.Call == nil) == (h.Command == nil):
		return false
	case h.Call != nil:
		return h.Call.Buffer >= 0 && len(h.Call.In) <= onetrans.MaxMessage
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
	var beating sync.WaitGroup
	done := make(chan struct{})
	beating.Go(func() {
		ticker := time.NewTicker(beat)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				if err := say(); err != nil {
					return // watch sees that the caller is gone
				}
			}
		}
	})
	return func() { close(done); beating.Wait() }
}
