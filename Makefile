# One command each; everything is done by tools/dev.py, which needs nothing but Python 3.10.
# Overrides: BENCH_DIR, BENCH_USER, FRAPPE_SOURCE, ERPNEXT_SOURCE, FRAPPE_BRANCH (docs/operations.md).

PYTHON ?= python3
DEV := $(PYTHON) tools/dev.py
SITE ?= dev.localhost

.PHONY: demo test serve stop clean sync site benchmark screenshots pictures export lint oracle fuzz doors settings languages help

help:
	@echo "make demo         bench, ERPNext, app, demo data; serves the desk (FRESH=1: demo site anew)"
	@echo "make test         all tests on a real site (PYTEST_ARGS=... are passed to pytest)"
	@echo "make clean        remove all that demo and test made"
	@echo "make stop|serve   end the processes; start the demo's again"
	@echo "make sync|site    bring the bench, or SITE=name.localhost, to this checkout's code"
	@echo "make benchmark|screenshots|pictures|export|lint"
	@echo "make fuzz|doors|settings|languages|oracle   the long forms of tests that make test tries by a sample"

demo:
	@$(DEV) demo

test:
	@$(DEV) test

serve stop clean benchmark screenshots pictures export lint:
	@$(DEV) $@

# Working time against the minute-by-minute oracle, on 10,000 random calendars.
oracle:
	@$(DEV) run -- env AFTERSALES_ORACLE_CASES=10000 python -m pytest -q -p no:cacheprovider ../apps/aftersales/tests/unit/test_working_time.py

# 5,000 inputs to the customers' pages instead of the few hundred of `make test`, and every malformed value in
# every field, argument and filter instead of one each.
fuzz:
	@AFTERSALES_FUZZ=5000 $(DEV) pytest test.localhost -- -q -s -p no:cacheprovider tests/security/test_customer_input.py tests/security/test_malformed_input.py

# Reports against the ledger on every three choices of ERPNext's settings, instead of each choice once.
settings:
	@AFTERSALES_EVERY_SETTING=triples $(DEV) pytest test.localhost -- -v -p no:cacheprovider tests/integration/test_every_setting.py

# Every table, way and user of the tests of rights, instead of one user for each table and way.
doors:
	@AFTERSALES_ALL_DOORS=1 $(DEV) pytest test.localhost -- -q -s -p no:cacheprovider tests/security/test_child_tables.py tests/security/test_rights.py tests/security/test_what_roles_set_off.py tests/security/test_customers_apart.py tests/security/test_customers_apart_by_rest.py

# Every page in every language, wide and on a phone: English of ours on it is named. LANGUAGES="zh" tries one.
LANGUAGES ?= de es zh zh-TW
languages:
	@AFTERSALES_LANGUAGES="$(LANGUAGES)" $(DEV) pytest test.localhost -- -q -s -p no:cacheprovider tests/browser/test_languages.py

sync:
	@$(DEV) bench

site:
	@$(DEV) site $(SITE)
