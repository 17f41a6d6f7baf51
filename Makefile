# Afterbeep's few commands. `make help` lists them.

GO      ?= go
BIN     := bin/afterbeep
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
FUZZ    ?= 1s

# Races are looked for everywhere but inside SQLite, which is C turned into Go with
# locks of its own, and inside what is read out of texts, which is pure: words in,
# findings out. To watch each of their reads and writes is most of what all tests
# would cost.
RACE    := -race -gcflags='modernc.org/...=-race=false' -gcflags='afterbeep/ingest/enrich/...=-race=false'

# The packages that take longest begin first, so that none of them is left to run
# alone at the end. One more runs at once than there are cores: tests of browsers
# and of whole programs wait for much of their time.
LONGEST := ./web ./cmd/afterbeep ./index ./ingest ./index/engine ./store/sqlite ./ingest/enrich/cards ./store/postgres
AT_ONCE := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# Of bench: how many voicemails, where lucene.sh is (without it Lucene is left
# out), and other flags of it.
VOICEMAILS ?= 100000
LUCENE     ?=
BENCH      ?=

.DEFAULT_GOAL := help
.PHONY: help build run deps test check fmt tidy lint race fuzz bench screenshots

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build bin/afterbeep
	@mkdir -p bin
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-X main.version=$(VERSION)" -o $(BIN) ./cmd/afterbeep

run: build ## Serve: the upstream of AFTERBEEP_KORE_BASE_URL, or the demo where it is not set
	@if [ -n "$${AFTERBEEP_KORE_BASE_URL:-}$${AFTERBEEP_KORE_BASE_URL_FILE:-}" ]; then \
		exec ./$(BIN) serve; else exec ./$(BIN) demo; fi

deps: ## Install what the tests need and this machine lacks
	@scripts/deps

test: deps ## Run every test, on real PostgreSQL, SQLite and a real browser
	REQUIRE_POSTGRES=1 REQUIRE_BROWSER=1 $(GO) test ./...

check: deps fmt tidy lint race fuzz ## The gate: format, vet, staticcheck, import rules, tidy, race tests, short fuzzing

fmt:
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "gofmt these:"; echo "$$out"; exit 1; fi

tidy:
	$(GO) mod tidy -diff

lint:
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

race:
	REQUIRE_POSTGRES=1 REQUIRE_BROWSER=1 $(GO) test $(RACE) -p $(AT_ONCE) -timeout 45m $(LONGEST) ./...

fuzz:
	@scripts/fuzz $(FUZZ)

bench: ## Measure Afterbeep beside Lucene (LUCENE=path of lucene.sh), PostgreSQL and SQLite; VOICEMAILS=n
	$(GO) run ./bench -voicemails $(VOICEMAILS) $(if $(LUCENE),-lucene $(LUCENE)) $(BENCH)

screenshots: build ## Take pictures of every page, light, dark and on a phone, into docs/screenshots
	$(GO) run ./cmd/screenshots -binary $(BIN) -out docs/screenshots
