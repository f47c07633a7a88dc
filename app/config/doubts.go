package config

// Doubts are what works and is hardly meant: a real platform that is told about
// the sandbox's hospital. Each is a sentence with the key in it.
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
	return doubts
}
