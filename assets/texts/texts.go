// Package texts carries every sentence of the program, one file a language.
// zh-CN.json is the source; a language more is a file more.
package texts

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

//go:embed *.json
var files embed.FS

// Source is the language from which the others are translated.
const Source = "zh-CN"

// ErrBadFile says that a translation file is not an object of strings.
var ErrBadFile = errors.New("texts: not a translation file")

// Book holds all languages.
type Book struct{ languages map[string]Language }

// Language is one language's sentences by their keys.
type Language struct {
	Name   string
	texts  map[string]string
	source map[string]string
}

// Names are the languages there are, the source first, the rest by name.
func Names() []string { return namesIn(files) }

func namesIn(folder fs.FS) []string {
	names := []string{Source}
	found, _ := fs.Glob(folder, "*.json") // the pattern is sound
	for _, name := range found {          // in their order
		if language := strings.TrimSuffix(name, ".json"); language != Source {
			names = append(names, language)
		}
	}
	return names
}

// Load reads the embedded translations.
func Load() (Book, error) { return read(files) }

func read(folder fs.FS) (Book, error) {
	names, err := fs.Glob(folder, "*.json")
	if err != nil {
		return Book{}, err
	}
	book := Book{languages: map[string]Language{}}
	for _, name := range names {
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return Book{}, err
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			return Book{}, fmt.Errorf("%w: %s: %w", ErrBadFile, name, err)
		}
		language := strings.TrimSuffix(name, ".json")
		book.languages[language] = Language{Name: language, texts: texts}
	}
	source, ok := book.languages[Source]
	if !ok {
		return Book{}, fmt.Errorf("%w: %s.json is missing", ErrBadFile, Source)
	}
	for name, language := range book.languages {
		language.source = source.texts
		book.languages[name] = language
	}
	return book, nil
}

// Names lists the languages, the source first, the rest by name.
func (b Book) Names() []string {
	names := []string{Source}
	for name := range b.languages {
		if name != Source {
			names = append(names, name)
		}
	}
	slices.Sort(names[1:])
	return names
}

// In is a language, or the source when there is no such one.
func (b Book) In(name string) Language {
	if language, ok := b.languages[name]; ok {
		return language
	}
	return b.languages[Source]
}

// Keys lists a language's keys in order.
func (l Language) Keys() []string {
	keys := make([]string, 0, len(l.texts))
	for key := range l.texts {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Missing are the keys that the language lacks and the source has, in order: they
// are said in the source.
func (l Language) Missing() []string {
	var missing []string
	for key := range l.source {
		if !l.Has(key) {
			missing = append(missing, key)
		}
	}
	slices.Sort(missing)
	return missing
}

// Has says whether there is such a text.
func (l Language) Has(key string) bool {
	_, ok := l.texts[key]
	return ok
}

// Say is the text of a key with its {placeholders} filled in, given as name,
// value, name, value. What is missing in a language is said in the source
// language; an unknown key is said as it is.
func (l Language) Say(key string, values ...string) string {
	text, ok := l.texts[key]
	if !ok {
		if text, ok = l.source[key]; !ok {
			return key
		}
	}
	if len(values) < 2 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, len(values))
	for i := 0; i+1 < len(values); i += 2 {
		pairs = append(pairs, "{"+values[i]+"}", values[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
