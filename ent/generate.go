package ent

//go:generate go tool ent generate --feature intercept,sql/modifier,sql/execquery,sql/lock,sql/versioned-migration ./schema
