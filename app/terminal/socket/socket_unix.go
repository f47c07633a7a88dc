//go:build unix

package socket

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"onetrans/store/trust"
)

// maxAddress is how long a Unix socket's path may be anywhere, in bytes.
const maxAddress = 100

// fitting is an address that a socket can have: itself, or where it is too long
// a short one in a folder that belongs to whom the journal's folder belongs to.
func fitting(journal, address string) string {
	if len(address) <= maxAddress {
		return address
	}
	hash := sha256.Sum256([]byte(address))
	return filepath.Join(shortFolder(ownerOf(filepath.Dir(journal))), hex.EncodeToString(hash[:8])+".sock")
}

// shortFolder is where a user's short addresses are.
func shortFolder(uid int) string { return "/tmp/onetrans-" + strconv.Itoa(uid) }

// ownerOf is whom a folder belongs to, or the first above it that is there.
func ownerOf(folder string) int {
	info, err := os.Stat(folder)
	if up := filepath.Dir(folder); errors.Is(err, os.ErrNotExist) && up != folder {
		return ownerOf(up)
	}
	if err == nil {
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			return int(stat.Uid)
		}
	}
	return os.Geteuid()
}

// listen makes the socket. Its folder and its mode, not a secret, keep others away.
func listen(address string) (net.Listener, []byte, error) {
	folder := filepath.Dir(address)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, nil, err
	}
	if err := trust.Path(folder); err != nil {
		return nil, nil, err
	}
	if err := removeStale(address); err != nil {
		return nil, nil, err
	}
	listener, err := net.Listen("unix", address)
	if err != nil {
		return nil, nil, err
	}
	if err := os.Chmod(address, 0o600); err != nil {
		return nil, nil, errors.Join(err, listener.Close())
	}
	return listener, nil, nil
}

// removeStale removes a dead owner's socket, and nothing that is no socket.
func removeStale(address string) error {
	info, err := os.Lstat(address)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != os.ModeSocket:
		return &PlaceError{address}
	}
	return os.Remove(address)
}

// dial reaches who serves address, where nobody else could have put a socket.
func dial(ctx context.Context, address string) (net.Conn, []byte, error) {
	if err := trust.Path(filepath.Dir(address)); err != nil {
		return nil, nil, err
	}
	dialer := net.Dialer{Timeout: dialTime}
	conn, err := dialer.DialContext(ctx, "unix", address)
	if errors.Is(err, syscall.EAGAIN) {
		// All places at the door are taken: nobody opens it.
		err = fmt.Errorf("%w: %w", ErrNoReply, err)
	}
	return conn, nil, err
}
