package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"onetrans/flows/message/onetrans"
)

// payCode says what a payment code of a wallet looks like: so many digits,
// the first two in a range.
type payCode struct {
	wallet      string
	minLen      int
	maxLen      int
	first, last int // of the two-digit prefix
}

// The wallets' published code formats.
var payCodes = []payCode{
	{onetrans.DepositWeChat, 18, 18, 10, 15},
	{onetrans.DepositAlipay, 16, 24, 25, 30},
	{onetrans.DepositUnionPay, 19, 19, 62, 62},
}

// isWallet reports whether a depositType pays with the code that a patient shows.
func isWallet(depositType string) bool {
	for _, c := range payCodes {
		if c.wallet == depositType {
			return true
		}
	}
	return false
}

// fits reports whether code looks like one of the wallet's.
func (c payCode) fits(code string) bool {
	if len(code) < c.minLen || len(code) > c.maxLen || strings.Trim(code, "0123456789") != "" {
		return false
	}
	prefix := atoi(code[:2])
	return prefix >= c.first && prefix <= c.last
}

// fitsWallet reports whether code looks like one of the depositType's.
func fitsWallet(depositType, code string) bool {
	for _, c := range payCodes {
		if c.wallet == depositType {
			return c.fits(code)
		}
	}
	return false
}

// hashCode is what is kept of a payment code: enough to know it again.
func hashCode(code string) string {
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}

// What the last digit of a code does: a sandbox needs a way to refuse.
const (
	digitWaits   = '9' // the patient still has to confirm on the phone
	digitRefused = '8'
)

// payWithCode tries to pay o with a code that the patient showed. The order
// tells how it went. An attempt that is under way, or is over, is not made anew.
func (b *book) payWithCode(o *order, wallet, code string) error {
	if o.Result != onetrans.ResultInit {
		return nil
	}
	hash := hashCode(code)
	usedBy := string(b.tx.Bucket(bucketCodes).Get([]byte(hash)))
	if usedBy == o.OutChargeNo {
		return nil // the same attempt again
	}
	o.CodeDead = true
	switch {
	case usedBy != "":
		o.refuseCode("付款码已使用过，请刷新后重试")
	case code[len(code)-1] == digitRefused:
		o.refuseCode("付款码被拒绝，请换一种方式付款")
	case code[len(code)-1] == digitWaits:
		o.Result, o.Note, o.Channel = onetrans.ResultIng, "等待付款人在手机上确认", wallet
	default:
		return errors.Join(b.useCode(hash, o), b.pay(o, wallet))
	}
	return errors.Join(b.useCode(hash, o), b.putOrder(o))
}

// useCode remembers whose a payment code was first: it works once.
func (b *book) useCode(hash string, o *order) error {
	codes := b.tx.Bucket(bucketCodes)
	if codes.Get([]byte(hash)) != nil {
		return nil
	}
	return codes.Put([]byte(hash), []byte(o.OutChargeNo))
}
