package mask

import "testing"

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"":            "",
		"张":           "张*",
		"张三":          "张*",
		"王小明":         "王*明",
		"欧阳㛃珺":        "欧阳*珺",
		"欧阳珺":         "欧*珺",
		"李𠅤":          "李*",
		"阿卜杜·热合曼":     "阿*曼",
		"赵钱孙李":        "赵*李",
		"John Doe":    "J*e",
		"阿卜杜热依木·买买提明": "阿*明",
	} {
		if got := Name(name); got != want {
			t.Errorf("Name(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	if got := IDNo("350102198801011234"); got != "3501**********1234" {
		t.Error(got)
	}
	if got := CardNo("D12345678"); got != "D12****78" {
		t.Error(got)
	}
	for _, short := range []string{"1", "12", "12345"} {
		if got := CardNo(short); len(got) != len(short) || len(got) > 1 && got[1:] == short[1:] {
			t.Errorf("CardNo(%q) = %q shows too much", short, got)
		}
	}
	if IDNo("") != "" {
		t.Error("something of nothing")
	}
}
