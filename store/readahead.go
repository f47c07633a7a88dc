package store

import (
	"io"
	"os"
)

// readAhead reads a file from its begin to its end, until it is stopped: who goes
// over a memory map waits for the disk at each page that is not in memory yet.
func readAhead(path string) (stop func()) {
	file, err := os.Open(path)
	if err != nil {
		return func() {} // then it is slower
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{file}, make([]byte, 1<<20))
	}()
	return func() {
		_ = file.Close()
		<-done
	}
}
