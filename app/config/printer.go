package config

import (
	"net"
	"path/filepath"
	"strconv"
	"strings"
)

// PrinterKind is how the receipt printer is connected.
type PrinterKind string

// The kinds of printer.
const (
	PrinterNone   PrinterKind = "none"
	PrinterTCP    PrinterKind = "tcp"
	PrinterSerial PrinterKind = "serial"
	PrinterFile   PrinterKind = "file"
)

// Printer is the receipt printer.
type Printer struct {
	Kind PrinterKind
	// Address is host:port, or a host, whose port is 9100; a serial port; or the
	// absolute path of a device or file.
	Address string
	Columns int // 32 to 64: 48 at 80 mm, 32 at 58 mm
	Baud    int // of a serial port, 1200 to 921600
}

func printerFields(p *Printer) []field {
	return []field{
		choice("devices.printer.kind", &p.Kind, PrinterNone, PrinterTCP, PrinterSerial, PrinterFile),
		text("devices.printer.address", &p.Address, 0, maxPath),
		whole("devices.printer.columns", &p.Columns, 32, 64),
		whole("devices.printer.baud", &p.Baud, 1200, 921600),
	}
}

func (r *reader) checkPrinter(p Printer) {
	const key = "devices.printer.address"
	if p.Kind == PrinterNone {
		return
	}
	r.demand(key, p.Address != "", because(ErrMissing, "needs_printer", "kind", string(p.Kind)))
	switch {
	case p.Address == "":
	case p.Kind == PrinterTCP && !reachable(p.Address):
		r.say(key, wrong("host"))
	case p.Kind == PrinterFile && !filepath.IsAbs(p.Address):
		r.say(key, wrong("whole_path"))
	}
}

// reachable reports whether an address may be a host's, with or without a port.
func reachable(address string) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = address, "9100"
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0 && host != "" && !strings.ContainsAny(host, " /\\@[]") && (net.ParseIP(host) != nil || !strings.Contains(host, ":"))
}
