# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_rules  # noqa: E402

PAGE = "# Rules\n\n- **R-1.1** One thing.\n- **R-1.2** Another.\n"


class CheckRules(unittest.TestCase):
    def check(self, files: dict[str, str]) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {"docs/rules.md": PAGE, **files}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            output = io.StringIO()
            with contextlib.redirect_stderr(output):
                code = check_rules.main([str(root)])
            return code, output.getvalue()

    def test_each_rule_with_a_scenario_is_fine(self):
        code, said = self.check({
            "tests/scenarios/a.scenario": "# rule R-1.1 R-1.2\nrun p\n",
            "src/orchestration/a.cpp": "int a;  // rule R-1.1: why\n"})
        self.assertEqual((0, ""), (code, said))

    def test_a_rule_without_a_scenario_is_named_with_its_line(self):
        code, said = self.check({"tests/scenarios/a.scenario": "# rule R-1.1\n"})
        self.assertEqual(1, code)
        self.assertIn("rules.md:4: no scenario names R-1.2", said)

    def test_unknown_rules_are_named_in_scenarios_and_sources(self):
        code, said = self.check({
            "tests/scenarios/a.scenario": "# rule R-1.1 R-1.2 R-9.9\n",
            "src/orchestration/a.cpp": "// rule R-8.8\n"})
        self.assertEqual(1, code)
        self.assertIn("a.scenario:1: there is no rule R-9.9", said)
        self.assertIn("a.cpp:1: there is no rule R-8.8", said)

    def test_a_scenario_without_a_rule_is_a_fault(self):
        code, said = self.check({
            "tests/scenarios/a.scenario": "# rule R-1.1 R-1.2\n",
            "tests/scenarios/b.scenario": "run p\n"})
        self.assertEqual(1, code)
        self.assertIn("b.scenario:1: the scenario names no rule", said)


if __name__ == "__main__":
    unittest.main()
