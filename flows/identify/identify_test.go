package identify_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"onetrans/assets/dict"
	"onetrans/devices"
	"onetrans/flows/flow"
	"onetrans/flows/identify"
	"onetrans/flows/message/onetrans"
	"onetrans/flows/view"
)

var (
	card     = devices.SocialSecurityCard{CardNo: "D12345678", Name: "欧阳小珺"}
	identity = devices.IdentityCard{Number: "11010519491231002X", Name: "欧阳小珺"}
	noon     = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	fresh    = identify.Person{
		Name: "欧阳小珺", IDNo: "11010519491231002X", CardNo: "D12345678", HisCustID: "H1", Age: 30,
		Accounts: []identify.Account{{Type: "02", CardNo: "D12345678", Balance: 123456, Told: true}},
	}
)

func tap(a view.Action) view.Tap { return view.Tap{Action: a} }

var (
	byCard = view.Tap{Action: view.ChooseWay, Value: string(view.WaySocialSecurityCard)}
	byCode = view.Tap{Action: view.ChooseWay, Value: string(view.WayCode)}
	laid   = view.Tap{Action: view.ChooseWay, Value: string(view.WayIdentityCard)}
)

func start() identify.Model {
	m, effects := identify.Start(identify.Options{
		Ways:        []view.WayKind{view.WaySocialSecurityCard, view.WayIdentityCard, view.WayCode},
		Places:      map[view.WayKind]string{view.WayCode: "right"},
		AccountType: "02",
	})
	if !reflect.DeepEqual(effects, []flow.Effect{identify.Listen{}}) {
		panic("the readers do not listen")
	}
	return m
}

// after lets events happen one after another.
func after(m identify.Model, events ...flow.Event) identify.Model {
	for _, e := range events {
		m, _ = m.Step(e)
	}
	return m
}

func TestTheTableIsWhole(t *testing.T) {
	for _, problem := range identify.Table().Check(identify.Choosing, identify.Theirs) {
		t.Error(problem)
	}
}

// Whatever happened, a person's own taps lead out of it.
func TestEveryScreenHasAWayOut(t *testing.T) {
	for state := range identify.Table() {
		out := identify.Table().Reach(state, func(event string) bool {
			// What is tapped while a health card is authorised is that flow's.
			// The platform's own page is left there, and that is the end of its reading.
			return strings.HasPrefix(event, "tap ") || event == (identify.NotAuthorised{}).Name() ||
				state == identify.Theirs && event == (identify.NotFound{}).Name()
		})
		if !out[identify.Over] {
			t.Errorf("no tap leads out of %q", state)
		}
	}
}

func TestWhatLeadsWhere(t *testing.T) {
	failed := func(err error) identify.CardFailed { return identify.CardFailed{Err: err} }
	unregistered, elsewhere := fresh, fresh
	unregistered.HisCustID = ""
	elsewhere.Accounts = []identify.Account{{Type: "01"}}
	tests := map[string]struct {
		events  []flow.Event
		want    flow.State
		trouble view.TroubleKind
		cardIn  bool
	}{
		"a card is read at once":                    {[]flow.Event{identify.CardRead{Card: card}}, identify.Looking, "", true},
		"a code is scanned at once":                 {[]flow.Event{identify.CodeScanned{Code: "c"}}, identify.Looking, "", false},
		"a way is chosen":                           {[]flow.Event{byCard}, identify.Presenting, "", false},
		"a way that is not offered":                 {[]flow.Event{view.Tap{Action: view.ChooseWay, Value: "face"}}, identify.Choosing, "", false},
		"a card, though a code was chosen":          {[]flow.Event{byCode, identify.CardRead{Card: card}}, identify.Looking, "", true},
		"back to the choice":                        {[]flow.Event{byCard, tap(view.Back)}, identify.Choosing, "", false},
		"home from the choice":                      {[]flow.Event{tap(view.GoHome)}, identify.Over, "", false},
		"back from the choice":                      {[]flow.Event{tap(view.Back)}, identify.Over, "", false},
		"home while it is looked up":                {[]flow.Event{identify.CardRead{}, tap(view.GoHome)}, identify.Over, "", true},
		"no reader, and nobody asked for it":        {[]flow.Event{failed(devices.ErrNoReader)}, identify.Choosing, "", false},
		"no reader, and a card was asked for":       {[]flow.Event{byCard, failed(devices.ErrNoReader)}, identify.Troubled, view.TroubleNoReader, false},
		"no reader, but a code was asked for":       {[]flow.Event{byCode, failed(devices.ErrNoReader)}, identify.Presenting, "", false},
		"a wrong card":                              {[]flow.Event{failed(devices.ErrWrongCard)}, identify.Troubled, view.TroubleWrongCard, true},
		"a wrong card, though a code was asked for": {[]flow.Event{byCode, failed(devices.ErrWrongCard)}, identify.Troubled, view.TroubleWrongCard, true},
		"a locked card":                             {[]flow.Event{byCard, failed(devices.ErrCardLocked)}, identify.Troubled, view.TroubleCardLocked, true},
		"a card that can't be read":                 {[]flow.Event{byCard, failed(devices.ErrUnreadable)}, identify.Troubled, view.TroubleUnreadable, true},
		"a card pulled while it is read":            {[]flow.Event{byCard, failed(devices.ErrCardRemoved)}, identify.Troubled, view.TroubleCardPulled, false},
		"a card pulled while it is looked up":       {[]flow.Event{identify.CardRead{}, identify.CardPulled{}}, identify.Troubled, view.TroubleCardPulled, false},
		"found":                                     {[]flow.Event{identify.CardRead{}, identify.Found{LookUp: 1, Person: fresh}}, identify.Checking, "", true},
		"not known here":                            {[]flow.Event{identify.CardRead{}, identify.Found{LookUp: 1, Person: unregistered}}, identify.Troubled, view.TroubleNotRegistered, true},
		"no such account":                           {[]flow.Event{identify.CardRead{}, identify.Found{LookUp: 1, Person: elsewhere}}, identify.Troubled, view.TroubleNoAccount, true},
		"nobody found":                              {[]flow.Event{identify.CardRead{}, identify.NotFound{LookUp: 1, Why: view.TroubleNoPerson}}, identify.Troubled, view.TroubleNoPerson, true},
		"no answer":                                 {[]flow.Event{identify.CardRead{}, identify.NotFound{LookUp: 1, Why: view.TroubleOffline}}, identify.Troubled, view.TroubleOffline, true},
		"right":                                     {[]flow.Event{identify.CardRead{}, identify.Found{LookUp: 1, Person: fresh}, tap(view.Correct)}, identify.Over, "", true},
		"wrong":                                     {[]flow.Event{identify.CardRead{}, identify.Found{LookUp: 1, Person: fresh}, tap(view.Wrong)}, identify.Choosing, "", true},
		"a card pulled while it is checked":         {[]flow.Event{identify.CardRead{}, identify.Found{LookUp: 1, Person: fresh}, identify.CardPulled{}}, identify.Troubled, view.TroubleCardPulled, false},
		"the wrong card goes, who showed a code stays": {[]flow.Event{
			failed(devices.ErrWrongCard), tap(view.Retry),
			identify.CodeScanned{Code: "c"},
			identify.CardPulled{},
			identify.Found{LookUp: 1, Person: fresh},
		}, identify.Checking, "", false},
		"it goes while the person is checked": {[]flow.Event{
			failed(devices.ErrWrongCard), tap(view.Retry),
			identify.CodeScanned{Code: "c"},
			identify.Found{LookUp: 1, Person: fresh},
			identify.CardPulled{},
		}, identify.Checking, "", false},
		"an answer for the card before is too late": {[]flow.Event{
			identify.CardRead{},
			identify.CardPulled{},
			tap(view.Retry),
			identify.CardRead{},
			identify.Found{LookUp: 1, Person: fresh},
		}, identify.Looking, "", true},
		"a failure for the card before, too": {[]flow.Event{
			identify.CardRead{},
			identify.CardPulled{},
			tap(view.Retry),
			identify.CardRead{},
			identify.NotFound{LookUp: 1, Why: view.TroubleNoPerson},
		}, identify.Looking, "", true},
		"an answer after the trouble is too late": {[]flow.Event{identify.CardRead{}, identify.CardPulled{}, identify.Found{LookUp: 1, Person: fresh}}, identify.Troubled, view.TroubleCardPulled, false},
		"a second card while one is looked up":    {[]flow.Event{identify.CardRead{}, identify.CardRead{}}, identify.Looking, "", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := after(start(), test.events...)
			if m.At() != test.want || m.CardIn() != test.cardIn {
				t.Errorf("%q, card in: %v; want %q, %v", m.At(), m.CardIn(), test.want, test.cardIn)
			}
			trouble, _ := m.Content().(view.Trouble)
			if trouble.Kind != test.trouble {
				t.Errorf("trouble %q, want %q", trouble.Kind, test.trouble)
			}
		})
	}
}

// A card that was read and is not the one is not read again until it was out.
func TestTheSameCardIsNotReadAgain(t *testing.T) {
	tests := map[string]struct {
		events []flow.Event
		last   flow.Event
		want   bool
	}{
		"after 'that is not me'":        {[]flow.Event{identify.CardRead{}, identify.Found{LookUp: 1, Person: fresh}}, tap(view.Wrong), true},
		"after a wrong card":            {[]flow.Event{identify.CardFailed{Err: devices.ErrWrongCard}}, tap(view.Retry), true},
		"after a choice, too":           {[]flow.Event{identify.CardFailed{Err: devices.ErrWrongCard}, tap(view.Retry)}, byCard, true},
		"but when it was out":           {[]flow.Event{identify.CardFailed{Err: devices.ErrWrongCard}, identify.CardPulled{}}, tap(view.Retry), false},
		"or the reader took it along":   {[]flow.Event{byCard, identify.CardFailed{Err: devices.ErrNoReader}}, tap(view.Retry), false},
		"nor when nobody was looked up": {[]flow.Event{identify.CardRead{}, identify.NotFound{LookUp: 1}, identify.CardPulled{}}, tap(view.Retry), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, effects := after(start(), test.events...).Step(test.last)
			listen, ok := effects[len(effects)-1].(identify.Listen)
			if !ok || listen.AfterRemoval != test.want {
				t.Errorf("%+v", effects)
			}
		})
	}
}

func TestAnIdentityCard(t *testing.T) {
	failed := func(err error) identify.IdentityFailed { return identify.IdentityFailed{Err: err} }
	read := identify.IdentityRead{Card: identity}
	found := identify.Found{LookUp: 1, Person: fresh}
	tests := map[string]struct {
		events  []flow.Event
		want    flow.State
		trouble view.TroubleKind
	}{
		"laid down at once":                         {[]flow.Event{read}, identify.Looking, ""},
		"laid down when asked for":                  {[]flow.Event{laid, read}, identify.Looking, ""},
		"laid down, though a code was chosen":       {[]flow.Event{byCode, read}, identify.Looking, ""},
		"found":                                     {[]flow.Event{read, found}, identify.Checking, ""},
		"a chip card that is pulled is no matter":   {[]flow.Event{read, found, identify.CardPulled{}}, identify.Checking, ""},
		"a chip card after it":                      {[]flow.Event{read, identify.CardRead{}, found}, identify.Checking, ""},
		"no reader, and nobody asked for it":        {[]flow.Event{failed(devices.ErrNoReader)}, identify.Choosing, ""},
		"no reader, and it was asked for":           {[]flow.Event{laid, failed(devices.ErrNoReader)}, identify.Troubled, view.TroubleNoReader},
		"no reader, but the chip card's is wanted":  {[]flow.Event{byCard, failed(devices.ErrNoReader)}, identify.Presenting, ""},
		"no chip-card reader, but this is wanted":   {[]flow.Event{laid, identify.CardFailed{Err: devices.ErrNoReader}}, identify.Presenting, ""},
		"another card":                              {[]flow.Event{failed(devices.ErrWrongCard)}, identify.Troubled, view.TroubleNotIdentity},
		"taken away too early":                      {[]flow.Event{laid, failed(devices.ErrCardRemoved)}, identify.Troubled, view.TroubleIdentityMoved},
		"not read":                                  {[]flow.Event{laid, failed(devices.ErrUnreadable)}, identify.Troubled, view.TroubleIdentityUnreadable},
		"not accepted":                              {[]flow.Event{laid, failed(devices.ErrNotAuthentic)}, identify.Troubled, view.TroubleIdentityRefused},
		"a number that can't be right":              {[]flow.Event{laid, failed(devices.ErrWrongNumber)}, identify.Troubled, view.TroubleIdentityNumber},
		"again":                                     {[]flow.Event{laid, failed(devices.ErrUnreadable), tap(view.Retry)}, identify.Choosing, ""},
		"back to the choice":                        {[]flow.Event{laid, tap(view.Back)}, identify.Choosing, ""},
		"taken away while the person is looked up":  {[]flow.Event{read, identify.IdentityLifted{}}, identify.Looking, ""},
		"taken away while somebody else is awaited": {[]flow.Event{read, found, tap(view.Wrong), identify.IdentityLifted{}}, identify.Choosing, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := after(start(), test.events...)
			trouble, _ := m.Content().(view.Trouble)
			if m.At() != test.want || trouble.Kind != test.trouble {
				t.Errorf("%q, trouble %q", m.At(), trouble.Kind)
			}
		})
	}
}

// An identity card that was read and is not the one is not read again until it
// was lifted; one that was taken away anyway may be laid down at once.
func TestTheSameIdentityCardIsNotReadAgain(t *testing.T) {
	tests := map[string]struct {
		events []flow.Event
		last   flow.Event
		want   bool
	}{
		"after 'that is not me'":               {[]flow.Event{identify.IdentityRead{}, identify.Found{LookUp: 1, Person: fresh}}, tap(view.Wrong), true},
		"after one that is not read":           {[]flow.Event{identify.IdentityFailed{Err: devices.ErrUnreadable}}, tap(view.Retry), true},
		"after a choice, too":                  {[]flow.Event{identify.IdentityFailed{Err: devices.ErrWrongCard}, tap(view.Retry)}, laid, true},
		"but when it was lifted":               {[]flow.Event{identify.IdentityFailed{Err: devices.ErrWrongCard}, tap(view.Retry), identify.IdentityLifted{}}, laid, false},
		"or taken away too early":              {[]flow.Event{identify.IdentityFailed{Err: devices.ErrCardRemoved}}, tap(view.Retry), false},
		"nor to ask for the same person again": {[]flow.Event{identify.IdentityRead{}, identify.NotFound{LookUp: 1}}, tap(view.Retry), false},
		"nor for a chip card":                  {[]flow.Event{identify.CardFailed{Err: devices.ErrWrongCard}}, tap(view.Retry), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, effects := after(start(), test.events...).Step(test.last)
			listen, ok := effects[len(effects)-1].(identify.Listen)
			if !ok || listen.AfterLifting != test.want {
				t.Errorf("%+v", effects)
			}
		})
	}
}

func TestWhoseIdentityCardItIsIsLookedUp(t *testing.T) {
	m, effects := start().Step(identify.IdentityRead{Card: identity})
	want := []flow.Effect{identify.StopListening{}, identify.LookUp{No: 1, Identity: identity}, identify.WatchIdentity{}}
	if !reflect.DeepEqual(effects, want) {
		t.Errorf("%+v", effects)
	}
	m = after(m, identify.Found{LookUp: 1, Person: fresh})
	if shown := m.Content().(view.Person); !shown.Laid || shown.CardIn {
		t.Errorf("%+v", shown)
	}
	_, effects = m.Step(tap(view.Correct))
	if who, ok := effects[0].(identify.Identified); !ok || who.Person.ByCard {
		t.Errorf("%+v", effects)
	}
}

func TestEffects(t *testing.T) {
	m, effects := start().Step(identify.CardRead{Card: card})
	want := []flow.Effect{identify.StopListening{}, identify.LookUp{No: 1, Card: card}, identify.WatchCard{}}
	if !reflect.DeepEqual(effects, want) {
		t.Errorf("%+v", effects)
	}
	m = after(m, identify.Found{LookUp: 1, Person: fresh})
	_, effects = m.Step(tap(view.Correct))
	if who, ok := effects[0].(identify.Identified); !ok || who.Person.Name != fresh.Name || !who.Person.ByCard {
		t.Errorf("%+v", effects)
	}
	if again := m.Recheck(); again.At() != identify.Checking {
		t.Error(again.At())
	}
	_, effects = start().Step(identify.CodeScanned{Code: "c"})
	if !reflect.DeepEqual(effects, []flow.Effect{identify.StopListening{}, identify.LookUp{No: 1, Code: "c"}}) {
		t.Errorf("%+v", effects)
	}
}

func TestWhatIsShownIsMasked(t *testing.T) {
	m := after(start(), identify.CardRead{}, identify.Found{LookUp: 1, Person: fresh})
	got := m.Content().(view.Person)
	if got.Name != "欧阳*珺" || got.IDNo != "1101**********002X" || got.CardNo != "D12****78" || got.Balance != "1,234.56" || !got.CardIn {
		t.Errorf("%+v", got)
	}
}

func TestALongWaitIsSaid(t *testing.T) {
	m := after(start(), identify.CardRead{}, flow.Waited{Now: noon}, flow.Waited{Now: noon.Add(7 * time.Second)})
	if m.Content().(view.Busy).Long {
		t.Error("too early")
	}
	if m = after(m, flow.Waited{Now: noon.Add(8 * time.Second)}); !m.Content().(view.Busy).Long {
		t.Error("not said")
	}
}

func TestPersonOf(t *testing.T) {
	insurances, err := dict.Open("insutype")
	if err != nil {
		t.Fatal(err)
	}
	var out onetrans.UserGetOut
	err = onetrans.Unmarshal([]byte(`{"baseinfo":"{\"psn_name\":\"张三\",\"certno\":\"1\",\"gend\":1,\"age\":\"4.1\",\"exp_content\":\"{\\\"hisCustId\\\":\\\"H\\\",\\\"accounts\\\":{\\\"accountType\\\":\\\"02\\\",\\\"cardNo\\\":\\\"Z\\\",\\\"balance\\\":0.10}}\"}","insuinfo":{"insutype":"310"}}`), &out)
	if err != nil {
		t.Fatal(err)
	}
	p := identify.PersonOf(identify.LookUp{}, out, insurances)
	if a, ok := p.Account("02"); p.Name != "张三" || p.Sex != view.SexMale || p.Age != 4 || p.HisCustID != "H" || !ok || a.Balance != 10 || !a.Told {
		t.Errorf("%+v", p)
	}
	if p := identify.PersonOf(identify.LookUp{}, onetrans.UserGetOut{}, insurances); p.Age != -1 || p.Sex != view.SexUnknown || p.HisCustID != "" {
		t.Errorf("%+v", p)
	}
}

// The card that bills are settled with (cardno of fsi.outpatient.charge).
func TestWhoeverIsKnownByAnyCardPaysWithTheFirstOfThem(t *testing.T) {
	insurances, err := dict.Open("insutype")
	if err != nil {
		t.Fatal(err)
	}
	const (
		own       = `"card_no":"OWN","card_type":"03"`
		accounts  = `"baseinfo":{"psn_name":"张三","exp_content":{"accounts":[{"accountType":"02","cardType":"05","cardNo":"ZY"},{"accountType":"01","cardType":"01","cardNo":"ACC"}]}}`
		inpatient = `"baseinfo":{"psn_name":"张三","exp_content":{"accounts":[{"accountType":"02","cardType":"05","cardNo":"ZY"}]}}`
		cards     = `"cardinfo":[{"card_type":"03","card_no":"OLD"},{"card_type":"03","card_no":"NEW"}]`
	)
	card := identify.LookUp{Card: devices.SocialSecurityCard{CardNo: "SSC"}}
	linked := identify.LookUp{Holder: identify.Holder{IDNo: "1", Card: identify.Card{Type: "04", No: "LINKED"}}}
	for name, c := range map[string]struct {
		read   identify.LookUp
		answer []string
		want   identify.Card
	}{
		"the social-security card that was read": {card, []string{own, accounts, cards}, identify.Card{Type: "01", No: "SSC"}},
		"the answer's own":                       {identify.LookUp{Code: "c"}, []string{own, accounts, cards}, identify.Card{Type: "03", No: "OWN"}},
		"the outpatient account's":               {identify.LookUp{Code: "c"}, []string{accounts, cards}, identify.Card{Type: "01", No: "ACC"}},
		"the newest of the hospital's":           {linked, []string{inpatient, cards}, identify.Card{Type: "03", No: "NEW"}},
		"what the authorisation named":           {linked, []string{inpatient}, identify.Card{Type: "04", No: "LINKED"}},
		"none; an admission number is no card":   {identify.LookUp{Code: "c"}, []string{inpatient}, identify.Card{}},
	} {
		var out onetrans.UserGetOut
		if err := onetrans.Unmarshal([]byte("{"+strings.Join(c.answer, ",")+"}"), &out); err != nil {
			t.Fatal(err)
		}
		p := identify.PersonOf(c.read, out, insurances)
		if got := (identify.Card{Type: p.CardType, No: p.CardNo}); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// Its page is over ours: nothing here listens, and each reading is another call.
func TestWhereThePlatformReadsOnlyItsOwnPageSaysWhoItIs(t *testing.T) {
	m, effects := identify.Start(identify.Options{AccountType: "02", Theirs: true})
	if !reflect.DeepEqual(effects, []flow.Effect{identify.LookUp{No: 1, Theirs: true}}) || m.Content() != view.Content(view.Busy{Kind: view.BusyElsewhere}) {
		t.Fatalf("%v, %v", effects, m.Content())
	}
	m = after(m, identify.NotFound{LookUp: 1, Why: view.TroubleNobodyRead})
	if m.At() != identify.Troubled {
		t.Fatal(m.At())
	}
	m, effects = m.Step(tap(view.Retry))
	if want := []flow.Effect{identify.StopListening{}, identify.LookUp{No: 2, Theirs: true}}; m.At() != identify.Theirs || !reflect.DeepEqual(effects, want) {
		t.Fatalf("%s, %v", m.At(), effects)
	}
	m = after(m, identify.Found{LookUp: 1, Person: fresh})
	if m.At() != identify.Theirs {
		t.Errorf("a late answer leads to %s", m.At())
	}
	m = after(m, identify.Found{LookUp: 2, Person: fresh})
	if m.At() != identify.Checking {
		t.Fatal(m.At())
	}
	for action, want := range map[view.Action]flow.State{view.Wrong: identify.Theirs, view.Back: identify.Over, view.Correct: identify.Over} {
		if next := after(m, tap(action)); next.At() != want {
			t.Errorf("%s leads to %s", action, next.At())
		}
	}
}
