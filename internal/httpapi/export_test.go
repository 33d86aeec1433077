package httpapi

// ServeWithin is Serve with a bound of the test's choice.
var ServeWithin = serve
