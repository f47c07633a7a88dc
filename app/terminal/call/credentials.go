package call

import "onetrans/flows/message/onetrans"

// Credentials are those of the configuration, for calls without their own.
type Credentials struct {
	// AppID is the application whose key the platform's client has; may be empty.
	AppID string
	// Merchants are the payment platform's credentials, by account type.
	Merchants map[string]onetrans.Merchant
}

// check says which of a completed message's credentials is missing. They are pairs:
// the application's, of which one half is only valid with the configuration's own,
// and a merchant's.
func (c Credentials) check(request onetrans.Request, in any) error {
	noID, noKey := request.AppID.Empty(), request.AppKey.Empty()
	switch {
	case noID && (!noKey || c.AppID == ""):
		return missing("app_id", "加解密应用ID")
	case !noID && noKey && request.AppID.String() != c.AppID:
		return missing("app_key", "加解密应用密钥")
	}
	return wholeMerchant(in)
}

// wholeMerchant says which half of its merchant a settlement lacks. It may have
// none: then the share is paid elsewhere. For other messages the tables demand
// both.
func wholeMerchant(in any) error {
	pay, ok := in.(*onetrans.SettleIn)
	if !ok {
		return nil
	}
	switch noID, noSecret := pay.PayAppID.Empty(), pay.PayAppSecret.Empty(); {
	case noID && !noSecret:
		return missing("payAppId", "统一支付平台APPID")
	case noSecret && !noID:
		return missing("payAppSecret", "统一支付平台AppSecret")
	}
	return nil
}

// complete fills in the merchant if a message needs one and has none.
func (c Credentials) complete(in any) {
	switch in := in.(type) {
	case *onetrans.RechargeIn:
		c.fill(&in.PayAppID, &in.PayAppSecret, in.AccountType)
	case *onetrans.QueryIn:
		c.fill(&in.PayAppID, &in.PayAppSecret, in.AccountType)
	case *onetrans.RefundIn:
		c.fill(&in.PayAppID, &in.PayAppSecret, in.AccountType)
	case *onetrans.SettleIn:
		c.fill(&in.PayAppID, &in.PayAppSecret, in.AccountType)
	}
}

// fill fills in an account's merchant. HIS's own pair stays, and half of one, which is
// refused by name.
func (c Credentials) fill(id, secret *onetrans.Text, accountType onetrans.Text) {
	merchant := c.Merchants[accountType.String()]
	if merchant.PayAppID != "" && merchant.PayAppSecret != "" &&
		secret.Empty() && (id.Empty() || id.String() == merchant.PayAppID) {
		*id, *secret = onetrans.T(merchant.PayAppID), onetrans.T(merchant.PayAppSecret)
	}
}
