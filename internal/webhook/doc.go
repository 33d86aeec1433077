// Package webhook lets a merchant's own payment service pay refunds (design decision 8): refunds that are due to be told are
// sent to the merchant's URL, signed, at least once and never within a transaction; the service calls back, signed with the
// same secret, when the money was credited or could not be.
//
// It never follows redirects and, unless a setting says otherwise, speaks to public addresses over https only, because
// merchants choose the URL and the server may stand inside a network of its own.
package webhook
