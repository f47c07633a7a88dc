package dict

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
)

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

func TestThereAreEighteenDictionaries(t *testing.T) {
	if all := fields(t); len(all) != 18 {
		t.Errorf("%d dictionaries, want 18: %v", len(all), all)
	}
}

// fields are the dictionaries by the names of their fields.
func fields(t *testing.T) (all []string) {
	t.Helper()
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, strings.TrimSuffix(e.Name(), ".csv"))
	}
	return all
}

// The specification's dictionaries were copied to testdata once, and are not to
// be changed with ours: a code that it does not have would be sent to people's
// hospitals, and one that is missing shown as a number.
func TestTheDictionariesAreTheSpecifications(t *testing.T) {
	for _, field := range fields(t) {
		f, err := os.Open("testdata/specification/" + field + ".csv")
		if err != nil {
			t.Errorf("%s is none of the specification's: %v", field, err)
			continue
		}
		defer f.Close()
		specified, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := map[string]bool{}, map[string]bool{}
		for _, row := range rows(t, field) {
			ours[strings.Join(row, ",")] = true
		}
		for _, row := range specified[1:] {
			theirs[strings.Join(row, ",")] = true
		}
		for row := range ours {
			if !theirs[row] {
				t.Errorf("%s: the specification has no %s", field, row)
			}
		}
		for row := range theirs {
			if !ours[row] {
				t.Errorf("%s: %s is missing", field, row)
			}
		}
	}
}

func TestEveryRowIsRead(t *testing.T) {
	for _, field := range fields(t) {
		d, err := Open(field)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows(t, field) {
			for _, e := range levels(field, row) {
				if e.code == "" {
					continue
				}
				if got := d.Name(e.code); got != e.name {
					t.Errorf("%s, row %d: %s is %q, want %q", field, i+2, e.code, got, e.name)
				}
			}
		}
	}
}

// levels are the codes and names that a row declares.
func levels(field string, row []string) []entry {
	switch field {
	case "business_type":
		return []entry{{row[0], row[1]}, {row[0] + row[2], row[3]}}
	case "treatment_code":
		return []entry{{row[0], row[1]}, {row[2], row[3]}, {row[4], row[5]}}
	}
	return []entry{{row[0], row[1]}}
}

func rows(t *testing.T, field string) [][]string {
	t.Helper()
	f, err := files.Open(field + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil || len(all) < 2 {
		t.Fatalf("%s has %d rows, %v", field, len(all), err)
	}
	return all[1:]
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
