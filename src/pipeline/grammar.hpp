// SPDX-License-Identifier: Apache-2.0
// The grammars of whole files, put together from schema.hpp.
#pragma once

#include "pipeline/draft.hpp"
#include "pipeline/schema.hpp"

namespace gossamer::pipeline::schema {

const Type<Workspace>& workspace_grammar();
const Type<PipelineDraft>& pipeline_grammar();
const Type<TableDraft>& table_grammar();
const Type<Calendar>& calendar_grammar();

// Parts of the pipeline's grammar.
Type<PartitionScheme> partition_scheme();
Type<Schedule> schedule();
Type<std::map<std::string, Input>> inputs();
Type<std::map<std::string, Parameter>> parameters();
Type<std::vector<Check>> checks();
Type<Retries> retries();
Type<std::vector<After>> after();
Type<ForEach> for_each();
Type<Output> output();
struct Steps {
  std::vector<StepDraft> readable;
  std::vector<std::string> unreadable;
};
Type<Steps> steps();

}  // namespace gossamer::pipeline::schema
