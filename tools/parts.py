#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Third-party parts that do not come from Debian: fetch, verify, unpack, and tell CMake where.

    parts.py fetch [NAME...]   make sure that the parts (all, or these) are in the cache
    parts.py cmake             print set(GOSSAMER_PART_<NAME> "<folder>") for every part
    parts.py path NAME         print a part's folder
    parts.py python            make sure of the tests' Python environment, print its interpreter
    parts.py lock              resolve that environment anew and print its block for pins.toml

The cache is ${GOSSAMER_CACHE:-~/.cache/gossamer}/parts. A part's folder is named by the digest of
its entry in tools/pins.toml, so that a changed pin is a new folder. It appears by one rename, under
a lock: two at once are safe, and an interrupted fetch leaves nothing that counts.
"""
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
PLATFORMS = ["manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64",
             "manylinux1_x86_64"]


class PartError(Exception):
    """What went wrong, for the person at the terminal."""


def cache_folder() -> pathlib.Path:
    return pathlib.Path(os.environ.get("GOSSAMER_CACHE") or "~/.cache/gossamer").expanduser()


def read_toml(path: pathlib.Path = HERE / "pins.toml") -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def read_pins(path: pathlib.Path = HERE / "pins.toml") -> dict:
    return {name: pin for name, pin in read_toml(path).items() if "archives" in pin}


def part_folder(name: str, pin: dict) -> pathlib.Path:
    digest = hashlib.sha256(json.dumps(pin, sort_keys=True).encode()).hexdigest()
    version = pin["archives"][0]["version"]
    return cache_folder() / "parts" / f"{name}-{version}-{digest[:12]}"


@contextlib.contextmanager
def locked(path: pathlib.Path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def npm_command() -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    folder = fetch("node", read_pins()["node"])
    node = folder / "node/bin/node"
    node.chmod(0o755)
    return [str(node), str(folder / "node/lib/node_modules/npm/bin/npm-cli.js")]


def download_command(archive: dict, requirements: pathlib.Path, into: pathlib.Path) -> list[str]:
    if archive["from"] == "npm":
        package = f"{archive['package']}@{archive['version']}"
        return [*npm_command(), "pack", "--silent", "--pack-destination", str(into), package]
    requirements.write_text(
        f"{archive['package']}=={archive['version']} --hash=sha256:{archive['sha256']}\n",
        encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
               "--disable-pip-version-check", "--require-hashes",
               "-r", str(requirements), "-d", str(into)]
    if archive["from"] == "wheel":
        command += ["--only-binary", ":all:", "--python-version", archive["python"]]
        for platform in PLATFORMS:
            command += ["--platform", platform]
        return command
    if archive["from"] == "sdist":
        return command + ["--no-binary", ":all:", "--no-build-isolation",
                          "--ignore-requires-python"]
    raise PartError(f"pins.toml: unknown source '{archive['from']}' of {archive['package']}")


def download(archive: dict, work: pathlib.Path) -> pathlib.Path:
    """Download one archive into `work` and return its path; its hash has been compared."""
    into = work / "download"
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    environment = dict(os.environ, PYTHONPATH=str(HERE / "sdist_backend"))
    command = download_command(archive, work / "requirements.txt", into)
    label = f"{archive['from']} {archive['package']} {archive['version']}"
    print(f"fetching {label}", file=sys.stderr, flush=True)
    if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode != 0:
        raise PartError(f"could not fetch {label}: see the message above; "
                        "is a package registry within reach?")
    files = list(into.iterdir())
    if len(files) != 1:
        raise PartError(f"{label}: expected one file, got {[file.name for file in files]}")
    found = hashlib.sha256(files[0].read_bytes()).hexdigest()
    if found != archive["sha256"]:
        raise PartError(f"{label}: sha256 is {found}, tools/pins.toml says {archive['sha256']}; "
                        "do not use it before you know why")
    return files[0]


def members(path: pathlib.Path):
    """Yield (name, bytes, executable) of every file in a tar or zip archive."""
    if path.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(path) as archive:
            for item in archive.infolist():
                if not item.is_dir():
                    yield item.filename, archive.read(item), bool(item.external_attr >> 16 & 0o111)
        return
    with tarfile.open(path) as archive:
        for item in archive:
            if item.isfile():
                yield item.name, archive.extractfile(item).read(), bool(item.mode & 0o111)


def destination(name: str, take: dict) -> str | None:
    for source, target in take.items():
        if name == source:
            return target
        if source.endswith("/") and name.startswith(source):
            return target + name[len(source):]
    return None


def unpack(path: pathlib.Path, take: dict, folder: pathlib.Path) -> None:
    missing = set(take)
    for name, content, executable in members(path):
        target = destination(name, take)
        if target is None:
            continue
        out = (folder / target).resolve()
        if not out.is_relative_to(folder.resolve()):
            raise PartError(f"{path.name}: '{name}' leaves the part's folder")
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(content)
        out.chmod(0o755 if executable else 0o644)
        missing -= {key for key in take if name == key or name.startswith(key)}
    if missing:
        raise PartError(f"{path.name}: has no {', '.join(sorted(missing))}")


def fetch(name: str, pin: dict) -> pathlib.Path:
    folder = part_folder(name, pin)
    if folder.is_dir():
        return folder
    with locked(folder.parent / f".{name}.lock"):
        if folder.is_dir():
            return folder
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{name}-") as temporary:
            work = pathlib.Path(temporary)
            made = work / "made"
            made.mkdir()
            for archive in pin["archives"]:
                unpack(download(archive, work), archive["take"], made)
            for link, target in pin.get("links", {}).items():
                (made / link).symlink_to(target)
            made.rename(folder)
    return folder


def run(command: list[str], failure: str) -> None:
    if subprocess.run(command, stdout=sys.stderr).returncode != 0:
        raise PartError(f"{failure}: see the message above; is a package registry within reach?")


def python_environment() -> pathlib.Path:
    """The interpreter that has every package tests compare with; installed at the first call."""
    pins = read_pins()
    oracles = read_toml()["python_oracles"]
    beside = {name: part_folder(name, pins[name]) / "python" for name in ("xgboost", "lightgbm")}
    key = json.dumps([oracles, [str(folder) for folder in beside.values()]], sort_keys=True)
    name = f"python-{oracles['version']}-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    folder = cache_folder() / name
    done = folder / "complete"
    with locked(cache_folder() / f".{name}.lock"):
        if not done.exists():
            fetch("xgboost", pins["xgboost"])
            fetch("lightgbm", pins["lightgbm"])
            # A virtual environment knows its own path, so it is built in place and marked at last.
            shutil.rmtree(folder, ignore_errors=True)
            run([f"/usr/bin/python{oracles['version']}", "-m", "venv", str(folder)],
                "could not make a virtual environment")
            rows = [line.split() for line in oracles["packages"].strip().splitlines()]
            requirements = folder / "requirements.txt"
            requirements.write_text(
                "".join(f"{name}=={version} --hash=sha256:{digest}\n"
                        for name, version, digest in rows), encoding="utf-8")
            print(f"installing {len(rows)} Python packages for tests", file=sys.stderr, flush=True)
            run([str(folder / "bin/pip"), "install", "--quiet", "--disable-pip-version-check",
                 "--no-deps", "--only-binary", ":all:", "--require-hashes",
                 "-r", str(requirements)], "could not install the Python packages")
            site = folder / f"lib/python{oracles['version']}/site-packages"
            (site / "gossamer.pth").write_text("".join(f"{path}\n" for path in beside.values()),
                                               encoding="utf-8")
            done.touch()
    return folder / "bin/python"


def lock_python() -> str:
    oracles = read_toml()["python_oracles"]
    with tempfile.TemporaryDirectory() as temporary:
        report = pathlib.Path(temporary) / "report.json"
        base = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run",
                "--ignore-installed", "--only-binary", ":all:", "--report", str(report)]
        rows = {}
        for extra in (oracles["roots"], ["--no-deps", *oracles["instead"].values()]):
            run([*base, *extra], "could not resolve the Python packages")
            for item in json.loads(report.read_text(encoding="utf-8"))["install"]:
                name = item["metadata"]["name"].lower().replace("_", "-")
                digest = item["download_info"]["archive_info"]["hashes"]["sha256"]
                rows[name] = f"{name} {item['metadata']['version']} {digest}"
    return "\n".join(row for name, row in sorted(rows.items()) if name not in oracles["instead"])


def main(arguments: list[str]) -> int:
    pins = read_pins()
    verb, names = (arguments or ["help"])[0], arguments[1:]
    unknown = [name for name in names if name not in pins]
    if unknown:
        raise PartError(f"no part '{unknown[0]}' in tools/pins.toml; it has {', '.join(pins)}")
    if verb == "fetch":
        for name, pin in pins.items():
            if name in names or (not names and not pin.get("lazy")):
                fetch(name, pin)
    elif verb == "cmake":
        for name, pin in pins.items():
            print(f'set(GOSSAMER_PART_{name.upper()} "{part_folder(name, pin)}")')
    elif verb == "path" and len(names) == 1:
        print(part_folder(names[0], pins[names[0]]))
    elif verb == "python":
        print(python_environment())
    elif verb == "lock":
        print(lock_python())
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except PartError as error:
        print(f"parts: {error}", file=sys.stderr)
        sys.exit(1)
