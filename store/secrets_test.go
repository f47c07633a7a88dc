package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
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

// slotsAt are n keys of open trades' credentials in a file beside a journal.
func slotsAt(t *testing.T, n int) (path string, s *slots) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "journal")
	data := bytes.Repeat([]byte("k"), n*slotKeySize)
	if err := os.WriteFile(SecretsPath(path), data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := openSlots(path, true)
	if err != nil || len(s.keys) != n {
		t.Fatal(len(s.keys), err)
	}
	t.Cleanup(func() { s.close() })
	return path, s
}

// All keys but those that open trades have are overwritten, also on the disk.
func TestAStartOverwritesEveryKeyThatNoOpenTradeHas(t *testing.T) {
	path, s := slotsAt(t, 2000)
	if err := s.begin(map[uint32]bool{2: true, 1999: true}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(SecretsPath(path))
	if err != nil || len(data) != 2000*slotKeySize {
		t.Fatal(len(data), err)
	}
	for i := range 2000 {
		kept := bytes.Equal(data[i*slotKeySize:][:slotKeySize], bytes.Repeat([]byte("k"), slotKeySize))
		if kept != (i == 2 || i == 1999) {
			t.Errorf("key %d, kept: %v", i, kept)
		}
	}
}

// The file keeps what open trades need and a few to spare: it does not stay as
// large as it once was.
func TestAStartLetsGoOfKeysFarBeyondThoseInUse(t *testing.T) {
	for last, want := range map[uint32]int{0: 1 + slotsAtOnce, 70: 71 + slotsAtOnce, 1999: 2000} {
		path, s := slotsAt(t, 2000)
		if err := s.begin(map[uint32]bool{last: true}); err != nil {
			t.Fatal(err)
		}
		again, err := readSlots(path)
		if err = errors.Join(err, again.close()); err != nil || len(again.keys) != want || len(s.keys) != want {
			t.Errorf("key %d in use: %d keys, %d on the disk, %v", last, len(s.keys), len(again.keys), err)
		}
		taken := map[uint32]bool{last: true}
		for range want + slotsAtOnce {
			i, err := s.allocate()
			if err != nil || taken[i] || s.key(i) == nil {
				t.Fatalf("key %d was given twice or is none: %v", i, err)
			}
			taken[i] = true
		}
	}
}

// A key that is not on the disk is no trade's.
func TestAKeyThatIsNotOnTheDiskIsNotTaken(t *testing.T) {
	_, s := slotsAt(t, 3)
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if i, err := s.allocate(); !errors.Is(err, os.ErrClosed) || len(s.keys) != 3 {
			t.Errorf("key %d of %d, %v", i, len(s.keys), err)
		}
	}
	if err := s.begin(nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("err = %v", err)
	}
	if err := s.close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

// A number that is no key's, as a copy may have it, is passed over.
func TestANumberOfNoKeyIsPassedOver(t *testing.T) {
	_, s := slotsAt(t, 3)
	if err := s.spend([]uint32{3, 4, 1 << 31}); err != nil || len(s.keys) != 3 || len(s.spent) != 0 {
		t.Errorf("%d keys, %v spent, %v", len(s.keys), s.spent, err)
	}
	for i, want := range map[uint32]bool{0: true, 2: true, 3: false, 1 << 31: false} {
		if got := s.key(i); (got != nil) != want {
			t.Errorf("%d: %x", i, got)
		}
	}
}

// What the journal has of credentials is as it was written, or altered.
func TestWhatIsKeptOfCredentialsIsAsItWasWritten(t *testing.T) {
	k := derive(make([]byte, KeySize))
	tagged := func(kept []byte) []byte { return append(kept, k.keptTag([]byte("trade"), kept)...) }
	for size, ok := range map[int]bool{0: false, 4: false, secretHeader - 1: false, secretHeader: true, secretHeader + 9: true} {
		slot, body, err := k.kept([]byte("trade"), tagged(append([]byte{0, 0, 0, 7}, make([]byte, secretHeader+9)...)[:size]))
		if (err == nil) != ok || err == nil && (slot != 7 || len(body) != size-4) || err != nil && !errors.Is(err, ErrAltered) {
			t.Errorf("%d bytes: key %d, %d bytes, %v", size, slot, len(body), err)
		}
	}
	whole := tagged(make([]byte, secretHeader))
	if _, _, err := k.kept([]byte("another"), whole); !errors.Is(err, ErrAltered) {
		t.Errorf("another trade's: %v", err)
	}
	if _, _, err := k.kept([]byte("trade"), whole[:tagSize-1]); !errors.Is(err, ErrAltered) {
		t.Errorf("less than a tag: %v", err)
	}
}

// Credentials that stay as they are are sealed once: each sealing more would leave
// another page that has them.
func TestCredentialsThatStayAsTheyAreAreSealedOnce(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "journal"))
	sealed := func() (raw []byte) {
		if err := s.view(func(tx *vetted) error {
			raw = bytes.Clone(tx.Bucket(bucketSecrets).Get(key(onetrans.TransRecharge, "1")))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return raw
	}
	write(t, s, "1", txn.Created)
	first := sealed()
	write(t, s, "1", txn.Pending)
	if len(first) == 0 || !bytes.Equal(sealed(), first) {
		t.Error("they were sealed again")
	}
	tr := trade("1", txn.Pending)
	tr.Order.Secrets.AppKey = "SECRET-another"
	if err := s.Write(entry("1", "told"), tr); err != nil {
		t.Fatal(err)
	}
	if got, _, err := s.Trade(onetrans.TransRecharge, "1"); err != nil || got.Order.Secrets != tr.Order.Secrets {
		t.Errorf("others: %+v, %v", got.Order.Secrets, err)
	}
	if binary.BigEndian.Uint32(sealed()) != binary.BigEndian.Uint32(first) {
		t.Error("they took another key")
	}
}
