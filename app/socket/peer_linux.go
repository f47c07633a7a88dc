package socket

import (
	"errors"
	"net"
	"os"
	"syscall"
)

var errOtherUser = errors.New("another user's process")

// trusted refuses other users, root apart: they may connect in the moment
// before a new socket has its mode.
func trusted(conn net.Conn) error {
	unix, ok := conn.(*net.UnixConn)
	if !ok {
		return errOtherUser
	}
	raw, err := unix.SyscallConn()
	if err != nil {
		return err
	}
	var peer *syscall.Ucred
	var failed error
	err = raw.Control(func(fd uintptr) {
		peer, failed = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	if peer.Uid != 0 && int(peer.Uid) != os.Getuid() {
		return errOtherUser
	}
	return nil
}
