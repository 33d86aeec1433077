// Package program tests the program as operators run it: the built binary, started with arguments and environment, told to
// stop or killed, on both database engines. It knows the product only from outside: command line, log, HTTP, exit status
// and, to see that nothing is half done, the rows that a dead process left behind.
package program
