#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Show that scenarios hold their rules: take a rule's code out, and a scenario of it has to fail.

    mutate_rules.py [NAME...]     all of tests/mutations/, or these: R-2.3, or a whole file's stem

A mutation tests/mutations/R-2.3.txt (R-2.3b.txt for a second one) is one small edit:

    file src/orchestration/planner.cpp
    find
    <lines, exactly as they stand there once>
    replace
    <other lines, or none>
    end

The sources stay as they are: the edited file is compiled alone, without optimisation, and linked in
front of the library that has the original, into a test program of its own under build/mutations.
Each scenario that names the rule is played; at least one must fail. Exits 1 where none does, where
the program crashes or hangs instead, where an edit does not fit any more, and where the edited code
does not compile.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
MADE = ROOT / "build" / "mutations"
TARGET = "scenarios_test"
TIME_LIMIT_S = 120


class MutationError(Exception):
    """What is wrong with a mutation, for the person at the terminal."""


class Mutation:
    def __init__(self, path: pathlib.Path) -> None:
        found = re.fullmatch(
            r"file (\S+\.cpp)\nfind\n(.*\n)replace\n(.*\n)?end\n", path.read_text(), re.DOTALL)
        if not found:
            raise MutationError(f"{path}: is not file (a .cpp), find, replace, end")
        self.rule = re.match(r"R-\d+\.\d+", path.stem)[0]
        self.name = path.stem
        self.file, self.find, self.replace = found[1], found[2], found[3] or ""

    def edited(self) -> str:
        text = (ROOT / self.file).read_text()
        if text.count(self.find) != 1:
            raise MutationError(
                f"{self.name}: its lines stand {text.count(self.find)} times in {self.file}")
        return text.replace(self.find, self.replace)


def run(command: list[str]) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=BUILD, text=True, capture_output=True, check=False,
                          timeout=TIME_LIMIT_S,
                          env={**os.environ, "GOSSAMER_SOURCE_DIR": str(ROOT)})


class Toolchain:
    """The commands that the build uses, for other inputs and outputs."""

    def __init__(self) -> None:
        entries = json.loads((BUILD / "compile_commands.json").read_text())
        self.compile = {entry["file"]: shlex.split(entry["command"]) for entry in entries}
        commands = run(["ninja", "-t", "commands", TARGET]).stdout.splitlines()
        self.link = shlex.split(commands[-1].removeprefix(": && ").removesuffix(" && :"))

    def object_of(self, mutation: Mutation) -> pathlib.Path:
        source = MADE / f"{mutation.name}.cpp"
        source.write_text(mutation.edited())
        original = str(ROOT / mutation.file)
        if original not in self.compile:
            raise MutationError(f"{mutation.name}: {mutation.file} is not part of the build")
        command = []
        words = iter(self.compile[original])
        for word in words:
            if word in ("-o", "-MT", "-MF"):
                next(words)
            elif word not in ("-MD", "-Werror", original):
                command.append("-O0" if word == "-O2" else word)
        made = source.with_suffix(".o")
        done = run([*command, "-w", "-o", str(made), str(source)])
        if done.returncode != 0:
            raise MutationError(f"{mutation.name}: does not compile:\n{done.stderr[-3000:]}")
        return made

    def program_with(self, mutation: Mutation) -> pathlib.Path:
        made = self.object_of(mutation)
        program = made.with_suffix("")
        command = list(self.link)
        command[command.index("-o") + 1] = str(program)
        first_library = next(i for i, word in enumerate(command) if word.endswith(".a"))
        command.insert(first_library, str(made))
        done = run(command)
        made.unlink()
        if done.returncode != 0:
            raise MutationError(f"{mutation.name}: does not link:\n{done.stderr[-3000:]}")
        return program


def scenarios_of(rule: str) -> list[str]:
    names = []
    for path in sorted((ROOT / "tests" / "scenarios").glob("*.scenario")):
        marks = re.findall(r"^# rule (.+)$", path.read_text(), re.MULTILINE)
        if rule in " ".join(marks).split():
            names.append(path.stem)
    return names


def failing(program: pathlib.Path, scenarios: list[str]) -> list[str]:
    """Those that fail; a program that does not come to an end in order has shown nothing."""
    chosen = ":".join(f"Scenario.{name}" for name in scenarios)
    try:
        done = run([str(program), f"--gtest_filter={chosen}", "--gtest_brief=1"])
    except subprocess.TimeoutExpired as error:
        raise MutationError(f"{program.name}: hangs") from error
    if done.returncode not in (0, 1):
        raise MutationError(f"{program.name}: crashes:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    return re.findall(r"\[  FAILED  \] Scenario\.(\w+) \(", done.stdout)


def play(tools: Toolchain, mutation: Mutation) -> bool:
    scenarios = scenarios_of(mutation.rule)
    try:
        program = tools.program_with(mutation)
        failed = failing(program, scenarios)
        program.unlink()
    except MutationError as error:
        print(error, flush=True)
        return False
    if failed:
        print(f"{mutation.name}: without it fails {', '.join(failed)}", flush=True)
    else:
        print(f"{mutation.name}: NOTHING fails without it, of {', '.join(scenarios)}", flush=True)
    return bool(failed)


def main(names: list[str]) -> int:
    mutations = [Mutation(path) for path in sorted((ROOT / "tests" / "mutations").glob("*.txt"))]
    chosen = [mutation for mutation in mutations
              if not names or mutation.rule in names or mutation.name in names]
    built = subprocess.run(["ninja", "-C", str(BUILD), TARGET], text=True, capture_output=True,
                           check=False)
    if built.returncode != 0:
        raise MutationError(built.stdout[-3000:])
    MADE.mkdir(parents=True, exist_ok=True)
    all_scenarios = sorted({name for mutation in chosen for name in scenarios_of(mutation.rule)})
    if failed := failing(BUILD / "tests" / TARGET, all_scenarios):
        raise MutationError(f"with every rule in place fails {', '.join(failed)}")
    tools = Toolchain()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        held = list(pool.map(lambda mutation: play(tools, mutation), chosen))
    print(f"{sum(held)} of {len(held)} mutations are noticed")
    return 0 if held and all(held) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except MutationError as error:
        print(f"mutate_rules: {error}", file=sys.stderr)
        sys.exit(1)
