// Package wine holds the tests of the Windows executable: the very one that hospitals
// get, under Wine, on a virtual display that they look at.
//
// They need the build tag wine, dist/windows/amd64, and Wine with a prefix;
// .ci/test-windows sees to that.
package wine
