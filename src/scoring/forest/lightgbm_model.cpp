// SPDX-License-Identifier: Apache-2.0
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "scoring/forest/lightgbm_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace gossamer::scoring::forest {
namespace {

constexpr std::int64_t int32_max = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t outputs_max = 100'000;

struct ObjectiveRule {
  std::string_view name;
  LinkKind link = LinkKind::identity;
};

// From ObjectiveFunction::ConvertOutput in LightGBM's sources.
constexpr std::array objective_rules{ObjectiveRule{"regression"},
                                     ObjectiveRule{"regression_l1"},
                                     ObjectiveRule{"quantile"},
                                     ObjectiveRule{"huber"},
                                     ObjectiveRule{"fair"},
                                     ObjectiveRule{"mape"},
                                     ObjectiveRule{"lambdarank"},
                                     ObjectiveRule{"rank_xendcg"},
                                     ObjectiveRule{"custom"},
                                     ObjectiveRule{"poisson", LinkKind::exp},
                                     ObjectiveRule{"gamma", LinkKind::exp},
                                     ObjectiveRule{"tweedie", LinkKind::exp},
                                     ObjectiveRule{"binary", LinkKind::sigmoid},
                                     ObjectiveRule{"multiclassova", LinkKind::sigmoid},
                                     ObjectiveRule{"cross_entropy", LinkKind::sigmoid},
                                     ObjectiveRule{"cross_entropy_lambda", LinkKind::log1p_exp},
                                     ObjectiveRule{"multiclass", LinkKind::softmax}};

// Lines of a text, numbered from 1.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  std::size_t offset() const { return at_; }
  std::size_t number() const { return number_; }
  void restart(std::size_t offset) { at_ = offset; }

  // The next line without its end, still to be taken; nothing at the end of the text.
  std::optional<std::string_view> peek() const {
    if (at_ >= text_.size()) return std::nullopt;
    std::string_view line = text_.substr(at_, text_.find('\n', at_) - at_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  void take() {
    const std::size_t end = text_.find('\n', at_);
    at_ = end == text_.npos ? text_.size() : end + 1;
    ++number_;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t number_ = 1;
};

void add_line(LightgbmBlock& block, std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == line.npos) {
    block.values[line] = {};
  } else {
    block.values[line.substr(0, equals)] = line.substr(equals + 1);
  }
}

LightgbmBlock read_header(Lines& lines) {
  LightgbmBlock header{.values = {}, .place = "the header"};
  while (const auto line = lines.peek()) {
    if (line->starts_with("Tree=") || *line == "end of trees") break;
    if (!line->empty()) add_line(header, *line);
    lines.take();
  }
  return header;
}

// The tree that begins at the line "Tree=<index>".
Result<LightgbmBlock> read_tree(Lines& lines, std::size_t index) {
  LightgbmBlock block{.values = {},
                      .place = fmt::format("line {} (tree {})", lines.number(), index)};
  const auto head = lines.peek();
  if (!head || !head->starts_with("Tree=")) {
    return invalid_input(block.place + ": `Tree=` belongs here");
  }
  lines.take();
  while (const auto line = lines.peek()) {
    if (line->empty()) break;
    if (line->find('=') == line->npos) {
      return invalid_input(fmt::format("line {}: `key=value` belongs here", lines.number()));
    }
    add_line(block, *line);
    lines.take();
  }
  while (lines.peek() && lines.peek()->empty())
    lines.take();
  return block;
}

// LightGBM finds trees by their sizes where the header lists them, so these must be true.
Result<void> check_sizes(const LightgbmBlock& header, const std::vector<std::size_t>& begins) {
  if (!header.values.contains("tree_sizes")) return {};
  TRY_ASSIGN(const auto sizes, require_numbers(header, "tree_sizes", begins.size() - 1));
  for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
    const std::size_t size = begins[i + 1] - begins[i];
    if (sizes[i] == static_cast<double>(size)) continue;
    return invalid_input(fmt::format(
        "the header's `tree_sizes` says {} bytes of tree {}, it has {}", sizes[i], i, size));
  }
  return {};
}

Result<void> read_trees(Model& model, Lines& lines, const LightgbmBlock& header) {
  Forest& forest = model.forest;
  std::vector<std::size_t> begins{lines.offset()};
  bool is_linear = false;
  while (lines.peek() && lines.peek()->starts_with("Tree=")) {
    const std::size_t index = begins.size() - 1;
    TRY_ASSIGN(const LightgbmBlock block, read_tree(lines, index));
    const auto output = static_cast<std::uint32_t>(index % forest.outputs);
    TRY_ASSIGN(const LeafKind kind, append_tree(forest, block, output));
    is_linear = is_linear || kind == LeafKind::linear;
    begins.push_back(lines.offset());
  }
  TRY(check_sizes(header, begins));
  if (is_linear) model.unsupported = "its leaves are linear models (linear_tree)";
  // A round that is not whole is not predicted.
  forest.trees.resize(forest.trees.size() / forest.outputs * forest.outputs);
  if (header.values.contains("average_output")) {
    const std::size_t rounds = forest.trees.size() / forest.outputs;
    forest.link.divisor = static_cast<double>(rounds);
  }
  return {};
}

Result<void> read_sizes(Model& model, const LightgbmBlock& header) {
  TRY_ASSIGN(const auto classes, require_integer(header, "num_class", 1, outputs_max));
  std::int64_t outputs = classes;
  if (header.values.contains("num_tree_per_iteration")) {
    TRY_ASSIGN(outputs, require_integer(header, "num_tree_per_iteration", 1, outputs_max));
  }
  if (outputs != classes) {
    return invalid_input(
        fmt::format("the header has {} classes and {} trees per round", classes, outputs));
  }
  TRY(require_integer(header, "label_index", -1, int32_max));
  TRY_ASSIGN(const auto last, require_integer(header, "max_feature_idx", 0, int32_max - 1));
  model.forest.outputs = static_cast<std::uint32_t>(outputs);
  model.forest.features = static_cast<std::uint32_t>(last + 1);
  model.forest.base.assign(model.forest.outputs, 0);
  TRY_ASSIGN(const std::string_view names, require(header, "feature_names"));
  model.feature_names = split(names, ' ');
  if (model.feature_names.size() != model.forest.features) {
    return invalid_input(fmt::format("the header names {} features of {}",
                                     model.feature_names.size(), model.forest.features));
  }
  TRY_ASSIGN(const std::string_view ranges, require(header, "feature_infos"));
  const auto blanks = static_cast<std::size_t>(std::ranges::count(ranges, ' '));
  if (blanks + 1 != model.forest.features) {
    return invalid_input("the header's `feature_infos` has not one entry per feature");
  }
  return {};
}

}  // namespace

Result<void> set_objective(Model& model, std::string_view text) {
  const std::vector<std::string> words = split(text, ' ');
  model.objective = words.front();
  const auto rule = std::ranges::find(objective_rules, words.front(), &ObjectiveRule::name);
  if (rule == objective_rules.end()) {
    model.unsupported = fmt::format("its objective `{}` is not known here", words.front());
    return {};
  }
  model.forest.link.kind = rule->link;
  for (const std::string& word : words) {
    if (word == "sqrt" && rule->link == LinkKind::identity) {
      model.forest.link.kind = LinkKind::signed_square;
    }
    constexpr std::string_view sigmoid = "sigmoid:";
    if (!word.starts_with(sigmoid)) continue;
    const auto scale = parse_number(std::string_view(word).substr(sigmoid.size()));
    if (!scale || *scale <= 0) {
      return invalid_input(
          fmt::format("the header: `objective` has `{}`, no positive number", word));
    }
    model.forest.link.scale = *scale;
  }
  return {};
}

Result<Model> read_lightgbm(std::string_view bytes) {
  Lines lines(bytes);
  if (!bytes.starts_with("tree")) return invalid_input("line 1: `tree` belongs here");
  const LightgbmBlock header = read_header(lines);
  Model model;
  model.forest.dialect = Dialect::lightgbm;
  TRY(read_sizes(model, header));
  const auto objective = header.values.find("objective");
  if (objective != header.values.end()) TRY(set_objective(model, objective->second));
  std::string unsupported = std::exchange(model.unsupported, {});
  TRY(read_trees(model, lines, header));
  if (model.unsupported.empty()) model.unsupported = std::move(unsupported);
  return model;
}

}  // namespace gossamer::scoring::forest
