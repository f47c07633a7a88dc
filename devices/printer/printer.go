// Package printer prints slips on receipt printers that speak ESC/POS: over TCP, a
// serial port, or a file such as /dev/usb/lp0.
//
// Text is sent in GB 18030. A line with a character that GBK lacks is drawn with
// the program's typeface instead: printers know GBK at best and print the rest as
// '?' or not at all.
package printer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"time"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"

	"onetrans/devices"
)

// Kind is how the printer is connected.
type Kind string

// The kinds.
const (
	TCP    Kind = "tcp"    // Address is host:port, or a host, whose port is 9100
	Serial Kind = "serial" // Address is the port: COM3, /dev/ttyS0
	File   Kind = "file"   // Address is a device, or a regular file to which slips are appended
)

// defaultPort is where printers listen for raw data.
const defaultPort = "9100"

// Options say which printer is used.
type Options struct {
	Kind    Kind
	Address string
	Baud    int // of a serial port, which is 8N1
	Columns int // 48 at 80 mm, 32 at 58 mm
	// Face is the OpenType typeface from which rare characters are drawn.
	Face []byte
	// OpenFile opens the file of [File]; it decides which symbolic links may be
	// followed for writing. Nil means os.OpenFile.
	OpenFile func(path string, flag int, mode fs.FileMode) (*os.File, error)
}

// Limits of a slip.
const (
	maxLines = 300
	maxCode  = 300  // bytes of a code's text
	maxText  = 1000 // bytes of a line
)

// printTime bounds a whole print; at 9600 baud sending a slip takes some 15 s.
const printTime = 45 * time.Second

// Printer is a receipt printer; it implements [devices.Printer]. The connection is
// open only while it prints, so a printer that was away works as soon as it is
// back.
type Printer struct {
	options Options
	font    *opentype.Font
	dial    func(context.Context) (link, error)
	turn    chan struct{} // held by whoever prints
}

// New returns the printer that o describes. Nothing is opened yet.
func New(o Options) (*Printer, error) {
	p := &Printer{options: o, turn: make(chan struct{}, 1)}
	switch o.Kind {
	case TCP:
		p.dial = dialTCP(withPort(o.Address))
	case Serial:
		p.dial = openSerial(o.Address, o.Baud)
	case File:
		p.dial = openFile(o.Address, o.OpenFile)
	default:
		return nil, fmt.Errorf("%w: no kind %q", devices.ErrPrinter, o.Kind)
	}
	var err error
	if p.font, err = opentype.Parse(o.Face); err != nil {
		return nil, fmt.Errorf("%w: its typeface: %w", devices.ErrPrinter, err)
	}
	return p, nil
}

func withPort(address string) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	return net.JoinHostPort(address, defaultPort)
}

// Columns is the width of the paper in columns.
func (p *Printer) Columns() int { return p.options.Columns }

// Shows reports whether a character can be printed, from the printer's font or
// drawn.
func (p *Printer) Shows(r rune) bool {
	if settable(r) || invisible(r) {
		return true
	}
	var buffer sfnt.Buffer
	glyph, err := p.font.GlyphIndex(&buffer, r)
	return err == nil && glyph != 0
}

// Print prints a slip. When it fails, whatever was sent of it is discarded as far
// as the printer allows, so that the next person does not find it.
func (p *Printer) Print(ctx context.Context, slip devices.Slip) error {
	job, err := p.encode(slip)
	if err != nil {
		return err
	}
	defer clear(job)
	return p.over(ctx, func(ctx context.Context, to link) error {
		if file, ok := to.(plain); ok {
			return file.append(job)
		}
		return talk(ctx, to, job)
	})
}

// Ready returns nil when the printer reports that it can print; its errors are
// those of [Printer.Print]. Nothing is printed.
func (p *Printer) Ready(ctx context.Context) error {
	return p.over(ctx, func(ctx context.Context, to link) error {
		if file, ok := to.(plain); ok {
			return file.Close()
		}
		c := newConversation(to)
		defer c.close()
		return c.ready(ctx)
	})
}

// over runs something on a connection to the printer, one at a time, and closes the
// connection.
func (p *Printer) over(ctx context.Context, do func(context.Context, link) error) error {
	ctx, cancel := context.WithTimeout(ctx, printTime)
	defer cancel()
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", devices.ErrPrinterSilent, ctx.Err())
	}
	to, err := p.dial(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", devices.ErrPrinterSilent, err)
	}
	return do(ctx, to)
}

// talk prints a job on an open connection and closes it.
func talk(ctx context.Context, to link, job []byte) error {
	c := newConversation(to)
	defer c.close()
	if err := c.ready(ctx); err != nil {
		return err
	}
	err := c.write(ctx, job)
	if err == nil {
		err = c.finished(ctx)
	}
	if err != nil {
		c.takeBack()
	}
	if err != nil && !errors.Is(err, devices.ErrPrinter) {
		err = fmt.Errorf("%w: %w", devices.ErrPrinterSilent, err)
	}
	return err
}
