// Package architecture holds tests about the repository as a whole: which package may import which, that real time is read
// in one place, and that every enforceable clause of the source documents is named by a test. It has no code of its own and
// knows nothing of what the packages do.
package architecture
