# make run   sets everything up and runs the kiosk on the sandbox
# make test  sets everything up and passes the tests
# make build, make bench, make simulate, make docs, make setup: their parts
# make windows, make test-windows, make test-wine32: what Windows machines get

GO       ?= go
# The Go release that go.mod names: earlier ones have holes that are known.
export GOTOOLCHAIN := $(shell sed -n 's/^toolchain //p' go.mod)
# Linux kiosks use X11: GLFW's Wayland side has no touch.
TAGS     := x11
GOFLAGS_ := -tags $(TAGS)
SHOTS    ?= shots
# days that make simulate plays
SEEDS    ?= 10000
# how often make windowkills kills
KILLS    ?= 1000

.PHONY: all run test build setup bench simulate windows windowkills test-windows test-wine32 test-callers64 library-kills flip fuzz-library docs vet e2e mutants vulnerabilities clean

all: build

setup:
	@.ci/setup

# The window library is C, of which a compiler says nothing for minutes.
build: setup
	@echo "building bin/onetrans: the first time this takes some minutes, without a word"
	$(GO) build $(GOFLAGS_) -trimpath -o bin/onetrans ./app
	.ci/library linux
	.ci/vendor linux

run: setup
	@.ci/pcscd --can >/dev/null
	@$(MAKE) --no-print-directory build
	@.ci/kiosk $(SHOTS)

vet: setup
	@.ci/format
	@echo "vetting all packages: the first time this takes some minutes, without a word"
	$(GO) vet $(GOFLAGS_) ./...

test: vet
	@echo "testing, with the race detector: the first time it compiles for some minutes, without a word"
	$(GO) test $(GOFLAGS_) -race ./...

e2e: build
	.ci/e2e

# dist/windows: program, library, zip, for 64 and 32 bits. The first time it compiles
# for twenty minutes, without a word.
windows:
	.ci/windows

# the Windows program under Wine: streams, log, pages, calls
test-windows: build
	.ci/windows amd64
	.ci/test-windows

# The same 32-bit library, program and HIS as old machines have, under a 32-bit Wine that
# it prepares.
test-wine32:
	.ci/windows 386
	.ci/wine32 .ci/play windows32
	.ci/wine32 xvfb-run -a $(GO) test $(GOFLAGS_) -count=1 -timeout 10m ./app/library -place windows32
	.ci/wine32 .ci/test-vendor windows32

# each caller with each trans_type and fault under 64-bit Wine, which takes test-windows too long
test-callers64: build
	.ci/windows amd64
	where=$$(.ci/wine) && eval "$$where" && WINE=wine .ci/play windows64 -run TestEachCaller

# kills agents and hosts at KILLS moments of HIS's business through the library, then once
# more on another vendor's library, with the helpers that have it
library-kills: build
	.ci/callers -run TestKilledThroughTheLibrary -librarykills $(KILLS) -timeout 0 -parallel 10

# kills the process that draws, at KILLS moments of people's and HIS's business
windowkills: build
	.ci/e2e -run TestTheWindowIsKilled -timeout 0 -v -windowkills $(KILLS)

# SEED=n replays one day, with everything that happens in it.
simulate:
	$(GO) test ./app/checks/simulate -run TestDaysOfTrouble -count=1 -timeout 0 -v -seeds $(SEEDS) $(if $(SEED),-seed $(SEED))

# turns bits in ten thousand journals: none ends a process, takes all memory, or
# is called whole when it is not
flip:
	$(GO) test ./store -run TestNoTurnedBit -count=1 -timeout 0 -v -flips 10000

# gives the library's own reading ten million texts that were made by accident
fuzz-library:
	$(GO) test ./app/library -run TestWhateverIsRead -count=1 -timeout 0 -v -accidents 10000000 -seed $$(date +%s%N)

bench: build
	.ci/bench

# Small changes to the code, each of which a test must notice: about two hours.
mutants:
	.ci/mutants

# What is known of the modules and the release that are used; asks vuln.go.dev.
vulnerabilities:
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 $(GOFLAGS_) ./...

docs:
	$(GO) run $(GOFLAGS_) ./app/checks/docs
	$(GO) run $(GOFLAGS_) ./app/checks/licences

clean:
	rm -rf bin dist shots
