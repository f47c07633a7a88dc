package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

// readBack decrypts the credentials of trades that a file's raw bytes have
// anywhere, also in pages that are not in use any more, with the store's key and
// the keys that are beside the journal now; found says of which trades.
func readBack(t *testing.T, s *Store, path string, trades [][]byte) (found map[string]bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	beside, err := readSlots(s.path)
	if err != nil {
		t.Fatal(err)
	}
	defer beside.close()
	reader := &Store{keys: s.keys, slots: beside}
	found = map[string]bool{}
	for _, k := range trades {
		for rest := data; ; {
			at := bytes.Index(rest, k)
			if at < 0 {
				break
			}
			rest = rest[at+len(k):]
			for size := range min(len(rest), 600) {
				_, oldErr := s.keys.unsealed(rest[min(tagSize, size):size], append([]byte("secrets "), k...))
				if oldErr == nil || reader.readable(k, rest[:size]) {
					found[string(k)] = true
				}
			}
		}
	}
	return found
}

// Once a trade is final nobody can read its credentials any more, not even with
// the store's key in hand: not in the file, not in its old pages, not in a backup
// that was made while the trade was open.
func TestCredentialsOfAFinalTradeCanNotBeReadBack(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "journal")
	s := openAt(t, path)
	var trades [][]byte
	for i := range 10 {
		no := fmt.Sprintf("TRADE-%d", i)
		trades = append(trades, key(onetrans.TransRecharge, no))
		write(t, s, no, txn.Created)
		write(t, s, no, txn.Pending)
	}
	backup := filepath.Join(folder, "backup")
	if _, err := s.Backup(backup); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, backup} {
		if found := readBack(t, s, name, trades); len(found) != len(trades) {
			t.Fatalf("%s: the search itself finds %d of %d", name, len(found), len(trades))
		}
	}
	for i := range 9 {
		write(t, s, fmt.Sprintf("TRADE-%d", i), txn.Succ)
	}
	for _, name := range []string{path, backup} {
		if found := readBack(t, s, name, trades); len(found) != 1 || !found[string(trades[9])] {
			t.Errorf("%s: %v can be read", name, found)
		}
	}
	left, _, err := s.Trade(onetrans.TransRecharge, "TRADE-9")
	if err != nil || left.Order.Secrets != trade("", txn.Created).Order.Secrets {
		t.Errorf("an open trade has lost its credentials: %v", err)
	}
}

// Who is killed after a trade's last step, and before its credentials' key is
// overwritten, leaves that to the next start.
func TestAKeyThatNoOpenTradeHasIsOverwrittenAtTheStart(t *testing.T) {
	path := spoiled(t, Options{})
	s := openAt(t, path)
	write(t, s, "5", txn.Created)
	before, err := os.ReadFile(SecretsPath(path))
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, "5", txn.Succ)
	s.Close()
	if err := os.WriteFile(SecretsPath(path), before, 0o600); err != nil { // as if killed
		t.Fatal(err)
	}
	s = opened(t, path, Options{})
	if found := readBack(t, s, path, [][]byte{key(onetrans.TransRecharge, "5"), key(onetrans.TransRecharge, "2")}); len(found) != 1 {
		t.Errorf("can be read: %v", found)
	}
}

// A restored journal serves without the credentials that its copy does not have.
func TestATradeWithoutItsCredentialsKeyIsReadWithoutThem(t *testing.T) {
	path := spoiled(t, Options{})
	if err := os.Remove(SecretsPath(path)); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, path)
	open, err := s.Open()
	if err != nil || len(open) != 1 || open[0].Order.Secrets != (txn.Secrets{}) {
		t.Errorf("%v: %+v", err, open)
	}
	write(t, s, "2", txn.Pending) // its caller came again, with them
	if open, err := s.Open(); err != nil || open[0].Order.Secrets.AppKey != "SECRET-key" {
		t.Errorf("%v: %+v", err, open)
	}
}
