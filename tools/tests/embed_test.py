# SPDX-License-Identifier: Apache-2.0
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = """
#include <cstdio>
#include "store/embedded.hpp"
int main() {
    for (auto path : gossamer::store::embedded_paths()) {
        auto text = gossamer::store::embedded_text(path);
        std::printf("%.*s=", static_cast<int>(path.size()), path.data());
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::printf(";");
    }
    return gossamer::store::embedded_text("none").empty() ? 0 : 1;
}
"""


class Embed(unittest.TestCase):
    def test_texts_come_back_byte_for_byte(self):
        texts = {"b.sql": "select 'é\"\\';\n", "a/z.sql": "", "a.sql": "\0x"}
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for path, text in texts.items():
                file = folder / "src/store" / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            out = folder / "generated/store"
            subprocess.run([sys.executable, str(ROOT / "tools/embed.py"), "--root",
                            str(folder / "src"), "--folder", "store", "--out", str(out),
                            *(str(folder / "src/store" / path) for path in texts)], check=True)
            (folder / "main.cpp").write_text(PROGRAM, encoding="utf-8")
            subprocess.run(["g++-12", "-std=c++20", "-Wall", "-Werror", "-I",
                            str(folder / "generated"), str(folder / "main.cpp"),
                            str(out / "embedded.cpp"), "-o", str(folder / "run")], check=True)
            printed = subprocess.run([str(folder / "run")], check=True, capture_output=True).stdout
        expected = "".join(f"{path}={texts[path]};" for path in sorted(texts))
        self.assertEqual(expected.encode(), printed)


if __name__ == "__main__":
    unittest.main()
