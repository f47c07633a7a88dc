// Package onetrans holds the messages of the OneTrans interface in the
// specification's own terms: the common fields, the data of each trans_type,
// the codes, and how texts, amounts, times and GBK become one another.
//
// Messages come from programs that bend the specification, so a value keeps
// the form in which it came: an absent field stays absent, an empty one empty,
// a number a number. What the specification does not know is kept as well.
package onetrans
