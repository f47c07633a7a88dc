package judge

import "onetrans/flows/message/onetrans"

// judgeWord: what a caller hears is what the platform's book has.
func (j *Judge) judgeWord(c *Call) {
	lie := j.wordIsWrong(c)
	switch {
	case lie == "":
		lie = j.refusalIsWrong(c)
	case j.unsaid[c.No] && !c.here.proven: // it was lied to
		c.judged = true
		return
	}
	if lie != "" {
		c.judged = true
		j.wrong("%s %s was told at %s as %q (%s): %s", c.Kind, c.No, c.Terminal, c.said, c.how, lie)
	}
}

// wordIsWrong says what is wrong with a word about the trade itself.
func (j *Judge) wordIsWrong(c *Call) string {
	switch f := c.after; c.said {
	case Taken:
		return j.takenIsWrong(c, f)
	case UnderWay:
		if !f.there { // that it has ended since, nobody may have heard
			return "the platform does not have it"
		}
	case NotTaken:
		if (f.done || f.going) && !j.disturbed(c) {
			return "the platform has done it"
		}
	case Undone:
		switch {
		case f.done, c.code == onetrans.CodeUnsettled && !f.made:
			return "the platform has not undone it"
		case c.here.cancelling && !f.over:
			return "its share is not given back"
		}
	}
	return ""
}

func (j *Judge) takenIsWrong(c *Call, f fact) string {
	switch {
	case c.Kind == onetrans.TransSettle && c.here.cancelling,
		c.Kind == onetrans.TransSettle && !c.before.done && c.before.made && j.heardSince(c.Terminal, c.Key, c.begin):
		return "it has been cancelled"
	case !f.done && !f.made: // a settlement may have been cancelled just now
		return "the platform has not done it"
	case c.Kind == onetrans.TransRefund && c.Way != (Way{}) && c.Way != f.way:
		return "the platform gave back by way " + f.way.Mode + " " + f.way.Process + ", not " + c.Way.Mode + " " + c.Way.Process
	case c.Kind == onetrans.TransRecharge && c.Content != "" && c.Content != f.content:
		return "the platform has " + f.content
	}
	return ""
}

// refusalIsWrong says what is wrong with refusing, or not refusing, to begin.
func (j *Judge) refusalIsWrong(c *Call) string {
	switch {
	case c.Asks || c.code == "":
	case c.code == onetrans.CodeOtherTrade:
		return j.reuseIsWrong(c)
	case c.here.like != "" && !c.Despite && c.first && !nothingSent(c.code):
		return "it is like " + c.here.like + ", which the platform has unsaid"
	}
	return ""
}

// reuseIsWrong: the same again is the same trade, by whatever name, and what is
// proven failed may go another way.
func (j *Judge) reuseIsWrong(c *Call) string {
	same := true
	var last *Call
	for _, other := range j.others(c) {
		if other.Content != c.Content {
			return ""
		}
		same = same && other.Way == c.Way
		if last == nil || other.begin.After(last.begin) {
			last = other
		}
	}
	switch {
	case same:
		return "it is the very same trade"
	case last.said == NotTaken && last.end.Before(c.begin) && last.Terminal == c.Terminal &&
		!nothingSent(last.code) && !c.here.byHand && !j.disturbed(last):
		return "it had failed, and may go another way"
	}
	return ""
}

// disturbed: another call about the same trade ran since this one began, or elsewhere.
func (j *Judge) disturbed(c *Call) bool {
	for _, other := range j.others(c) {
		if other.Terminal != c.Terminal || other.end.IsZero() || other.end.After(c.begin) && other.begin.Before(c.end) {
			return true
		}
	}
	return false
}
