#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run clang-tidy over this repository's sources, as many at once as there are cores.

    run_tidy.py BUILD_FOLDER [FILE...]

A file that passed is not checked again until something it depends on changes: its own text, the
headers of this repository that it includes (also through others), its compile flags, .clang-tidy,
clang-tidy, the Debian packages whose headers are used, or tools/pins.toml. What passed is kept in
the cache folder of tools/parts.py, so that several checkouts share it.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import parts

ROOT = pathlib.Path(__file__).resolve().parents[1]
TIDY = "clang-tidy-19"
OWN = ("src", "app", "tests", "bench")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


class Sources:
    """The texts of the repository and what each includes, each read once."""

    def __init__(self, build: pathlib.Path):
        self._roots = [ROOT / "src", ROOT, build / "generated"]
        self._included: dict[pathlib.Path, list[pathlib.Path]] = {}
        self._digests: dict[pathlib.Path, bytes] = {}

    def _resolve(self, header: str) -> pathlib.Path | None:
        return next((root / header for root in self._roots if (root / header).is_file()), None)

    def _read(self, file: pathlib.Path) -> None:
        text = file.read_bytes()
        self._digests[file] = hashlib.sha256(text).digest()
        headers = INCLUDE.findall(text.decode("utf-8", errors="replace"))
        self._included[file] = [found for found in map(self._resolve, headers) if found]

    def digest(self, file: pathlib.Path) -> bytes:
        """Over the file and all that it includes from this repository."""
        seen, open_files = {file}, [file]
        while open_files:
            current = open_files.pop()
            if current not in self._digests:
                self._read(current)
            for header in self._included[current]:
                if header not in seen:
                    seen.add(header)
                    open_files.append(header)
        total = hashlib.sha256()
        for each in sorted(seen):
            total.update(each.name.encode() + self._digests[each])
        return total.digest()


def toolchain_digest() -> bytes:
    version = subprocess.run([TIDY, "--version"], check=True, capture_output=True).stdout
    packages = [line for line in (ROOT / "tools/debian-packages.txt").read_text().splitlines()
                if line and not line.startswith(("#", "release "))]
    installed = subprocess.run(["dpkg-query", "-W", *packages], capture_output=True).stdout
    checks = (ROOT / ".clang-tidy").read_bytes()
    # The tests' Python packages, pinned in the same file, have no headers that are included.
    pins = json.dumps(parts.read_pins(), sort_keys=True).encode()
    return hashlib.sha256(b"\0".join([version, installed, checks, pins])).digest()


def compile_commands(build: pathlib.Path, only: set[pathlib.Path]) -> dict[pathlib.Path, str]:
    """Source file to its command, for the sources of this repository."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        file = pathlib.Path(entry["file"])
        if file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] in OWN:
            if file.exists() and (not only or file in only):
                commands[file] = entry["command"]
    return commands


def check(file: pathlib.Path, build: pathlib.Path) -> tuple[bool, str, float]:
    begin = time.monotonic()
    done = subprocess.run([TIDY, "--quiet", "-p", str(build), str(file)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    output = done.stdout if done.stdout.strip() else done.stderr
    return done.returncode == 0, output, time.monotonic() - begin


def pending(build: pathlib.Path, only: set[pathlib.Path]) -> tuple[dict, int]:
    """Sources to check, each with the mark that says it passed, and how many passed already."""
    marks = parts.cache_folder() / "tidy"
    marks.mkdir(parents=True, exist_ok=True)
    toolchain, sources = toolchain_digest(), Sources(build)
    commands = compile_commands(build, only)
    todo = {}
    for file, command in sorted(commands.items()):
        # Flags count, the place of the checkout does not.
        flags = command.replace(str(ROOT), "").encode()
        key = hashlib.sha256(toolchain + sources.digest(file) + flags).hexdigest()
        if not (marks / key).exists():
            todo[file] = marks / key
    return todo, len(commands) - len(todo)


def main() -> int:
    build = pathlib.Path(sys.argv[1]).resolve()
    todo, passed = pending(build, {pathlib.Path(name).resolve() for name in sys.argv[2:]})
    failed, slow = 0, []
    # The longest first: no core waits for one big file at the end.
    order = sorted(todo, key=lambda file: -file.stat().st_size)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = {pool.submit(check, file, build): file for file in order}
        for future in concurrent.futures.as_completed(futures):
            file = futures[future]
            good, output, seconds = future.result()
            slow.append((seconds, str(file.relative_to(ROOT))))
            if good:
                todo[file].touch()
            else:
                failed += 1
                print(output.replace(f"{ROOT}/", ""), flush=True)
    total = sum(seconds for seconds, _ in slow)
    print(f"clang-tidy: {len(todo)} checked, {passed} passed before, {failed} with faults, "
          f"{total:.0f} s of work")
    for seconds, name in sorted(slow, reverse=True)[:3]:
        print(f"  {seconds:5.1f} s {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
