// Package onetrans holds the messages of the OneTrans interface in the
// specification's own terms: the common fields, the data of each trans_type, the
// codes, and the conversion of texts, amounts, times and GBK.
//
// A call is read once, by [Call.Parse]; whoever comes after is handed its data in its
// type ([Asked]), with each amount in fen ([Amount]).
//
// Callers do not keep to the specification, so a value keeps the form in which it
// came: an absent field stays absent, an empty one empty, a number a number. Fields
// that the specification does not know are kept as well.
//
// A field's spec tag is its row in the specification's tables: name, type, length,
// required (Y, N, Y/N, M, 二选一) and when, separated by |. A third tag is the same
// for hos.user.third.get, where its table differs. Validation, error texts and the
// reference page are made from these ([Rules]). A field without the tag is our
// addition, or appears only in a sample.
package onetrans
