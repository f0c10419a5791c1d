// SPDX-License-Identifier: Apache-2.0
#include "executors/predict/functions.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "executors/predict/packed.hpp"
#include "scoring/features.hpp"

namespace gossamer::executors {
namespace {

using scoring::OutputType;
using warehouse::BoundFunction;
using warehouse::FunctionArgument;
using BoundPointer = std::shared_ptr<const BoundFunction>;

bool is_number(ColumnType type) {
  return type != ColumnType::string && type != ColumnType::timestamp && type != ColumnType::date;
}

// "age BIGINT, income DOUBLE": what should have been written.
std::string expected(const Signature& features) {
  std::vector<std::string> words;
  for (const SignatureColumn& feature : features.columns) {
    words.push_back(fmt::format("{} {}", feature.name, name_of(feature.type)));
  }
  return join(words, ", ");
}

Result<void> check_features(std::span<const FunctionArgument> arguments, const LoadedModel& model) {
  const Signature& features = model.scorer->signature();
  if (arguments.size() != features.columns.size()) {
    return invalid_input(fmt::format("model {} has {} features, the call gives {}: ({})",
                                     model.name(), features.columns.size(), arguments.size(),
                                     expected(features)));
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (is_number(arguments[i].type)) continue;
    return invalid_input(fmt::format("feature `{}` of model {} is {}, the call gives {}; cast it",
                                     features.columns[i].name, model.name(),
                                     name_of(features.columns[i].type), arguments[i].sql_type));
  }
  return {};
}

// The call's arguments under the names that the scorer looks for.
Result<Batch> named(std::span<const Column> arguments, const Signature& features) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    columns.push_back(arguments[i].renamed(features.columns[i].name));
  }
  return Batch::make(std::move(columns));
}

Result<Column> as_doubles(const Column& column) {
  if (column.type() == ColumnType::float64) return column;
  return convert(column, ColumnType::float64);
}

class BoundPredict final : public BoundFunction {
 public:
  BoundPredict(LoadedModel model, OutputType type) : model_(std::move(model)), type_(type) {}

  Result<Column> execute(std::span<const Column> arguments, std::size_t) const override {
    TRY_ASSIGN(const Batch rows, named(arguments.subspan(1), model_.scorer->signature()));
    TRY_ASSIGN(const Batch scored, model_.scorer->score(rows, type_));
    TRY_ASSIGN(const Column* column,
               scored.require(type_ == OutputType::margin ? "margin" : "prediction"));
    return as_doubles(*column);
  }

 private:
  LoadedModel model_;
  OutputType type_;
};

// Contributions of each feature to the margin, and the bias, as a JSON object a row.
class BoundExplain final : public BoundFunction {
 public:
  explicit BoundExplain(LoadedModel model) : model_(std::move(model)) {}

  Result<Column> execute(std::span<const Column> arguments, std::size_t) const override {
    TRY_ASSIGN(const Batch rows, named(arguments.subspan(1), model_.scorer->signature()));
    TRY_ASSIGN(const Batch scored, model_.scorer->score(rows, OutputType::contributions));
    constexpr std::string_view head = "contribution_";
    std::vector<std::string> texts;
    for (std::size_t row = 0; row < scored.rows(); ++row) {
      Json parts = Json::object();
      for (const Column& column : scored.columns()) {
        if (!column.name().starts_with(head)) continue;
        parts[column.name().substr(head.size())] = column.float64s()[row];
      }
      TRY_ASSIGN(std::string text, canonical(parts));
      texts.push_back(std::move(text));
    }
    return Column::of_strings("explanation", texts);
  }

 private:
  LoadedModel model_;
};

// The model that a call names by its first argument.
Result<LoadedModel> model_named(std::span<const FunctionArgument> arguments,
                                const JobModels& models, std::string_view function) {
  if (arguments.empty() || !arguments.front().constant) {
    return invalid_input(fmt::format(
        "the first argument is the model's name as a literal, such as {}('credit@champion', ...)",
        function));
  }
  const Json& reference = *arguments.front().constant;
  if (!reference.is_string()) {
    return invalid_input(
        fmt::format("the model's name is {}; write a text such as "
                    "'credit@champion'",
                    reference.is_null() ? "NULL" : reference.dump()));
  }
  return models.load(reference.get<std::string>());
}

class ExplainFunction final : public warehouse::ScalarFunction {
 public:
  explicit ExplainFunction(std::shared_ptr<const JobModels> models) : models_(std::move(models)) {}

  std::string name() const override { return "explain"; }
  ColumnType result_type() const override { return ColumnType::string; }
  Result<BoundPointer> bind(std::span<const FunctionArgument> arguments) const override {
    TRY_ASSIGN(LoadedModel model, model_named(arguments, *models_, "explain"));
    TRY(check_features(arguments.subspan(1), model));
    return std::make_shared<const BoundExplain>(std::move(model));
  }

 private:
  std::shared_ptr<const JobModels> models_;
};

class PredictFunction final : public warehouse::ScalarFunction {
 public:
  PredictFunction(std::string name, OutputType type, std::shared_ptr<const JobModels> models)
      : name_(std::move(name)), type_(type), models_(std::move(models)) {}

  std::string name() const override { return name_; }
  ColumnType result_type() const override { return ColumnType::float64; }

  Result<BoundPointer> bind(std::span<const FunctionArgument> arguments) const override {
    TRY_ASSIGN(LoadedModel model, model_named(arguments, *models_, name_));
    if (model.scorer->task() == scoring::Task::multiclass) {
      const Signature outputs = model.scorer->output_signature(OutputType::prediction);
      if (type_ == OutputType::margin || !is_number(outputs.columns.front().type)) {
        return invalid_input(fmt::format(
            "model {} gives a value per class; use a `predict` step for it", model.name()));
      }
    }
    TRY(check_features(arguments.subspan(1), model));
    return std::make_shared<const BoundPredict>(std::move(model), type_);
  }

 private:
  std::string name_;
  OutputType type_;
  std::shared_ptr<const JobModels> models_;
};

// All numbers of a row, one after the other; of several classes the label's index first.
std::vector<std::string> packed_rows(const Batch& scored, const scoring::Scorer& scorer) {
  const bool has_classes = scorer.task() == scoring::Task::multiclass;
  const std::size_t classes = scorer.classes().size();
  std::vector<std::string> texts(scored.rows());
  for (std::size_t row = 0; row < scored.rows(); ++row) {
    if (has_classes) {
      // The columns after the label are the classes' scores; the first of equal ones wins.
      std::size_t best = 0;
      for (std::size_t k = 1; k < classes; ++k) {
        const auto score = [&](std::size_t i) { return scored.columns()[i + 1].float64s()[row]; };
        if (score(k) > score(best)) best = k;
      }
      append_packed(texts[row], static_cast<double>(best));
    }
    for (std::size_t i = has_classes ? 1 : 0; i < scored.columns().size(); ++i) {
      append_packed(texts[row], scored.columns()[i].float64s()[row]);
    }
  }
  return texts;
}

class BoundScore final : public BoundFunction {
 public:
  BoundScore(LoadedModel model, OutputType type, ScoreForm form, std::shared_ptr<RowCount> rows)
      : model_(std::move(model)), type_(type), form_(form), rows_(std::move(rows)) {}

  Result<Column> execute(std::span<const Column> arguments, std::size_t count) const override {
    *rows_ += count;
    TRY_ASSIGN(const Batch rows, named(arguments, model_.scorer->signature()));
    if (form_ == ScoreForm::packed_or_reason) return scored_or_reason(rows);
    TRY_ASSIGN(const Batch scored, model_.scorer->score(rows, type_));
    if (form_ == ScoreForm::number) return as_doubles(scored.columns().front());
    return Column::of_strings("packed", packed_rows(scored, *model_.scorer));
  }

 private:
  Result<Column> scored_or_reason(const Batch& rows) const {
    TRY_ASSIGN(const auto bad, model_.scorer->find_bad_rows(rows));
    std::vector<std::string> texts(rows.rows());
    // The first reason of a row is enough: the others show once it is mended.
    for (const scoring::BadRow& entry : bad) {
      std::string& text = texts[entry.row];
      if (text.empty()) text = fmt::format("!column `{}` {}", entry.column, entry.reason);
    }
    TRY(score_others(rows, texts));
    return Column::of_strings("packed", texts);
  }

  Result<void> score_others(const Batch& rows, std::vector<std::string>& texts) const {
    std::vector<std::int32_t> good;
    for (std::size_t row = 0; row < texts.size(); ++row) {
      if (texts[row].empty()) good.push_back(static_cast<std::int32_t>(row));
    }
    std::vector<Column> columns;
    for (const Column& column : rows.columns())
      columns.push_back(scoring::gather(column, good));
    TRY_ASSIGN(const Batch chosen, Batch::make(std::move(columns)));
    TRY_ASSIGN(const Batch scored, model_.scorer->score(chosen, type_));
    std::vector<std::string> packed = packed_rows(scored, *model_.scorer);
    for (std::size_t i = 0; i < good.size(); ++i) {
      texts[static_cast<std::size_t>(good[i])] = std::move(packed[i]);
    }
    return {};
  }

  LoadedModel model_;
  OutputType type_;
  ScoreForm form_;
  std::shared_ptr<RowCount> rows_;
};

class ScoreFunction final : public warehouse::ScalarFunction {
 public:
  ScoreFunction(std::string name, LoadedModel model, OutputType type, ScoreForm form,
                std::shared_ptr<RowCount> rows)
      : name_(std::move(name)),
        model_(std::move(model)),
        type_(type),
        form_(form),
        rows_(std::move(rows)) {}

  std::string name() const override { return name_; }
  ColumnType result_type() const override {
    return form_ == ScoreForm::number ? ColumnType::float64 : ColumnType::string;
  }
  bool is_called_for_each_row() const override { return true; }
  Result<BoundPointer> bind(std::span<const FunctionArgument> arguments) const override {
    TRY(check_features(arguments, model_));
    return std::make_shared<const BoundScore>(model_, type_, form_, rows_);
  }

 private:
  std::string name_;
  LoadedModel model_;
  OutputType type_;
  ScoreForm form_;
  std::shared_ptr<RowCount> rows_;
};

class BoundPackedPart final : public BoundFunction {
 public:
  Result<Column> execute(std::span<const Column> arguments, std::size_t rows) const override {
    std::vector<double> numbers(rows, 0);
    std::vector<bool> present(rows, true);
    for (std::size_t row = 0; row < rows; ++row) {
      const auto index = static_cast<std::size_t>(arguments[1].int64s()[row]);
      const auto number =
          arguments[0].is_null(row) ? std::nullopt : packed_at(arguments[0].string(row), index);
      present[row] = number.has_value();
      numbers[row] = number.value_or(0);
    }
    return Column::of_float64("part", std::move(numbers), present);
  }
};

class PackedPartFunction final : public warehouse::ScalarFunction {
 public:
  explicit PackedPartFunction(std::string name) : name_(std::move(name)) {}

  std::string name() const override { return name_; }
  ColumnType result_type() const override { return ColumnType::float64; }
  Result<BoundPointer> bind(std::span<const FunctionArgument> arguments) const override {
    const bool fits = arguments.size() == 2 && arguments[0].type == ColumnType::string &&
                      arguments[1].type == ColumnType::int64;
    if (!fits) return bug(name_ + " takes a packed score and an index");
    return std::make_shared<const BoundPackedPart>();
  }

 private:
  std::string name_;
};

}  // namespace

warehouse::ScalarFunctions predict_functions(std::shared_ptr<const JobModels> models) {
  return {std::make_shared<const PredictFunction>("predict", OutputType::prediction, models),
          std::make_shared<const PredictFunction>("predict_margin", OutputType::margin, models),
          std::make_shared<const ExplainFunction>(models)};
}

std::shared_ptr<const warehouse::ScalarFunction> score_function_of(std::string name,
                                                                   LoadedModel model,
                                                                   scoring::OutputType type,
                                                                   ScoreForm form,
                                                                   std::shared_ptr<RowCount> rows) {
  return std::make_shared<const ScoreFunction>(std::move(name), std::move(model), type, form,
                                               std::move(rows));
}

std::shared_ptr<const warehouse::ScalarFunction> packed_part_function(std::string name) {
  return std::make_shared<const PackedPartFunction>(std::move(name));
}

}  // namespace gossamer::executors
