// SPDX-License-Identifier: Apache-2.0
#include "app/demo/generate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <numbers>

#include "base/time.hpp"

namespace gossamer::app {

namespace {

// SplitMix64 (Steele, Lea and Flood, 2014). The standard's distributions may differ between
// libraries; these numbers are the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // In [0, 1).
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

  // Mean 0, deviation 1 (Box and Muller).
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

 private:
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
  }

  std::uint64_t state_;
};

// How busy an hour of a day is: two peaks on working days, one long one otherwise.
double rhythm(int hour, bool working) {
  const auto peak = [hour](double at, double width) {
    const double distance = (hour - at) / width;
    return std::exp(-0.5 * distance * distance);
  };
  if (working) return 0.08 + 1.0 * peak(8, 1.2) + 1.25 * peak(17.5, 1.8) + 0.35 * peak(12.5, 2.5);
  return 0.1 + 0.95 * peak(14, 4);
}

struct Weather {
  double temp;
  double hum;
  double windspeed;
  int situation;  // 1 clear to 4 heavy rain
};

Weather weather_of(double year_share, int hour, double& mood, Random& random) {
  mood = 0.97 * mood + 0.24 * random.normal();
  const double season = -std::cos(2 * std::numbers::pi * (year_share - 0.04));
  const double day = -std::cos(2 * std::numbers::pi * (hour - 4) / 24.0);
  const double temp = 0.5 + 0.26 * season + 0.07 * day - 0.02 * mood + 0.02 * random.normal();
  const double hum = 0.62 + 0.12 * mood - 0.08 * day + 0.04 * random.normal();
  const double wind = 0.19 + 0.05 * std::abs(mood) + 0.06 * random.normal();
  const int situation = mood > 2.2 ? 4 : mood > 1.2 ? 3 : mood > 0.4 ? 2 : 1;
  return {std::clamp(temp, 0.02, 1.0), std::clamp(hum, 0.1, 1.0), std::clamp(wind, 0.0, 0.9),
          situation};
}

}  // namespace

std::string demand_csv(std::uint64_t seed) {
  using std::chrono::days;
  constexpr std::chrono::sys_days first{std::chrono::year{2011} / 1 / 1};
  constexpr int day_count = 731;
  Random random(seed);
  std::string csv = "hour,temp,atemp,hum,windspeed,weathersit,holiday,workingday,cnt\n";
  auto out = std::back_inserter(csv);
  double mood = 0;
  for (int day = 0; day < day_count; ++day) {
    const auto date = first + days(day);
    const unsigned weekday = std::chrono::weekday(date).c_encoding();
    const bool holiday = random.uniform() < 0.03;
    const bool working = weekday != 0 && weekday != 6 && !holiday;
    const auto name = format_date(std::chrono::year_month_day(date));
    for (int hour = 0; hour < 24; ++hour) {
      const auto weather = weather_of(day / 365.25, hour, mood, random);
      // People ride more in the second year, less in rain, most when it is pleasantly warm.
      const double growth = 1.0 + 0.6 * day / day_count;
      const double comfort = 1.15 - 1.7 * std::pow(weather.temp - 0.66, 2);
      const double dry = 1.0 - 0.22 * (weather.situation - 1);
      const double expected = 230 * growth * comfort * dry * rhythm(hour, working);
      const double count =
          std::max(0.0, expected + std::sqrt(expected + 1) * 1.8 * random.normal());
      fmt::format_to(out, "{} {:02}:00:00,{:.2f},{:.4f},{:.2f},{:.4f},{},{},{},{}\n", name, hour,
                     weather.temp, weather.temp * 0.95 + 0.01, weather.hum, weather.windspeed,
                     weather.situation, holiday ? 1 : 0, working ? 1 : 0, std::lround(count));
    }
  }
  return csv;
}

std::string credit_csv(std::uint64_t seed, int clients) {
  Random random(seed);
  std::string csv =
      "client_id,credit_limit,age,pay_0,pay_2,pay_3,pay_4,pay_5,pay_6,bill_amt1,bill_amt2,"
      "bill_amt3,pay_amt1,pay_amt2,pay_amt3,defaulted\n";
  auto out = std::back_inserter(csv);
  for (int client = 1; client <= clients; ++client) {
    const double trouble = random.normal();
    const double age = std::clamp(21 + std::abs(14 + 9 * random.normal()), 21.0, 79.0);
    const double limit =
        10'000 *
        std::round(std::clamp(std::exp(2.5 + 0.8 * random.normal() - 0.25 * trouble), 1.0, 80.0));
    fmt::format_to(out, "{},{:.0f},{:.0f}", client, limit, age);
    double lateness = 0;
    for (int month = 0; month < 6; ++month) {
      const double late =
          std::clamp(std::round(-0.6 + 0.9 * trouble + 0.7 * random.normal()), -2.0, 8.0);
      if (month < 2) lateness += late;
      fmt::format_to(out, ",{:.0f}", late);
    }
    const double used = std::clamp(0.45 + 0.25 * trouble + 0.25 * random.normal(), 0.0, 1.2);
    for (int month = 0; month < 3; ++month) {
      fmt::format_to(out, ",{:.0f}", limit * used * (1 - 0.06 * month + 0.05 * random.normal()));
    }
    for (int month = 0; month < 3; ++month) {
      const double share = std::clamp(0.3 - 0.2 * trouble + 0.2 * random.normal(), 0.0, 1.0);
      fmt::format_to(out, ",{:.0f}", limit * used * share);
    }
    const double odds = -1.9 + 0.55 * lateness + 0.9 * (used - 0.45) - 0.01 * (age - 35);
    const bool defaulted = random.uniform() < 1 / (1 + std::exp(-odds));
    fmt::format_to(out, ",{}\n", defaulted ? 1 : 0);
  }
  return csv;
}

}  // namespace gossamer::app
