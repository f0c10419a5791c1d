// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "scoring/artifact.hpp"
#include "scoring/features.hpp"
#include "scoring/formats/model_folder.hpp"
#include "scoring/scorer.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::scoring {

// The artifact's own description, or for a file that another program wrote what `derive` makes of
// it. invalid_input where the file has other features or classes.
Result<Description> description_of(const Artifact& artifact, const formats::ModelFile& file,
                                   const std::function<Result<Description>()>& derive);
// What is known of such a file before its features: flavour, file, objective, task, classes "0",
// ...
Description describe_foreign(const Artifact& artifact, std::span<const Objective> objectives,
                             std::string objective, std::int64_t classes);

// Which rows a library does not take.
struct RowLimits {
  Infinities infinities = Infinities::allowed;
  std::vector<std::string> categorical;  // features that hold codes and nothing else
};

// A scorer on top of a library that computes whole rows: what is the same for each of them.
class LibraryScorer : public Scorer {
 public:
  const Signature& signature() const override { return description_.features; }
  Task task() const override { return description_.task; }
  const std::vector<std::string>& classes() const override { return description_.classes; }
  Signature output_signature(OutputType type) const override;
  std::string_view kernel() const override { return kernel_; }
  std::size_t memory_bytes() const override { return memory_bytes_; }
  Result<std::vector<BadRow>> find_bad_rows(const Batch& rows) const override;
  Result<Batch> score(const Batch& rows, OutputType type) const override;

 protected:
  LibraryScorer(Description description, std::string kernel, RowLimits limits,
                std::size_t file_bytes);
  const Description& description() const { return description_; }

 private:
  // Row-major: after the link (prediction), before it (margin), or per feature and the bias
  // (contributions). At least one row; columns are the features in the model's order.
  virtual Result<std::vector<double>> compute(std::span<const Column* const> columns,
                                              OutputType type) const = 0;
  std::vector<BadRow> bad_rows(std::span<const Column* const> columns) const;

  Description description_;
  std::string kernel_;
  RowLimits limits_;
  std::size_t memory_bytes_;
};

}  // namespace gossamer::scoring
