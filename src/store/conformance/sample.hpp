// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "orchestration/ports.hpp"
#include "store/conformance/world.hpp"

namespace gossamer::store::conformance {

// Values to store: a pipeline `bike` (features writes features.bike, train, confirm, each), its
// runs and their moves. Each value is made by hand, so that a suite depends on no rule of the
// engine.
class Sample {
 public:
  explicit Sample(std::uint64_t seed = 7);

  static orchestration::DefinitionReader reader();
  static orchestration::StoredDefinition stored_definition(const std::string& text = "pipeline");

  static constexpr std::size_t features = 0;
  static constexpr std::size_t train = 1;
  static constexpr std::size_t confirm = 2;
  static constexpr std::size_t fan_out = 3;

  template <class IdType>
  IdType id() {
    return IdType::make(*ids_);
  }
  Instant now() const { return clock_.now(); }
  // A second later.
  Instant tick();
  void pass(Duration time) { clock_.advance(time); }

  // A new run with a row a step.
  orchestration::Transition created(const std::string& day = "2026-11-22");
  // The next move of the run that `before` moved, changing nothing but its revision and history.
  orchestration::Transition next(const orchestration::Transition& before);
  // The move that ends the run.
  orchestration::Transition finished(const orchestration::Transition& before);

  static orchestration::StepState step_row(std::size_t step, int instance = 0);
  release::PartitionContent content(const std::string& table, const std::string& key,
                                    const std::string& rows = "rows");
  release::Publication current(const std::string& table, const std::string& key,
                               const std::string& rows = "rows");
  release::Publication candidate(const std::string& table, const std::string& key,
                                 const std::string& name);
  release::ModelRegistration model(const std::string& name, int version);
  approval::Gate gate(const orchestration::Transition& of);
  approval::Vote vote(const approval::Gate& on, const std::string& by, approval::Answer answer);
  release::Switch change();
  static orchestration::AuditNote note(const std::string& action, const std::string& subject);
  static orchestration::Effect effect(const std::string& key);

 private:
  ManualClock clock_;
  std::unique_ptr<IdSource> ids_;
};

// The fixture of all suites: a fresh world with the sample's definition active.
class StoreSuite : public testing::TestWithParam<Implementation> {
 protected:
  void SetUp() override;

  // Fails the test where the store says no.
  void commit(const std::vector<orchestration::Transition>& transitions);
  Error refused(const std::vector<orchestration::Transition>& transitions);
  // Closes and opens the store, where it keeps anything.
  void restart();

  Sample sample_;
  std::unique_ptr<World> world_;
  Ports ports_;
};

// The value, or a failed test and a default one.
template <class T>
T must(Result<T> result) {
  if (result) return *std::move(result);
  ADD_FAILURE() << result.error().describe();
  return T();
}
// The error, or a failed test and a default one.
template <class T>
Error failure(const Result<T>& result) {
  if (!result) return result.error();
  ADD_FAILURE() << "it succeeded";
  return Error();
}
inline void must(const Result<void>& result) {
  if (!result) ADD_FAILURE() << result.error().describe();
}

}  // namespace gossamer::store::conformance
