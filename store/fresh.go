package store

// copiedAtOnce is how many bytes are copied in one transaction.
const copiedAtOnce = 4 << 20

// copyBucket copies a bucket into a fresh file, whose pages it fills.
func copyBucket(from *vetted, into *file, name []byte) error {
	b := from.Bucket(name)
	c := b.Cursor()
	k, v := c.First()
	for {
		err := into.Update(func(tx *vetted) error {
			to := tx.Bucket(name)
			to.FillPercent = 1
			for size := 0; k != nil && size < copiedAtOnce; k, v = c.Next() {
				if err := to.Put(k, v); err != nil {
					return err
				}
				size += len(k) + len(v)
			}
			return to.SetSequence(b.Sequence())
		})
		if err != nil || k == nil {
			return err
		}
	}
}
