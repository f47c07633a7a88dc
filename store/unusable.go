package store

import (
	"errors"
	"fmt"
)

// ErrUnusable is the family of what keeps a journal from being opened or made:
// ErrSchema, ErrDamaged, and whatever the file system says. ErrInUse is none of
// it: the journal serves somebody else.
var ErrUnusable = errors.New("journal cannot be used")

// unusable puts an error of opening in its family.
func unusable(err error) error {
	if err == nil || errors.Is(err, ErrInUse) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnusable, err)
}
