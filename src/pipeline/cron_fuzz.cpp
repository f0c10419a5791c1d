// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pipeline/cron.hpp"

// Whatever is accepted is due on some day of these 28 years, in which every day of a year, February
// 29 too, falls on each day of the week.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace gossamer;
  const auto cron = pipeline::parse_cron({reinterpret_cast<const char*>(bytes), size});
  if (!cron) return cron.error().kind == ErrorKind::invalid_input ? 0 : (std::abort(), 0);
  if (cron->minutes.none() || cron->hours.none()) std::abort();
  const std::chrono::sys_days first{std::chrono::year{2020} / 1 / 1};
  for (int day = 0; day < 28 * 366; ++day) {
    if (cron->allows(Date{first + std::chrono::days(day)})) return 0;
  }
  std::abort();
}
