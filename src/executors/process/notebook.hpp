// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "executors/process/command.hpp"

namespace gossamer::executors {

// The name of a notebook inside its attempt's folder: with its parameters, and once executed with
// its outputs.
inline constexpr std::string_view notebook_file = "notebook.ipynb";

// Where the program says why it failed: the cell, the line and what was raised there.
inline constexpr std::string_view notebook_failure_file = "failure.txt";

// The job of a `notebook` step as that of a `command` step which executes it with the user's
// `python3` (packages nbclient and ipykernel, which every Jupyter has). Puts the notebook as the
// run has pinned it into the attempt's folder, with a cell behind the one tagged `parameters` (or
// before all) that sets them, as papermill does. The format is nbformat's version 4.
// invalid_input for a file that is no such notebook, for parameters of one whose language is not
// Python, and for one that the tagged cell does not set.
Result<Job> notebook_command(const orchestration::AttemptOrder& order, const Job& job,
                             const CommandPlaces& places);

// Says how to run the program of a `command` or `notebook` step, with everything in place for it.
Result<supervisor::Spec> prepare_program(const orchestration::AttemptOrder& order, const Job& job,
                                         const CommandPlaces& places);

}  // namespace gossamer::executors
