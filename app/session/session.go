// Package session tells a process that stays when the login session ends in which it was
// started: it ends with it, as it does by a signal, so that nobody's trade is half told
// and the next login starts with one of its own.
package session
