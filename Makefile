# Everything that runs here runs on the Node that `make setup` installed, without a build step; without Docker, but for the
# targets image and test-containers.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# A prefix for recipes, not an export: npm must run on the system's Node, because `npm ci` deletes this one.
# With exec, because a shell in between would die of the Ctrl-C that node takes as the wish to end in order.
# kafkajs computes a negative delay in its request queue, of which current Node warns once a process.
USE_NODE := exec env PATH="$(CURDIR)/node_modules/.bin:$$PATH" NODE_OPTIONS=--disable-warning=TimeoutNegativeWarning

# make demo ONCE=1 EVENTS=1000000 RATE=50
ONCE ?=
EVENTS ?= 200000
DAYS ?= 80
RATE ?= 5

# make simulate SEEDS=10000
SEEDS ?= 1000
FROM ?= 1

# make handover ROUNDS=5
ROUNDS ?= 3

# make bench ROWS=encode,whole-path RUNS=5; make bench PROFILE=1
ROWS ?=
RUNS ?= 5
PROFILE ?=
BIG ?=
BENCH_EVENTS ?= 1000000
BENCH_LIMITED_EVENTS ?= 2000000

# make examples EXAMPLES=flink-sql
ALL_EXAMPLES := kafka-streams flink-sql
EXAMPLES ?= $(ALL_EXAMPLES)
ifneq ($(filter-out $(ALL_EXAMPLES),$(EXAMPLES)),)
$(error EXAMPLES: there is no $(filter-out $(ALL_EXAMPLES),$(EXAMPLES)); choose from: $(ALL_EXAMPLES))
endif

.PHONY: help setup preconditions demo examples test test-unit test-containers image simulate soak handover bench check audit docs screenshot stack clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

setup: node_modules/.complete .cache/kafka/.complete .cache/registry/.complete .cache/prometheus/.complete ## install all that is needed into ignored folders (once)

node_modules/.complete: package-lock.json .npmrc | preconditions
	@dev/setup.sh npm

.cache/kafka/.complete: dev/kafka/pom.xml | preconditions
	@dev/setup.sh kafka

.cache/registry/.complete: dev/registry/pom.xml | preconditions
	@dev/setup.sh registry

.cache/prometheus/.complete: dev/prometheus/version | preconditions
	@dev/setup.sh prometheus

.cache/kafka-streams/.complete: examples/kafka-streams/pom.xml | preconditions
	@dev/setup.sh kafka-streams

.cache/flink-sql/.complete: examples/flink-sql/pom.xml | preconditions
	@dev/setup.sh flink-sql

preconditions:
	@dev/setup.sh preconditions

demo: setup ## see it work: Kafka, registry, simulated Asana, connector, Prometheus, live view; Ctrl-C verifies (ONCE=1: unattended)
	@$(USE_NODE) node dev/demo.ts --events $(EVENTS) --days $(DAYS) --rate $(RATE) $(if $(ONCE),--once)

examples: setup $(EXAMPLES:%=.cache/%/.complete) ## run the examples over a topic and check what they say (EXAMPLES=flink-sql: one)
	@$(USE_NODE) node dev/examples.ts $(EXAMPLES)

test: setup check ## everything: types, lint, unit and integration tests on a real Kafka and registry
	@$(USE_NODE) vitest run

test-unit: setup ## the unit tests alone (no services)
	@$(USE_NODE) vitest run --project simulation --project unit

image: ## build the Docker image asana-audit-kafka, with this commit in its labels
	docker build --tag asana-audit-kafka --build-arg REVISION="$$(git rev-parse HEAD)" .

test-containers: setup ## the image, the compose file and the integration tests on a Docker engine (skipped where there is none)
	@if docker info >/dev/null 2>&1; then $(USE_NODE) vitest run --config test/containers/vitest.config.ts --root .; \
	elif [ -n "$$REQUIRE_ENGINE" ]; then echo "test-containers: docker info does not answer, and REQUIRE_ENGINE is set" >&2; exit 1; \
	else echo "test-containers: skipped, there is no Docker engine here (docker info does not answer)"; fi

simulate: setup ## the stream on virtual time under seeded faults (SEEDS=1000, FROM=1)
	@$(USE_NODE) node test/simulation/run.ts --seeds $(SEEDS) --from $(FROM) --processes 2

soak: setup ## the long fault lanes on real Kafka (about half an hour); writes docs/soak.md
	@$(USE_NODE) node test/soak/run.ts

handover: setup ## how long hand-overs between replicas take (ROUNDS=3; ten minutes); writes the table of docs/handover.md
	@$(USE_NODE) node test/handover/run.ts --rounds $(ROUNDS)

bench: setup ## measure (ROWS=encode,whole-path RUNS=5; BIG=1: ten million events; PROFILE=1: where the time goes)
	@$(USE_NODE) node bench/run.ts --rows '$(ROWS)' --runs $(RUNS) --events $(BENCH_EVENTS) \
	  --limited-events $(BENCH_LIMITED_EVENTS) $(if $(BIG),--big) $(if $(PROFILE),--profile)

check: setup ## types and lint
	@$(USE_NODE) tsc --noEmit
	@$(USE_NODE) biome check --error-on-warnings .

# Needs the network, and a registry that knows advisories: so no test waits for it.
audit: ## ask npm whether a package at run time has a known vulnerability (fails without an answer, too)
	@npm audit --omit=dev

docs: setup ## write the generated pages of docs/
	@$(USE_NODE) node dev/generate-docs.ts

screenshot: setup ## run it, and keep a picture of the status page as docs/images/status-page.png (some minutes)
	@$(USE_NODE) node dev/screenshot.ts

stack: setup ## Kafka and the schema registry in the foreground, until Ctrl-C
	@$(USE_NODE) node dev/stack.ts

clean: ## remove everything that setup installed
	rm -rf .cache node_modules
