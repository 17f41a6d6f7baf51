# Afterbeep's few commands. `make help` lists them.

GO      ?= go
BIN     := bin/afterbeep
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
FUZZ    ?= 1s

# Races are looked for wherever anything runs side by side. To watch each read and
# write of what doesn't would be most of what all tests cost, so without the detector
# run: SQLite, which is C turned into Go with locks of its own; what reads texts, which
# is pure; the tests of cmd, which start the program as a process and whose parts are
# watched in their own packages; and the long tests that read, count or compare.
RACE      := -race -gcflags='modernc.org/...=-race=false' -gcflags='afterbeep/ingest/enrich/...=-race=false'
UNWATCHED := ./cmd/... ./ingest/enrich/...
WATCHED   := $$($(GO) list ./... | grep -v -e /cmd/ -e /ingest/enrich/)
LONG      := TestParaphrase TestParaphrases TestParaphraseOfOwn TestRelevance \
	TestAgreesWithReadingEveryText TestOverlayAgreesWithReadingAll TestFrequentWordsSideBySide \
	TestPagesOfManyWords TestPagesAreTheFullOrder TestBuildsAsZap TestManyDocuments \
	TestAgreesWithDocuments TestWaysToTheFirst TestTenBusyDays TestPassReadsABusyDay \
	TestNoCardReachesTheStore TestSessionsWithBrokenPaging TestRecordingsV1IsStreamed \
	TestBodyExcerptHides TestEveryRowIsFoundWithEverySeed TestLongRecordings TestAverageSizes \
	TestFloods TestAudioFitsItsText TestLongFilesAreLegal TestFilters \
	TestFacetsLeadWhereTheySay TestInsightsNumbersAreTheirSearches
LONG_ONES := '^($(shell echo $(LONG) | tr ' ' '|'))$$'

# The packages that take longest begin first, so that none of them is left to run
# alone at the end. One more runs at once than there are cores: tests of browsers
# and of whole programs wait for much of their time.
LONGEST := ./web ./index ./ingest ./index/engine ./store/sqlite ./store/postgres
AT_ONCE := -p $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) -timeout 30m

# No test may be left out for want of what it runs on.
REAL := REQUIRE_POSTGRES=1 REQUIRE_BROWSER=1

# Of bench: how many voicemails, where lucene.sh is (without it Lucene is left
# out), and other flags of it.
VOICEMAILS ?= 100000
LUCENE     ?=
BENCH      ?=

.DEFAULT_GOAL := help
.PHONY: help build run deps test check fmt tidy lint race unwatched fuzz bench screenshots

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
	$(REAL) $(GO) test ./...

check: deps fmt tidy lint race unwatched fuzz ## The gate: format, vet, staticcheck, import rules, tidy, every test (watched for races where anything runs side by side), short fuzzing

fmt:
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "gofmt these:"; echo "$$out"; exit 1; fi

tidy:
	$(GO) mod tidy -diff

lint:
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

race:
	$(REAL) $(GO) test $(RACE) -skip $(LONG_ONES) $(AT_ONCE) $(LONGEST) $(WATCHED)

unwatched:
	$(REAL) $(GO) test $(AT_ONCE) $(UNWATCHED)
	$(REAL) $(GO) test -run $(LONG_ONES) $(AT_ONCE) $(WATCHED)

fuzz:
	@scripts/fuzz $(FUZZ)

bench: ## Measure Afterbeep beside Lucene (LUCENE=path of lucene.sh), PostgreSQL and SQLite; VOICEMAILS=n
	$(GO) run ./bench -voicemails $(VOICEMAILS) $(if $(LUCENE),-lucene $(LUCENE)) $(BENCH)

screenshots: build ## Take pictures of every page, light, dark and on a phone, into docs/screenshots
	$(GO) run ./cmd/screenshots -binary $(BIN) -out docs/screenshots
