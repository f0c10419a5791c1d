# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import os
import pathlib
import re
import sys
import tarfile
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import parts  # noqa: E402

SHA256 = re.compile(r"[0-9a-f]{64}")


class Pins(unittest.TestCase):
    def test_every_archive_has_a_version_and_a_hash(self):
        for name, pin in parts.read_pins().items():
            for archive in pin["archives"]:
                self.assertIn(archive["from"], ("npm", "wheel", "sdist"), name)
                self.assertRegex(archive["version"], r"^\d", name)
                self.assertRegex(archive["sha256"], SHA256, name)

    def test_every_python_package_has_a_version_and_a_hash(self):
        rows = parts.read_toml()["python_oracles"]["packages"].strip().splitlines()
        self.assertGreater(len(rows), 10)
        for row in rows:
            self.assertRegex(row, r"^[a-z0-9.-]+ \d\S* [0-9a-f]{64}$")

    def test_another_pin_is_another_folder(self):
        pin = parts.read_pins()["sqlite"]
        changed = {"archives": [dict(pin["archives"][0], sha256="0" * 64)]}
        self.assertNotEqual(parts.part_folder("sqlite", pin), parts.part_folder("sqlite", changed))


class Unpacking(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.archive = self.folder / "a.tar.gz"
        with tarfile.open(self.archive, "w:gz") as archive:
            for name, mode in (("p/lib/x.so", 0o644), ("p/bin/run", 0o755), ("p/other", 0o644)):
                item = tarfile.TarInfo(name)
                item.size, item.mode = len(name), mode
                archive.addfile(item, io.BytesIO(name.encode()))

    def test_takes_files_and_folders_and_nothing_else(self):
        out = self.folder / "out"
        parts.unpack(self.archive, {"p/lib/": "lib/", "p/bin/run": "go"}, out)
        found = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
        self.assertEqual(["go", "lib/x.so"], found)
        self.assertTrue(os.access(out / "go", os.X_OK))
        self.assertFalse((out / "lib/x.so").stat().st_mode & 0o111)

    def test_what_is_missing_is_named(self):
        with self.assertRaisesRegex(parts.PartError, "has no p/gone"):
            parts.unpack(self.archive, {"p/gone": "gone"}, self.folder / "out")

    def test_nothing_leaves_the_folder(self):
        with self.assertRaisesRegex(parts.PartError, "leaves the part's folder"):
            parts.unpack(self.archive, {"p/other": "../../other"}, self.folder / "out")


class Fetching(unittest.TestCase):
    """With a client that delivers a fixed file: what is tested is what happens after it."""

    def setUp(self):
        self.cache = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(mock.patch.dict(os.environ, GOSSAMER_CACHE=self.cache))
        self.enterContext(contextlib.redirect_stderr(io.StringIO()))
        self.source = pathlib.Path(self.cache) / "p.tar"
        with tarfile.open(self.source, "w") as archive:
            archive.addfile(tarfile.TarInfo("empty"))
        self.digest = parts.hashlib.sha256(self.source.read_bytes()).hexdigest()

    def pin(self, digest: str) -> dict:
        return {"archives": [{"from": "npm", "package": "p", "version": "1", "sha256": digest,
                              "take": {"empty": "here"}}]}

    def command(self, archive, requirements, into):
        return ["cp", str(self.source), str(into)]

    def test_a_wrong_hash_leaves_nothing_behind(self):
        with mock.patch.object(parts, "download_command", self.command):
            with self.assertRaisesRegex(parts.PartError, "sha256 is .*pins.toml says 0000"):
                parts.fetch("p", self.pin("0" * 64))
        folders = [path for path in (pathlib.Path(self.cache) / "parts").iterdir() if path.is_dir()]
        self.assertEqual([], folders)

    def test_the_second_time_needs_no_client(self):
        pin = self.pin(self.digest)
        with mock.patch.object(parts, "download_command", self.command):
            folder = parts.fetch("p", pin)
        self.assertTrue((folder / "here").exists())
        with mock.patch.object(parts, "download_command", side_effect=AssertionError):
            self.assertEqual(folder, parts.fetch("p", pin))

    def test_a_client_that_fails_says_what_was_wanted(self):
        with mock.patch.object(parts, "download_command", lambda *_: ["false"]):
            with self.assertRaisesRegex(parts.PartError, "could not fetch npm p 1"):
                parts.fetch("p", self.pin(self.digest))


if __name__ == "__main__":
    unittest.main()
