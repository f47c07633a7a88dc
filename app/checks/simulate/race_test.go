//go:build race

package simulate

// slower is how many times fewer days are played under the race detector.
const slower = 10
