package trust

import (
	"path/filepath"
	"regexp"
	"syscall"
)

// procMagic is the type of the file system in which Linux shows its processes.
const procMagic = 0x9fa0

var openFileName = regexp.MustCompile(`^/proc/(self|thread-self|[0-9]+)/fd/[0-9]+$`)

// isOpenFile says that a path is the system's own name for a file that a process
// has open.
func isOpenFile(path string) bool {
	var stat syscall.Statfs_t
	return openFileName.MatchString(path) && syscall.Statfs(filepath.Dir(path), &stat) == nil && stat.Type == procMagic
}
