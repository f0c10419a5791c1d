#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Show that scenarios hold their rules: take a rule's code out, and a scenario of it has to fail.

    mutate_rules.py [RULE...]     all of tests/mutations/, or these rules

A mutation tests/mutations/R-2.3.txt (R-2.3b.txt for a second one) is one small edit:

    file src/orchestration/planner.cpp
    find
    <lines, exactly as they stand there once>
    replace
    <other lines, or none>
    end

It is made in a copy of the repository under build/mutations, never in the repository itself. Each
scenario that names the rule is played; at least one must fail. Exits 1 where none does, where an
edit does not fit any more, or where the mutated code does not compile.
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / "build" / "mutations"
TARGET = "scenarios_test"


class MutationError(Exception):
    """What is wrong with a mutation, for the person at the terminal."""


class Mutation:
    def __init__(self, path: pathlib.Path) -> None:
        found = re.fullmatch(
            r"file (\S+)\nfind\n(.*\n)replace\n(.*\n)?end\n", path.read_text(), re.DOTALL)
        if not found:
            raise MutationError(f"{path}: is not file, find, replace, end")
        self.rule = re.match(r"R-\d+\.\d+", path.stem)[0]
        self.name = path.stem
        self.file, self.find, self.replace = found[1], found[2], found[3] or ""

    def apply(self, text: str) -> str:
        if text.count(self.find) != 1:
            raise MutationError(
                f"{self.name}: its lines stand {text.count(self.find)} times in {self.file}")
        return text.replace(self.find, self.replace)


def run(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=COPY, text=True, capture_output=True, check=False)


def copy_tree() -> None:
    COPY.mkdir(parents=True, exist_ok=True)
    listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT,
                            check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, COPY / name
        if not source.is_file():
            continue
        if target.is_file() and target.read_bytes() == source.read_bytes():
            continue  # an unchanged time spares the build
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        shutil.copymode(source, target)


def build() -> None:
    if not (COPY / "build" / "release" / "build.ninja").exists():
        done = run("cmake", "--preset", "release")
        if done.returncode != 0:
            raise MutationError(done.stdout + done.stderr)
    done = run("ninja", "-C", "build/release", TARGET)
    if done.returncode != 0:
        raise MutationError("does not compile:\n" + done.stdout[-3000:])


def scenarios_of(rule: str) -> list[str]:
    names = []
    for path in sorted((ROOT / "tests" / "scenarios").glob("*.scenario")):
        marks = re.findall(r"^# rule (.+)$", path.read_text(), re.MULTILINE)
        if rule in " ".join(marks).split():
            names.append(path.stem)
    return names


def failing(scenarios: list[str]) -> list[str]:
    chosen = ":".join(f"Scenario.{name}" for name in scenarios)
    done = run(f"build/release/tests/{TARGET}", f"--gtest_filter={chosen}", "--gtest_brief=1")
    failed = re.findall(r"\[  FAILED  \] Scenario\.(\w+) \(", done.stdout)
    if done.returncode != 0 and not failed:
        return ["(it crashed)"]
    return failed


def play(mutation: Mutation) -> bool:
    path = COPY / mutation.file
    original = path.read_text()
    scenarios = scenarios_of(mutation.rule)
    try:
        path.write_text(mutation.apply(original))
        build()
        failed = failing(scenarios)
    finally:
        path.write_text(original)
    if failed:
        print(f"{mutation.name}: without it fails {', '.join(failed)}", flush=True)
    else:
        print(f"{mutation.name}: NOTHING fails without it, of {', '.join(scenarios)}", flush=True)
    return bool(failed)


def main(rules: list[str]) -> int:
    mutations = [Mutation(path) for path in sorted((ROOT / "tests" / "mutations").glob("*.txt"))]
    chosen = [mutation for mutation in mutations if not rules or mutation.rule in rules]
    copy_tree()
    build()
    all_scenarios = sorted({name for mutation in chosen for name in scenarios_of(mutation.rule)})
    if failed := failing(all_scenarios):
        raise MutationError(f"with every rule in place fails {', '.join(failed)}")
    held = [play(mutation) for mutation in chosen]
    print(f"{sum(held)} of {len(held)} mutations are noticed")
    return 0 if held and all(held) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except MutationError as error:
        print(f"mutate_rules: {error}", file=sys.stderr)
        sys.exit(1)
