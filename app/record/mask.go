package record

import (
	"hash"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"onetrans/flows/message/gm"
	"onetrans/flows/message/onetrans"
)

// Masker masks messages under a key: the same value is the same pseudonym in every
// call, and without the key nobody can tell of which.
type Masker struct {
	key   []byte
	words func() map[string]bool // of which sentences are made: two Chinese characters each, or a run of letters and digits
}

// NewMasker is a masker under a key. The sentences are those in which nobody is named,
// and of whose words another program's sentences may be made, too; they are asked for
// with the first sentence.
func NewMasker(key []byte, sentences func() []string) *Masker {
	return &Masker{key: key, words: sync.OnceValue(func() map[string]bool { return wordsOf(sentences()) })}
}

func wordsOf(sentences []string) map[string]bool {
	words := map[string]bool{}
	for _, transType := range onetrans.TransTypes() {
		for _, part := range strings.Split(transType, ".") {
			words[part] = true
		}
	}
	for _, sentence := range sentences {
		for _, run := range runs.FindAllString(sentence, -1) {
			words[run] = true
		}
		runes := []rune(sentence)
		for i := 1; i < len(runes); i++ {
			if unicode.Is(unicode.Han, runes[i-1]) && unicode.Is(unicode.Han, runes[i]) {
				words[string(runes[i-1:i+1])] = true
			}
		}
	}
	return words
}

// Named are the names in a message, which its answer's sentences may repeat.
type Named []string

// Message is a message in UTF-8 with every name, number and credential masked, in the
// form in which it came, and the names that it had. Its error is
// [onetrans.ErrMalformed].
func (m *Masker) Message(text []byte, named Named) (jsontext.Value, Named, error) {
	if err := onetrans.Check(text); err != nil {
		return nil, named, err
	}
	one := masking{m, slices.Clone(named)}
	// First all names: a sentence may come before the field that has one.
	if _, err := Rewrite(text, m.name, one.hear); err != nil {
		return nil, named, onetrans.ErrMalformed
	}
	masked, err := Rewrite(text, m.name, one.text)
	if err != nil {
		return nil, named, onetrans.ErrMalformed
	}
	return masked, one.named, nil
}

// masking is one message that is being masked.
type masking struct {
	*Masker
	named Named
}

var looksName = regexp.MustCompile(`^[A-Za-z_]+[0-9]{0,3}[A-Za-z_]*$`)

// name is a member's name: one that no field has may be a person's.
func (m *Masker) name(name string) string {
	if fieldNames()[name] || len(name) <= 40 && looksName.MatchString(name) {
		return name
	}
	return m.turned(name)
}

// hear notes a field's text where it may be a name.
func (m *masking) hear(within, name, text string) string {
	of := ruleOf(within, name)
	n := utf8.RuneCountInString(text)
	if of.class != spoken && of.class != secret && !of.stays(text) && 1 < n && n < len(text) {
		m.named = append(m.named, text)
	}
	return text
}

// text is a field's text as it is recorded.
func (m *masking) text(within, name, text string) string {
	of := ruleOf(within, name)
	switch {
	case of.stays(text):
		return text
	case of.class == spoken:
		return m.Sentence(text, m.named)
	case of.class == secret:
		return m.turned(text)
	}
	return m.pseudonym(text)
}

// pseudonym stands for a text: as long, a digit for a digit and a letter for a letter,
// the same for the same, another for another.
func (m *Masker) pseudonym(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
		return m.turned(text)
	}
	out := []byte(text)
	half := len(out) / 2
	for round := range rounds {
		from, to := out[:half], out[half:]
		if round%2 == 1 {
			from, to = to, from
		}
		by := m.stream("round", []byte{byte(round)}, from)
		for i := range to {
			to[i] = shifted(to[i], by())
		}
	}
	return string(out)
}

// rounds are those of the permutation of equal shapes that a pseudonym is.
const rounds = 8

// turned is a text that nobody can turn back, as long and of the same shape. What is
// not ASCII becomes one of the twenty-two characters with which the calendar counts.
func (m *Masker) turned(text string) string {
	by := m.stream("text", nil, []byte(text))
	var out strings.Builder
	for _, r := range text {
		if r <= unicode.MaxASCII {
			out.WriteByte(shifted(byte(r), by()))
			continue
		}
		out.WriteRune(stems[int(by())%len(stems)])
	}
	return out.String()
}

// stems are the calendar's: ten heavenly stems and twelve earthly branches.
var stems = []rune("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥")

// shifted moves a digit among the digits and a letter among the letters of its case;
// all else stays.
func shifted(c byte, by uint16) byte {
	move := func(first byte, many uint16) byte { return first + byte((uint16(c-first)+by)%many) }
	switch {
	case '0' <= c && c <= '9':
		return move('0', 10)
	case 'A' <= c && c <= 'Z':
		return move('A', 26)
	case 'a' <= c && c <= 'z':
		return move('a', 26)
	}
	return c
}

// stream are numbers that follow from the key and what is said, without end.
func (m *Masker) stream(what string, parts ...[]byte) func() uint16 {
	var block []byte
	count := byte(0)
	mac := func() hash.Hash { return gm.NewMAC(m.key) }
	seed := sum(mac(), append([][]byte{[]byte(what), {0}}, parts...)...)
	return func() uint16 {
		if len(block) < 2 {
			block = sum(mac(), seed, []byte{count})
			count++
			if count == 0 {
				seed = sum(mac(), seed)
			}
		}
		n := uint16(block[0])<<8 | uint16(block[1])
		block = block[2:]
		return n
	}
}

func sum(h hash.Hash, parts ...[]byte) []byte {
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// Sentence is a sentence for people without what may be a name or a number in it, or a
// part of one: of its Chinese those characters stay that make a word of ours with the one
// beside them, of all else fields' names and the words of our sentences.
func (m *Masker) Sentence(text string, named Named) string {
	for _, name := range named {
		text = strings.ReplaceAll(text, name, hiding(name))
	}
	runes := []rune(text)
	out := slices.Clone(runes)
	for i, r := range runes {
		if r > unicode.MaxASCII && !unicode.IsPunct(r) && !m.word(runes, i-1) && !m.word(runes, i) {
			out[i] = '*'
		}
	}
	return runs.ReplaceAllStringFunc(string(out), func(run string) string {
		if fieldNames()[run] || m.words()[run] {
			return run
		}
		return hiding(run)
	})
}

func hiding(text string) string { return strings.Repeat("*", utf8.RuneCountInString(text)) }

var runs = regexp.MustCompile(`[A-Za-z0-9_]+`)

// word says that the characters at i and after it make a word.
func (m *Masker) word(runes []rune, i int) bool {
	return i >= 0 && i+1 < len(runes) && m.words()[string(runes[i:i+2])]
}

// fieldNames are the names of the interface's fields.
var fieldNames = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, d := range []onetrans.Direction{onetrans.In, onetrans.Out} {
		for _, transType := range onetrans.TransTypes() {
			for _, r := range append(onetrans.CommonRules(d), onetrans.Rules(transType, d)...) {
				names[r.Code] = true
			}
		}
	}
	return names
})
