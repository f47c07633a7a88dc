//go:build !linux && !windows

package store

// machine has no name here: a journal is bound to its folder alone.
func machine() string { return "" }
