package call

import (
	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/onetrans"
)

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
func (c Credentials) check(request onetrans.Request) error {
	noID, noKey := request.AppID.Empty(), request.AppKey.Empty()
	switch {
	case noID && (!noKey || c.AppID == ""):
		return missing("app_id", "加解密应用ID")
	case !noID && noKey && request.AppID.String() != c.AppID:
		return missing("app_key", "加解密应用密钥")
	}
	return wholeMerchant(request)
}

// wholeMerchant says which half of its merchant a settlement lacks. It may have
// none: then the share is paid elsewhere. For other messages the tables demand
// both.
func wholeMerchant(request onetrans.Request) error {
	var pay payFields
	if request.TransType.String() != onetrans.TransSettle || onetrans.UnmarshalData(request.Data, &pay) != nil {
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

// payFields are the fields of a message's data that identify its merchant.
type payFields struct {
	PayAppID     onetrans.Text `json:"payAppId,omitzero"`
	PayAppSecret onetrans.Text `json:"payAppSecret,omitzero"`

	Rest jsontext.Value `json:",embed"`
}

// accountFields are the fields that say which account a message is about.
type accountFields struct {
	AccountType  onetrans.Text `json:"accountType"`
	AccountType2 onetrans.Text `json:"account_type"` // a settlement's
}

// complete fills in the merchant if a message needs one and has none. What it
// cannot parse it leaves to the validation of fields.
func (c Credentials) complete(request onetrans.Request) onetrans.Request {
	switch request.TransType.String() {
	case onetrans.TransRecharge, onetrans.TransQuery, onetrans.TransRefund, onetrans.TransSettle:
	default:
		return request
	}
	var pay payFields
	var account accountFields
	if onetrans.UnmarshalData(request.Data, &pay) != nil || onetrans.UnmarshalData(request.Data, &account) != nil {
		return request
	}
	of := account.AccountType
	if of.Empty() {
		of = account.AccountType2
	}
	merchant, ok := c.Merchants[of.String()]
	if !ok || merchant.PayAppID == "" || merchant.PayAppSecret == "" {
		return request
	}
	noID, noSecret := pay.PayAppID.Empty(), pay.PayAppSecret.Empty()
	if !noSecret || !noID && pay.PayAppID.String() != merchant.PayAppID {
		return request // HIS's own pair, or half of one, which is refused by name
	}
	pay.PayAppID, pay.PayAppSecret = onetrans.T(merchant.PayAppID), onetrans.T(merchant.PayAppSecret)
	if data, err := onetrans.Marshal(pay); err == nil {
		request.Data = data
	}
	return request
}
