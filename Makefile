# The few commands that everybody needs. `make` alone lists them.

MOTCUA := $(or $(CARGO_TARGET_DIR),target)/debug/motcua

.DEFAULT_GOAL := help
.PHONY: help run test check deny snapshots prepare clean-data

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## Install what is missing, build, and serve on http://127.0.0.1:8080 until Ctrl-C (DATABASE_URL: another server)
	@scripts/prepare $(if $(DATABASE_URL),--no-server)
	@. scripts/environment && cargo build --locked --bin motcua && exec $(MOTCUA) up $(ARGS)

test: ## Run all tests (ARGS=name picks some; MOTCUA_TEST_DATABASE_URL: another server)
	@scripts/prepare $(if $(MOTCUA_TEST_DATABASE_URL),--no-server)
	@scripts/test $(ARGS)

check: ## Format and lints, as CI sees them
	@scripts/prepare --no-server
	cargo fmt --check
	@. scripts/environment && cargo clippy --locked --all-targets -- -D warnings

deny: ## Licences, bans and sources of the dependencies
	@scripts/deny

snapshots: ## Run the tests and take what they print as the new snapshots (ARGS=name picks some)
	@scripts/prepare $(if $(MOTCUA_TEST_DATABASE_URL),--no-server)
	@INSTA_UPDATE=always scripts/test $(ARGS)

prepare: ## Install what is missing, and nothing else
	@scripts/prepare

clean-data: ## Delete the private databases and the stored files of this checkout
	rm -rf var/postgres var/test-postgres var/files
