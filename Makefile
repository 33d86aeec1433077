# `make` or `make help` lists what there is. Every target needs Go alone, except where it says otherwise.

# The race detector slows the embedded SQLite (C translated to Go) down 20 times and more, and building the entities for it
# takes minutes, so it looks at packages where things happen at the same time and that need neither.
RACE_PKGS ?= $(patsubst %,./internal/%/...,apptest/pgtest auth clock httpapi jobs store/reuse)

# Tests wait for PostgreSQL much of the time, so more run at once than there are cores; each may hold ten connections of the 200
# that the server of its package takes.
PARALLEL ?= 6

# golangci-lint is not part of the gate: building it cold takes two and a half minutes of both cores, which with the rest would
# go beyond what a gate may take. What its depguard and clock rules hold, internal/architecture holds inside the gate.
# `make test GATE_LINT=yes` has both.
GATE_LINT ?= no

FUZZ_TIME ?= 20s

LINT = go tool -modfile=internal/tools/go.mod golangci-lint

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help test test-go race vet lint fmt generate generated migration migrations fuzz bench cover run build clean tools

help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: ## the one gate: everything that must hold before a merge (installs PostgreSQL and gcc on Debian as root)
	@MAKE="$(MAKE)" GATE_LINT="$(GATE_LINT)" sh internal/gate/gate.sh

test-go: ## only the tests, on both database engines (needs PostgreSQL)
	@packages=$$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...) && \
		go test -vet=off -parallel $(PARALLEL) $$packages

race: ## only the tests of the concurrent packages under the race detector (needs a C compiler and PostgreSQL)
	go test -vet=off -race $(RACE_PKGS)

vet: ## only go vet
	go vet ./...

lint: ## golangci-lint by .golangci.yml (the first time builds it: minutes)
	$(LINT) run ./...

fmt: ## format all Go code
	gofmt -w $$(find . -name '*.go' -not -path './.git/*')

generate: ## write the generated code again: ent before graph, which is built on it
	go generate ./ent
	go generate $$(go list -e ./... | grep -v '/ent$$')

generated: ## fail if generating changes anything
	@MAKE="$(MAKE)" sh internal/gate/generated.sh

migration: ## write the next migration of both engines: make migration NAME=what_changes (needs PostgreSQL)
	go run ./internal/migrationdiff $(if $(NAME),$(NAME),$(error NAME=what_changes is missing))

migrations: ## fail if the migrations do not add up to the entities, on both engines (needs PostgreSQL)
	go run ./internal/migrationdiff -check

fuzz: ## every fuzz target for FUZZ_TIME (20s) each
	@sh internal/gate/fuzz.sh "$(FUZZ_TIME)"

bench: ## the main paths beside hand-written SQL: table and plot in bench/ (SCALE=10 for ten times the data, GROWTH=10 for both in turns; needs PostgreSQL; minutes)
	go run ./internal/bench -scale $(or $(SCALE),1) -growth $(or $(GROWTH),0)

cover: ## test coverage of the hand-written code, as coverage.html
	go test -coverprofile=coverage.out -coverpkg=./internal/...,./graph ./...
	go tool cover -html=coverage.out -o coverage.html
	@go tool cover -func=coverage.out | tail -n 1

run: ## start the server with the embedded database
	go run .

build: ## build the server into bin/, without cgo
	CGO_ENABLED=0 go build -trimpath -o bin/aftersales .

tools: ## build the tools of internal/tools, so that the first `make lint` is quick
	$(LINT) version

clean: ## remove what the other targets wrote
	rm -rf bin bench coverage.out coverage.html
