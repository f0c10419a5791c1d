// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/environment.hpp"
#include "base/files.hpp"
#include "executors/job.hpp"
#include "executors/supervisor/spec.hpp"

namespace gossamer::executors {

struct CommandPlaces {
  fs::path workspace;
  fs::path state;  // `.gossamer`
  Environment
      environment;  // of this program: secrets come from it, PATH, HOME and LANG are passed on
};

// The names inside an attempt's folder that a program is told of.
inline constexpr std::string_view output_folder = "output";     // GOSSAMER_OUTPUT
inline constexpr std::string_view model_folder = "model";       // GOSSAMER_OUTPUT_MODEL
inline constexpr std::string_view result_file = "result.json";  // GOSSAMER_RESULT
inline constexpr std::string_view inputs_folder = "inputs";     // GOSSAMER_INPUT_<NAME>

// GOSSAMER_INPUT_<NAME> for a view's name: upper case, what is no letter or digit becomes `_`.
std::string input_variable(std::string_view view);

// Puts everything into place that a `command` step's program needs: links to its input files, its
// code, the JSON file of GOSSAMER_RUN; and says how to run it. Secrets are in the answer alone.
Result<supervisor::Spec> prepare_command(const orchestration::AttemptOrder& order, const Job& job,
                                         const CommandPlaces& places);

}  // namespace gossamer::executors
