# Mijn Burgerprofiel.  `make` alone lists what there is.
# PYTHON=/path/to/python3.13 chooses the Python; PORT, SANDBOX_PORT, SANDBOX_TLS_PORT and SANDBOX_SMTP_PORT move `make run`,
# WORKERS=2 lets it serve pages in two processes.

.DEFAULT_GOAL := help
.PHONY: help run looks font test check agency check-agencies audit security fuzz bench lines lock format messages clean packages-run packages-dev

PY := .venv/bin/python
COMPILE = "$$(deploy/local/bootstrap.sh uv)" pip compile --quiet --universal --python-version 3.13 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate $(if $(UPGRADE),--upgrade)

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' Makefile

run: packages-run  ## start the portal with its database and the model town; Ctrl-C stops
	@exec $(PY) -m deploy.local.run

test: packages-dev  ## run all tests (T="path or options" for some)
	@deploy/local/test-tools.sh
	@exec $(PY) -m pytest $(if $(T),$(T),-n 3)

check: packages-dev  ## formatting, lint, types and walls
	$(PY) -m ruff format --check
	$(PY) -m ruff check
	$(PY) -m mypy
	.venv/bin/lint-imports

looks: packages-dev  ## show how each component of a page looks, at http://127.0.0.1:8090/ui/ (LOOKS_PORT)
	@exec $(PY) -m tests.looks

font: packages-dev  ## make the font files of the pages from the package that package-lock.json pins
	@deploy/local/test-tools.sh
	@exec $(PY) -m deploy.local.font

agency: packages-run  ## make the folder of a new body (NAME=x, TRANSPORT=rest or magda, IN=folder)
	@exec $(PY) manage.py agency --transport "$${TRANSPORT:-rest}" --in "$${IN:-}" -- "$${NAME:?say which: make agency NAME=x}"

check-agencies: packages-run  ## what each body has and lacks, and how long its sources take (A="names or options")
	@exec $(PY) -m deploy.local.beside_town check_agencies $(A)

audit: packages-dev  ## audit the dependencies
	$(PY) -m deploy.local.audit

security: audit  ## audit the dependencies, then the security tests
	@deploy/local/test-tools.sh
	$(PY) -m pytest -m security

fuzz: packages-dev  ## damage answers for ten minutes (S=seconds) and see that every parser stays total; then try the tests' own rules on other examples
	@$(PY) -m tests.fuzz $(S)
	@exec $(PY) -m pytest -n 3 -m hypothesis --hypothesis-profile others

bench: packages-dev  ## measure against the targets (B=name for one; BEFORE=folder of another checkout to compare with)
	@exec $(PY) -m benchmarks $(B)

lines: packages-dev  ## how many lines of test there are for each line of code
	@exec $(PY) -m tests.lines

lock:  ## renew the lock files after a change in pyproject.toml or package.json (UPGRADE=1 takes newer versions)
	$(COMPILE) pyproject.toml -o requirements/portal.txt
	$(COMPILE) pyproject.toml --group local -c requirements/portal.txt -o requirements/local.txt
	$(COMPILE) pyproject.toml --group local --group dev -c requirements/local.txt -o requirements/dev.txt
	echo uv | $(COMPILE) - -o requirements/uv.txt
	npm install --package-lock-only --ignore-scripts

format: packages-dev  ## put the code in the house style
	$(PY) -m ruff format
	$(PY) -m ruff check --fix

messages: packages-dev  ## gather the Dutch texts for translation (NEW=de begins a language)
	printf '[python: **.py]\n[jinja2: **/templates/**]\nencoding = utf-8\n' | \
		.venv/bin/pybabel -q extract -F /dev/stdin -k gettext_noop --no-location --omit-header -o portal/locale/django.pot portal
	$(if $(NEW),.venv/bin/pybabel -q init -D django -i portal/locale/django.pot -d portal/locale -l $(NEW))
	.venv/bin/pybabel -q update -D django -i portal/locale/django.pot -d portal/locale \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 118

clean:  ## remove what can be made again; the local database and its keys in .local stay
	rm -rf .venv .tool node_modules .local/static .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

packages-run:
	@deploy/local/bootstrap.sh run

packages-dev:
	@deploy/local/bootstrap.sh dev
