package record

import (
	"errors"
	"os"
	"time"

	"onetrans/store/trust"
)

// errLocked means that another process is writing.
var errLocked = errors.New("another process is recording")

// lockTime is how long a call waits to be recorded while another process writes.
const lockTime = 250 * time.Millisecond

// lock keeps other processes from writing: each line follows the one before. A process
// that ends lets go of it.
func lock(path string) (letGo func(), err error) {
	file, err := trust.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for until := time.Now().Add(lockTime); ; time.Sleep(5 * time.Millisecond) {
		if err = tryLock(file); err == nil {
			return func() { _ = file.Close() }, nil
		}
		if time.Now().After(until) {
			return nil, errors.Join(errLocked, err, file.Close())
		}
	}
}
