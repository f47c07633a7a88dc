// Package owner holds a terminal: its journal, its platform and the
// transaction core over them. One process owns a terminal at a time.
package owner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"

	"onetrans/app/sandbox"
	"onetrans/app/vendorlib"
	"onetrans/flows/core/txn"
	"onetrans/flows/message/platform"
	"onetrans/store"
)

// Options say which terminal it is and which platform it speaks to.
type Options struct {
	// Journal is the journal's path, which is what makes a terminal itself.
	Journal string
	// Store says whose journal that is.
	Store store.Options
	// Platform is the platform; its URL is not used with a sandbox.
	Platform platform.Options
	// Sandbox, when set, is started inside the program and is the platform.
	Sandbox *sandbox.Options
	// Vendor, when set, is the platform instead: another vendor's library.
	Vendor *vendorlib.Options
	// Listen, when set, takes calls from others as soon as the terminal is
	// taken, until stop, which may be called twice.
	Listen func() (stop func() error, err error)
	// Core says what the core needs beside.
	Core txn.Options
	Log  *slog.Logger
}

// Owner is an owned terminal.
type Owner struct {
	Core *txn.Core
	// PlatformURL is where the platform is.
	PlatformURL string
	// Vendor is the platform where it is another vendor's library; else nil.
	Vendor *vendorlib.Vendor

	journal *store.Store
	closers []func() error
}

// Open takes the terminal. It gives [store.ErrInUse] at once when another
// process has it. Everything that is open in the journal is being polled when
// it returns.
func Open(o Options) (_ *Owner, err error) {
	owner := &Owner{PlatformURL: o.Platform.URL}
	defer func() {
		if err != nil {
			err = errors.Join(err, owner.Close())
		}
	}()
	journal, err := store.Open(o.Journal, o.Store)
	if err != nil {
		return nil, err
	}
	owner.journal = journal
	owner.onClose(journal.Close)
	var unlisten func() error
	if o.Listen != nil {
		if unlisten, err = o.Listen(); err != nil {
			return nil, err
		}
		owner.onClose(unlisten)
	}
	if o.Sandbox != nil {
		if err := owner.startSandbox(*o.Sandbox, o.Log); err != nil {
			return nil, err
		}
		o.Platform.URL = owner.PlatformURL
	}
	driver, err := o.driver(journal)
	if err != nil {
		return nil, fmt.Errorf("reaching the platform: %w", err)
	}
	owner.Vendor, _ = driver.(*vendorlib.Vendor)
	owner.onClose(func() error { driver.Close(); return nil })
	o.Core.Log = o.Log
	if owner.Core, err = txn.Open(journal, driver, o.Core); err != nil {
		return nil, err
	}
	owner.onClose(func() error { owner.Core.Close(); return nil })
	if unlisten != nil {
		owner.onClose(unlisten) // calls end before the core does
	}
	return owner, nil
}

// driver is how the platform is reached.
type driver interface {
	txn.Platform
	Close()
}

func (o Options) driver(journal *store.Store) (driver, error) {
	if o.Vendor != nil {
		vendor := *o.Vendor
		vendor.Log = o.Log
		return vendorlib.New(vendor)
	}
	o.Platform.Head = headOf(journal)
	return platform.New(o.Platform)
}

// headOf tells a journal's end; nothing while it can't be read.
func headOf(journal *store.Store) func() string {
	return func() string {
		head, err := journal.Head()
		if err != nil {
			return ""
		}
		return head.Short()
	}
}

// Journal is the terminal's journal, open for as long as the terminal is owned.
func (o *Owner) Journal() *store.Store { return o.journal }

// startSandbox serves a sandbox on a free port of the loopback.
func (o *Owner) startSandbox(options sandbox.Options, log *slog.Logger) error {
	options.Log = log
	server, err := sandbox.Open(options)
	if err != nil {
		return err
	}
	o.onClose(server.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening for the sandbox: %w", err)
	}
	o.PlatformURL = "http://" + listener.Addr().String()
	server.SetBaseURL(o.PlatformURL)
	ctx, stop := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := server.Serve(ctx, listener); err != nil {
			log.Error("sandbox", "error", err)
		}
	})
	o.onClose(func() error { stop(); serving.Wait(); return nil })
	return nil
}

// Close gives the terminal free, in the reverse order of its opening.
func (o *Owner) Close() error {
	var errs []error
	for i := len(o.closers) - 1; i >= 0; i-- {
		errs = append(errs, o.closers[i]())
	}
	o.closers = nil
	return errors.Join(errs...)
}

func (o *Owner) onClose(f func() error) { o.closers = append(o.closers, f) }
