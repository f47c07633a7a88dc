package printer

import (
	"fmt"
	"io"
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"onetrans/devices"
	"onetrans/devices/virtualprinter"
)

// terminalOf makes a pseudo-terminal with the double at its other end, and
// returns its path.
func terminalOf(t *testing.T, double *virtualprinter.Printer) string {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatalf("no pseudo-terminal: is /dev/pts mounted? %v", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	raw, err := master.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var number int
	_ = raw.Control(func(fd uintptr) {
		if err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); err == nil {
			number, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
		if err == nil { // bytes pass as they are, before a driver says so too
			var settings *unix.Termios
			settings, err = unix.IoctlGetTermios(int(fd), unix.TCGETS)
			if err == nil {
				settings.Iflag, settings.Oflag, settings.Lflag = 0, 0, 0
				err = unix.IoctlSetTermios(int(fd), unix.TCSETS, settings)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/dev/pts/%d", number)
	// Held open, the terminal lives between two prints.
	keeper, err := os.OpenFile(path, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keeper.Close() })
	conn, err := net.Dial("tcp", double.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() { _, _ = io.Copy(conn, master) }()
	go func() { _, _ = io.Copy(master, conn) }()
	return path
}

func TestSerialPortsAndDeviceFiles(t *testing.T) {
	for _, kind := range []Kind{Serial, File} {
		t.Run(string(kind), func(t *testing.T) {
			double, err := virtualprinter.Listen()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(double.Close)
			p := open(t, Options{Kind: kind, Address: terminalOf(t, double), Baud: 115200, Columns: 48})
			for range 2 {
				if err := p.Print(t.Context(), slip()); err != nil {
					t.Fatal(err)
				}
			}
			papers := double.Papers()
			if len(papers) != 2 || papers[0].Text() != papers[1].Text() || len(papers[1].Pictures()) != 4 {
				t.Fatalf("%d slips", len(papers))
			}
			double.Set(virtualprinter.State{NoPaper: true})
			if err := p.Print(t.Context(), slip()); err == nil || len(double.Papers()) != 2 {
				t.Errorf("without paper: %v", err)
			}
		})
	}
}

func TestAPortThatIsNotThere(t *testing.T) {
	for _, kind := range []Kind{Serial, File} {
		p := open(t, Options{Kind: kind, Address: "/dev/no/such/port", Baud: 9600, Columns: 48})
		if err := p.Print(t.Context(), devices.Slip{}); err == nil {
			t.Errorf("%s: printed on nothing", kind)
		}
	}
}
