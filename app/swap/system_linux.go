package swap

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// inUse says whether a process has a file loaded, of those that this user may see, and
// which.
func inUse(path string) (used bool, process string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, "", err
	}
	inode := strconv.FormatUint(info.Sys().(*syscall.Stat_t).Ino, 10)
	processes, err := filepath.Glob("/proc/[0-9]*/maps")
	if err != nil {
		return false, "", err
	}
	for _, maps := range processes {
		if holds(maps, inode, info) {
			return true, filepath.Base(filepath.Dir(maps)), nil
		}
	}
	return false, "", nil
}

// holds says whether a process has a file mapped: address, rights, offset, device, inode
// and path are what each line says (proc(5)).
func holds(maps, inode string, file os.FileInfo) bool {
	list, err := os.Open(maps)
	if err != nil {
		return false // another user's, or gone
	}
	defer list.Close()
	for lines := bufio.NewScanner(list); lines.Scan(); {
		fields := strings.SplitN(lines.Text(), " ", 6)
		if len(fields) < 6 || fields[4] != inode {
			continue
		}
		if mapped, err := os.Stat(strings.TrimSpace(fields[5])); err == nil && os.SameFile(mapped, file) {
			return true
		}
	}
	return false
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// lock keeps other swaps out of a folder until it is let go of, or this process ends. A
// share of another machine may have no locks.
func lock(folder string) (letGo func(), err error) {
	file, err := os.Open(folder)
	if err != nil {
		return nil, failed(folder, err)
	}
	if errors.Is(syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK) {
		return nil, errors.Join(&Error{Fault: Swapping, Path: folder}, file.Close())
	}
	return func() { _ = file.Close() }, nil
}
