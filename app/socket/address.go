package socket

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
)

// maxAddress is how long a Unix socket's path may be anywhere, in bytes.
const maxAddress = 100

// Address is where the owner of a journal serves: as configured, else beside
// the journal. Where that path is too long for a socket it is a short one in
// the user's runtime folder, or in a folder of the user's own under the
// temporary one.
func Address(journal, configured string) string {
	address := cmp.Or(configured, journal+".sock")
	if len(address) <= maxAddress {
		return address
	}
	hash := sha256.Sum256([]byte(address))
	return filepath.Join(runtimeFolder(), hex.EncodeToString(hash[:8])+".sock")
}

// runtimeFolder is a folder that only this user may use; [checkFolder] says
// whether it is.
func runtimeFolder() string {
	if folder := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(folder) {
		return filepath.Join(folder, "onetrans")
	}
	return filepath.Join(os.TempDir(), "onetrans-"+userName())
}
