package session

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// folder is where the login manager (systemd-logind, elogind) keeps a file of each
	// session; a link there leads nowhere of another's making, as it is root's.
	folder = "/run/systemd/sessions"
	// lookPace is how often it is looked at.
	lookPace = 2 * time.Second
)

// Until is a context that ends with the login session that the environment names
// (XDG_SESSION_ID), while it is there. A session whose person has left, but in which
// processes still run, has ended. A process that is to outlive it, as under nohup, and
// one that belongs to none, as a service, go on. ended is to be called once the process
// is done.
func Until(ctx context.Context) (until context.Context, ended func()) {
	ctx, cancel := context.WithCancel(ctx)
	if id := os.Getenv("XDG_SESSION_ID"); isName(id) && !signal.Ignored(syscall.SIGHUP) {
		go watch(ctx, filepath.Join(folder, id), cancel)
	}
	return ctx, cancel
}

// isName says whether a session's name is one, and no way to another file.
func isName(id string) bool {
	return id != "" && !strings.ContainsAny(id, "/.\x00")
}

// watch calls end once the session of this file, which is there now, has ended.
func watch(ctx context.Context, file string, end func()) {
	if !open(file) {
		return // it was started after the session's end, and outlives it
	}
	ticker := time.NewTicker(lookPace)
	defer ticker.Stop()
	for open(file) {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
	end()
}

// open says whether a session is open. One that can't be read says nothing, and is.
func open(file string) bool {
	text, err := os.ReadFile(file)
	if err != nil {
		return !os.IsNotExist(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.TrimSpace(line) == "STATE=closing" {
			return false
		}
	}
	return true
}
