// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <set>

#include "base/text.hpp"
#include "pipeline/naive_sql.hpp"

namespace gossamer::pipeline {
namespace {

struct Token {
  enum class Kind { word, text, parameter, symbol };
  Kind kind = Kind::symbol;
  std::string text;
  int line = 1;
  int column = 1;
};

bool is_word_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view sql) : sql_(sql) {}

  std::vector<Token> run() {
    while (at_ < sql_.size())
      step();
    return std::move(tokens_);
  }

 private:
  void step() {
    const char c = sql_[at_];
    if (sql_.substr(at_).starts_with("--")) {
      while (at_ < sql_.size() && sql_[at_] != '\n')
        advance();
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      advance();
    } else if (c == '\'' || c == '"') {
      begin(Token::Kind::text);
      advance();
      while (at_ < sql_.size() && sql_[at_] != c)
        take();
      if (at_ < sql_.size()) advance();
    } else if (c == '$') {
      begin(Token::Kind::parameter);
      advance();
      while (at_ < sql_.size() && is_word_char(sql_[at_]))
        take();
    } else if (is_word_char(c)) {
      begin(Token::Kind::word);
      while (at_ < sql_.size() && is_word_char(sql_[at_]))
        take();
    } else {
      begin(Token::Kind::symbol);
      take();
    }
  }
  void begin(Token::Kind kind) { tokens_.push_back({kind, "", line_, column_}); }
  void take() {
    tokens_.back().text += sql_[at_];
    advance();
  }
  void advance() {
    column_ = sql_[at_] == '\n' ? 1 : column_ + 1;
    if (sql_[at_] == '\n') ++line_;
    ++at_;
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
  std::vector<Token> tokens_;
};

std::unexpected<Error> syntax_error(const Token& token) {
  return invalid_input("syntax error at or near \"" + token.text + "\"",
                       Position{"", token.line, token.column});
}

class NaiveParser {
 public:
  explicit NaiveParser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<ParsedQuery> run() {
    if (tokens_.empty()) return invalid_input("the query is empty", Position{"", 1, 1});
    const std::string first = word(0);
    if (first != "select" && first != "with") return syntax_error(tokens_.front());
    for (std::size_t index = 0; index < tokens_.size(); ++index)
      TRY(take(index));
    if (depth_ != 0) return syntax_error(tokens_.back());
    ParsedQuery query;
    for (const std::string& table : tables_) {
      if (!own_names_.contains(table)) query.tables.push_back(table);
    }
    query.parameters.assign(parameters_.begin(), parameters_.end());
    query.functions.assign(functions_.begin(), functions_.end());
    query.predict_models.assign(models_.begin(), models_.end());
    query.is_volatile = functions_.contains("random") || functions_.contains("now");
    return query;
  }

 private:
  [[nodiscard]] std::string word(std::size_t index) const {
    if (index >= tokens_.size() || tokens_[index].kind != Token::Kind::word) return "";
    return lower_case(tokens_[index].text);
  }
  [[nodiscard]] bool is_symbol(std::size_t index, std::string_view symbol) const {
    return index < tokens_.size() && tokens_[index].kind == Token::Kind::symbol &&
           tokens_[index].text == symbol;
  }

  Result<void> take(std::size_t index) {
    const Token& token = tokens_[index];
    if (is_symbol(index, "(")) ++depth_;
    if (is_symbol(index, ")") && --depth_ < 0) return syntax_error(token);
    if (is_symbol(index, ",") && word(index + 1) == "from") return syntax_error(tokens_[index + 1]);
    if (token.kind == Token::Kind::parameter) parameters_.insert(token.text);
    const std::string here = word(index);
    if (here.empty()) return {};
    if (word(index + 1) == "as" && is_symbol(index + 2, "(")) own_names_.insert(here);
    if (is_symbol(index + 1, "(") && here != "as" && here != "in" && here != "from") {
      functions_.insert(here);
      const bool has_text =
          index + 2 < tokens_.size() && tokens_[index + 2].kind == Token::Kind::text;
      if (here == "predict" && has_text) models_.insert(tokens_[index + 2].text);
    }
    if (here == "from" || here == "join") take_tables(index + 1);
    return {};
  }

  void take_tables(std::size_t index) {
    for (;;) {
      const bool is_file = index < tokens_.size() && tokens_[index].kind == Token::Kind::text;
      const std::string table = is_file ? tokens_[index].text : word(index);
      if (table.empty() || is_symbol(index + 1, "(")) return;
      if (std::ranges::find(tables_, table) == tables_.end()) tables_.push_back(table);
      const std::size_t next = is_symbol(index + 1, ",") ? index + 1 : index + 2;
      if (!is_symbol(next, ",")) return;
      index = next + 1;
    }
  }

  std::vector<Token> tokens_;
  int depth_ = 0;
  std::vector<std::string> tables_;
  std::set<std::string> own_names_;
  std::set<std::string> parameters_;
  std::set<std::string> functions_;
  std::set<std::string> models_;
};

}  // namespace

Result<ParsedQuery> parse_naively(std::string_view sql) {
  return NaiveParser(Tokenizer(sql).run()).run();
}

}  // namespace gossamer::pipeline
