package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onetrans/app/terminal/call"
	"onetrans/assets/texts"
	"onetrans/flows/message/onetrans"
)

// hisPages are the pages for HIS's programmers, which say the same.
func hisPages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{"his.md": "", "his.zh-CN.md": ""}
	for name := range pages {
		page, err := os.ReadFile("../../../.github/docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		pages[name] = string(page)
	}
	return pages
}

// hisSample is a message on such a page.
type hisSample struct {
	transType string // the heading that it stands below
	text      string
	message   map[string]any
}

func (s hisSample) direction() onetrans.Direction {
	if _, answers := s.message["code"]; answers {
		return onetrans.Out
	}
	return onetrans.In
}

var (
	callHeading = regexp.MustCompile("(?m)^### `([a-z.]+)`$")
	jsonFence   = regexp.MustCompile("(?s)```json\n(.*?)```")
	codeRow     = regexp.MustCompile("(?m)^\\| `([0-9]{6})` \\|.*$")
)

func hisSamples(t *testing.T, page string) (samples []hisSample) {
	t.Helper()
	headings := callHeading.FindAllStringSubmatchIndex(page, -1)
	for i, at := range headings {
		end := len(page)
		if i+1 < len(headings) {
			end = headings[i+1][0]
		}
		for _, fenced := range jsonFence.FindAllStringSubmatch(page[at[1]:end], -1) {
			s := hisSample{transType: page[at[2]:at[3]], text: fenced[1]}
			if err := onetrans.Unmarshal([]byte(s.text), &s.message); err != nil {
				t.Fatalf("%s: %v", s.transType, err)
			}
			samples = append(samples, s)
		}
	}
	return samples
}

func TestTheSampleRequestsForHISAreTakenByTheProgram(t *testing.T) {
	merchant := onetrans.Merchant{PayAppID: "id", PayAppSecret: "secret"}
	door := call.Door{Credentials: call.Credentials{AppID: "app", Merchants: map[string]onetrans.Merchant{
		onetrans.AccountOutpatient: merchant, onetrans.AccountInpatient: merchant,
	}}}
	var taken []string
	for _, s := range hisSamples(t, hisPages(t)["his.md"]) {
		if s.direction() != onetrans.In {
			continue
		}
		gbk, err := onetrans.EncodeGBK([]byte(s.text))
		if err != nil {
			t.Fatal(err)
		}
		if out, _, refused := door.Refuse(onetrans.Call{TransType: s.transType, In: gbk}); refused {
			why, _ := onetrans.DecodeGBK(out)
			t.Errorf("%s is refused: %s", s.transType, why)
		}
		taken = append(taken, s.transType)
	}
	if !slices.Equal(taken, onetrans.TransTypes()) {
		t.Errorf("there are requests for %v", taken)
	}
}

func TestTheSamplesForHISHaveTheFieldsOfTheTables(t *testing.T) {
	for _, s := range hisSamples(t, hisPages(t)["his.md"]) {
		d := s.direction()
		rules := append(onetrans.CommonRules(d), onetrans.Rules(s.transType, d)...)
		known := map[string]bool{}
		for _, r := range rules {
			known[strings.TrimPrefix(r.Node+"."+r.Code, ".")] = true
		}
		eachObject("", s.message, func(node string, object map[string]any) {
			for code := range object {
				if path := strings.TrimPrefix(node+"."+code, "."); !known[path] {
					t.Errorf("%s, %s: no table has %s", s.transType, d, path)
				}
			}
			for _, r := range rules {
				if _, there := object[r.Code]; d == onetrans.Out && r.Node == node && r.Required == "Y" && r.When == "" && !there {
					t.Errorf("%s, %s: %s.%s is missing", s.transType, d, node, r.Code)
				}
			}
		})
	}
}

// eachObject visits an object and those in it, each by where it stands.
func eachObject(node string, value any, visit func(node string, object map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(node, v)
		for code, inner := range v {
			eachObject(strings.TrimPrefix(node+"."+code, "."), inner, visit)
		}
	case []any:
		for _, inner := range v {
			eachObject(node, inner, visit)
		}
	}
}

func TestBothPagesForHISHaveTheSameSamples(t *testing.T) {
	texts := map[string][]string{}
	for name, page := range hisPages(t) {
		for _, s := range hisSamples(t, page) {
			texts[name] = append(texts[name], s.transType+string(s.direction())+s.text)
		}
	}
	if got := len(texts["his.md"]); got != 2*len(onetrans.TransTypes()) {
		t.Errorf("%d samples: every call has a request and its answer", got)
	}
	if !slices.Equal(texts["his.md"], texts["his.zh-CN.md"]) {
		t.Error("they differ")
	}
}

func TestEveryCodeAndWhatIsSaidWithItIsInBothTablesForHIS(t *testing.T) {
	codes, said := declaredCodes(t), declaredSayings(t)
	if len(codes) < 20 || len(said) < 40 {
		t.Fatalf("found only %d codes and %d sentences", len(codes), len(said))
	}
	for name, page := range hisPages(t) {
		rows := map[string]string{}
		_, tables, _ := strings.Cut(page, "\n## 3. ")
		tables, _, _ = strings.Cut(tables, "\n## 4. ")
		for _, row := range codeRow.FindAllStringSubmatch(tables, -1) {
			if rows[row[1]] != "" {
				t.Errorf("%s: %s has two rows", name, row[1])
			}
			rows[row[1]] = row[0]
		}
		declared := slices.Sorted(maps.Values(codes))
		if got := slices.Sorted(maps.Keys(rows)); !slices.Equal(got, declared) {
			t.Errorf("%s has the codes\n%v, declared are\n%v", name, got, declared)
		}
		for text, constant := range said {
			where := page // what comes with a platform's own code
			if constant != "" {
				where = rows[codes[constant]]
			}
			if !strings.Contains(where, text) {
				t.Errorf("%s does not say of %s: %s", name, constant, text)
			}
		}
	}
}

// declaredCodes are the codes of flows/message/onetrans, by the constants' names.
func declaredCodes(t *testing.T) map[string]string {
	codes := map[string]string{}
	ast.Inspect(parsed(t, "../../../flows/message/onetrans/codes.go"), func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			for i, name := range spec.Names {
				codes[name.Name] = literal(spec.Values[i])
			}
		}
		return true
	})
	return codes
}

// declaredSayings are the sentences that app/terminal/call says, with the constant of
// the code that each goes with; empty where it is the platform's.
func declaredSayings(t *testing.T) map[string]string {
	book, err := texts.Load(texts.Source)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	ast.Inspect(parsed(t, "../../terminal/call/texts.go"), func(n ast.Node) bool {
		made, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if of, ok := made.Type.(*ast.Ident); !ok || of.Name != "saying" {
			return true
		}
		text, constant := "", ""
		for _, element := range made.Elts {
			switch field := element.(*ast.KeyValueExpr); field.Key.(*ast.Ident).Name {
			case "code":
				if code, ok := field.Value.(*ast.SelectorExpr); ok {
					constant = code.Sel.Name
				}
			case "key":
				text = book.In(texts.Source).Say("call."+literal(field.Value), "mode", "1", "type", "hisDecide")
			}
		}
		if text != "" {
			said[text] = constant
		}
		return true
	})
	return said
}

func parsed(t *testing.T, path string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// literal is what a literal text says; empty for what is none.
func literal(e ast.Expr) string {
	basic, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	text, _ := strconv.Unquote(basic.Value)
	return text
}

func TestEveryPermittedWordIsOnBothPagesForHIS(t *testing.T) {
	for name, page := range hisPages(t) {
		var rows [][]string
		for line := range strings.Lines(page) {
			if cells := strings.Split(line, "|"); strings.HasPrefix(line, "| ") && len(cells) > 3 {
				rows = append(rows, cells)
			}
		}
		for _, transType := range onetrans.TransTypes() {
			for _, r := range onetrans.Rules(transType, onetrans.In) {
				for _, word := range r.Allowed() {
					explained := func(row []string) bool {
						return strings.Contains(row[1], "`"+r.Code+"`") && strings.TrimSpace(row[2]) == "`"+word+"`"
					}
					if !slices.ContainsFunc(rows, explained) {
						t.Errorf("%s does not say what %s in %s means", name, word, r.Code)
					}
				}
			}
		}
	}
}
