# One entry point for people. Everything that a target needs beyond Rust is made under target/.
CARGO ?= cargo
PREFIX ?= /usr/local
DESTDIR ?=
NC := target/release/nc

.PHONY: build demo test check check-dtls bench install docs clean

build: ## the program, optimised
	$(CARGO) build --release --locked

demo: build ## the four calls of a first HTTP lesson, against the practice server
	sh demo/demo.sh $(NC)

test: ## every test: unit, in memory, real processes, real Flask, the real netcats where installed
	$(CARGO) test --workspace --locked

check: ## formatting, lints, tests, and that what is made from the tables is up to date
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	$(CARGO) clippy --no-default-features --all-targets --locked -- -D warnings
	$(CARGO) clippy --features lua --all-targets --locked -- -D warnings
	$(CARGO) run --quiet --locked -p xtask -- docs --check
	$(MAKE) test
	$(CARGO) test --features lua --locked --test lua
	@if pkg-config --atleast-version=3 openssl 2>/dev/null; then $(MAKE) check-dtls; \
	else echo 'skipped: DTLS, for which OpenSSL 3 with its development files and pkg-config are missing'; fi

check-dtls: ## what is behind the feature dtls
	$(CARGO) clippy --features dtls --all-targets --locked -- -D warnings
	$(CARGO) test --features dtls --locked --lib layer::dtls
	$(CARGO) test --features dtls --locked --test dtls

docs: ## manual page and completions, from the option tables
	$(CARGO) run --quiet --locked -p xtask -- docs

bench: build ## beside the real netcats, in turn, as ratios
	bench/run $(NC)

install: build
	install -Dm755 $(NC) $(DESTDIR)$(PREFIX)/bin/nc
	install -Dm644 doc/nc.1 $(DESTDIR)$(PREFIX)/share/man/man1/nc.1
	install -Dm644 completions/nc.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/nc
	install -Dm644 completions/_nc $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_nc
	install -Dm644 completions/nc.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/nc.fish

clean:
	$(CARGO) clean
