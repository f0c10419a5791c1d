#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check that each rule of docs/rules.md has a scenario, and that nobody names a rule beside them.

    check_rules.py [ROOT] [--list]

Reads `# rule R-2.3` lines of tests/scenarios/*.scenario and `rule R-2.3` marks of
src/orchestration. Prints "path:line: what is wrong" and exits 1 where anything is; --list prints
each rule's scenarios.
"""
import pathlib
import re
import sys

DEFINITION = re.compile(r"^- \*\*(R-\d+\.\d+)\*\* (.+)$")
NAMED = re.compile(r"R-\d+\.\d+")
SCENARIO_LINE = re.compile(r"^# rule ((?:R-\d+\.\d+ ?)+)$")
SOURCE_MARK = re.compile(r"\brule ((?:R-\d+\.\d+[, ]*)+)")


def rules_of(page: pathlib.Path) -> tuple[dict[str, int], list[str]]:
    """Each rule's line, and what is wrong with the page."""
    lines: dict[str, int] = {}
    faults = []
    for number, line in enumerate(page.read_text().splitlines(), start=1):
        found = DEFINITION.match(line)
        if not found:
            continue
        if found[1] in lines:
            faults.append(f"{page}:{number}: {found[1]} is given twice")
        lines[found[1]] = number
    return lines, faults


def marks_in(path: pathlib.Path, pattern: re.Pattern) -> list[tuple[str, int]]:
    marks = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if found := pattern.search(line):
            marks.extend((rule, number) for rule in NAMED.findall(found[1]))
    return marks


def main(arguments: list[str]) -> int:
    names = [argument for argument in arguments if not argument.startswith("--")]
    root = pathlib.Path(names[0]) if names else pathlib.Path(__file__).resolve().parent.parent
    page = root / "docs" / "rules.md"
    rules, faults = rules_of(page)
    scenarios: dict[str, list[str]] = {rule: [] for rule in rules}
    for path in sorted((root / "tests" / "scenarios").glob("*.scenario")):
        marks = marks_in(path, SCENARIO_LINE)
        if not marks:
            faults.append(f"{path}:1: the scenario names no rule: begin it with '# rule R-...'")
        for rule, number in marks:
            if rule in scenarios:
                scenarios[rule].append(path.stem)
            else:
                faults.append(f"{path}:{number}: there is no rule {rule} in {page.name}")
    for path in sorted((root / "src" / "orchestration").rglob("*.[ch]pp")):
        for rule, number in marks_in(path, SOURCE_MARK):
            if rule not in rules:
                faults.append(f"{path}:{number}: there is no rule {rule} in {page.name}")
    faults.extend(f"{page}:{rules[rule]}: no scenario names {rule}"
                  for rule, found in scenarios.items() if not found)
    if "--list" in arguments:
        for rule, found in scenarios.items():
            print(f"{rule}: {', '.join(found)}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
