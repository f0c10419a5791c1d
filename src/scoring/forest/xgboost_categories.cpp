// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/xgboost_file.hpp"

#include <fmt/format.h>

namespace gossamer::scoring::forest {
namespace {

struct Encoding {
  bool is_text = false;
  std::vector<double> offsets;  // of texts: where each begins in `values`, and the end
  std::vector<double> values;   // the bytes of all texts, or one number per category
};

Result<std::vector<std::string>> names_of(const Encoding& encoding, const std::string& place) {
  std::vector<std::string> names;
  if (!encoding.is_text) {
    for (const double value : encoding.values)
      names.push_back(fmt::format("{}", value));
    return names;
  }
  std::string bytes;
  for (const double value : encoding.values) {
    TRY_ASSIGN(const auto byte, whole_number(value, -128, 255, place + ": a byte of its names"));
    bytes += static_cast<char>(byte);
  }
  for (std::size_t i = 0; i + 1 < encoding.offsets.size(); ++i) {
    TRY_ASSIGN(const auto begin,
               whole_number(encoding.offsets[i], 0, static_cast<std::int64_t>(bytes.size()),
                            place + ": an offset of its names"));
    TRY_ASSIGN(const auto end,
               whole_number(encoding.offsets[i + 1], begin, static_cast<std::int64_t>(bytes.size()),
                            place + ": an offset of its names"));
    names.push_back(
        bytes.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
  }
  return names;
}

Result<Encoding> read_encoding(Tokens& tokens) {
  Encoding encoding;
  TRY(read_object(tokens, [&](const std::string& key) -> Result<void> {
    if (key == "offsets") {
      encoding.is_text = true;
      TRY_ASSIGN(encoding.offsets, tokens.numbers());
      return {};
    }
    if (key == "values") {
      TRY_ASSIGN(encoding.values, tokens.numbers());
      return {};
    }
    return tokens.skip();
  }));
  return encoding;
}

}  // namespace

Result<std::vector<std::vector<std::string>>> read_xgboost_categories(Tokens& tokens) {
  std::vector<std::vector<std::string>> categories;
  TRY(read_object(tokens, [&](const std::string& key) -> Result<void> {
    if (key != "enc") return tokens.skip();
    return read_array(tokens, [&](std::size_t feature) -> Result<void> {
      TRY_ASSIGN(const Encoding encoding, read_encoding(tokens));
      TRY_ASSIGN(auto names,
                 names_of(encoding, fmt::format("the categories of feature {}", feature)));
      categories.push_back(std::move(names));
      return {};
    });
  }));
  return categories;
}

}  // namespace gossamer::scoring::forest
