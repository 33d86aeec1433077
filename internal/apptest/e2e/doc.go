// Package e2e proves the product through its API, on both database engines: who sends what, what each then sees, which
// deadline moved. Test names and comments carry the ids of the clauses they prove.
package e2e
