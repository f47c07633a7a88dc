// Package texts carries every sentence of the program, one file per language.
// zh-CN.json is the source; to add a language, add a file.
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

// ErrBadFile means that a translation file is missing or is not an object of
// strings.
var ErrBadFile = errors.New("texts: not a translation file")

// Book holds the languages that were loaded.
type Book struct{ languages map[string]Language }

// Language holds one language's sentences by key.
type Language struct {
	Name   string
	texts  map[string]string
	source map[string]string
}

// Names lists the languages, the source first, then the others by name.
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

// Load reads these languages and the source, or all languages if none is named.
func Load(languages ...string) (Book, error) { return read(files, languages...) }

func read(folder fs.FS, languages ...string) (Book, error) {
	source, err := readFile(folder, Source)
	if err != nil {
		return Book{}, err
	}
	book := Book{map[string]Language{Source: {Name: Source, texts: source, source: source}}}
	if len(languages) == 0 {
		languages = namesIn(folder)
	}
	for _, name := range languages {
		if name == Source {
			continue
		}
		texts, err := readFile(folder, name)
		if err != nil {
			return Book{}, err
		}
		book.languages[name] = Language{Name: name, texts: texts, source: source}
	}
	return book, nil
}

// readFile reads one language's sentences by key.
func readFile(folder fs.FS, language string) (texts map[string]string, err error) {
	data, err := fs.ReadFile(folder, language+".json")
	if err == nil {
		err = json.Unmarshal(data, &texts)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s.json: %w", ErrBadFile, language, err)
	}
	return texts, nil
}

// Names lists the languages that were loaded, the source first, then the others by
// name.
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

// In is the language of that name, or the source if it was not loaded.
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

// Missing lists the keys that the source has and this language lacks, in order.
// Their texts are shown in the source language.
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

// Has reports whether this language has a text for the key.
func (l Language) Has(key string) bool {
	_, ok := l.texts[key]
	return ok
}

// Say is the text of a key with its {placeholders} filled in, given as name, value,
// name, value. A text that this language lacks is taken from the source; an unknown
// key is returned as it is.
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
