# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The verbs of ./dev, which sources this file from the repository's root.

source tools/package.sh

setup() { tools/setup.sh; }

configure() {
    [[ -f build/$1/build.ninja ]] || cmake --preset "$1" >/dev/null
}

# build [--preset P] [--target T]...
build() {
    local preset=release targets=()
    while (($#)); do
        case "$1" in
            --preset) preset=$2 && shift 2 ;;
            --target) targets+=("$2") && shift 2 ;;
            *) echo "dev build: unknown option '$1'" >&2 && return 2 ;;
        esac
    done
    setup
    configure "$preset"
    ninja -C "build/$preset" "${targets[@]}"
}

# Tests that compare with Python packages skip, and say so, where these cannot be installed.
python_for_tests() {
    if [[ -z ${GOSSAMER_TEST_PYTHON:-} ]]; then
        GOSSAMER_TEST_PYTHON=$(/usr/bin/python3 tools/parts.py python &&
            /usr/bin/python3 tools/parts.py fetch xgboost_older holidays) || GOSSAMER_TEST_PYTHON=
        export GOSSAMER_TEST_PYTHON
        GOSSAMER_TEST_XGBOOST_OLDER=$(/usr/bin/python3 tools/parts.py path xgboost_older)/python
        export GOSSAMER_TEST_XGBOOST_OLDER
        GOSSAMER_TEST_HOLIDAYS=$(/usr/bin/python3 tools/parts.py path holidays)/python
        export GOSSAMER_TEST_HOLIDAYS
    fi
}

# run_ctest PRESET [CTEST OPTION]...
run_ctest() {
    local preset=$1
    shift
    ctest --test-dir "build/$preset" --output-on-failure -j "$(nproc)" "$@"
}

run_tests() {
    build
    python_for_tests
    run_ctest release "$@"
}

golden() {
    if [[ ${1:-} == --accept ]]; then
        export GOSSAMER_GOLDEN_ACCEPT=1
        shift
    fi
    build
    if [[ -n ${GOSSAMER_GOLDEN_ACCEPT:-} ]]; then
        /usr/bin/python3 tools/check_docs.py build/release/bin/gossamer --accept
    fi
    run_ctest release -L golden "$@"
}

own_sources() {
    git ls-files -z -co --exclude-standard -- '*.cpp' '*.hpp'
}

# What reads text alone: seconds.
lint_text() {
    tools/check_layers.py
    tools/check_source.py
    tools/check_rules.py
    tools/mutate_rules.py --fit
    git ls-files -z -co --exclude-standard -- dev .ci/run '*.sh' | xargs -0 shellcheck -x
    own_sources | xargs -0 -r clang-format-19 --dry-run -Werror
}

# tidy [FILE...]: clang-tidy over these sources, or all.
tidy() {
    configure release
    ninja -C build/release generated_headers >/dev/null
    tools/run_tidy.py build/release "$@"
}

# What is shipped: without tests and what only these use.
tidy_shipped() {
    local -a files
    mapfile -t files < <(git ls-files -- 'src/*.cpp' 'app/*.cpp' |
        grep -vE '(_test|_suite|_fuzz)\.cpp$|/(testing|testdata|fakes|conformance)/')
    tidy "${files[@]}"
}

lint() {
    lint_text
    tidy
}

# bench [NAME]... [--OPTION]...: each benchmark prints lines of JSON, with the disk's own median
# fdatasync where one is in the figure. Options go to the benchmarks.
bench() {
    build
    local word name found=0 names=() options=()
    for word in "$@"; do
        if [[ $word == --* ]]; then options+=("$word"); else names+=("$word"); fi
    done
    for name in build/release/bench/*; do
        if ((${#names[@]} == 0)) || [[ " ${names[*]} " == *" ${name##*/} "* ]]; then
            "$name" "${options[@]}"
            found=1
        fi
    done
    ((found)) || { echo "dev bench: no benchmark '${names[*]}' in bench/" >&2 && return 2; }
}

# fuzz_one SECONDS TARGET
fuzz_one() {
    local name=${2##*/fuzz_}
    local folders=("build/dev/corpus/$name")
    mkdir -p "${folders[0]}"
    [[ ! -d tests/fuzz/$name ]] || folders+=("tests/fuzz/$name")
    if ! "$2" -max_total_time="$1" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="build/dev/corpus/$name-" "${folders[@]}" \
        >"build/dev/corpus/$name.log" 2>&1; then
        tail -n 60 "build/dev/corpus/$name.log"
        echo "fuzz_$name found a fault; its input is in build/dev/corpus/" >&2
        return 1
    fi
    echo "fuzz_$name: $(tail -n 1 "build/dev/corpus/$name.log")"
}

# fuzz SECONDS: each fuzz target of the dev preset for that long, one on each core at a time, from
# the seeds in tests/fuzz/.
fuzz() {
    find build/dev/fuzz -name 'fuzz_*' -type f -executable -print0 |
        xargs -0 -r -P "$(nproc)" -n 1 bash -euo pipefail -c \
            'source tools/stages.sh; fuzz_one "$@"' fuzz "$1"
}

# soak [MINUTES]: rounds of 10,000 seeds, 1,000 rounds of kills (GOSSAMER_LONG) and fuzzing, each
# with seeds of its own: ten of them, or as many as begin within MINUTES.
soak() {
    setup
    python_for_tests
    build
    build --preset dev
    local minutes=${1:-} begin=$SECONDS round=0
    while if [[ -n $minutes ]]; then ((SECONDS - begin < minutes * 60)); else ((round < 10)); fi; do
        round=$((round + 1))
        echo "soak: round $round, after $(((SECONDS - begin) / 60)) minutes"
        GOSSAMER_LONG=1 GOSSAMER_SEED="${round}0000+10000" \
            run_ctest release -L 'kill|process|scenario'
        fuzz 60
    done
}

# Runs a stage of ci: its name, then a function of this file and its arguments, in a shell of its
# own, so that the first command that fails ends the stage. Prints the time it took.
stage() {
    local name=$1 begin=$SECONDS
    shift
    echo "=== $name"
    # shellcheck disable=SC2016  # the inner shell expands it
    if ! bash -euo pipefail -c 'source tools/stages.sh; "$@"' stage "$@"; then
        echo "=== $name FAILED after $((SECONDS - begin)) s" >&2
        return 1
    fi
    echo "=== $name passed in $((SECONDS - begin)) s"
}

# The very command that the README gives, so that it cannot go stale.
readme_test() {
    local command
    command=$(sed -n '/<!-- test command -->/,/<!-- end -->/p' README.md | grep '^\./dev')
    [[ $command == ./dev* ]] || { echo "README.md names no test command" >&2 && return 1; }
    echo "running: $command"
    $command
}

# dev_stage LABELS: builds what these tests and the fuzzers need, and runs the tests.
dev_stage() {
    setup
    configure dev
    local -a targets
    mapfile -t targets < <(ninja -C build/dev -t targets all | sed -nE \
        '/^cmake_/d; s/^([a-z_]+_test|fuzz_[a-z_]+|gossamer[a-z-]*): phony$/\1/p')
    if [[ $1 != *process* ]]; then
        mapfile -t targets < <(printf '%s\n' "${targets[@]}" |
            grep -vE '^(process|kill|python|upgrade)_test$|_(process|kill|python)_test$')
    fi
    ninja -C build/dev "${targets[@]}"
    run_ctest dev -L "$1"
}

tsan_stage() {
    setup
    configure tsan
    local -a targets
    mapfile -t targets < <(ninja -C build/tsan -t targets all | sed -nE \
        's/^((base|orchestration|executors)[a-z_]*_test): phony$/\1/p')
    ninja -C build/tsan "${targets[@]}"
    TSAN_OPTIONS="ignore_noninstrumented_modules=1 halt_on_error=1" \
        run_ctest tsan -L '^(base|orchestration|executors)'
}

ci() {
    local full=0
    [[ ${1:-} != --full ]] || full=1
    if [[ -z ${GOSSAMER_TEST_DATA:-} && -d ../shared/data ]]; then
        GOSSAMER_TEST_DATA=$(realpath ../shared/data)
        export GOSSAMER_TEST_DATA
    fi
    local begin=$SECONDS fuzz_seconds=10 labels='unit|scenario|golden' tidied=tidy_shipped
    if ((full)); then
        fuzz_seconds=180
        tidied=tidy
        labels='unit|scenario|golden|process|kill|python|upgrade'
    fi
    stage setup setup
    stage lint lint_text
    # Tests are most of what there is to read: they are tidied by ./dev lint and --full.
    stage clang-tidy "$tidied"
    stage "compile with GCC" build --preset gcc
    stage "AddressSanitizer and UndefinedBehaviorSanitizer" dev_stage "$labels"
    stage fuzz fuzz "$fuzz_seconds"
    stage ThreadSanitizer tsan_stage
    if ((full)); then
        stage "rules taken out" tools/mutate_rules.py
    fi
    # Under a sanitizer the usual seeds and kills are enough; the long ones are for what is shipped.
    if ((full)); then export GOSSAMER_LONG=1; fi
    # Last, so that its closing line is the run's own.
    stage "release build and all tests" readme_test
    echo "=== all passed in $((SECONDS - begin)) s"
}
