#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check every #include against the tables in ARCHITECTURE.md. There is no list of exceptions.

    check_layers.py [ROOT]

A library includes itself and what its row allows, which must be of a lower level. A third-party
header with a row in the second table is included only in that folder. Includes start at src/ (or at
the repository's root for app/), never with "..".
"""
import pathlib
import re
import sys
from typing import NamedTuple

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
LEVELS = re.compile(r"levels (\d+)-(\d+)")
# These see every library: they test or measure the whole.
ABOVE_ALL = ("tests", "bench")


class Library(NamedTuple):
    level: int
    allowed: frozenset[str]


class Layers(NamedTuple):
    libraries: dict[str, Library]
    homes: dict[str, str]  # a third-party header, or a folder of them ("x/"): its one folder


def table_rows(text: str, first: str, second: str) -> list[list[str]]:
    """The rows of the table whose header starts with these two cells."""
    rows, inside = [], False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[:2] == [first, second]:
            inside = True
        elif inside and not set(cells[0]) <= set("- :"):
            rows.append(cells)
    return rows


def allowed_names(cell: str, levels: dict[str, int], name: str) -> frozenset[str]:
    if cell == "-":
        return frozenset()
    if cell == "all":
        return frozenset(levels) - {name}
    found = LEVELS.fullmatch(cell)
    if found:
        low, high = int(found[1]), int(found[2])
        return frozenset(other for other, level in levels.items() if low <= level <= high)
    return frozenset(part.strip().strip("`") for part in cell.split(","))


def read_layers(architecture: str) -> tuple[Layers, list[str]]:
    """The tables, and what is wrong with them."""
    rows = table_rows(architecture, "level", "library")
    levels = {row[1].strip("`"): int(row[0]) for row in rows}
    faults = [] if rows else ["ARCHITECTURE.md: no table of levels and libraries"]
    libraries = {}
    for row in rows:
        name = row[1].strip("`")
        allowed = allowed_names(row[-1], levels, name)
        for other in sorted(allowed):
            if other not in levels:
                faults.append(f"ARCHITECTURE.md: `{name}` may include `{other}`: no such library")
            elif levels[other] >= levels[name]:
                faults.append(f"ARCHITECTURE.md: `{name}` (level {levels[name]}) may include "
                              f"`{other}` (level {levels[other]}): only downwards")
        libraries[name] = Library(levels[name], allowed)
    homes = {row[0].strip("`"): row[1].strip("`")
             for row in table_rows(architecture, "header", "only in")}
    return Layers(libraries, homes), faults


def library_of(path: pathlib.PurePath) -> str | None:
    parts = path.parts
    if parts[0] == "src":
        return parts[1] if len(parts) > 2 else None
    return parts[0]


def check_include(path: pathlib.PurePath, header: str, quoted: bool, layers: Layers) -> str | None:
    """What is wrong with `path` including `header`, if anything."""
    for known, home in layers.homes.items():
        hit = header.startswith(known) if known.endswith("/") else header == known
        if hit and not path.is_relative_to(home):
            return f"<{header}> belongs into {home} alone; use what that folder offers"
        if hit:
            return None
    if not quoted:
        return None
    if ".." in header.split("/") or header.startswith("src/"):
        return f'"{header}": includes start at src/, as "library/file.hpp"'
    own = library_of(path)
    if own in ABOVE_ALL:
        return None
    target = header.split("/")[0]
    if "/" not in header or (target not in layers.libraries and target != own):
        return f'"{header}" is in no library of ARCHITECTURE.md; includes start at src/'
    if target != own and target not in layers.libraries[own].allowed:
        return (f"`{own}` (level {layers.libraries[own].level}) may not include `{target}` "
                f"(level {layers.libraries[target].level}): declare a port, or move the code down")
    return None


def check_tree(root: pathlib.Path) -> list[str]:
    layers, faults = read_layers((root / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    if faults:
        return faults
    for top in ("src", "app", *ABOVE_ALL):
        for file in sorted((root / top).rglob("*.[ch]pp")):
            path = file.relative_to(root)
            own = library_of(path)
            if own not in layers.libraries and own not in ABOVE_ALL:
                faults.append(f"{path}:1: the folder is no library of ARCHITECTURE.md")
                continue
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                found = INCLUDE.match(line)
                fault = found and check_include(path, found[2], found[1] == '"', layers)
                if fault:
                    faults.append(f"{path}:{number}: {fault}")
    return faults


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    faults = check_tree(root)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
