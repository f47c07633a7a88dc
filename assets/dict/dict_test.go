package dict

import "testing"

func TestNamesAreShownInsteadOfCodes(t *testing.T) {
	d, err := Open("insutype")
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]string{"310": "职工基本医疗保险", "999": "999", "": ""} {
		if got := d.Name(code); got != want {
			t.Errorf("Name(%q) = %q, want %q", code, got, want)
		}
	}
}

func TestUnknownDictionaryIsAnError(t *testing.T) {
	if _, err := Open("nothing"); err == nil {
		t.Error("no error")
	}
}
