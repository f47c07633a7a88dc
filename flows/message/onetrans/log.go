package onetrans

import "log/slog"

// LogValue keeps persons, credentials and amounts out of logs.
func (r Request) LogValue() slog.Value {
	return slog.GroupValue(slog.String("trans_type", r.TransType.String()), slog.String("msgid", r.MsgID.String()))
}

// LogValue keeps persons and amounts out of logs.
func (a Answer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("code", a.Code.String()), slog.String("inf_refmsgid", a.InfRefMsgID.String()))
}
