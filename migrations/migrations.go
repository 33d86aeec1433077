// Package migrations embeds the versioned SQL of both engines. Files are written by `make migration NAME=...`, reviewed,
// and applied by the server at start.
package migrations

import "embed"

// Postgres and SQLite hold the migrations of each engine under their folder names.
var (
	//go:embed postgres/*.sql
	Postgres embed.FS
	//go:embed sqlite/*.sql
	SQLite embed.FS
)
