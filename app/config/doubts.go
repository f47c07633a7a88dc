package config

// Serves says whether there are all credentials that this program's own
// screens need for an account. Calls of HIS may bring theirs.
func (c Config) Serves(a Account) bool {
	return c.Platform.AppID != "" && !c.Platform.AppKey.Empty() && a.PayAppID != "" && !a.PayAppSecret.Empty()
}

// Doubts are what works and is hardly meant: a real platform that is told about
// the sandbox's hospital, an account that collects and can't. Each is a
// sentence with the key in it.
func (c Config) Doubts() []string {
	if c.Platform.Driver == Sandbox {
		return nil
	}
	unsaid := builtin(newVariables(nil)).Terminal
	var doubts []string
	for _, same := range []struct {
		key      string
		is, demo string
	}{
		{"terminal.term_no", c.Terminal.TermNo, unsaid.TermNo},
		{"terminal.fixmedins_code", c.Terminal.FixmedinsCode, unsaid.FixmedinsCode},
		{"terminal.fixmedins_name", c.Terminal.FixmedinsName, unsaid.FixmedinsName},
	} {
		if same.is == same.demo {
			doubts = append(doubts, same.key+" is the sandbox's: say this hospital's own")
		}
	}
	for _, a := range c.Pay.Accounts {
		if a.Collect && !c.Serves(a) {
			doubts = append(doubts, accountKey(a.Type, "collect")+" is true, but the kiosk can't: it needs platform.app_id and app_key, pay_app_id and pay_app_secret")
		}
	}
	return doubts
}
