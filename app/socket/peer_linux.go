package socket

import (
	"errors"
	"net"
	"os"
	"strconv"
	"syscall"
)

// peerOf is who is at the other end: this user or root, else errOtherUser. Who
// listens is known before a byte was said to him, and who calls before one of
// his is read.
func peerOf(conn net.Conn) (Peer, error) {
	unix, ok := conn.(*net.UnixConn)
	if !ok {
		return Peer{}, errOtherUser
	}
	raw, err := unix.SyscallConn()
	if err != nil {
		return Peer{}, err
	}
	var peer *syscall.Ucred
	var failed error
	err = raw.Control(func(fd uintptr) {
		peer, failed = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	if err := errors.Join(err, failed); err != nil {
		return Peer{}, err
	}
	if peer.Uid != 0 && int(peer.Uid) != os.Geteuid() {
		return Peer{}, errOtherUser
	}
	// What can't be read of another's process stays unsaid.
	program, _ := os.Readlink("/proc/" + strconv.Itoa(int(peer.Pid)) + "/exe")
	return Peer{int(peer.Uid), int(peer.Pid), program}, nil
}
