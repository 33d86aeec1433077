// Package everyday proves by example: a table of situations that a shop meets every day, each played through the API on both
// engines by the people it concerns, with what each then sees, which deadline moved, and the money to the cent against
// figures computed by hand in the comments.
package everyday
