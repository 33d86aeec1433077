// Command aftersales serves the after-sales backend. `go run .` alone serves a demo on embedded SQLite; see README.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"aftersales/internal/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
