// SPDX-License-Identifier: Apache-2.0
#include "executors/train/features.hpp"

#include <algorithm>

#include "base/suggest.hpp"

namespace gossamer::executors {

std::set<std::string> key_columns_of(const Job& job) {
  std::set<std::string> names;
  for (const InputView& view : job.views) {
    for (const release::ColumnSchema& column : view.key_columns)
      names.insert(column.name);
    for (const InputFile& file : view.files) {
      for (const auto& [name, value] : file.keys)
        names.insert(name);
    }
  }
  return names;
}

Result<std::vector<std::string>> features_of(const Batch& rows, const std::string& label,
                                             const std::string& weight,
                                             const std::set<std::string>& keys,
                                             const std::vector<std::string>& exclude) {
  const std::vector<std::string> names = rows.names();
  for (const std::string& name : exclude) {
    if (std::ranges::find(names, name) != names.end()) continue;
    return invalid_input("`exclude` names `" + name + "`, which the query does not return" +
                         did_you_mean(name, names));
  }
  std::vector<std::string> features;
  for (const std::string& name : names) {
    const bool is_feature = name != label && name != weight && !keys.contains(name) &&
                            std::ranges::find(exclude, name) == exclude.end();
    if (is_feature) features.push_back(name);
  }
  return features;
}

}  // namespace gossamer::executors
