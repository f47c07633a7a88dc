package socket

import (
	"cmp"

	"onetrans/store/trust"
)

// Address is where the owner of a journal serves: as configured, else beside the
// journal, wherever that really is. It follows from these alone, and from
// nobody's environment, so that all who mean one journal come to one owner. A
// path that is too long for a socket has a short one in its place.
func Address(journal, configured string) string {
	journal = trust.Real(journal)
	return fitting(journal, cmp.Or(configured, journal+".sock"))
}
