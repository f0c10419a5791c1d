// SPDX-License-Identifier: Apache-2.0
// Jobs over a small table `features` (hour, temp, hum, cnt, kind) in a folder of their own.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/ids.hpp"
#include "executors/job.hpp"
#include "scoring/engine.hpp"

namespace gossamer::executors::test {

// Both training libraries, on one thread.
std::vector<scoring::Engine> engines();

// What a job wrote, as a view named `output`.
InputView view_of_output(const Job& job);

class Jobs {
 public:
  Jobs();

  [[nodiscard]] fs::path state() const { return folder_.path() / ".gossamer"; }

  // Writes the table's one file: temp (one in 20 is null) decides cnt.
  Result<void> write_rows(int rows);
  // A job over the table, with the models added so far.
  [[nodiscard]] Job empty(const std::string& kind);
  [[nodiscard]] Job train(const std::string& engine, int rounds = 40);
  [[nodiscard]] Job evaluate(const std::string& model, const std::string& against);

  [[nodiscard]] Job predict(const std::string& model, const std::string& query);

  [[nodiscard]] Job predict_several(const std::map<std::string, std::string>& models,
                                    const std::string& query);
  // As predict, with `on_error: quarantine`.
  [[nodiscard]] Job predict_aside(const std::string& model, const std::string& query);

  // Trains a version and makes it known to the jobs that follow.
  Result<void> add_model(const std::string& engine, int version, int rounds);
  Result<void> flip_a_bit(int version, const std::string& file);

  static Result<orchestration::AttemptResult> run(const JobHandler& handler, const Job& job);

 private:
  ManualClock clock_;
  std::unique_ptr<IdSource> ids_;
  TemporaryFolder folder_;
  std::vector<ModelBinding> models_;
};

}  // namespace gossamer::executors::test
