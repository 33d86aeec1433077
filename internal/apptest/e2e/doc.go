// Package e2e proves the product through its API, on both database engines: who sends what, what each then sees, which
// deadline moved. Test names and comments carry the ids of the clauses they prove. Instants are written out by hand, as
// Beijing time where the merchant lives there; nothing here counts days by the product's own code.
package e2e
