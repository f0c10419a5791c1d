// SPDX-License-Identifier: Apache-2.0
// formats: model files as other programs write them, read with limits of our own. Owns the checks
// that a file must pass before a training library sees its bytes: the libraries index by what the
// file says and end the process, or worse, where it lies. Loads no library.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gossamer::scoring::formats {

// A value of a document. Lists of numbers (and booleans, as 0 and 1) are kept as numbers: integers
// beyond 2^53 are rounded.
struct Member;
struct Node {
  using Numbers = std::vector<double>;
  using List = std::vector<Node>;
  using Members = std::vector<Member>;  // sorted by name, each once
  std::variant<std::monostate, bool, double, std::string, Numbers, List, Members> value;
};
struct Member {
  std::string name;
  Node node;
};

// One object, as JSON with NaN and Infinity or as UBJSON (ubjson.org, draft 12, as far as XGBoost
// writes it: big-endian, 64-bit lengths, typed arrays). Which of the two follows from the first
// bytes. invalid_input names the byte: cut off, nested deeper than 32, a name given twice, bytes
// behind the end. Memory stays within a fixed multiple of the bytes, whatever lengths they claim.
Result<Node> read_document(std::string_view bytes);

// A node and where it stands ("learner.objective.name"), for errors.
class Place {
 public:
  Place(const Node& node, std::string path) : node_(&node), path_(std::move(path)) {}

  // A member of an object; invalid_input where there is none.
  [[nodiscard]] Result<Place> at(std::string_view name) const;
  [[nodiscard]] std::optional<Place> find(std::string_view name) const;
  [[nodiscard]] Result<std::vector<Place>> list() const;
  [[nodiscard]] Result<std::span<const double>> numbers() const;
  // As numbers(), of which there have to be so many, whole, within [least, most].
  [[nodiscard]] Result<std::vector<std::int64_t>> integers(std::size_t size, std::int64_t least,
                                                           std::int64_t most) const;
  [[nodiscard]] Result<std::string_view> text() const;
  // A text that holds a whole number, as XGBoost writes parameters.
  [[nodiscard]] Result<std::int64_t> parameter(std::int64_t least, std::int64_t most) const;
  // "`learner.objective.name` ..."
  [[nodiscard]] std::unexpected<Error> refuse(std::string_view what) const;

 private:
  const Node* node_;
  std::string path_;
};

}  // namespace gossamer::scoring::formats
