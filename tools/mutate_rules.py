#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Show that the tests hold their promises: take code out, and the right test has to fail.

    mutate_rules.py [NAME...]     all of tests/mutations/, or these: R-2.3, or a whole file's stem
    mutate_rules.py --fit         only see that each edit finds its lines: builds and plays nothing

A mutation is a file of small edits, one or more:

    file src/orchestration/planner.cpp
    find
    <lines, exactly as they stand there once>
    replace
    <other lines, or none>
    end

Of tests/mutations/R-2.3.txt (R-2.3b.txt for a second one) each scenario that names the rule is
played, and at least one must fail. A file of tests/mutations/simulation/ begins with a line
`breaks TEXT`: seeds are simulated until one fails, and it must say TEXT.

The sources stay as they are: an edited file is compiled alone, without optimisation, and linked in
front of the library that has the original, into a test program of its own under build/mutations.
Exits 1 where nothing fails, where the program crashes or hangs instead, where an edit does not fit
any more, and where the edited code does not compile.
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
MUTATIONS = ROOT / "tests" / "mutations"
SCENARIOS = "scenarios_test"
SIMULATION = "simulation_test"
SEEDS = "1+200"
TIME_LIMIT_S = 300
EDIT = re.compile(r"file (\S+\.cpp)\nfind\n(.*?\n)replace\n(.*?\n)??end\n", re.DOTALL)


class MutationError(Exception):
    """What is wrong with a mutation, for the person at the terminal."""


class Mutation:
    def __init__(self, path: pathlib.Path) -> None:
        text = path.read_text()
        self.name = path.stem
        self.breaks = ""
        if path.parent != MUTATIONS:
            first, text = text.split("\n", 1)
            self.breaks = first.removeprefix("breaks ")
        if not EDIT.search(text) or EDIT.sub("", text):
            raise MutationError(f"{path}: is not file (a .cpp), find, replace, end")
        self.files: dict[str, str] = {}
        for file, find, replace in EDIT.findall(text):
            before = self.files.get(file) or (ROOT / file).read_text()
            if before.count(find) != 1:
                raise MutationError(
                    f"{self.name}: its lines stand {before.count(find)} times in {file}")
            self.files[file] = before.replace(find, replace)

    @property
    def rule(self) -> str:
        return re.match(r"(R-\d+\.\d+)?", self.name)[0]


def run(command: list[str]) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=BUILD, text=True, capture_output=True, check=False,
                          timeout=TIME_LIMIT_S,
                          env={"TMPDIR": "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp",
                               **os.environ,
                               "GOSSAMER_SOURCE_DIR": str(ROOT), "GOSSAMER_SEED": SEEDS})


class Toolchain:
    """The commands that the build uses, for other inputs and outputs."""

    def __init__(self) -> None:
        entries = json.loads((BUILD / "compile_commands.json").read_text())
        self.compile = {entry["file"]: shlex.split(entry["command"]) for entry in entries}
        self.links = {target: self.link_of(target) for target in (SCENARIOS, SIMULATION)}

    @staticmethod
    def link_of(target: str) -> list[str]:
        commands = run(["ninja", "-t", "commands", target]).stdout.splitlines()
        return shlex.split(commands[-1].removeprefix(": && ").removesuffix(" && :"))

    def object_of(self, mutation: Mutation, file: str) -> pathlib.Path:
        source = MADE / f"{mutation.name}.{pathlib.Path(file).name}"
        source.write_text(mutation.files[file])
        original = str(ROOT / file)
        if original not in self.compile:
            raise MutationError(f"{mutation.name}: {file} is not part of the build")
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
        made = [self.object_of(mutation, file) for file in mutation.files]
        program = MADE / mutation.name
        command = list(self.links[SIMULATION if mutation.breaks else SCENARIOS])
        command[command.index("-o") + 1] = str(program)
        first_library = next(i for i, word in enumerate(command) if word.endswith(".a"))
        command[first_library:first_library] = map(str, made)
        done = run(command)
        for item in made:
            item.unlink()
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


def output_of(program: pathlib.Path, chosen: str, *options: str) -> str:
    """What it printed; a program that does not come to an end in order has shown nothing."""
    try:
        done = run([str(program), f"--gtest_filter={chosen}", "--gtest_brief=1", *options])
    except subprocess.TimeoutExpired as error:
        raise MutationError(f"{program.name}: hangs") from error
    if done.returncode not in (0, 1):
        raise MutationError(f"{program.name}: crashes:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    return done.stdout


def failing(program: pathlib.Path, scenarios: list[str]) -> list[str]:
    printed = output_of(program, ":".join(f"Scenario.{name}" for name in scenarios))
    return re.findall(r"\[  FAILED  \] Scenario\.(\w+) \(", printed)


def found_by_seed(program: pathlib.Path, text: str) -> list[str]:
    """The first seed that fails, where it says `text`; another fault is not the one looked for."""
    printed = output_of(program, "*KeepsEveryPromise*", "--gtest_fail_fast")
    seed = re.search(r"GOSSAMER_SEED=(\d+) plays it again\):\n(.*?)what happened:", printed,
                     re.DOTALL)
    if seed and text in seed[2]:
        return [f"seed {seed[1]}"]
    if seed:
        raise MutationError(
            f"{program.name}: seed {seed[1]} fails, but not with '{text}':\n{seed[2]}")
    return []


def play(tools: Toolchain, mutation: Mutation) -> bool:
    scenarios = scenarios_of(mutation.rule)
    try:
        program = tools.program_with(mutation)
        failed = (found_by_seed(program, mutation.breaks) if mutation.breaks
                  else failing(program, scenarios))
        program.unlink()
    except MutationError as error:
        print(error, flush=True)
        return False
    if failed:
        print(f"{mutation.name}: without it fails {', '.join(failed)}", flush=True)
    else:
        tried = f"seeds {SEEDS}" if mutation.breaks else ", ".join(scenarios)
        print(f"{mutation.name}: NOTHING fails without it, of {tried}", flush=True)
    return bool(failed)


def main(names: list[str]) -> int:
    mutations = [Mutation(path) for path in sorted(MUTATIONS.rglob("*.txt"))]
    if names == ["--fit"]:
        return 0
    chosen = [mutation for mutation in mutations
              if not names or mutation.rule in names or mutation.name in names]
    built = subprocess.run(["ninja", "-C", str(BUILD), SCENARIOS, SIMULATION], text=True,
                           capture_output=True, check=False)
    if built.returncode != 0:
        raise MutationError(built.stdout[-3000:])
    MADE.mkdir(parents=True, exist_ok=True)
    all_scenarios = sorted({name for mutation in chosen if mutation.rule
                            for name in scenarios_of(mutation.rule)})
    if all_scenarios and (failed := failing(BUILD / "tests" / SCENARIOS, all_scenarios)):
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
