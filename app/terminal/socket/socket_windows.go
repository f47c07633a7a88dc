package socket

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"unsafe"

	"github.com/go-json-experiment/json"
	"golang.org/x/sys/windows"
)

// place is what the file at the address says: where the owner listens, and the
// secret that shows that one may read the file.
type place struct {
	Port   int    `json:"port"`
	Secret []byte `json:"secret"`
}

const (
	secretLength = 32
	maxPlace     = 512 // bytes
)

var errPlace = errors.New("no owner's file")

// fitting is the address itself: a file's path may be long.
func fitting(_, address string) string { return address }

// listen listens on the loopback and says where in a file that only this user
// may read.
func listen(address string) (net.Listener, []byte, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	at, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return nil, nil, errors.Join(errPlace, listener.Close())
	}
	secret := make([]byte, secretLength)
	_, _ = rand.Read(secret) // never fails
	if err := leave(address, place{at.Port, secret}); err != nil {
		return nil, nil, errors.Join(err, listener.Close())
	}
	return unlinking{listener, address}, secret, nil
}

// unlinking is a listener whose file goes with it.
type unlinking struct {
	net.Listener
	path string
}

func (u unlinking) Close() error {
	_ = os.Remove(u.path) // one that stays behind is stale, and harms nobody
	return u.Listener.Close()
}

// leave writes the file in whole: a name that is there is a file that says all.
func leave(address string, p place) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(address), 0o700); err != nil {
		return err
	}
	if err := stale(address); err != nil {
		return err
	}
	aside := address + ".new"
	if err := os.Remove(aside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	file, err := createPrivate(aside)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(aside, address)
}

// stale says whether what is at an address may be replaced: nothing, an owner's file, or
// what a power cut has left of one. Anything else was put there by somebody.
func stale(address string) error {
	text, err := read(address)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	if _, err := parse(text); err != nil && len(bytes.Trim(text, "\x00")) > 0 {
		return &PlaceError{address}
	}
	return nil
}

// createPrivate makes a file that this user alone, and the system, may open,
// whatever its folder allows to others.
func createPrivate(path string) (*os.File, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, fmt.Errorf("asking who runs this: %w", err)
	}
	descriptor, err := windows.SecurityDescriptorFromString("D:P(A;;FA;;;" + user.User.Sid.String() + ")(A;;FA;;;SY)")
	if err != nil {
		return nil, err
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	attributes := windows.SecurityAttributes{SecurityDescriptor: descriptor}
	attributes.Length = uint32(unsafe.Sizeof(attributes))
	handle, err := windows.CreateFile(name, windows.GENERIC_WRITE, 0, &attributes, windows.CREATE_NEW, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, &os.PathError{Op: "create", Path: path, Err: err}
	}
	return os.NewFile(uintptr(handle), path), nil
}

func dial(ctx context.Context, address string) (net.Conn, []byte, error) {
	p, err := find(address)
	if err != nil {
		return nil, nil, err
	}
	dialer := net.Dialer{Timeout: dialTime}
	conn, err := dialer.DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", p.Port))
	return conn, p.Secret, err
}

func find(address string) (place, error) {
	text, err := read(address)
	if err != nil {
		return place{}, err
	}
	return parse(text)
}

func read(address string) ([]byte, error) {
	file, err := os.Open(address)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxPlace))
}

func parse(text []byte) (place, error) {
	var p place
	if json.Unmarshal(text, &p) != nil || p.Port < 1 || p.Port > 65535 || len(p.Secret) != secretLength {
		return place{}, errPlace
	}
	return p, nil
}
