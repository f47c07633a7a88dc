// Package e2e holds the end-to-end tests: the real executable on a virtual
// display, with pcscd and a card in its virtual reader, against the sandbox
// platform in a process of its own. They look at the screen, touch it, read
// the code off it and pay as a phone would.
//
// They need the build tag e2e, bin/onetrans, and pcscd; .ci/e2e sees to that.
package e2e
