// Command graphgen generates the executable schema: gqlgen's own part, and beside it the plain writer (package graph/plain),
// made from the bindings gqlgen found. Run it as `go generate ./graph`.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
)

func main() {
	plain := flag.Bool("plain", true, "whether to write the plain writer")
	flag.Parse()
	if err := generate(*plain); err != nil {
		fmt.Fprintln(os.Stderr, "graphgen:", err)
		os.Exit(1)
	}
}

func generate(plain bool) error {
	cfg, err := config.LoadConfigFromDefaultLocations() // and goes to its directory
	if err != nil {
		return err
	}
	if !plain {
		return api.Generate(cfg)
	}
	file := filepath.Join(filepath.Dir(cfg.Exec.Filename), "plain.go")
	// What an older schema made may not compile beside the new one.
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return api.Generate(cfg, api.AddPlugin(writer{file}))
}
