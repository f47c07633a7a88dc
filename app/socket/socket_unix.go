//go:build unix

package socket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

var errFolder = errors.New("others may write in the socket's folder")

func userName() string { return strconv.Itoa(os.Getuid()) }

// checkFolder refuses a short address's folder that somebody else made.
func checkFolder(address string) error {
	folder := filepath.Dir(address)
	if folder != runtimeFolder() {
		return nil
	}
	info, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != os.Getuid() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%w: %s", errFolder, folder)
	}
	return nil
}

// listen makes the socket. Its mode, not a secret, keeps others away.
func listen(address string) (net.Listener, []byte, error) {
	if err := os.MkdirAll(filepath.Dir(address), 0o700); err != nil {
		return nil, nil, err
	}
	if err := checkFolder(address); err != nil {
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
		return fmt.Errorf("%s is no socket, and is left alone", address)
	}
	return os.Remove(address)
}

func dial(ctx context.Context, address string) (net.Conn, []byte, error) {
	if err := checkFolder(address); err != nil {
		return nil, nil, err
	}
	dialer := net.Dialer{Timeout: dialTime}
	conn, err := dialer.DialContext(ctx, "unix", address)
	return conn, nil, err
}
