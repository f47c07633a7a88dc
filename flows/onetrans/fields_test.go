package onetrans_test

import (
	"encoding/csv"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"onetrans/flows/onetrans"
)

// TestEveryFieldOfTheTables holds the Go types against the specification's
// tables: each field of each node has a field of that name.
func TestEveryFieldOfTheTables(t *testing.T) {
	nodes := map[string]any{
		"* in ":  onetrans.Request{},
		"* out ": onetrans.Answer{},

		"hos.user.get in data":           onetrans.UserGetIn{},
		"hos.user.get out data":          onetrans.UserGetOut{},
		"hos.user.get out data.baseinfo": onetrans.BaseInfo{},
		"hos.user.get out data.insuinfo": onetrans.InsuInfo{},
		"hos.user.get out data.idetinfo": onetrans.IdetInfo{},
		"hos.user.get out data.ehcinfo":  onetrans.EhcInfo{},
		"hos.user.get out data.cardinfo": onetrans.CardInfo{},

		"hos.user.third.get in data":           onetrans.UserGetIn{},
		"hos.user.third.get out data":          onetrans.UserGetOut{},
		"hos.user.third.get out data.baseinfo": onetrans.BaseInfo{},
		"hos.user.third.get out data.insuinfo": onetrans.InsuInfo{},
		"hos.user.third.get out data.idetinfo": onetrans.IdetInfo{},
		"hos.user.third.get out data.ehcinfo":  onetrans.EhcInfo{},

		"hop.trade.recharge in data":                      onetrans.RechargeIn{},
		"hop.trade.recharge in data.extra":                onetrans.RechargeExtra{},
		"hop.trade.recharge in data.extra.medicalContent": onetrans.MedicalContent{},
		"hop.trade.recharge in data.businessInfo":         onetrans.BusinessInfo{},
		"hop.trade.recharge in data.payInfo":              onetrans.PayInfo{},
		"hop.trade.recharge in data.payInfo.feeItemList":  onetrans.FeeItem{},
		"hop.trade.recharge out data":                     onetrans.RechargeOut{},
		"hop.trade.recharge out data.extra":               onetrans.RechargeOutExtra{},

		"hop.trade.query in data":        onetrans.QueryIn{},
		"hop.trade.query out data":       onetrans.QueryOut{},
		"hop.trade.query out data.extra": onetrans.QueryOutExtra{},

		"hop.trade.refund in data":        onetrans.RefundIn{},
		"hop.trade.refund out data":       onetrans.RefundOut{},
		"hop.trade.refund out data.extra": onetrans.RefundOutExtra{},
	}
	for _, row := range table(t) {
		v, ok := nodes[row.node]
		if !ok {
			if !elsewhere(row.node) {
				t.Errorf("no type for %q", row.node)
			}
			continue
		}
		if !slices.Contains(names(v), row.code) {
			t.Errorf("%T lacks %s", v, row.code)
		}
	}
}

// elsewhere: settlement and health-card authorisation have types of their own.
func elsewhere(node string) bool {
	return strings.HasPrefix(node, onetrans.TransSettle+" ") ||
		strings.HasPrefix(node, onetrans.TransSettleCancel+" ") ||
		strings.HasPrefix(node, "ehc.")
}

type row struct{ node, code string }

func table(t *testing.T) []row {
	t.Helper()
	f, err := os.Open("testdata/fields.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for _, l := range lines[1:] {
		rows = append(rows, row{node: l[0] + " " + l[1] + " " + l[2], code: l[3]})
	}
	return rows
}

// names are the JSON names of a struct's fields.
func names(v any) []string {
	var out []string
	for f := range reflect.TypeOf(v).Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}
