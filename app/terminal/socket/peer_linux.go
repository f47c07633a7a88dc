package socket

import (
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
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
	return Peer{UID: int(peer.Uid), PID: int(peer.Pid)}, nil
}

// programOf is a process's executable; of one that may not be looked into, as
// this program's own, the name that it goes by.
func programOf(pid int) string {
	folder := "/proc/" + strconv.Itoa(pid)
	if path, err := os.Readlink(folder + "/exe"); err == nil {
		return path
	}
	name, _ := os.ReadFile(folder + "/comm") // unknown, then
	return strings.TrimSpace(string(name))
}
