package call

import (
	"go/ast"
	"go/token"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onetrans/app/checks/rig"
	"onetrans/assets/texts"
	"onetrans/flows/message/onetrans"
)

// keysInSource are the keys that stand in the source: those of sayings, what say is
// called with, and the faults of fields.
func keysInSource(t *testing.T) (keys []string) {
	t.Helper()
	for _, call := range rig.Calls(t, ".") {
		if key, ok := call.Text(0); ok && call.Name == "say" {
			keys = append(keys, key)
		}
	}
	rig.Source(t, ".", func(n ast.Node, _ func() token.Position) {
		if field, ok := n.(*ast.KeyValueExpr); ok && isKey(field) {
			if key, ok := rig.Literal(field.Value); ok {
				keys = append(keys, key)
			}
		}
	})
	rig.Source(t, "../../../flows/message/onetrans", func(n ast.Node, _ func() token.Position) {
		if of, ok := n.(*ast.ValueSpec); ok && len(of.Values) > 0 {
			if kind, ok := of.Type.(*ast.Ident); ok && kind.Name == "Fault" {
				fault, _ := rig.Literal(of.Values[0])
				keys = append(keys, "field."+fault)
			}
		}
	})
	slices.Sort(keys)
	return slices.Compact(keys)
}

func TestWhatACallIsToldHasItsSentenceInEachLanguageAndNoSentenceIsLeftOver(t *testing.T) {
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	said := keysInSource(t)
	if all := reflect.ValueOf(sayings).NumField(); len(said) < all+10 {
		t.Fatalf("only %d keys found, there are %d sayings", len(said), all)
	}
	for _, name := range book.Names() {
		for _, key := range said {
			if !book.In(name).Has(sentences + key) {
				t.Errorf("%s has no %s%s", name, sentences, key)
			}
		}
		for _, key := range book.In(name).Keys() {
			if k, ours := strings.CutPrefix(key, sentences); ours && !slices.Contains(said, k) {
				t.Errorf("%s: nobody says %s", name, key)
			}
		}
	}
}

func TestErrMsgIsChineseAndWhole(t *testing.T) {
	for _, field := range reflect.ValueOf(sayings).Fields() {
		s := saying{key: field.FieldByName("key").String()}
		text := s.errMsg()
		if _, err := onetrans.EncodeGBK([]byte(strconv.Quote(text))); err != nil || strings.ContainsAny(text, "{}") ||
			!regexp.MustCompile(`\p{Han}`).MatchString(text) || len([]rune(text)) > onetrans.MaxErrMsg {
			t.Errorf("%s: %q, %v", s.key, text, err)
		}
	}
}

func isKey(field *ast.KeyValueExpr) bool {
	name, ok := field.Key.(*ast.Ident)
	return ok && name.Name == "key"
}
