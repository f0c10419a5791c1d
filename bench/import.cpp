// SPDX-License-Identifier: Apache-2.0
// `gossamer tables import` of 731 days of hourly rows (17,544 of them, generated): the whole
// command, from a CSV file to 731 published partitions that outsiders see.
#include <fmt/format.h>

#include <cmath>

#include "base/subprocess.hpp"
#include "bench/figure.hpp"

namespace {

using namespace gossamer;

constexpr int days = 731;

std::string hourly_rows() {
  std::string text =
      "hour,season,holiday,weekday,workingday,weathersit,temp,atemp,hum,windspeed,casual,"
      "registered,cnt\n";
  const auto first = std::chrono::sys_days(std::chrono::year(2011) / 1 / 1);
  for (int hour = 0; hour < days * 24; ++hour) {
    const auto at = Instant(first) + std::chrono::hours(hour);
    const double wave = std::sin(hour * 0.2618) + 1.1;
    text += fmt::format("{},{},{},{},{},{},{:.4f},{:.4f},{:.4f},{:.4f},{},{},{}\n",
                        format_instant(at).substr(0, 19), hour / 2190 % 4 + 1, hour % 700 < 24,
                        hour / 24 % 7, hour / 24 % 7 < 5, hour % 3 + 1, wave / 3, wave / 4,
                        0.5 + wave / 7, wave / 9, hour % 50, hour % 400, hour % 50 + hour % 400);
  }
  return text;
}

void run(const std::vector<std::string>& argv) {
  const auto ran = bench::value_of(run_captured({.argv = argv}, std::chrono::minutes(5)));
  if (!ran.end.succeeded()) bench::give_up(ran.output);
}

}  // namespace

int main() {
  const auto folder = bench::value_of(TemporaryFolder::make("bench"));
  const std::string program = (bench::bin_folder() / "gossamer").string();
  const auto file = folder.path() / "hourly.csv";
  bench::check(write_file_durably(file, hourly_rows()));
  int round = 0;
  const auto import = [&] {
    const auto workspace = folder.path() / fmt::format("w{}", round++);
    bench::check(make_folders(workspace));
    bench::check(write_file_durably(workspace / "gossamer.yaml", "workspace: bench\n"));
    run({program, "-C", workspace.string(), "tables", "import", "raw.rentals", file.string(),
         "--partition-by", "day:hour"});
  };
  bench::report("import_731_days", "s", bench::repeat(1, 5, import), folder.path(),
                {{"rows", days * 24}, {"partitions", days}});
}
