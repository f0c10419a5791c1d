// SPDX-License-Identifier: Apache-2.0
// What each route takes and answers, field by field, for the OpenAPI document.
#pragma once

#include <string>

#include "base/json.hpp"
#include "web/request.hpp"

namespace gossamer::web {

// As JSON Schema (draft 2020-12), which is what OpenAPI 3.1 has; a reference leads to
// `#/components/schemas/`.
struct Shape {
  Json query;   // of a GET: name to {"schema", "required"}
  Json body;    // of anything else: the schema of an object
  Json answer;  // of status 200
};

// Nothing is known of a route that is not in the table: it takes and answers anything.
Shape shape_of(const Route& route);
// The schemas that shapes refer to, by name.
Json shared_schemas();
// invalid_input for a field that the route does not take, with the one that may be meant.
Result<void> check_fields(const Route& route, const Request& request);
// Whether the table has it.
bool has_shape(const Route& route);

}  // namespace gossamer::web
