#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check what the built executables ask the loader for (docs/decisions/0002).

    check_executables.py BIN_FOLDER

`gossamer` needs none of the heavy libraries, and `gossamer-supervisor` none at all (with sanitizers
it has to).
"""
import pathlib
import re
import subprocess
import sys

HEAVY = ("libduckdb", "libxgboost", "lib_lightgbm", "libgomp", "libonnxruntime", "libarrow")


def needed(executable: pathlib.Path) -> list[str]:
    dynamic = subprocess.run(["readelf", "-d", str(executable)], check=True, capture_output=True,
                             text=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)


def check(folder: pathlib.Path, sanitized: bool) -> list[str]:
    faults = []
    for library in needed(folder / "gossamer"):
        if library.startswith(HEAVY):
            faults.append(f"gossamer needs {library}: only gossamer-worker may")
    supervisor = needed(folder / "gossamer-supervisor")
    if supervisor and not sanitized:
        faults.append(f"gossamer-supervisor is to be static, but needs {', '.join(supervisor)}")
    return faults


if __name__ == "__main__":
    found = check(pathlib.Path(sys.argv[1]), "--sanitized" in sys.argv)
    print("\n".join(found))
    sys.exit(1 if found else 0)
