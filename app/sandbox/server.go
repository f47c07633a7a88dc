// Package sandbox is a complete payment platform for play money: it speaks the
// platform's side of the wire over HTTP, keeps accounts, orders, refunds, bills,
// settlements and authorisations in a file, has pages where somebody plays the
// patient's phone, and can be made to misbehave. The program talks to it until it
// is configured.
package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"onetrans/flows/message/wire"
)

// Defaults of [Options].
const (
	DefaultHospital = "滨江市第一医院"
	DefaultOrderTTL = 5 * time.Minute
)

const (
	headerTimeout   = 10 * time.Second
	bodyTimeout     = 30 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 5 * time.Second
	maxHeader       = 16 << 10
)

// Options configure a sandbox.
type Options struct {
	// Dir holds the data; it is made (0700) if it does not exist.
	Dir string
	// Hospital is the payee on the phone's page; empty: [DefaultHospital].
	Hospital string
	// BaseURL is what the links of QR codes start with, such as
	// "http://192.168.1.5:8123". Empty: the host that the request names.
	BaseURL string
	// OrderTTL is how long an order can be paid; zero: [DefaultOrderTTL].
	OrderTTL time.Duration
	// Apps are the applications that it knows, with the platform's side of their
	// keys: Private is the platform's, Peer the terminal's. SignType and EncType
	// are ignored: a message names its own. Empty means the demo application.
	Apps []wire.Keys
	// NotifyHosts are the hosts, in addition to this machine, whose notifyUrl is
	// called when an order is paid; names or addresses, without a port.
	NotifyHosts []string
	// Now is the clock; nil: [time.Now]. Timers always run on real time.
	Now func() time.Time
	// Random makes the platform's numbers; nil: crypto/rand.
	Random io.Reader
	// NoSync omits the syncs to disk, for tests without power cuts.
	NoSync bool
	// Log receives faults of the sandbox itself, never a message; nil means
	// [slog.Default].
	Log *slog.Logger
}

// Server is an open sandbox.
type Server struct {
	opts   Options
	now    func() time.Time
	log    *slog.Logger
	apps   map[string]wire.Keys
	table  map[string]transaction
	ledger *ledger
	faults faulter

	notifier *notifier

	baseMu sync.Mutex
	base   string

	closing chan struct{}
	once    sync.Once
}

// Open opens the sandbox in opts.Dir. [ErrInUse] means that another process has it.
func Open(opts Options) (*Server, error) {
	s := &Server{opts: opts, now: opts.Now, log: opts.Log, closing: make(chan struct{}), table: transactions()}
	if s.opts.Hospital == "" {
		s.opts.Hospital = DefaultHospital
	}
	if s.opts.OrderTTL <= 0 {
		s.opts.OrderTTL = DefaultOrderTTL
	}
	if s.opts.Random == nil {
		s.opts.Random = rand.Reader
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.SetBaseURL(opts.BaseURL)
	s.notifier = newNotifier(s.opts.NotifyHosts, s.log)
	var err error
	if s.apps, err = appsOf(opts.Apps); err != nil {
		return nil, err
	}
	db, err := openFile(opts.Dir, opts.NoSync)
	if err != nil {
		return nil, err
	}
	s.ledger = &ledger{db: db, now: s.now, random: s.opts.Random, pulse: newPulse(), crediting: s.faults.crediting, notify: s.notifier.tell}
	return s, nil
}

// SetBaseURL changes the beginning of the links in QR codes from now on.
func (s *Server) SetBaseURL(base string) {
	s.baseMu.Lock()
	defer s.baseMu.Unlock()
	s.base = strings.TrimRight(base, "/")
}

// linkBase is what the links of QR codes start with.
func (s *Server) linkBase(r *http.Request) string {
	s.baseMu.Lock()
	defer s.baseMu.Unlock()
	if s.base == "" {
		return "http://" + r.Host
	}
	return s.base
}

// Handler is the platform: POST to any path is the wire, GET /pay/… and /auth/… are
// the phone's pages, and /control/… the endpoints for tests and demonstrations on
// this machine.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /", s.serveWire)
	s.phoneRoutes(mux)
	s.authRoutes(mux)
	s.controlRoutes(mux)
	return mux
}

// stopKey is the context key of what is closed when a listener's time is over.
type stopKey struct{}

// Serve answers on l until ctx ends, then lets pending requests finish: answers
// that are held are given at once. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	base := context.WithValue(context.WithoutCancel(ctx), stopKey{}, ctx.Done())
	srv := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	select {
	case err := <-served:
		return fmt.Errorf("sandbox: serving: %w", err)
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := srv.Shutdown(limited); err != nil {
		err = errors.Join(err, srv.Close())
		<-served
		return fmt.Errorf("sandbox: stopping: %w", err)
	}
	<-served
	return nil
}

// stopping is closed when the listener that brought ctx is to end.
func stopping(ctx context.Context) <-chan struct{} {
	stop, _ := ctx.Value(stopKey{}).(<-chan struct{})
	return stop
}

// Close releases held answers and closes the data, after finishing what is being
// written.
func (s *Server) Close() error {
	s.once.Do(func() {
		close(s.closing)
		s.notifier.stop()
	})
	if err := s.ledger.db.Close(); err != nil {
		return fmt.Errorf("sandbox: closing: %w", err)
	}
	return nil
}

// fault answers that the sandbox itself failed. The log receives the cause, the
// other side nothing.
func (s *Server) fault(w http.ResponseWriter, doing string, err error) {
	s.log.Error("sandbox: "+doing, "err", err)
	http.Error(w, "internal error", http.StatusInternalServerError)
}
