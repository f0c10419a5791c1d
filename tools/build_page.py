#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check and bundle the page.

    build_page.py --source ui --part FOLDER --work FOLDER --out FOLDER

FOLDER of --part is the part `page` of tools/pins.toml: TypeScript's compiler, esbuild and the
libraries of the page. Writes main.js, events.js, main.css and index.html into --out.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--source", "--part", "--work", "--out"):
        parser.add_argument(name, type=pathlib.Path, required=True)
    options = parser.parse_args()

    # Both tools look for libraries in node_modules above the sources, which stay as they are.
    shutil.rmtree(options.work, ignore_errors=True)
    shutil.copytree(options.source, options.work)
    (options.work / "node_modules").symlink_to(options.part / "node_modules")
    checked = subprocess.run([options.part / "typescript/tsc", "--project", options.work],
                             stdout=sys.stderr)
    if checked.returncode != 0:
        return 1
    bundled = subprocess.run(
        [options.part / "bin/esbuild", options.work / "main.tsx", options.work / "events.ts",
         "--bundle", "--minify",
         "--format=esm", "--target=es2022", "--jsx=automatic", "--log-level=warning",
         '--define:process.env.NODE_ENV="production"', "--legal-comments=inline",
         f"--outdir={options.out}"])
    if bundled.returncode != 0:
        return 1
    shutil.copyfile(options.source / "index.html", options.out / "index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
