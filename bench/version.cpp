// SPDX-License-Identifier: Apache-2.0
// How long `gossamer --version` takes as a whole process: what every command pays before it works.
#include "base/subprocess.hpp"
#include "bench/figure.hpp"

int main() {
  using namespace gossamer;
  const std::filesystem::path program = bench::bin_folder() / "gossamer";
  const auto start = [&program] {
    Subprocess child =
        bench::value_of(Subprocess::spawn({.argv = {program.string(), "--version"}}));
    if (!bench::value_of(child.wait()).succeeded()) bench::give_up("gossamer --version failed");
  };
  std::vector<double> milliseconds = bench::repeat(5, 50, start);
  for (double& value : milliseconds)
    value *= 1000;
  bench::report("version", "ms", milliseconds, std::filesystem::current_path());
}
