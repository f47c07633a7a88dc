package txn

import (
	"cmp"
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/mask"
	"onetrans/flows/message/onetrans"
)

// maxKept is how many bytes of the platform's answers are kept with a trade:
// as many as the specification gives an answer's data.
const maxKept = 6000

// object is what an answer's data says, member by member.
type object = map[string]jsontext.Value

// keptApart are the members that Progress has by themselves because they hold
// for a while only, and those that are nobody's to keep.
func keptApart() []string {
	return []string{"qrcode", "expireTime", "balance", "app_key", "payAppSecret", "authCode", "ecToken"}
}

// keep takes over what an answer says besides what a trade's progress has by
// name, so that its caller hears the whole of it, also after the program was
// started again. What it does not say stands.
func (t Trade) keep(answer jsontext.Value) Trade {
	kept, errKept := members(jsontext.Value(t.Progress.Answer))
	said, errSaid := members(answer)
	if errKept != nil || errSaid != nil || len(said) == 0 {
		return t
	}
	for _, name := range keptApart() {
		delete(said, name)
	}
	if extra, err := extraOf(kept["extra"], said["extra"]); err == nil && extra != nil {
		said["extra"] = extra
	}
	maps.Copy(kept, said)
	t.Progress.Answer = bounded(kept)
	return t
}

// members are an object's members that say something.
func members(data jsontext.Value) (object, error) {
	var o object
	if err := onetrans.UnmarshalData(data, &o); err != nil {
		return nil, err
	}
	maps.DeleteFunc(o, func(_ string, v jsontext.Value) bool { return v.Kind() == 'n' || string(v) == `""` })
	return o, nil
}

// extraOf is the extra that an answer has, over the one before; nil where it
// says nothing. No bank card's number is written whole.
func extraOf(before, now jsontext.Value) (jsontext.Value, error) {
	kept, err := members(before)
	if err != nil {
		kept = object{}
	}
	said, err := members(now)
	if err != nil || len(said) == 0 {
		return before, err
	}
	for _, name := range keptApart() {
		delete(said, name)
	}
	var card string
	if onetrans.Unmarshal(said["BankCardNo"], &card) == nil {
		if said["BankCardNo"], err = onetrans.Marshal(mask.CardNo(card)); err != nil {
			return nil, err
		}
	}
	maps.Copy(kept, said)
	return onetrans.Marshal(kept)
}

// bounded is an object's text within the bound: its longest members go first.
func bounded(o object) string {
	for {
		text, err := onetrans.Marshal(o)
		if err == nil && len(text) <= maxKept || len(o) == 0 {
			return string(text)
		}
		longest := slices.MaxFunc(slices.Sorted(maps.Keys(o)), func(a, b string) int { return cmp.Compare(len(o[a]), len(o[b])) })
		delete(o, longest)
	}
}
