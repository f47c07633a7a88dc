package sandbox

import (
	"errors"
	"fmt"

	"onetrans/flows/message/onetrans"
)

// answerSettleCancel is chs.common.outpatient.settle.cancel. Repeating it for a
// setl_id repeats its answer.
func answerSettleCancel(c *call, in onetrans.SettleCancelIn) (out onetrans.SettleCancelOut, err error) {
	if err := required(field{"fixmedins_code", in.FixmedinsCode, 30}, field{"fixmedins_name", in.FixmedinsName, 200},
		field{"mdtrt_id", in.MdtrtID, 30}, field{"setl_id", in.SetlID, 30}, field{"psn_no", in.PsnNo, 30}); err != nil {
		return out, err
	}
	s, err := c.settlementBySetl(in.SetlID.String())
	if errors.Is(err, errUnknownTrade) {
		return out, refuse(onetrans.CodePlatformNoSettle, "没有这笔结算")
	}
	if err != nil {
		return out, err
	}
	p, _ := personByHis(s.HisCustID)
	switch {
	case in.MdtrtID.String() != s.MdtrtID:
		return out, refuseField("mdtrt_id")
	case in.PsnNo.String() != p.PsnNo:
		return out, refuse(onetrans.CodePlatformNoPerson, "结算不是该就诊人的")
	case s.PatientType == patientSelf:
	default:
		if err := required(field{"insuplc_admdvs", in.InsuplcAdmdvs, 6},
			field{"mdtrtarea_admvs", in.MdtrtareaAdmvs, 6}); err != nil {
			return out, err
		}
	}
	if s.State == settleDone {
		if err := c.unsettle(s, c.msgID); err != nil {
			return out, err
		}
	}
	return c.cancelOut(p, s)
}

func (c *call) cancelOut(p Person, s *settlement) (out onetrans.SettleCancelOut, err error) {
	out.SetlInfo = onetrans.Object(setlInfo(p, s))
	out.SetlDetail.Items = setlDetail(p, s)
	out.PsnCashPay = onetrans.Yuan(s.Sums.Cash)
	if s.OrderNo == "" {
		return out, nil
	}
	o, err := c.order(s.OrderNo)
	if err != nil {
		return out, err
	}
	out.TraceNo = onetrans.T(o.TraceNo)
	return out, nil
}

// setlTime is how settlement times are written.
const setlTime = "2006-01-02 15:04:05"

func setlInfo(p Person, s *settlement) onetrans.SetlInfo {
	benefit, _ := benefitOf(p, s.PatientType)
	zero, day := onetrans.Yuan(0), s.At.In(onetrans.Zone()).Format("2006-01-02")
	info := onetrans.SetlInfo{
		MdtrtID:         onetrans.T(s.MdtrtID),
		SetlID:          onetrans.T(s.SetlID),
		ClrOptins:       onetrans.T(region),
		SetlTime:        onetrans.T(s.At.In(onetrans.Zone()).Format(setlTime)),
		MedfeeSumamt:    onetrans.Yuan(s.Sums.Total),
		FulamtOwnpayAmt: onetrans.Yuan(s.Sums.Own),
		OverlmtSelfpay:  onetrans.Yuan(s.Sums.Over),
		PreselfpayAmt:   onetrans.Yuan(s.Sums.First),
		InscpScpAmt:     onetrans.Yuan(s.Sums.Scope),
		ActPayDedc:      zero,
		HifpPay:         onetrans.Yuan(s.Sums.Pool),
		PoolPropSelfpay: onetrans.T(fmt.Sprintf("%d.%04d", benefit.ratio/10000, benefit.ratio%10000)),
		CvlservPay:      zero, HifesPay: zero, HifmiPay: zero, HifobPay: zero, MafPay: zero,
		OthPay:        onetrans.Yuan(s.Sums.Supplement),
		FundPaySumamt: onetrans.Yuan(s.Sums.funds()),
		PsnPartAmt:    onetrans.Yuan(s.Sums.Total - s.Sums.funds()),
		AcctPay:       onetrans.Yuan(s.Sums.Account),
		PsnCashPay:    onetrans.Yuan(s.Sums.Cash),
		HospPartAmt:   zero,
		Balc:          onetrans.Yuan(s.Balance),
		AcctMulaidPay: zero,
		MedinsSetlID:  onetrans.T(s.CancelMsgID),
		Begndate:      onetrans.T(day), Enddate: onetrans.T(day),
		MdtrtCertNo: onetrans.T(s.CardNo),
		CrtDedc:     zero,
	}
	if p.Insurance != nil && s.PatientType != patientSelf {
		info.InsuAdmdvs = onetrans.T(p.Insurance.Region)
	}
	return info
}

// fundLimit is what each fund pays at most in a year; nobody here comes near it.
const fundLimit onetrans.Fen = 20_000_000

// setlDetail lists what each fund paid.
func setlDetail(p Person, s *settlement) []onetrans.SetlDetail {
	benefit, _ := benefitOf(p, s.PatientType)
	list := []onetrans.SetlDetail{}
	for _, paid := range []struct {
		fund
		fen, limit onetrans.Fen
	}{
		{benefit.pool, s.Sums.Pool, fundLimit},
		{fundPrivileged(), s.Sums.Supplement, fundLimit},
		{fundAccount(), s.Sums.Account, s.Balance},
	} {
		if paid.fen == 0 {
			continue
		}
		list = append(list, onetrans.SetlDetail{
			FundPayType: onetrans.T(paid.code), FundPayTypeName: onetrans.T(paid.name),
			InscpScpAmt:   onetrans.Yuan(s.Sums.Scope),
			CrtPaybLmtAmt: onetrans.Yuan(paid.limit),
			FundPayamt:    onetrans.Yuan(paid.fen),
		})
	}
	return list
}
