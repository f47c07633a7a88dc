// Package onetrans holds the messages of the OneTrans interface in the
// specification's own terms: the common fields, the data of each trans_type,
// the codes, and how texts, amounts, times and GBK become one another.
//
// Messages come from programs that bend the specification, so a value keeps
// the form in which it came: an absent field stays absent, an empty one empty,
// a number a number. What the specification does not know is kept as well.
//
// A field's spec tag holds what the tables say of it, once: name, type, length,
// required (Y, N, Y/N, M, 二选一) and when, with | between them; a third tag is
// the same for hos.user.third.get, where its table differs. Validation, error
// texts and the reference page come from these ([Rules]). A field without one
// is our addition, or stands in a sample alone.
package onetrans
