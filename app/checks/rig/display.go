// Package rig holds what the checks stand on: a virtual display that can be looked at
// and touched, processes that end with their test, and the source, to be read.
package rig

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Display is a virtual X display.
type Display struct {
	// Name is what DISPLAY has to be.
	Name   string
	Width  int
	Height int
	// framebuffer is the file that the server draws into.
	framebuffer string
	server      *exec.Cmd
	more        []string // of the server's arguments
}

// Server is the display's own process, for who wants it to hang, or to end.
func (d *Display) Server() *os.Process { return d.server.Process }

// StartDisplay starts a virtual display that ends with the test; more are arguments of
// its server.
func StartDisplay(t testing.TB, width, height int, more ...string) *Display {
	t.Helper()
	d := &Display{Width: width, Height: height, more: more}
	d.TurnOn(t)
	return d
}

// TurnOff ends the display, as a log-off does.
func (d *Display) TurnOff() { Stop(d.server) }

// TurnOn starts a display that was turned off, under the name that it had.
func (d *Display) TurnOn(t testing.TB) {
	t.Helper()
	folder := t.TempDir()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	// The server picks a free number, where it has none, and says which once it is ready.
	args := []string{"-displayfd", "3", "-noreset", "-nolisten", "tcp", "-fbdir", folder, "-screen", "0", fmt.Sprintf("%dx%dx24", d.Width, d.Height)}
	args = append(args, d.more...)
	if d.Name != "" {
		args = append([]string{d.Name}, args...)
	}
	d.server = exec.Command("Xvfb", args...)
	d.server.ExtraFiles = []*os.File{write}
	Start(t, d.server)
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	// It writes the number and the line's end apart, and fails when nobody listens.
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	d.Name, d.framebuffer = ":"+strings.TrimSpace(number), filepath.Join(folder, "Xvfb_screen0")
}

// Environ is the environment of a program that shall draw on the display.
func (d *Display) Environ() []string {
	return append(os.Environ(), "DISPLAY="+d.Name, "FYNE_SCALE=1", "LIBGL_ALWAYS_SOFTWARE=1")
}

// Tap touches the display at a point.
func (d *Display) Tap(x, y int) error {
	tap := exec.Command("xdotool", "mousemove", strconv.Itoa(x), strconv.Itoa(y), "click", "1")
	tap.Env = d.Environ()
	if out, err := tap.CombinedOutput(); err != nil {
		return fmt.Errorf("xdotool: %w: %s", err, out)
	}
	return nil
}

// Type types text as a keyboard scanner does, ended by Enter.
func (d *Display) Type(text string) error {
	// A line's end is typed as a key that no keyboard has; Enter is a key of its own.
	keys := exec.Command("xdotool", "type", "--args", "1", "--delay", "2", text, "key", "Return")
	keys.Env = d.Environ()
	if out, err := keys.CombinedOutput(); err != nil {
		return fmt.Errorf("xdotool: %w: %s", err, out)
	}
	return nil
}

// Offsets of an XWD file's header, in words of four bytes, big endian.
const (
	xwdHeaderSize   = 0
	xwdBitsPerPixel = 11
	xwdBytesPerLine = 12
	xwdColours      = 19
	xwdColourSize   = 12
)

var errFramebuffer = errors.New("the display's framebuffer cannot be read")

// Picture is what the display shows now.
func (d *Display) Picture() (*image.RGBA, error) {
	file, err := os.ReadFile(d.framebuffer)
	if err != nil {
		return nil, err
	}
	if len(file) < 4*(xwdColours+1) {
		return nil, errFramebuffer
	}
	word := func(i int) int { return int(binary.BigEndian.Uint32(file[4*i:])) }
	start := word(xwdHeaderSize) + word(xwdColours)*xwdColourSize
	stride := word(xwdBytesPerLine)
	if word(xwdBitsPerPixel) != 32 || start+stride*d.Height > len(file) {
		return nil, errFramebuffer
	}
	picture := image.NewRGBA(image.Rect(0, 0, d.Width, d.Height))
	for y := range d.Height {
		line := file[start+y*stride:]
		for x := range d.Width {
			picture.SetRGBA(x, y, color.RGBA{line[4*x+2], line[4*x+1], line[4*x], 255})
		}
	}
	return picture, nil
}

// Painted says whether anything but the display's black ground is at a point.
// It reads a few bytes only, so that it can be asked all the time.
func (d *Display) Painted(x, y int) (bool, error) {
	file, err := os.Open(d.framebuffer)
	if err != nil {
		return false, err
	}
	defer file.Close()
	var header [4 * (xwdColours + 1)]byte
	if _, err := file.ReadAt(header[:], 0); err != nil {
		return false, err
	}
	word := func(i int) int64 { return int64(binary.BigEndian.Uint32(header[4*i:])) }
	var pixel [4]byte
	at := word(xwdHeaderSize) + word(xwdColours)*xwdColourSize + int64(y)*word(xwdBytesPerLine) + int64(x)*4
	if _, err := file.ReadAt(pixel[:], at); err != nil {
		return false, err
	}
	return pixel[0]|pixel[1]|pixel[2] != 0, nil
}

// Start starts a process that ends with the test.
func Start(t testing.TB, command *exec.Cmd) {
	t.Helper()
	if err := command.Start(); err != nil {
		t.Fatalf("starting %s: %v", command.Path, err)
	}
	t.Cleanup(func() { Stop(command) })
}

// Stop ends a process, at once when it does not end by itself.
func Stop(command *exec.Cmd) {
	if command.ProcessState != nil {
		return
	}
	_ = command.Process.Signal(os.Interrupt)
	late := time.AfterFunc(10*time.Second, func() { _ = command.Process.Kill() })
	defer late.Stop()
	_ = command.Wait()
}
