package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"onetrans/flows/core/txn"
	"onetrans/flows/flow"
	"onetrans/flows/message/gm"
	"onetrans/flows/message/onetrans"
)

// life are the steps of a recharge that is paid.
func life(no string) []txn.Trade {
	order := txn.Order{
		No: no, Content: fmt.Sprintf("%064d", 1), Amount: 20000, CardType: "01", CardNo: "D" + no[len(no)-5:], AccountType: "02",
		Request: onetrans.Request{
			TransType: onetrans.T(onetrans.TransRecharge), MsgID: onetrans.T("H35010000001202603040506070001"),
			DeptCodg: onetrans.T("ZZFW"), DeptName: onetrans.T("自助服务"), Opter: onetrans.T("ZZJ001"), OpterName: onetrans.T("自助机"),
			Data: []byte(`{"termNo":"ZZJ001","cardType":"01","cardNo":"D123456789","accountType":"02","hisCustId":"000239281700",` +
				`"userName":"欧阳小珺","idNo":"11010519491231002X","amount":"200.00","outChargeNo":"` + no + `","subject":"住院预交金充值"}`),
		},
		CreatedAt: time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC),
		Secrets:   txn.Secrets{AppID: "SANDBOX", AppKey: "a-key-of-some-length", PayAppID: "PAY", PayAppSecret: "another-key-of-some-length"},
	}
	var steps []txn.Trade
	for _, at := range []flow.State{txn.Created, txn.Pending, txn.Succ} {
		p := txn.Progress{State: at, SentAt: order.CreatedAt, Sends: 1}
		if at != txn.Created {
			p.ChargeNo, p.TraceNo, p.QRCode = "C"+no, "T"+no, "https://pay.example.org/qr/"+no
			p.ExpireAt, p.Result = order.CreatedAt.Add(5*time.Minute), onetrans.ResultInit
		}
		if at == txn.Succ {
			p.Result, p.CallSN, p.TraceTime = onetrans.ResultSucc, "S"+no, "20260304050710"
		}
		steps = append(steps, txn.Trade{Order: order, Progress: p})
	}
	return steps
}

func stepEntry(t txn.Trade) txn.Entry {
	return txn.Entry{At: t.Order.CreatedAt, Event: "told", Note: "000000", State: string(t.At())}
}

// A durable step of a trade, against one bare bbolt commit of the same keys and
// bytes. They take turns, so that a slow moment of the disk hits both.
func BenchmarkDurableStep(b *testing.B) {
	s := openAt(b, filepath.Join(b.TempDir(), "journal"))
	bare, err := bolt.Open(filepath.Join(b.TempDir(), "bare"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer bare.Close()
	err = bare.Update(func(tx *bolt.Tx) error {
		for _, name := range buckets() {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	var ours, floor []time.Duration
	for i := 0; b.Loop(); i++ {
		for _, t := range life(fmt.Sprintf("26030400000000%012d", i)) {
			begin := time.Now()
			if err := s.Write(stepEntry(t), t); err != nil {
				b.Fatal(err)
			}
			ours = append(ours, time.Since(begin))
			changes := changesOf(b, s, t)
			begin = time.Now()
			if err := bare.Update(changes); err != nil {
				b.Fatal(err)
			}
			floor = append(floor, time.Since(begin))
		}
	}
	slices.Sort(ours)
	slices.Sort(floor)
	median := func(d []time.Duration) float64 { return d[len(d)/2].Seconds() * 1e6 }
	b.ReportMetric(median(ours), "µs-step")
	b.ReportMetric(median(floor), "µs-bare")
	b.ReportMetric(median(ours)/median(floor), "×bare(aim≤1.3)")
}

// changesOf makes the changes that the step before has made.
func changesOf(b *testing.B, s *Store, t txn.Trade) func(*bolt.Tx) error {
	type change struct{ bucket, key, value []byte }
	var changes []change
	err := s.view(func(tx *vetted) error {
		k := key(t.Order.Kind(), t.Order.No)
		p, _, err := last(tx, k)
		add := func(bucket, key, value []byte) {
			changes = append(changes, change{bucket, slices.Clone(key), slices.Clone(value)})
		}
		add(bucketLog, number(p.at), tx.Bucket(bucketLog).Get(number(p.at)))
		add(bucketTrades, k, number(p.at))
		born := number(p.Born)
		add(bucketStates, stateKey(p.State, born), []byte{})
		for _, ref := range p.Refs {
			add(bucketRefs, refKey(ref, k), []byte{})
		}
		switch t.At() {
		case txn.Created:
			for _, at := range places(p.header, born) {
				add(at.bucket, at.entry, []byte{})
			}
			add(bucketSecrets, k, tx.Bucket(bucketSecrets).Get(k))
		case txn.Pending:
			add(bucketStates, stateKey(string(txn.Created), born), nil)
		case txn.Succ:
			add(bucketStates, stateKey(string(txn.Pending), born), nil)
			add(bucketOpen, k, nil)
			add(bucketSecrets, k, nil)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return func(tx *bolt.Tx) (err error) {
		tx.Bucket(bucketLog).FillPercent = 1
		for _, c := range changes {
			if c.value == nil {
				err = errors.Join(err, tx.Bucket(c.bucket).Delete(c.key))
				continue
			}
			err = errors.Join(err, tx.Bucket(c.bucket).Put(c.key, c.value))
		}
		return err
	}
}

// The large journal: how many trades it has, and how many of them are open.
const (
	largeTrades = 1_000_000
	largeOpen   = 50
)

// large is the path of the large journal, which is built once, where it stays, and
// kept in the user's cache folder. CI leaves it out.
func large(b *testing.B) string {
	b.Helper()
	if os.Getenv("CI") != "" || testing.Short() {
		b.Skip("the large journal takes minutes to build")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		b.Skip(err)
	}
	folder := filepath.Join(cache, "onetrans", "bench", "schema-"+schema)
	path, built := filepath.Join(folder, "journal.db"), filepath.Join(folder, "built")
	if _, err := os.Stat(built); err == nil {
		return path
	}
	if err := errors.Join(os.RemoveAll(folder), build(path), os.WriteFile(built, nil, 0o600)); err != nil {
		b.Fatal(err)
	}
	return path
}

// build makes the large journal, many steps in a transaction.
func build(path string) error {
	s, err := Open(path, Options{NoSync: true})
	if err != nil {
		return err
	}
	const atOnce = 5000
	for from := 0; from < largeTrades && err == nil; from += atOnce {
		err = s.update(func(tx *vetted) error {
			for i := from; i < from+atOnce; i++ {
				if err := buildTrade(s, tx, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return errors.Join(err, s.renewHead(), s.db.Sync(), s.Close())
}

func buildTrade(s *Store, tx *vetted, i int) error {
	steps := life(fmt.Sprintf("26030400000000%012d", i))
	if i%(largeTrades/largeOpen) == 7 {
		steps = steps[:2]
	}
	for _, t := range steps {
		t.Order.CreatedAt = t.Order.CreatedAt.Add(time.Duration(i) * 30 * time.Second)
		w, err := s.prepare(stepEntry(t), t)
		var used usedSlots
		if err == nil {
			_, err = s.carryOut(tx, w, &used)
		}
		if err != nil {
			return err
		}
		s.after(used, nil) // the keys of credentials are used again
	}
	return nil
}

// start opens a journal and loads what is open.
func start(b *testing.B, path string) time.Duration {
	b.Helper()
	begin := time.Now()
	s, err := Open(path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Open(); err != nil {
		b.Fatal(err)
	}
	took := time.Since(begin)
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return took
}

// The large journal's start, against an empty one's.
func BenchmarkLargeStart(b *testing.B) {
	path, empty := large(b), filepath.Join(b.TempDir(), "journal")
	start(b, empty)
	var ours, floor time.Duration
	n := 0
	for b.Loop() {
		ours += start(b, path)
		floor += start(b, empty)
		n++
	}
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(n) }
	b.ReportMetric(ms(ours), "ms-large")
	b.ReportMetric(ms(floor), "ms-empty")
	b.ReportMetric(ms(ours-floor), "ms-beyond(aim≤200)")
}

// Listing one card's trades in the large journal.
func BenchmarkLargeCard(b *testing.B) {
	s, err := Open(large(b), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	found := 0
	for b.Loop() {
		found = 0
		if err := s.List(Filter{CardNo: "D04711"}, func(Record) bool { found++; return true }); err != nil {
			b.Fatal(err)
		}
	}
	if found == 0 {
		b.Fatal("the card has no trades")
	}
	b.ReportMetric(float64(found), "trades")
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms(aim≤20)")
}

// Verifying the large journal, against raw SM3 over as many bytes.
func BenchmarkLargeVerify(b *testing.B) {
	s, err := Open(large(b), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var proof Proof
	begin := time.Now()
	for b.Loop() {
		if proof, err = s.Verify(b.Context()); err != nil || !proof.Whole() || proof.Trades != largeTrades {
			b.Fatal(err, proof)
		}
	}
	speed := float64(proof.Bytes) * float64(b.N) / time.Since(begin).Seconds() / 1e6
	// As many bytes, a megabyte at a time: a slow minute must hit both.
	piece, hashed := make([]byte, 1<<20), int64(0)
	begin = time.Now()
	for ; hashed < proof.Bytes; hashed += int64(len(piece)) {
		gm.SM3(piece)
	}
	raw := float64(hashed) / time.Since(begin).Seconds() / 1e6
	b.ReportMetric(speed, "MB/s")
	b.ReportMetric(raw, "MB/s-raw-SM3")
	b.ReportMetric(speed/raw, "×raw(aim≥0.25)")
	b.ReportMetric(float64(proof.Entries), "entries")
}
