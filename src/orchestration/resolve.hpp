// SPDX-License-Identifier: Apache-2.0
// References (`${steps.train.version}`) replaced by what they name. Pure.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orchestration/run.hpp"

namespace gossamer::orchestration {

// What references may name while one step is prepared; a scope is an object that paths walk.
struct References {
  std::map<std::string, std::shared_ptr<const Json>> steps;  // by name: StepSummary::values
  Json run = Json::object();  // id pipeline partition starter slice_start/_end window_start/_end
  Json params = Json::object();
  Json settings = Json::object();
  Json each = Json::object();  // the key of foreach to this instance's value
};

// What `step` may refer to: the steps that it depends on, and the run. `each` is null unless
// foreach.
Result<References> references_of(const RunState& run, const pipeline::Step& step, const Json& each);
using Summaries = std::function<std::shared_ptr<const StepSummary>(std::size_t step)>;
Result<References> references_of(const RunHeader& run, const pipeline::Step& step, const Json& each,
                                 const Summaries& summaries);

// A text that is exactly one reference gives the value with its type, any other a string (numbers
// as JSON writes them). A text with a secret gives {"pieces": ["user=", {"secret": "name"}]}: only
// the process that uses it learns the secret. invalid_input, at the text's position, names what
// exists.
Result<Json> resolve(const pipeline::Text& text, const References& references);

// A step's body as an executor reads it, with the names of definition.hpp as keys; each Query is
// {file, text, digest, tables, parameters, models, is_volatile}:
//   sql       {query}
//   command   {argv, env, workdir, code, image}
//   notebook  {file, params}
//   train     {model, engine, data, label, weight, exclude, objective, rounds, params, seed,
//              validation_fraction, early_stopping_rounds}           (null where not declared)
//   evaluate  {model, against, data, label, weight, exclude, metrics, by, criteria: [{metric,
//              at_most, at_least, not_worse_than_against, tolerance_relative, tolerance_absolute}]}
//   predict   {model | models: {name: model}, data, output_type, on_error}
//   profile   {table, reference}
//   approval  {title, evidence, on_approved, on_rejected, count}; a switch is {aliases: [{model,
//              alias, version}], settings: {name: value}, publish: [steps]}
//   trigger   {pipeline, partition, params}
//   none      {}
Result<Json> spec_of(const pipeline::Step& step, const References& references);

// Names "model@alias" that the step reads or may move, without doubles: what its first attempt
// pins. `spec` is what spec_of gave.
std::vector<std::string> aliases_of(const pipeline::Step& step, const Json& spec);

// The number in "credit/7" or 7; invalid_input says what was found instead.
Result<int> version_number(const Json& version, const std::string& model);

}  // namespace gossamer::orchestration
