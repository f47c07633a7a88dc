package command

import "golang.org/x/sys/windows"

func systemReasons() []reason {
	return []reason{
		{windows.WSAECONNREFUSED, "refused"},
		{windows.WSAECONNRESET, "reset"},
		{windows.ERROR_BROKEN_PIPE, "gone"},
		{windows.ERROR_NO_DATA, "gone"},
		{windows.WSAENETUNREACH, "no_route"},
		{windows.WSAEHOSTUNREACH, "no_route"},
		{windows.WSAETIMEDOUT, "timeout"},
		{windows.WSAEADDRINUSE, "address_taken"},
		{windows.WSAEADDRNOTAVAIL, "no_address"},
		{windows.ERROR_DISK_FULL, "disk_full"},
		{windows.ERROR_WRITE_PROTECT, "read_only"},
		{windows.ERROR_CRC, "disk_fault"},
		{windows.ERROR_DIRECTORY, "no_folder"},
		{windows.ERROR_SHARING_VIOLATION, "in_use"},
		{windows.ERROR_LOCK_VIOLATION, "in_use"},
	}
}
