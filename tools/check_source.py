#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check what neither the compiler nor clang-tidy sees: sizes, licence lines, banned calls, names.

    check_source.py [ROOT]

Prints "path:line: what is wrong" and exits 1 where anything is. There is no list of exceptions.
"""
import ast
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator

FILE_LINES_MAX = 400
LINE_COLUMNS_MAX = 100
FUNCTION_LINES_MAX = 70  # of Python; clang-tidy counts the C++ ones
INTERFACE_METHODS_MAX = 10

CPP = (".cpp", ".hpp")
SCRIPTS = (".py", ".sh", ".cmake")
# A generated or foreign text is none of ours to lay out.
LICENCE = "SPDX-License-Identifier: Apache-2.0"

CLOCK = "base/clock alone reads the time of day and waits"
RANDOM = "give it a seed, or take an id source"
# What no C++ file but src/base/clock* may contain, tests and benchmarks included.
BANNED_CALLS = [
    (re.compile(r"\b(system_clock|high_resolution_clock)::now\b"), CLOCK),
    (re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep)\b"), CLOCK),
    (re.compile(r"(?<![\w.>])sleep\s*\("), CLOCK),
    (re.compile(r"(?<![\w.>])(std::)?time\s*\(\s*(nullptr|NULL|0)?\s*\)"), CLOCK),
    (re.compile(r"\bgettimeofday\b|\bCLOCK_REALTIME\b"), CLOCK),
    (re.compile(r"\brandom_device\b"), RANDOM),
    (re.compile(r"(?<![\w.>])s?rand\s*\("), RANDOM),
    # A member (its name ends in _) gets its seed from the constructor.
    (re.compile(r"\b(mt19937(_64)?|minstd_rand0?|default_random_engine)\s+\w*[^\W_]\s*(;|\{\s*\})"),
     RANDOM),
]
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
PRIVATE_PATH = re.compile(r"(?<![\w.~}/-])/(home|root|work|Users)/\w")
CODE_IN_COMMENT = re.compile(
    r"^\s*//\s*((if|for|while|switch)\s*\(.*[;{]|return\b.*;|[\w:.>-]+\(.*\);"
    r"|[\w:<>]+ \w+ = .*;|\})\s*$")
# Words at the end of a type's name that say nothing of what it is.
EMPTY_NAMES = {"Manager", "Helper", "Util", "Utils", "Impl", "Data", "Info", "Context"}
DECLARED_TYPE = re.compile(r"^\s*(?:class|struct|enum class|enum)\s+(?:\[\[\w+\]\]\s+)?(\w+)")
CLASS_HEAD = re.compile(r"^\s*(?:class|struct)\s+(\w+)[^;]*\{", re.MULTILINE)
PURE_VIRTUAL = re.compile(r"\)\s*(?:const\s*)?(?:noexcept\s*)?=\s*0\s*;")
# Comments, raw strings, strings and character literals; what is no comment is kept by its quotes.
LEXEME = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])'", re.DOTALL)

Fault = tuple[int, str]


def code_only(text: str) -> str:
    """The text with comments and the insides of literals blanked, line for line."""
    def blank(found: re.Match) -> str:
        return re.sub(r"[^\n]", " ", found[0])
    return LEXEME.sub(blank, text)


def check_layout(path: pathlib.PurePath, text: str) -> Iterator[Fault]:
    lines = text.splitlines()
    if len(lines) > FILE_LINES_MAX:
        yield 1, f"{len(lines)} lines; a file has at most {FILE_LINES_MAX}: split it by meaning"
    if not any(LICENCE in line for line in lines[:2]):
        yield 1, f"the first line (after #!) is to say {LICENCE}"
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_COLUMNS_MAX and "http" not in line:
            yield number, f"{len(line)} columns; a line has at most {LINE_COLUMNS_MAX}"
        if line != line.rstrip():
            yield number, "spaces at the end of the line"
        if UNFINISHED.search(line):
            yield number, "unfinished work belongs into the tracker, not into the code"


def check_cpp(path: pathlib.PurePath, text: str) -> Iterator[Fault]:
    code = code_only(text)
    is_clock = str(path).startswith("src/base/clock")
    for number, line in enumerate(code.splitlines(), 1):
        for pattern, advice in BANNED_CALLS:
            found = None if is_clock else pattern.search(line)
            if found:
                yield number, f"'{found[0].strip()}' is banned: {advice}"
    for number, line in enumerate(text.splitlines(), 1):
        if CODE_IN_COMMENT.match(line):
            yield number, "code in a comment: delete it, history remembers"


def interface_sizes(code: str) -> Iterator[tuple[int, str, int]]:
    """(line, name, pure virtual methods) of each class."""
    for found in CLASS_HEAD.finditer(code):
        depth, end = 1, found.end()
        while depth and end < len(code):
            depth += {"{": 1, "}": -1}.get(code[end], 0)
            end += 1
        count = len(PURE_VIRTUAL.findall(code[found.end():end]))
        line = code.count("\n", 0, found.start(1)) + 1
        yield line, found[1], count


def check_header(path: pathlib.PurePath, text: str) -> Iterator[Fault]:
    code = code_only(text)
    if "#pragma once" not in text:
        yield 1, "a header has #pragma once"
    for number, line in enumerate(code.splitlines(), 1):
        if re.search(r"\busing namespace\b", line):
            yield number, "no 'using namespace' in a header"
        declared = DECLARED_TYPE.match(line)
        words = re.findall(r"[A-Z][a-z0-9]*", declared[1]) if declared else []
        if words and words[-1] in EMPTY_NAMES:
            yield number, f"'{declared[1]}': say what it is instead of '{words[-1]}'"
    for number, name, count in interface_sizes(code):
        if count > INTERFACE_METHODS_MAX:
            yield number, f"'{name}' has {count} methods; an interface has at most " \
                          f"{INTERFACE_METHODS_MAX}"


def check_python(path: pathlib.PurePath, text: str) -> Iterator[Fault]:
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        yield error.lineno or 1, f"does not compile: {error.msg}"
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                yield node.lineno, f"'{node.name}' has {length} lines; a function has at most " \
                                   f"{FUNCTION_LINES_MAX}"


def check_text(path: pathlib.PurePath, text: str) -> Iterator[Fault]:
    for number, line in enumerate(text.splitlines(), 1):
        if PRIVATE_PATH.search(line):
            yield number, "a path of somebody's machine"


def check_file(path: pathlib.PurePath, text: str) -> Iterator[Fault]:
    """Every fault of one file, given its path from the repository's root."""
    name = path.name
    is_script = (path.suffix in SCRIPTS or name in ("CMakeLists.txt", "dev")
                 or path.parent.name == ".ci")
    if path.suffix in CPP or is_script:
        yield from check_layout(path, text)
    if path.suffix in CPP:
        yield from check_cpp(path, text)
    if path.suffix == ".hpp":
        yield from check_header(path, text)
    if path.suffix == ".py":
        yield from check_python(path, text)
    yield from check_text(path, text)


def tracked_files(root: pathlib.Path) -> list[pathlib.PurePath]:
    names = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"],
                           check=True, capture_output=True, text=True).stdout.split("\0")
    return [pathlib.PurePath(name) for name in names if name and (root / name).is_file()]


def check_tree(root: pathlib.Path) -> list[str]:
    faults = []
    for path in tracked_files(root):
        try:
            text = (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        faults += [f"{path}:{line}: {what}" for line, what in check_file(path, text)]
    return faults


def main() -> int:
    faults = check_tree(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
