//go:build !linux && !windows

package session

import "context"

// Until is the context itself: nothing says here when a session ends.
func Until(ctx context.Context) (until context.Context, ended func()) { return context.WithCancel(ctx) }
