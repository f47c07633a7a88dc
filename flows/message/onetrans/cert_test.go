package onetrans_test

import (
	"reflect"
	"strings"
	"testing"

	"onetrans/assets/dict"
	"onetrans/devices"
	"onetrans/flows/message/onetrans"
)

func TestEveryIdentityCardHasItsCertType(t *testing.T) {
	names, err := dict.Open("psn_cert_type")
	if err != nil {
		t.Fatal(err)
	}
	for kind, name := range map[devices.IdentityKind]string{
		devices.ResidentCard:    "居民身份证",
		devices.ResidencePermit: "港澳台居民居住证",
		devices.ForeignCard2017: "外国人永久居留证",
		devices.ForeignCard2023: "外国人永久居留证",
	} {
		cert := onetrans.CertOfIdentity(devices.IdentityCard{Kind: kind, Number: "N1", Name: "姓名", EnglishName: "E", PassNumber: "P"})
		if got := names.Name(cert.PsnCertType.String()); !strings.HasPrefix(got, name) {
			t.Errorf("%s is told as %s", kind, got)
		}
		want := onetrans.Cert{CertNo: onetrans.T("N1"), PsnName: onetrans.T("姓名"), PsnCertType: cert.PsnCertType}
		if !reflect.DeepEqual(cert, want) {
			t.Errorf("%s: %+v", kind, cert)
		}
	}
}
