// Package rehearse plays recorded calls again, on a stage: a terminal of its own in a
// temporary folder, with the program's own rules and a journal that is thrown away.
// Nothing of it reaches a real platform, a device, a person or the real journal.
//
// [Replay] plays calls against a sandbox and holds the answers against those that were
// given then. [Judge] holds what another program answered HIS, such as the vendor's
// library, against what this one would have: whether it would have refused the call,
// what it would have sent, and what it would have made of the very same answer of the
// platform. Who answered makes no difference: only the call and the answer count.
package rehearse
