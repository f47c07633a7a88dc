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

func TestEveryDictionaryIsWholeAndReadsBothWays(t *testing.T) {
	fields := Fields()
	if len(fields) != 18 {
		t.Errorf("%d dictionaries, want 18", len(fields))
	}
	for _, field := range fields {
		d, err := Open(field)
		if err != nil {
			t.Fatal(err)
		}
		if d.Len() == 0 {
			t.Errorf("%s is empty", field)
		}
		for code, name := range d.names {
			if code == "" || name == "" {
				t.Errorf("%s: %q means %q", field, code, name)
			}
			if back, ok := d.Code(name); !ok || d.Name(back) != name {
				t.Errorf("%s: %q does not lead back", field, name)
			}
		}
	}
}

func TestTreesAreReadByTheirWholeCode(t *testing.T) {
	for field, want := range map[string][2]string{
		"business_type":  {"01104", "缴纳预缴金"},
		"treatment_code": {"0101011", "预约挂号"},
	} {
		d, err := Open(field)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Name(want[0]); got != want[1] {
			t.Errorf("%s %s is %q, want %q", field, want[0], got, want[1])
		}
	}
}

func TestAMissingZeroIsNoOtherCode(t *testing.T) {
	d, err := Open("psn_cert_type")
	if err != nil {
		t.Fatal(err)
	}
	if d.Name("2") != d.Name("02") || d.Name("2") == "2" {
		t.Errorf("2 is %q, 02 is %q", d.Name("2"), d.Name("02"))
	}
}
