# SPDX-License-Identifier: Apache-2.0
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import check_source  # noqa: E402

SPDX = "// " + check_source.LICENCE + "\n"


def faults(path: str, text: str) -> list[str]:
    return [what for _, what in check_source.check_file(pathlib.PurePath(path), text)]


class Layout(unittest.TestCase):
    def test_a_clean_file_passes(self):
        self.assertEqual([], faults("src/base/a.cpp", SPDX + "int main() { return 0; }\n"))

    def test_missing_licence(self):
        self.assertIn("SPDX", faults("src/base/a.cpp", "int x = 0;\n")[0])
        self.assertEqual([], faults("tools/a.sh", "#!/bin/sh\n# " + check_source.LICENCE + "\n"))

    def test_long_file_and_long_line(self):
        self.assertEqual([], faults("src/a/a.cpp", SPDX + "\n" * 399))
        self.assertIn("401 lines", faults("src/a/a.cpp", SPDX + "\n" * 400)[0])
        self.assertIn("101 columns", faults("src/a/a.cpp", SPDX + "x" * 101)[0])

    def test_unfinished_work_and_private_paths(self):
        self.assertEqual(1, len(faults("src/a/a.cpp", SPDX + "// TO" + "DO: later\n")))
        self.assertEqual(1, len(faults("docs/a.md", "see /ho" + "me/ana/x\n")))
        self.assertEqual([], faults("docs/a.md", "see docs/home/x and ~/work/x\n"))


class BannedCalls(unittest.TestCase):
    BAD = [
        "auto t = std::chrono::system_clock::now();",
        "std::this_thread::sleep_for(1s);",
        "usleep(5);",
        "sleep(5);",
        "::sleep (5);",
        "time(nullptr);",
        "std::random_device seed;",
        "int x = rand();",
        "std::mt19937_64 generator;",
        "std::mt19937 generator{};",
    ]
    GOOD = [
        "std::mt19937_64 generator(7);",
        "std::mt19937_64 generator{seed};",
        "std::mt19937_64 random_;",
        "policy.time(x);",
        'auto s = "usleep(5); sleep(3)";',
        "// sleep_for is banned here",
        'auto s = R"(std::random_device)";',
        "int operand(); operand();",
        "clock.sleep(5);",
        "auto x = 1'000'000; auto y = 'a';",
    ]

    def test_each_is_found_also_in_tests(self):
        for line in self.BAD:
            self.assertEqual(1, len(faults("src/a/a_test.cpp", SPDX + line + "\n")), line)

    def test_the_clock_may(self):
        for line in self.BAD[:5]:
            self.assertEqual([], faults("src/base/clock.cpp", SPDX + line + "\n"), line)

    def test_harmless_ones_pass(self):
        for line in self.GOOD:
            self.assertEqual([], faults("src/a/a.cpp", SPDX + line + "\n"), line)

    def test_the_line_is_the_right_one(self):
        text = SPDX + 'auto s = R"(\n\n)"; /* x\n y */ usleep(1);\n'
        self.assertEqual([5], [line for line, _ in
                               check_source.check_file(pathlib.PurePath("src/a/a.cpp"), text)])


class Comments(unittest.TestCase):
    def test_code_in_comments(self):
        for line in ("// if (x) {", "// return x;", "//   foo(bar);", "// int x = 3;", "// }"):
            self.assertEqual(1, len(faults("src/a/a.cpp", SPDX + line + "\n")), line)

    def test_prose(self):
        for line in ("// if the file is gone, the run is lost", "// see advance(run, event)",
                     "// 3 runs; none of them late"):
            self.assertEqual([], faults("src/a/a.cpp", SPDX + line + "\n"), line)


class Headers(unittest.TestCase):
    def header(self, body: str) -> list[str]:
        return faults("src/a/a.hpp", SPDX + "#pragma once\n" + body)

    def test_pragma_and_using(self):
        self.assertEqual(1, len(faults("src/a/a.hpp", SPDX)))
        self.assertEqual(1, len(self.header("using namespace std;\n")))

    def test_names_that_say_nothing(self):
        self.assertEqual(1, len(self.header("class RunManager {\n};\n")))
        self.assertEqual(1, len(self.header("struct RunInfo;\n")))
        self.assertEqual([], self.header("class Database {\n};\nstruct DataFile;\n"))

    def test_wide_interface(self):
        methods = "  virtual int f(int x) const = 0;\n"
        self.assertEqual([], self.header("class Port {\n" + methods * 10 + "};\n"))
        small = "class Small {\n" + methods + "};\n"
        wide = self.header(small + "class Port {\n" + methods * 11 + "};\n")
        self.assertEqual(1, len(wide))
        self.assertIn("'Port' has 11 methods", wide[0])


class Python(unittest.TestCase):
    def test_syntax_error_and_long_function(self):
        spdx = SPDX.replace("//", "#")
        self.assertIn("does not compile", faults("tools/a.py", spdx + "def f(:\n")[0])
        self.assertEqual([], faults("tools/a.py", spdx + "def f():\n" + "    x = 1\n" * 69))
        self.assertIn("71 lines", faults("tools/a.py", spdx + "def f():\n" + "    x = 1\n" * 70)[0])


if __name__ == "__main__":
    unittest.main()
