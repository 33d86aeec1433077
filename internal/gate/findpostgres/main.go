// Command findpostgres says which PostgreSQL the tests will use, by the same search that they make, and exits 1 with one line
// naming what to install when there is none.
package main

import (
	"fmt"
	"os"

	"aftersales/internal/apptest/pgtest"
)

func main() {
	if os.Getenv("AFTERSALES_TEST_POSTGRES_URL") != "" {
		fmt.Println("the server that AFTERSALES_TEST_POSTGRES_URL names") // not the URL: it may hold a password
		return
	}
	dir, err := pgtest.Find()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(dir)
}
