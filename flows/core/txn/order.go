package txn

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"time"

	"onetrans/flows/message/onetrans"
)

// NewNo makes a trade's number: the day, then twenty random digits (66 bits),
// so that no journal that was rolled back can make one again. Digits only: people
// read them to each other.
func NewNo(now time.Time, random io.Reader) (string, error) {
	const digits = 20
	var bytes [16]byte
	if _, err := io.ReadFull(random, bytes[:]); err != nil {
		return "", fmt.Errorf("making a trade's number: %w", err)
	}
	// 128 bits over 67: what the remainder favours is beyond measure.
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil)
	n := new(big.Int).SetBytes(bytes[:])
	return fmt.Sprintf("%s%0*s", onetrans.FormatTime(now)[2:8], digits, n.Mod(n, limit).String()), nil
}

// party is who a message is about: the terminal, the card and its account.
type party struct{ termNo, cardType, cardNo, accountType onetrans.Text }

// newOrder makes an order for a party; what the order is for, its kind sets. The
// credentials are those of the request and of the party's payer, and are kept apart
// from the request.
func newOrder(no string, now time.Time, request onetrans.Request, p party, payAppID, payAppSecret onetrans.Text) Order {
	return Order{
		No:          no,
		CardType:    p.cardType.String(),
		CardNo:      p.cardNo.String(),
		AccountType: p.accountType.String(),
		CreatedAt:   now,
		Secrets: Secrets{
			AppID:        request.AppID.String(),
			AppKey:       request.AppKey.String(),
			PayAppID:     payAppID.String(),
			PayAppSecret: payAppSecret.String(),
		},
	}
}

// withoutSecrets is what the journal keeps of a request.
func withoutSecrets(request onetrans.Request, transType string, data any) (onetrans.Request, error) {
	request.AppID, request.AppKey = onetrans.Text{}, onetrans.Text{}
	request, err := request.With(transType, data)
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return request, err
}

// requested is what the order's request says.
func requested[T any](o Order) (in T, err error) {
	err = onetrans.UnmarshalData(o.Request.Data, &in)
	return in, err
}

// content is the hash of what the trade's number stands for. Of a refund its
// original is compared by itself, because it has two names.
func (o Order) content() string {
	return contentOf(o.Kind(), o.No, "", o.Amount, o.CardType, o.CardNo, o.AccountType)
}

// contentOf hashes what a trade's number stands for. Message id, time,
// operator and credentials are no part of it.
func contentOf(transType, no, original string, amount onetrans.Fen, card ...string) string {
	h := sha256.New()
	for _, part := range append([]string{transType, no, original, strconv.FormatInt(int64(amount), 10)}, card...) {
		// The length makes the parts unmistakable: "1"+"23" is not "12"+"3".
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// firstContent is content as it was hashed before accounts were part of it.
func (o Order) firstContent(original string) string {
	return contentOf(o.Kind(), o.No, original, o.Amount, o.CardType, o.CardNo)
}

// sameContent is the error when a number is used again for something else.
func sameContent(before, now Order) error {
	asBefore := before.Content == now.firstContent(before.Original) && before.AccountType == now.AccountType
	if before.Content != now.Content && !asBefore {
		return fmt.Errorf("%w: %s", ErrNumberReused, now.No)
	}
	return nil
}

// usedFor is the trade that an order's number was used for. Its error is ErrJournal,
// or ErrNumberReused for one that was moved to an archive.
func (c *Core) usedFor(order Order) (before Trade, known bool, err error) {
	before, known, err = c.journal.Trade(order.Kind(), order.No)
	switch {
	case errors.Is(err, ErrArchived):
		return before, false, fmt.Errorf("%w: %w", ErrNumberReused, err)
	case err != nil:
		return before, false, fmt.Errorf("%w: looking for %s: %w", ErrJournal, order.No, err)
	}
	return before, known, nil
}

// sameTrade is what stands against taking an order for the trade that its number was
// used for.
func (c *Core) sameTrade(before Trade, repeat Order) error {
	if err := sameContent(before.Order, repeat); err != nil {
		return err
	}
	if same := repeat.kind().same; same != nil {
		return same(c, before, repeat)
	}
	return nil
}

// merchantTag stands for who collects, and by which application; empty where nobody
// does. It tells nobody who they are.
func (c *Core) merchantTag(s Secrets) string {
	if s.PayAppID == "" {
		return ""
	}
	if s.AppID == c.options.AppID {
		s.AppID = "" // it goes without saying
	}
	sum := sha256.Sum256([]byte(s.AppID + "\x00" + s.PayAppID))
	return hex.EncodeToString(sum[:4])
}

// ownTag is the tag that an order has by the configuration's credentials.
func (c *Core) ownTag(o Order) string {
	return c.merchantTag(Secrets{PayAppID: c.options.Merchants[o.AccountType].PayAppID})
}

// withMerchant is a trade that can be asked for. Where its credentials were lost, as
// in a journal that was brought back, it has the configuration's, if those are the
// same merchant's: another merchant's 'not found' would prove nothing of it.
func (c *Core) withMerchant(t Trade) Trade {
	s := &t.Order.Secrets
	if own := c.ownTag(t.Order); s.PayAppID == "" && s.PayAppSecret == "" && own != "" && own == t.Order.Merchant {
		merchant := c.options.Merchants[t.Order.AccountType]
		s.PayAppID, s.PayAppSecret = merchant.PayAppID, merchant.PayAppSecret
	}
	return t
}

// today is the order's request with its application's credentials of today.
func (o Order) today() onetrans.Request {
	o.Request.AppID, o.Request.AppKey = present(o.Secrets.AppID), present(o.Secrets.AppKey)
	return o.Request
}

// message is a message of the order's.
func (o Order) message(transType string, data any) (onetrans.Request, error) {
	return o.today().With(transType, data)
}

// query is a query by a party; what it asks for, its kind sets. wait is how long the
// platform may hold its answer, in whole seconds.
func (o Order) query(p party, wait time.Duration) onetrans.QueryIn {
	q := onetrans.QueryIn{
		PayAppID:     present(o.Secrets.PayAppID),
		PayAppSecret: present(o.Secrets.PayAppSecret),
		TermNo:       p.termNo,
		CardType:     p.cardType,
		CardNo:       p.cardNo,
		AccountType:  p.accountType,
	}
	if wait > 0 {
		q.Extra.Value.WaitSeconds = onetrans.T(fmt.Sprint(int(wait.Seconds())))
	}
	return q
}

// close closes an unpaid order for good; which number it has, its kind sets.
func (o Order) close(p party) onetrans.CloseIn {
	return onetrans.CloseIn{
		PayAppID:     present(o.Secrets.PayAppID),
		PayAppSecret: present(o.Secrets.PayAppSecret),
		TermNo:       p.termNo,
		CardType:     p.cardType,
		CardNo:       p.cardNo,
		AccountType:  p.accountType,
	}
}

// present is a field that is left out when there is nothing to say.
func present(s string) onetrans.Text {
	if s == "" {
		return onetrans.Text{}
	}
	return onetrans.T(s)
}
