// Package contract holds the product to what it promised its clients and to what nobody may ever do: the schema against
// the agreed contract, who may use which root field, one merchant against another, personal data, tokens, hostile
// queries, the number of statements a read costs, and lists that neither skip nor repeat.
//
// It looks at the product from outside, through HTTP with real tokens, and at the rows behind it only to see that a
// refusal wrote nothing. It must not know use cases; what a return does is proved in package e2e.
//
// Files in testdata, and the diagrams in internal/docs/diagrams, are golden: go test ./internal/apptest/contract -update
// writes them anew, and the difference is to be reviewed.
package contract
