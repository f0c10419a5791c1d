// SPDX-License-Identifier: Apache-2.0
#include "access/fakes/accounts.hpp"
#include "base/files.hpp"
#include "orchestration/fakes/memory_backfills.hpp"
#include "orchestration/fakes/memory_store.hpp"
#include "store/conformance/account_store_suite.hpp"
#include "store/conformance/audit_store_suite.hpp"
#include "store/conformance/backfill_store_suite.hpp"
#include "store/conformance/catalog_keeping_suite.hpp"
#include "store/conformance/catalog_store_suite.hpp"
#include "store/conformance/definition_store_suite.hpp"
#include "store/conformance/gate_store_suite.hpp"
#include "store/conformance/model_store_suite.hpp"
#include "store/conformance/release_store_suite.hpp"
#include "store/conformance/run_store_suite.hpp"
#include "store/conformance/run_views_suite.hpp"
#include "store/sqlite/store.hpp"
#include "warehouse/fakes/catalog.hpp"

namespace gossamer::store::conformance {
namespace {

class SqliteWorld final : public World {
 public:
  explicit SqliteWorld(orchestration::DefinitionReader reader)
      : folder_(must_open(TemporaryFolder::make("store"))), reader_(std::move(reader)) {
    open();
  }
  Ports ports() override {
    return {.runs = &store_->runs(),
            .views = &store_->run_views(),
            .releases = &store_->releases(),
            .schedules = &store_->schedules(),
            .definition_store = &store_->definition_store(),
            .gates = &store_->gates(),
            .catalog = &store_->catalog(),
            .history = &store_->catalog_history(),
            .locks = &store_->partition_locks(),
            .models = &store_->models(),
            .model_keeper = &store_->model_keeper(),
            .audit = &store_->audit(),
            .backfills = &store_->backfills(),
            .partition_history = &store_->partition_history(),
            .accounts = &store_->accounts()};
  }
  bool restart() override {
    store_.reset();
    open();
    return true;
  }

 private:
  template <class T>
  static T must_open(Result<T> opened) {
    if (!opened) throw std::runtime_error(opened.error().describe());
    return *std::move(opened);
  }
  void open() {
    store_ = must_open(
        sqlite::Store::open(folder_.path() / "state.db", sqlite::Purpose::drive, reader_));
  }

  TemporaryFolder folder_;
  orchestration::DefinitionReader reader_;
  std::unique_ptr<sqlite::Store> store_;
};

// Without models, definitions and audit log: the engine's tests need none of them. Runs and catalog
// know nothing of one another.
class MemoryWorld final : public World {
 public:
  Ports ports() override {
    Ports ports;
    ports.runs = &store_;
    ports.views = &store_;
    ports.releases = &store_;
    ports.schedules = &store_;
    ports.gates = &store_;
    ports.catalog = &catalog_;
    ports.backfills = &backfills_;
    ports.partition_history = &backfills_;
    ports.accounts = &accounts_;
    return ports;
  }
  bool restart() override { return false; }

 private:
  orchestration::fakes::MemoryStore store_;
  orchestration::fakes::MemoryBackfills backfills_{store_};
  warehouse::FakeCatalog catalog_;
  access::fakes::MemoryAccounts accounts_;
};

const Implementation in_memory{
    .name = "Memory",
    .make = [](const orchestration::DefinitionReader&) { return std::make_unique<MemoryWorld>(); }};
const Implementation on_sqlite{.name = "Sqlite",
                               .make = [](orchestration::DefinitionReader reader) {
                                 return std::make_unique<SqliteWorld>(std::move(reader));
                               }};

std::string name_of_implementation(const testing::TestParamInfo<Implementation>& parameter) {
  return parameter.param.name;
}

INSTANTIATE_TEST_SUITE_P(Stores, RunStoreSuite, testing::Values(on_sqlite, in_memory),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, RunViewsSuite, testing::Values(on_sqlite, in_memory),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, OutboxSuite, testing::Values(on_sqlite, in_memory),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, ReleaseStoreSuite, testing::Values(on_sqlite, in_memory),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, ModelStoreSuite, testing::Values(on_sqlite),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, CatalogPortSuite, testing::Values(on_sqlite, in_memory),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, CatalogStoreSuite, testing::Values(on_sqlite),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, CatalogGarbageSuite, testing::Values(on_sqlite),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, PartitionLockSuite, testing::Values(on_sqlite),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, GateStoreSuite, testing::Values(on_sqlite, in_memory),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, DefinitionStoreSuite, testing::Values(on_sqlite),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, BackfillStoreSuite, testing::Values(on_sqlite, in_memory),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, AccountStoreSuite, testing::Values(on_sqlite, in_memory),
                         name_of_implementation);
INSTANTIATE_TEST_SUITE_P(Stores, AuditStoreSuite, testing::Values(on_sqlite),
                         name_of_implementation);

}  // namespace
}  // namespace gossamer::store::conformance
