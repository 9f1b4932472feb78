# Two commands do everything on a machine with Python 3.11 or later, make and pip: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
# Hundreds of processes import the sources. With byte code only the first one compiles them.
unexport PYTHONDONTWRITEBYTECODE
# Torch is asked for every answer. The tests begin with an empty cache of their own.
checks: export GRADCONFORM_FRESH_REFERENCE = 1

.PHONY: run test tests checks wheel bench sample pictures clean

run: .venv/installed
	$(BIN)/gradconform run

# The second half runs beside the first, because many tests wait for a time limit and not for a core.
test: .venv/installed .venv-released/installed
	$(MAKE) --jobs 2 tests checks

tests:
	$(BIN)/pytest -n auto --maxprocesses 3 --dist worksteal

# The engines under pytest, on some families. A test runs `make run`, and with it all cases.
checks:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict harness
	$(BIN)/lint-imports
	$(BIN)/pytest -p no:cacheprovider --engine torch --engine numpy --engine scalar \
		--conform-cases 'lecture/*' --conform-cases 'broadcasting/*' --conform-cases 'lifecycle/*' \
		--conform-out reports/tested -q -rfE gradconform

wheel: .venv/installed
	$(BIN)/hatchling build --target wheel --directory dist

# Not part of the tests: timings, as ratios within one run.
bench: .venv/peers
	$(BIN)/pytest harness/benchmarks --benchmark-only

# The pages of reports/sample, which are in git. The student has two mistakes, so that the run fails; then one is mended.
SAMPLED := --cases 'lecture/*' --cases 'kinks/*' --cases 'accumulation/*' --cases 'diamonds/*' --quiet
sample: .venv/installed
	rm -rf reports/made && mkdir reports/made
	$(BIN)/gradconform run numpy scalar reports/sample/student.py $(SAMPLED) --out reports/made/before || [ $$? = 1 ]
	cp reports/made/before/report.html reports/sample/
	sed 's/grad = out/grad += out/' reports/sample/student.py > reports/made/student.py
	$(BIN)/gradconform run numpy scalar reports/made/student.py $(SAMPLED) --out reports/made/after || [ $$? = 1 ]
	$(BIN)/gradconform diff reports/made/before reports/made/after -o reports/sample/diff.html
	$(BIN)/gradconform spec --cases 'kinks/*' -o reports/sample/spec.html
	$(BIN)/gradconform draw lecture/neuron_with_a_division -o reports/sample/neuron.svg
	$(BIN)/gradconform draw diamonds/diamond --engine reports/sample/student.py -o reports/sample/diamond.svg

# What the READMEs show of the sample, taken in Chromium.
pictures: .venv/installed
	$(BIN)/python -m gradconform.harness.tests.report.pictures

# Rebuilt when what it was made from changes. The pip of PYTHON installs a pip that knows groups: an environment
# that is made with a pip of its own takes five seconds more, and that pip is too old. Most of torch is never imported, so that compiling all of it would
# be half of the time. What is imported is compiled here, because a child behind walls may not write it.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv --without-pip .venv
	$(PYTHON) -m pip --python .venv install --quiet --no-compile --constraint constraints.txt 'pip>=25.1'
	$(BIN)/pip install --quiet --no-compile --constraint constraints.txt --editable . --group dev
	$(BIN)/python -c 'import torch, pandas'
	touch $@

.venv/peers: .venv/installed
	$(BIN)/pip install --quiet --constraint constraints.txt --group peers
	touch $@

# Third-party engines as they were released, which a test runs on this interpreter. They need nothing but NumPy.
.venv-released/installed: .venv/installed
	$(PYTHON) -m venv --without-pip .venv-released
	$(BIN)/pip --python .venv-released/bin/python install --quiet --constraint constraints.txt --no-deps --group released
	touch $@

clean:
	rm -rf dist .venv .venv-released .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
