package sandbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// ErrInUse means that another process has the sandbox's data open.
var ErrInUse = errors.New("sandbox data is in use by another process")

const (
	fileName    = "sandbox.db"
	lockTimeout = time.Second
)

// The buckets and what their keys are.
var (
	bucketOrders   = []byte("orders")   // outChargeNo → order
	bucketCharges  = []byte("charges")  // chargeNo → outChargeNo
	bucketTraces   = []byte("traces")   // traceNo → "c" outChargeNo or "r" outRefundNo
	bucketRefunds  = []byte("refunds")  // outRefundNo → refund
	bucketBalances = []byte("balances") // hisCustId "/" accountType, or psn_no "/insured" → fen
	bucketCodes    = []byte("codes")    // hash of a used payment code → outChargeNo
	bucketSeen     = []byte("seen")     // msgid → seenMessage
	bucketSeenAt   = []byte("seen_at")  // time, msgid → nothing; for forgetting

	bucketSettlements = []byte("settlements") // outSettleNo → settlement
	bucketSettling    = []byte("settling")    // hisCustId → outSettleNo of the open settlement
	bucketSetls       = []byte("setls")       // setl_id → outSettleNo
	bucketBills       = []byte("bills")       // billNo of a settled bill → outSettleNo
	bucketAuths       = []byte("auths")       // out_authorize_no → authorisation
	bucketAuthLinks   = []byte("auth_links")  // number of an authorisation's page → out_authorize_no
)

func buckets() [][]byte {
	return [][]byte{
		bucketOrders, bucketCharges, bucketTraces, bucketRefunds,
		bucketBalances, bucketCodes, bucketSeen, bucketSeenAt,
		bucketSettlements, bucketSettling, bucketSetls, bucketBills, bucketAuths, bucketAuthLinks,
	}
}

// openFile opens the data file in dir, making both when they are not there.
func openFile(dir string, noSync bool) (*bbolt.DB, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("sandbox: making the data folder: %w", err)
	}
	path := filepath.Join(dir, fileName)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if err := createFile(dir, path, noSync); err != nil {
			return nil, fmt.Errorf("sandbox: creating %s: %w", path, err)
		}
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout, NoSync: noSync})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, fmt.Errorf("%w: %s", ErrInUse, path)
	}
	if err != nil {
		return nil, fmt.Errorf("sandbox: opening %s: %w", path, err)
	}
	if err := completeBuckets(db); err != nil {
		return nil, errors.Join(fmt.Errorf("sandbox: opening %s: %w", path, err), db.Close())
	}
	return db, nil
}

// createFile makes the file aside and links it into place: after a power cut during
// bbolt's first writes, a file would be left that bbolt never opens again; and a
// link, unlike a rename, never replaces a file that another process made.
func createFile(dir, path string, noSync bool) error {
	tmp, err := os.CreateTemp(dir, "sandbox-*.new")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if err := tmp.Close(); err != nil {
		return err
	}
	db, err := bbolt.Open(tmp.Name(), 0o600, &bbolt.Options{Timeout: lockTimeout, NoSync: noSync})
	if err != nil {
		return err
	}
	if err := errors.Join(makeBuckets(db), db.Close()); err != nil {
		return err
	}
	err = os.Link(tmp.Name(), path)
	if err == nil || errors.Is(err, os.ErrExist) {
		return nil
	}
	return os.Rename(tmp.Name(), path) // a file system without links
}

func makeBuckets(db *bbolt.DB) error {
	return db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// completeBuckets makes what a file of an older sandbox lacks.
func completeBuckets(db *bbolt.DB) error {
	missing := false
	err := db.View(func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			missing = missing || tx.Bucket(name) == nil
		}
		return nil
	})
	if err != nil || !missing {
		return err
	}
	return makeBuckets(db)
}
