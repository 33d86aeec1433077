//go:build unix && !linux

package pgtest

// memory is a directory in memory with room for test servers; here none is known.
func memory() string { return "" }
