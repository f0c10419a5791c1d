# SPDX-License-Identifier: Apache-2.0
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_layers  # noqa: E402

TABLES = """
| level | library | duty | may include |
| --- | --- | --- | --- |
| 0 | `base` | - | - |
| 1 | `left` | - | base |
| 1 | `right` | - | base |
| 2 | `top` | - | levels 0-1 |
| 4 | `app` | - | all |

| header | only in |
| --- | --- |
| `sqlite3.h` | `src/base/sql` |
| `big/` | `src/top` |
| `examples/embedded.hpp` | `app` |
"""


class CheckLayers(unittest.TestCase):
    def check(self, files: dict[str, str], tables: str = TABLES) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {"ARCHITECTURE.md": tables, **files}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            return check_layers.check_tree(root)

    def test_downwards_own_system_and_tests_are_fine(self):
        self.assertEqual([], self.check({
            "src/base/sql/a.cpp": "#include <sqlite3.h>\n#include <vector>\n",
            "src/left/a.cpp": '#include "left/a.hpp"\n#include "base/x.hpp"\n',
            "src/top/a.cpp": '#include <big/c.h>\n#include "left/a.hpp"\n#include "right/a.hpp"\n',
            "app/main.cpp": '#include "top/a.hpp"\n#include "app/wire.hpp"\n'
                            '#include "examples/embedded.hpp"\n',
            "tests/scenarios/a.cpp": '#include "top/a.hpp"\n#include "tests/scenarios/b.hpp"\n',
        }))

    def test_sideways_is_refused_with_place_and_advice(self):
        faults = self.check({"src/left/a.cpp": '#include <vector>\n#include "right/a.hpp"\n'})
        self.assertEqual(1, len(faults))
        self.assertTrue(faults[0].startswith("src/left/a.cpp:2: `left` (level 1) may not include"))
        self.assertIn("port", faults[0])

    def test_upwards_is_refused(self):
        self.assertEqual(1, len(self.check({"src/base/a.hpp": '#include "top/a.hpp"\n'})))
        self.assertEqual(1, len(self.check({"src/top/a_test.cpp": '# include  "app/wire.hpp"\n'})))

    def test_third_party_header_outside_its_folder_is_refused(self):
        self.assertEqual(1, len(self.check({"src/base/a.cpp": "#include <sqlite3.h>\n"})))
        self.assertEqual(1, len(self.check({"tests/a.cpp": '#include "big/c.h"\n'})))
        self.assertEqual(1, len(self.check({"src/base/sqlite/a.cpp": "#include <sqlite3.h>\n"})))

    def test_relative_and_rootless_includes_are_refused(self):
        self.assertEqual(1, len(self.check({"src/left/a.cpp": '#include "../base/x.hpp"\n'})))
        self.assertEqual(1, len(self.check({"src/left/a.cpp": '#include "a.hpp"\n'})))
        self.assertEqual(1, len(self.check({"app/a.cpp": '#include "src/base/x.hpp"\n'})))

    def test_unknown_folder_is_refused(self):
        self.assertEqual(1, len(self.check({"src/stray/a.cpp": "\n"})))
        self.assertEqual(1, len(self.check({"src/stray.cpp": "\n"})))

    def test_a_table_that_allows_sideways_or_unknown_is_itself_refused(self):
        for cell in ("base, left", "base, nobody"):
            bad = TABLES.replace("`right` | - | base", f"`right` | - | {cell}")
            self.assertEqual(1, len(self.check({}, bad)), cell)

    def test_no_table_is_no_pass(self):
        self.assertEqual(1, len(self.check({}, "nothing here")))

    def test_the_real_table_names_every_library(self):
        layers, faults = check_layers.read_layers((ROOT / "ARCHITECTURE.md").read_text())
        self.assertEqual([], faults)
        self.assertEqual({"base"}, {name for name, library in layers.libraries.items()
                                    if library.level == 0})
        self.assertEqual("src/base/sql", layers.homes["sqlite3.h"])


if __name__ == "__main__":
    unittest.main()
