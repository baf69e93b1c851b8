# entra-testbench: one Makefile for everything. `make help` lists the commands.
#   V=rel|asan|tsan|cov   the variant; everything that is built lands in build/$(V)
#   BUILD=DIR             another place for it
#   Q=                    shows each command in full
.DEFAULT_GOAL := all
V ?= rel
BUILD ?= build/$(V)
O := $(BUILD)/obj
PREFIX ?= /usr/local
T ?= 60
Q ?= @
VERSION := 0.1.0

# ---- packages: `make NAME` alone works on a bare machine, so the tools come before pkg-config is asked ----------
SETUP := $(if $(filter clean help dist,$(MAKECMDGOALS)),,$(shell scripts/setup.sh build >&2 || echo failed))
$(if $(SETUP),$(error scripts/setup.sh build failed))
LIBS := libmicrohttpd openssl jansson libcurl gnutls

# ---- flags ---------------------------------------------------------------------------------------------------------
CC := gcc
WARN := -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
        -Wformat=2 -Wundef -Wcast-qual -Werror
HARD := -fvisibility=hidden -fstack-protector-strong -fPIC
CPPFLAGS := -I. -Ivalidator/include -I$(BUILD)/gen -D_GNU_SOURCE -DETB_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(LIBS))
CFLAGS_rel  := -O2 -g -D_FORTIFY_SOURCE=2
CFLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_tsan := -O1 -g -fsanitize=thread -fno-omit-frame-pointer
CFLAGS_cov  := -O0 -g --coverage
CFLAGS := $(WARN) $(HARD) $(CFLAGS_$(V)) -pthread
LDFLAGS := -pie -Wl,-z,relro,-z,now -pthread $(filter -fsanitize% --coverage,$(CFLAGS_$(V)))
LDLIBS := $(shell pkg-config --libs $(LIBS)) -lm
CHECK_LIBS := $(shell pkg-config --libs check 2>/dev/null)

# ---- sources: a folder is the list ---------------------------------------------------------------------------------
BTV_SRC  := $(wildcard validator/jose/*.c validator/policy/*.c validator/keys/*.c validator/core/*.c)
APID_SRC := $(wildcard validator/apid/*.c)
BTVC_SRC := $(wildcard validator/cli/*.c)
MINT_SRC := $(wildcard mockidp/mint/*.c mockidp/platform/*.c)
IDP_SRC  := $(filter-out mockidp/main.c,$(wildcard mockidp/*.c mockidp/config/*.c mockidp/http/*.c mockidp/endpoints/*.c \
            mockidp/grants/*.c mockidp/keyring/*.c mockidp/state/*.c mockidp/errors/*.c mockidp/faults/*.c \
            mockidp/admin/*.c mockidp/pages/*.c mockidp/claims/*.c)) $(MINT_SRC)
CF_SRC   := $(filter-out conformance/main.c,$(wildcard conformance/*.c conformance/adapters/*.c conformance/world/*.c \
            conformance/report/*.c conformance/provider/*.c))
LOAD_SRC := $(filter-out conformance/load/main.c,$(wildcard conformance/load/*.c))
GEN_SRC  := $(BUILD)/gen/embedded.c
EMBED    := fixtures/idp/demo.json fixtures/issuers/demo.json $(wildcard fixtures/keys/*.pem fixtures/keys/*.key fixtures/keys/*.crt mockidp/pages/*.html mockidp/pages/*.css) conformance/report/report.css

comma := ,
obj = $(patsubst %.c,$(O)/%.o,$(1))
BTV_OBJ  := $(call obj,$(BTV_SRC))
IDP_OBJ  := $(call obj,$(IDP_SRC)) $(O)/gen/embedded.o
# this one defines malloc: a library would bring it into every program
STARVE   := $(O)/conformance/starve.o
CF_OBJ   := $(filter-out $(STARVE),$(call obj,$(CF_SRC)))
LOAD_OBJ := $(call obj,$(LOAD_SRC))

PROGRAMS := $(addprefix $(BUILD)/,mockidp apid btv conform loadgen)
TEST_SRC := $(wildcard conformance/tests/check_*.c validator/tests/check_*.c mockidp/tests/check_*.c) # the slowest first
# those of mockidp stand beside: $(BUILD)/mockidp is the program
TESTS    := $(patsubst $(BUILD)/mockidp/tests/%,$(BUILD)/tests/mockidp/%,$(patsubst %.c,$(BUILD)/%,$(TEST_SRC)))
SUPPORT  := $(call obj,$(wildcard validator/tests/support/*.c mockidp/tests/support/*.c conformance/tests/support/*.c))
FUZZ_SRC := $(wildcard validator/tests/fuzz/fuzz_*.c mockidp/tests/fuzz/fuzz_*.c conformance/tests/fuzz/fuzz_*.c)

.PHONY: all help
all: $(PROGRAMS) $(BUILD)/libbtv.a $(BUILD)/libbtv.so $(BUILD)/examples/embed

help:
	@echo 'make            build everything into build/rel'
	@echo 'make conform    the suite against the validator core, against apid over HTTP, and against the mock'
	@echo 'make test       every test; ends with `N passed, N failed`'
	@echo 'make run        a mock Entra and a protected API, with curl lines to paste'
	@echo 'make bench      ratios measured side by side'
	@echo 'make soak       100 000 requests and a day by the clock: what stays in memory'
	@echo 'make lint asan tsan valgrind cov fuzz interop matrix unit check-lint clean install uninstall'

# ---- objects and archives ------------------------------------------------------------------------------------------
$(O)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC $<'
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$(GEN_SRC): scripts/embed.sh $(EMBED)
	@mkdir -p $(@D)
	scripts/embed.sh $(EMBED) > $@.tmp && mv $@.tmp $@

$(O)/gen/embedded.o: $(GEN_SRC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(BUILD)/libbtv.a: $(BTV_OBJ)
$(BUILD)/libidp.a: $(IDP_OBJ)
$(BUILD)/libcf.a: $(CF_OBJ)
$(BUILD)/libload.a: $(LOAD_OBJ)
$(BUILD)/libsupport.a: $(SUPPORT)
$(BUILD)/%.a:
	@mkdir -p $(@D)
	@echo '  AR $@'
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/libbtv.so: $(BTV_OBJ)
	@echo '  LD $@'
	$(Q)$(CC) -shared -Wl,-soname,libbtv.so.0 $(LDFLAGS:-pie=) $^ -o $@ $(LDLIBS)

LINK = @echo '  LD $@'; $(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS)

$(BUILD)/mockidp: $(O)/mockidp/main.o $(BUILD)/libidp.a $(BUILD)/libbtv.a
	$(LINK)
$(BUILD)/apid: $(call obj,$(APID_SRC)) $(BUILD)/libbtv.a
	$(LINK)
$(BUILD)/btv: $(call obj,$(BTVC_SRC)) $(BUILD)/libbtv.a
	$(LINK)
$(BUILD)/examples/embed: $(O)/validator/examples/embed.o $(BUILD)/libbtv.a
	@mkdir -p $(@D)
	$(LINK)
$(BUILD)/conform: $(O)/conformance/main.o $(STARVE) $(BUILD)/libcf.a $(BUILD)/libidp.a $(BUILD)/libbtv.a
	$(LINK)
$(BUILD)/loadgen: $(O)/conformance/load/main.o $(BUILD)/libload.a $(BUILD)/libcf.a $(BUILD)/libidp.a $(BUILD)/libbtv.a
	$(LINK)

# ---- tests: one program a module -----------------------------------------------------------------------------------
.SECONDARY: $(call obj,$(TEST_SRC)) # kept, or each run would compile them anew
$(BUILD)/validator/tests/%: $(O)/validator/tests/%.o $(BUILD)/libsupport.a $(BUILD)/libbtv.a
	@mkdir -p $(@D)
	$(LINK) $(CHECK_LIBS)
$(BUILD)/tests/mockidp/%: $(O)/mockidp/tests/%.o $(BUILD)/libsupport.a $(BUILD)/libidp.a $(BUILD)/libbtv.a
	@mkdir -p $(@D)
	$(LINK) $(CHECK_LIBS)
$(BUILD)/conformance/tests/%: $(O)/conformance/tests/%.o $(STARVE) $(BUILD)/libsupport.a $(BUILD)/libload.a $(BUILD)/libcf.a \
                              $(BUILD)/libidp.a $(BUILD)/libbtv.a
	@mkdir -p $(@D)
	$(LINK) $(CHECK_LIBS)

# every allocation of what it links can fail in this one
$(BUILD)/validator/tests/check_memory: LDFLAGS += $(addprefix -Wl$(comma)--wrap=,malloc calloc realloc strdup strndup \
    asprintf vasprintf __asprintf_chk __vasprintf_chk free)
# some tests run the programs
$(addprefix $(BUILD)/validator/tests/,check_apid check_apid_start check_apid_server check_apid_routes): | $(BUILD)/apid
$(BUILD)/validator/tests/check_btv: | $(BUILD)/btv
$(BUILD)/validator/tests/check_embed: | $(BUILD)/examples/embed $(BUILD)/mockidp
$(BUILD)/tests/mockidp/check_mockidp: | $(BUILD)/mockidp
$(BUILD)/conformance/tests/check_commands: | $(BUILD)/conform $(BUILD)/loadgen

.PHONY: tests unit conform test run bench soak asan tsan cov fuzz lint interop matrix clean setup-test setup-lint setup-interop setup-matrix setup-bench
setup-test setup-lint setup-interop setup-matrix setup-bench: setup-%:
	@scripts/setup.sh $*

tests: $(TESTS)
unit: $(TESTS)
	scripts/unit.sh $(BUILD) $(TESTS)

conform: all
	@status=0; scripts/conform-idp.sh $(BUILD) || status=$$?; scripts/conform.sh $(BUILD) || status=$$?; exit $$status
test: setup-test all tests
	scripts/test.sh $(BUILD) $(TESTS)
run: setup-test all
	scripts/demo.sh --serve $(BUILD)
bench: setup-test setup-bench all
	scripts/bench.sh $(BUILD)
soak: setup-test all
	scripts/soak.py $(BUILD)

# a case measures memory, and what was freed lies in a quarantine of 256 MiB unless told otherwise
SAN_ENV := ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:quarantine_size_mb=16 UBSAN_OPTIONS=print_stacktrace=1 CK_DEFAULT_TIMEOUT=120
asan:
	@scripts/setup.sh lint
	$(SAN_ENV) $(MAKE) V=asan BUILD=build/asan sanitized
tsan:
	@scripts/setup.sh lint
	TSAN_OPTIONS=halt_on_error=1 CK_DEFAULT_TIMEOUT=120 $(MAKE) V=tsan BUILD=build/tsan sanitized
.PHONY: sanitized
sanitized: all tests
	scripts/sanitized.sh $(BUILD) $(TESTS)

# what starts programs or threads by the dozen is left to the sanitizers
VALGRIND := valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite
VALGRIND_TESTS := $(filter-out %/check_apid %/check_apid_start %/check_btv %/check_embed %/check_threads,\
                    $(filter $(BUILD)/validator/tests/% %/check_mint_sign %/check_mint_mutate %/check_mint_nest \
                             %/check_mint_values %/check_mint_claims %/check_recipe_faults %/check_pack %/check_memo \
                             %/check_json_text,$(TESTS)))
.PHONY: valgrind
valgrind: setup-lint $(VALGRIND_TESTS)
	RUNNER='$(VALGRIND)' CK_TIMEOUT_MULTIPLIER=20 scripts/unit.sh $(BUILD) $(VALGRIND_TESTS)

cov: setup-test setup-lint
	find build/cov -name '*.gcda' -delete 2>/dev/null || true
	$(MAKE) V=cov BUILD=build/cov sanitized
	gcovr -r . --object-directory build/cov/obj -f 'validator/(jose|policy|keys|core)/' --txt build/cov/coverage.txt --print-summary
	@cat build/cov/coverage.txt

lint: setup-lint setup-test $(GEN_SRC)
	BUILD=$(BUILD) scripts/lint.sh
.PHONY: check-lint
check-lint: setup-lint setup-test
	scripts/check-lint.sh

interop: setup-test setup-interop all
	scripts/interop/run.sh $(BUILD)
matrix: setup-test setup-interop setup-matrix all
	scripts/interop/matrix.sh $(BUILD)

# ---- fuzzing: libFuzzer through clang, T seconds a target ------------------------------------------------------------
FUZZ_CC := clang -g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -w
FUZZ := $(patsubst %.c,build/fuzz/%,$(FUZZ_SRC))
FUZZ_LIB_OBJ := $(patsubst %.c,build/fuzz/obj/%.o,$(BTV_SRC) $(IDP_SRC) $(CF_SRC)) build/fuzz/obj/gen/embedded.o
build/fuzz/obj/gen/embedded.o: $(GEN_SRC)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(CPPFLAGS) -c $< -o $@
build/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(CPPFLAGS) -MMD -MP -c $< -o $@
build/fuzz/lib.a: $(FUZZ_LIB_OBJ)
	@echo '  AR $@'
	$(Q)rm -f $@ && ar rcs $@ $^
build/fuzz/%: build/fuzz/obj/%.o build/fuzz/lib.a
	@mkdir -p $(@D)
	$(Q)clang -fsanitize=fuzzer,address,undefined $^ -o $@ $(LDLIBS) -pthread
.SECONDARY: $(patsubst %.c,build/fuzz/obj/%.o,$(FUZZ_SRC))
.PHONY: fuzzers
fuzzers: $(FUZZ)
fuzz: setup-lint $(FUZZ)
	scripts/fuzz.sh $(T) $(FUZZ)

# ---- installing ------------------------------------------------------------------------------------------------------
.PHONY: install uninstall
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include/btv
	install -m755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m644 $(BUILD)/libbtv.a $(DESTDIR)$(PREFIX)/lib
	install -m755 $(BUILD)/libbtv.so $(DESTDIR)$(PREFIX)/lib/libbtv.so.0
	ln -sf libbtv.so.0 $(DESTDIR)$(PREFIX)/lib/libbtv.so
	install -m644 validator/include/btv/* $(DESTDIR)$(PREFIX)/include/btv
	install -d $(DESTDIR)$(PREFIX)/share/entra-testbench/cases $(DESTDIR)$(PREFIX)/share/entra-testbench/targets \
	    $(DESTDIR)$(PREFIX)/share/entra-testbench/issuers
	install -m644 fixtures/cases/*.json $(DESTDIR)$(PREFIX)/share/entra-testbench/cases
	install -m644 fixtures/targets/*.json $(DESTDIR)$(PREFIX)/share/entra-testbench/targets
	install -m644 fixtures/issuers/*.json $(DESTDIR)$(PREFIX)/share/entra-testbench/issuers
	scripts/btv-pc.sh $(PREFIX) $(VERSION) > $(DESTDIR)$(PREFIX)/lib/pkgconfig/btv.pc
uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(notdir $(PROGRAMS))) $(DESTDIR)$(PREFIX)/lib/libbtv.a
	rm -f $(DESTDIR)$(PREFIX)/lib/libbtv.so.0 $(DESTDIR)$(PREFIX)/lib/libbtv.so $(DESTDIR)$(PREFIX)/lib/pkgconfig/btv.pc
	rm -rf $(DESTDIR)$(PREFIX)/include/btv $(DESTDIR)$(PREFIX)/share/entra-testbench

clean:
	rm -rf build

-include $(shell find $(O) build/fuzz/obj -name '*.d' 2>/dev/null)
