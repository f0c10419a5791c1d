#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hold the pages for users against the program.

    check_docs.py GOSSAMER            compare docs/reference.md with the program's own schemas, let
                                      it validate every file that a page shows, and follow links
    check_docs.py GOSSAMER --accept   write docs/reference.md anew

A page shows a file as a fenced block whose first line says its name: "# file: pipelines/a.yaml", or
"-- file: sql/a.sql". All files of a page are one workspace.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs/reference.md"
KINDS = {"workspace": "gossamer.yaml", "pipeline": "pipelines/*.yaml", "table": "tables/*.yaml",
         "calendar": "calendars/*.yaml"}
BLOCK = re.compile(r"^```\w*\n(?:#|--) file: (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
HEAD = """# Reference of the files

Every key of every file, as `gossamer schema KIND` prints it for editors. This page is written by
`tools/check_docs.py`, and a test compares it with the program. Durations are texts such as `90s`,
`4h`, `1d12h`; **bold** keys must be there.
"""
DURATION = "ms|us|s|m|h|d|w"


def schema_of(program: str, kind: str) -> dict:
    return json.loads(subprocess.run([program, "schema", kind], check=True, text=True,
                                     capture_output=True).stdout)


def parts_of(schema: dict) -> list[dict]:
    """The shapes that a value may have."""
    for several in ("anyOf", "oneOf"):
        if several in schema and "properties" not in schema and any(
                set(shape) != {"required"} for shape in schema[several]):
            return [part for shape in schema[several] for part in parts_of(shape)]
    return [schema]


def limits_of(schema: dict) -> str:
    least, most = (None if bound is None else f"{bound:g}" if bound < 1e5 else f"{bound:,}"
                   for bound in (schema.get("minimum"), schema.get("maximum")))
    if least is not None and most is not None:
        return f" from {least} to {most}"
    if least is not None:
        return f" from {least} on"
    return "" if most is None else f" up to {most}"


def shape_text(schema: dict) -> str:
    """One value's shape in a few words."""
    texts = []
    for part in parts_of(schema):
        if "enum" in part or "const" in part:
            values = part.get("enum", [part.get("const")])
            text = ", ".join(f"`{value}`" for value in values)
        elif "properties" in part:
            text = "a mapping"
        elif isinstance(part.get("additionalProperties"), dict):
            text = f"a mapping from names to: {shape_text(part['additionalProperties'])}"
        elif part.get("type") == "array":
            text = f"a list of: {shape_text(part.get('items', {}))}"
        elif DURATION in part.get("pattern", ""):
            text = "a duration"
        elif isinstance(part.get("type"), list):
            text = " or ".join("text" if kind == "string" else kind for kind in part["type"])
        else:
            text = {"string": "text", "object": "a mapping"}.get(
                part.get("type"), part.get("type", "anything")) + limits_of(part)
        if text not in texts:
            texts.append(text)
    return " or ".join(sorted(texts, key=lambda text: text.startswith("a list")))


def inner(schema: dict) -> list[tuple[str, dict]]:
    """The mappings with keys of their own below a value, and how they are reached."""
    found = []
    for part in parts_of(schema):
        if "properties" in part:
            found.append(("", part))
        elif isinstance(part.get("additionalProperties"), dict):
            found += [(f".NAME{path}", below)
                      for path, below in inner(part["additionalProperties"])]
        elif part.get("type") == "array":
            found += [(f"[]{path}", below) for path, below in inner(part.get("items", {}))]
    return found


def tables(schema: dict, path: str, known: dict[str, str]) -> list[str]:
    """Markdown of one mapping and of all below it; the same mapping is described once."""
    rows, later = [], []
    required = schema.get("required", [])
    for key, value in sorted(schema["properties"].items(),
                             key=lambda entry: (entry[0] not in required, entry[0])):
        notes = value.get("description", "")
        for below_path, below in inner(value):
            place = f"{path}{'.' if path else ''}{key}{below_path}"
            identity = json.dumps(below, sort_keys=True)
            if identity not in known:
                known[identity] = place
                later.append((below, place))
            if (where := f" Keys: `{known[identity]}`, below.") not in notes:
                notes += where
        name = f"**`{key}`**" if key in required else f"`{key}`"
        text = shape_text(value).replace("|", "\\|")
        rows.append(f"| {name} | {text} | {notes.strip().replace('|', chr(92) + '|')} |")
    lines = ["| key | value | meaning |", "| --- | --- | --- |", *rows, ""] if rows else \
        ["No keys: write `{}`.", ""]
    for below, place in later:
        lines += [f"### `{place}`", "", *tables(below, place, known)]
    return lines


def reference(program: str) -> str:
    lines = [HEAD]
    for kind, files in KINDS.items():
        lines += [f"## {kind}: `{files}`", "", *tables(schema_of(program, kind), "", {})]
    return "\n".join(lines).rstrip() + "\n"


def shown_files(page: pathlib.Path) -> dict[str, str]:
    return {name: text for name, text in BLOCK.findall(page.read_text(encoding="utf-8"))}


def faults_of_page(program: str, page: pathlib.Path) -> list[str]:
    name = page.relative_to(ROOT)
    faults = [f"{name}: there is no {target}"
              for target in LINK.findall(page.read_text(encoding="utf-8"))
              if not (page.parent / target).exists()]
    files = shown_files(page)
    if not files:
        return faults
    with tempfile.TemporaryDirectory() as folder:
        for file, text in files.items():
            place = pathlib.Path(folder, file)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        done = subprocess.run([program, "-C", folder, "validate"], text=True, capture_output=True)
        if done.returncode != 0:
            faults.append(f"{name} shows files that are not valid:\n{done.stdout}{done.stderr}")
    return faults


def main() -> int:
    program = sys.argv[1]
    text = reference(program)
    if "--accept" in sys.argv[2:]:
        REFERENCE.write_text(text, encoding="utf-8")
        return 0
    faults = []
    if not REFERENCE.exists() or REFERENCE.read_text(encoding="utf-8") != text:
        faults.append("docs/reference.md is not what the program says: "
                      f"tools/check_docs.py {program} --accept")
    pages = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
    shown = sum(len(shown_files(page)) for page in pages)
    for page in pages:
        faults += faults_of_page(program, page)
    print("\n".join([*faults, f"{len(pages)} pages, {shown} files shown, {len(faults)} faults"]))
    return 1 if faults or shown == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
