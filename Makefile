# One place for every command; `make` alone explains them. The work is done by the packages `launcher` and `tests`.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv/bin
LAUNCH := "$(PYTHON)" -m launcher
NAME ?= all
.DEFAULT_GOAL := help
.PHONY: help up down status logs restart reset mails doctor shell setup lint format test test-faults test-previous test-s3 alert-proof e2e bench lock env-example clean \
	pictures images images-check sbom compose-up compose-down chart cluster-test rollout-proof

##@ Run it
up: ## start everything, ready in seconds (MODE=servers: on PostgreSQL, RabbitMQ and Redis; OBSERVE=1: with Prometheus, StatsD, Graphite)
	@$(LAUNCH) up

down: ## stop everything
	@$(LAUNCH) down

status: ## show every process, its age and memory
	@$(LAUNCH) status

logs: ## follow the logs (S=blog: a service, S=blog-web: a process, LEVEL=warning: from there on); ID=: all of a request
	@$(LAUNCH) logs $(if $(S),"S=$(S)") $(if $(ID),"ID=$(ID)") $(if $(LEVEL),"LEVEL=$(LEVEL)")

restart: ## restart all services (S=blog: one, S=blog-web: a process); changed settings need `make up`
	@$(LAUNCH) restart $(S)

reset: ## stop everything and delete its data
	@$(LAUNCH) reset

mails: ## list the mails that wait in VAR_DIR/mail where no mail server is set, and their links
	@$(VENV)/broadsheet auth mails

doctor: ## check what `make up` needs
	@$(LAUNCH) doctor

shell: ## open a Python shell of a service (S=auth|blog|media|gateway)
	@$(LAUNCH) shell $(S)

##@ Change it
setup: ## install what development needs into .venv
	@$(LAUNCH) setup

lint: setup ## ruff, mypy --strict, the import contracts and the registries
	@$(VENV)/python -m tests.suites checks

format: setup ## let ruff rewrite what it can
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .

lock: setup ## renew the hashed locks (UPGRADE=1: move to the newest versions)
	@$(LAUNCH) lock

env-example: setup ## write .env.example from the services' settings
	@$(LAUNCH) env-example

##@ Prove it
test: setup ## lint, types and every suite, on servers started for it
	@$(VENV)/python -m tests.suites

test-faults: setup ## the full matrix of crashes and cuts, the long run, and a million random requests
	$(VENV)/pytest tests/faults/events -m "long or not long" --numprocesses=2 --dist=loadfile
	RANDOM_REQUESTS=1000000 $(VENV)/pytest tests/gateway_attacks/test_random_requests.py

test-previous: setup ## the last release's code on the schema of today (PREVIOUS=: another version)
	@$(VENV)/python -m tests.schema.previous

test-s3: setup ## media's store on a real S3 server, versitygw, which Go builds first in minutes
	mkdir -p var && cd tests/versitygw && go build -o ../../var/versitygw github.com/versity/versitygw/cmd/versitygw
	TEST_VERSITYGW="$(CURDIR)/var/versitygw" $(VENV)/pytest services/media/tests/test_store.py services/media/tests/test_tus_in_a_bucket.py

alert-proof: setup ## break a platform, see each alert fire and resolve by its runbook (ALERT=RelayAbsent: those of one fault)
	@$(VENV)/python -m tests.alerts

e2e: setup ## the story through the gateway, in both modes (BASE_URL=: of a platform that runs)
	$(VENV)/pytest tests/e2e

bench: setup ## measure (NAME=platform: one of benchmarks/, QUICK=1: in a minute)
	@$(VENV)/python -m benchmarks $(NAME)

pictures: setup ## take the README's pictures of page and studio anew (BASE_URL=: of a platform that runs)
	@$(VENV)/python -m tests.documents.pictures

##@ Deliver it
images: ## build the four images (VERSION=dev, REGISTRY=)
	@PYTHONPATH=. "$(PYTHON)" docker/images.py build

images-check: ## build them twice without cache and compare the layers (S=auth: one of them)
	@PYTHONPATH=. "$(PYTHON)" docker/images.py check $(S)

sbom: ## list what is in the images, as CycloneDX in var/sbom
	@PYTHONPATH=. "$(PYTHON)" docker/images.py sbom

compose-up: ## run the images on Docker behind a TLS edge (PROFILES=core,observability; PICTURES=files; ADMINS=local)
	@PYTHONPATH=. "$(PYTHON)" docker/compose.py up

compose-down: ## remove that platform with its data
	@PYTHONPATH=. "$(PYTHON)" docker/compose.py down

chart: setup ## write what the Helm chart derives: schema, README table, golden renders
	@$(VENV)/python -m charts.generate

cluster-test: setup ## install on the cluster of KUBECONFIG and prove it (LOAD_IMAGES=, CLUSTER_RUN=)
	@$(VENV)/python -m tests.cluster.install

rollout-proof: setup ## what roll-outs and lost pods cost under load there (RATE=30, ROWS=)
	@$(VENV)/python -m tests.cluster.rollouts

##@ Tidy
clean: ## delete .venv and the tools' caches; data stays (make reset deletes that)
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
