package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is text that no log, error or printed configuration ever shows. The zero
// Secret is empty.
type Secret struct {
	text *string // a pointer, because %p prints it without calling a method
}

// masked is what is shown instead of a secret. Its length says nothing about the
// secret's.
const masked = "******"

// NewSecret is text as a secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal is the secret itself, to be sent or computed with.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports whether there is none.
func (s Secret) Empty() bool { return s.text == nil }

// String is stars, or empty if the secret is.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return masked
}

// Format writes [Secret.String], whatever the verb: %d and %x would look inside.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue is [Secret.String].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is [Secret.String], so that no encoder shows more.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
