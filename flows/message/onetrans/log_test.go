package onetrans_test

import (
	"log/slog"
	"strings"
	"testing"

	"onetrans/flows/message/onetrans"
)

func TestMessagesInLogs(t *testing.T) {
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	for _, name := range []string{"hop.trade.recharge.in.json", "fsi.outpatient.charge.in.json"} {
		logger.Info("sent", "request", passes[onetrans.Request](t, sample(t, name)))
	}
	logger.Info("got", "answer", passes[onetrans.Answer](t, sample(t, "hos.user.get.out.json")))
	for _, secret := range []string{"demokey", "DEMOPAYSECRET", "李四", "510000202001010000", "DD456004X"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%s is in the log", secret)
		}
	}
	if !strings.Contains(log.String(), "hop.trade.recharge") || !strings.Contains(log.String(), "000000") {
		t.Errorf("nothing to go by: %s", log.String())
	}
}
