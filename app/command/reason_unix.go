//go:build unix

package command

import "syscall"

func systemReasons() []reason {
	return []reason{
		{syscall.ECONNREFUSED, "refused"},
		{syscall.ECONNRESET, "reset"},
		{syscall.EPIPE, "gone"},
		{syscall.ENETUNREACH, "no_route"},
		{syscall.EHOSTUNREACH, "no_route"},
		{syscall.ETIMEDOUT, "timeout"},
		{syscall.EADDRINUSE, "address_taken"},
		{syscall.EADDRNOTAVAIL, "no_address"},
		{syscall.ENOSPC, "disk_full"},
		{syscall.EDQUOT, "disk_full"},
		{syscall.EROFS, "read_only"},
		{syscall.EIO, "disk_fault"},
		{syscall.EISDIR, "folder"},
		{syscall.ENOTDIR, "no_folder"},
		{syscall.EBUSY, "in_use"},
	}
}
