package sscard

import (
	"errors"
	"fmt"

	"github.com/ebfe/scard"

	"onetrans/devices"
)

// isVerdict reports whether err is final: trying the card again would give the
// same.
func isVerdict(err error) bool {
	return errors.Is(err, devices.ErrWrongCard) || errors.Is(err, devices.ErrCardLocked)
}

// isRemoval reports whether the service says that the card has left the slot.
func isRemoval(err error) bool {
	return errors.Is(err, scard.ErrRemovedCard) || errors.Is(err, scard.ErrNoSmartcard)
}

// verdict names a fault that remained after every attempt.
func verdict(err error) error {
	var code scard.Error
	switch {
	case errors.Is(err, devices.ErrUnreadable):
		return err
	case errors.Is(err, scard.ErrSharingViolation):
		return fmt.Errorf("another program keeps the reader for itself: %w: %w", devices.ErrNoReader, err)
	case errors.As(err, &code) && isLoss(code):
		return fmt.Errorf("%w: %w", devices.ErrNoReader, err)
	}
	return fmt.Errorf("%w: %w", devices.ErrUnreadable, err)
}

// isLoss reports whether the code says that the reader or the service is gone.
func isLoss(code scard.Error) bool {
	switch code {
	case scard.ErrNoService, scard.ErrServiceStopped, scard.ErrShutdown, scard.ErrInvalidHandle,
		scard.ErrReaderUnavailable, scard.ErrUnknownReader, scard.ErrNoReadersAvailable, scard.ErrNoAccess:
		return true
	}
	return false
}
