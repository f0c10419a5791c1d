// SPDX-License-Identifier: Apache-2.0
#include "app/wire.hpp"

#include <fmt/format.h>

#include <set>

#include "app/parts.hpp"
#include "app/queries.hpp"
#include "app/told_runs.hpp"
#include "app/workers.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "executors/dispatch.hpp"
#include "executors/engine_lock.hpp"
#include "executors/models/examiner.hpp"
#include "executors/notify/event_log.hpp"
#include "executors/notify/log_notifier.hpp"
#include "executors/notify/webhook.hpp"
#include "executors/prepare.hpp"
#include "executors/process/code_garbage.hpp"
#include "executors/process/notebook.hpp"
#include "executors/tables/table_service.hpp"
#include "orchestration/service.hpp"
#include "store/sqlite/store.hpp"
#include "warehouse/project.hpp"
#include "web/handlers/accounts.hpp"
#include "web/handlers/handlers.hpp"
#include "web/handlers/verbs.hpp"
#include "web/http_api.hpp"
#include "web/socket_api.hpp"

namespace gossamer::app {

namespace {

using access::Permission;
using store::sqlite::Purpose;
using store::sqlite::Store;
using web::Route;

// Enough for a command of a person; a job of an attempt has its own timeout.
constexpr Duration start_patience = std::chrono::seconds(10);
constexpr Duration start_pause = std::chrono::milliseconds(20);
constexpr executors::Limits job_limits{std::uint64_t{2} << 30U, 2};

// A command that starts what a timer makes due would end before it does.
orchestration::EngineOptions engine_options(web::Holder holder) {
  orchestration::EngineOptions options;
  options.timers =
      holder == web::Holder::server ? orchestration::Timers::fire : orchestration::Timers::leave;
  return options;
}

// The names by which a browser or a program on this machine reaches the server, and those given.
std::set<std::string> hosts_of(const Listening& listening, std::uint16_t port) {
  std::set<std::string> hosts(listening.hosts.begin(), listening.hosts.end());
  const bool is_six = listening.address.find(':') != std::string::npos;
  for (const auto& name : {std::string("localhost"), std::string("127.0.0.1"), std::string("[::1]"),
                           is_six ? "[" + listening.address + "]" : listening.address}) {
    hosts.insert(fmt::format("{}:{}", name, port));
  }
  return hosts;
}

// Reads beside a running engine, or where none runs.
class Reader final : public Api {
 public:
  Reader(const WorkspacePlace& place, const Paths& paths, std::unique_ptr<Store> store)
      : ids_(system_ids(clock_)),
        store_(std::move(store)),
        workers_(worker_options(paths, place.environment), clock_, Log()),
        tables_({store_->catalog(),
                 nullptr,
                 store_->models(),
                 store_->definitions(),
                 *ids_,
                 clock_,
                 [this] { return workers_.started(); },
                 {}},
                {paths.workspace, paths.state, paths.warehouse}, job_limits),
        examiner_(tables_, store_->models(), paths.state),
        router_(routes(paths)) {}

  Result<Json> call(const web::Request& request, const web::EventSink& events) override {
    return router_.call(request, events);
  }

 private:
  std::vector<Route> routes(const Paths& paths) {
    auto all = read_routes(*store_, paths, clock_);
    append(all, web::query_reads(tables_));
    append(all, web::model_examinations(examiner_));
    return all;
  }

  SystemClock clock_;
  std::unique_ptr<IdSource> ids_;
  std::unique_ptr<Store> store_;
  LazyWorkers workers_;
  executors::TableService tables_;
  executors::ModelExaminer examiner_;
  web::Router router_;
};

// This process is the engine. Members are in the order in which they need one another.
class Driver final : public Api {
 public:
  static Result<std::unique_ptr<Driver>> start(const WorkspacePlace& place, const Paths& paths,
                                               executors::EngineLock lock, web::Holder holder) {
    TRY_ASSIGN(auto store, Store::open(paths.store, Purpose::drive, read_definition));
    auto driver = std::make_unique<Driver>(place, paths, std::move(lock), std::move(store), holder);
    TRY(driver->start_services());
    return driver;
  }

  Driver(const WorkspacePlace& place, const Paths& paths, executors::EngineLock lock,
         std::unique_ptr<Store> store, web::Holder holder)
      : paths_(paths),
        overlay_(place.overlay),
        holder_(holder),
        lock_(std::move(lock)),
        ids_(system_ids(clock_)),
        log_(Log::to_file(clock_, paths.state / "engine.log", LogLevel::info).value_or(Log())),
        store_(std::move(store)),
        workers_(worker_options(paths, place.environment), clock_, log_),
        queries_(paths.queries, [this] { return workers_.started(); }),
        jobs_(store_->catalog(), store_->models(), {paths.workspace, paths.state, paths.warehouse},
              job_limits),
        command_places_{paths.workspace, paths.state, place.environment},
        dispatch_({paths.state, paths.supervisor}, preparation(), workers_.pool(), inbox_.sink(),
                  clock_, log_),
        log_notifier_(log_),
        webhook_(
            paths.workspace.string(),
            executors::webhook_addresses(store_->definitions(), place.environment, paths.workspace),
            clock_, log_notifier_),
        notifier_(paths.state / "events.jsonl", paths.workspace.string(), webhook_),
        projector_({store_->catalog(), warehouse::Layout(paths.warehouse)}),
        tables_({store_->catalog(), &store_->partition_locks(), store_->models(),
                 store_->definitions(), *ids_, clock_, [this] { return workers_.started(); },
                 [this](const std::string& table) { return projector_.project_table(table); }},
                {paths.workspace, paths.state, paths.warehouse}, job_limits),
        examiner_(tables_, store_->models(), paths.state),
        desk_(store_->accounts(), *ids_, clock_),
        feed_(ids_->uuid7()),
        told_runs_(store_->runs(), feed_, metrics_, clock_),
        engine_(
            {clock_, *ids_, told_runs_, store_->run_views(), store_->releases(), store_->gates(),
             store_->definitions(), dispatch_, notifier_, projector_, inbox_, store_->schedules(),
             orchestration::run_inline(), log_, &store_->backfills(), &store_->partition_history()},
            engine_options(holder)),
        applier_([this] { return load(); },
                 [this](const pipeline::Definition& definition) { return kept_for(definition); },
                 store_->definition_store(), store_->definitions(), clock_),
        router_(routes()),
        server_(paths.socket, router_),
        http_api_(router_, desk_, feed_, metrics_, clock_, log_) {}

  ~Driver() override {
    // A command first answers the others that came to it. A server would wait for their runs: these
    // go on without an engine, and whoever waits is told so.
    if (http_) http_->close_entrance();
    if (holder_ == web::Holder::server) engine_.stop();
    if (http_) http_->stop();
    http_api_.stop();
    server_.stop();
    engine_.stop();
    dispatch_.stop();
  }

  Result<Json> call(const web::Request& request, const web::EventSink& events) override {
    return router_.call(request, events);
  }

  // From now on the same calls come over HTTP too; the port that was taken.
  Result<std::uint16_t> listen(const Listening& listening) {
    TRY(http_api_.start());
    http_.emplace(http::ServerOptions{listening.address, listening.port, {}},
                  [this](http::Request request, http::Reply reply) {
                    http_api_.handle(std::move(request), std::move(reply));
                  });
    // The port is known once it is taken, and nobody is answered before the names are.
    TRY(http_->take_port());
    http_api_.set_options({hosts_of(listening, http_->port()),
                           listening.secure_cookies,
                           [this]() -> Result<void> {
                             TRY(store_->schedules().list());
                             return {};
                           },
                           {paths_.workspace, [this] { return secret_files(); }}});
    TRY(http_->start());
    return http_->port();
  }

 private:
  Result<void> start_services() {
    TRY(store_->partition_locks().unlock_all());
    TRY(projector_.recover());
    TRY(workers_.started());
    TRY(dispatch_.start());
    TRY(engine_.start());
    return server_.start();
  }

  // Of the workspace as it was applied last.
  std::vector<fs::path> secret_files() {
    std::vector<fs::path> files;
    const auto active = store_->definitions().active();
    if (!active) return files;
    for (const auto& [name, source] : active->definition->workspace.secrets) {
      if (source.kind == "file") files.push_back(paths_.workspace / source.value.front());
    }
    return files;
  }

  executors::Preparation preparation() {
    return {[this](const orchestration::AttemptOrder& order) { return jobs_.make(order); },
            [this](const orchestration::AttemptOrder& order, const executors::Job& job) {
              return executors::prepare_program(order, job, command_places_);
            }};
  }

  Result<pipeline::Loaded> load() {
    TRY_ASSIGN(const auto known, known_names(*store_));
    return pipeline::load_workspace(paths_.workspace.string(), queries_.as_function(), known,
                                    overlay_);
  }

  Result<Json> kept_for(const pipeline::Definition& definition) {
    TRY_ASSIGN(const auto known, known_names(*store_));
    return queries_.kept_for(definition, known, overlay_);
  }

  std::vector<Route> routes() {
    auto all = read_routes(*store_, paths_, clock_);
    append(all, web::needing(Permission::edit, web::definition_verbs(applier_)));
    append(all, web::needing(Permission::run, web::run_verbs(engine_, store_->runs(),
                                                             store_->gates(), applier_, holder_)));
    append(all, web::needing(Permission::edit, web::backfill_verbs(engine_, applier_)));
    append(all, web::needing(Permission::decide,
                             web::gate_verbs(engine_, store_->runs(), store_->gates(),
                                             evidence_reader(paths_), clock_)));
    append(all, web::needing(Permission::edit, web::switch_verbs(engine_, tables_)));
    append(all, web::needing(Permission::run, web::schedule_verbs(engine_, store_->definitions(),
                                                                  store_->schedules(), holder_)));
    append(all, web::needing(Permission::edit, web::model_verbs({engine_, examiner_,
                                                                 store_->model_keeper(), clock_})));
    append(all, web::needing(Permission::edit, web::table_verbs(tables_, store_->releases())));
    const auto collect_code = [this](warehouse::CollectMode mode) {
      return executors::collect_code(executors::StateFolder(paths_.state), store_->runs(), mode);
    };
    append(all, web::needing(Permission::edit, web::garbage_verbs(tables_, collect_code)));
    append(all, web::needing(Permission::edit, web::query_reads(tables_)));
    append(all, web::needing(Permission::edit, web::model_examinations(examiner_)));
    append(all, web::needing(Permission::administer, web::account_verbs(desk_)));
    return all;
  }

  Paths paths_;
  std::string overlay_;
  web::Holder holder_;
  executors::EngineLock lock_;
  SystemClock clock_;
  std::unique_ptr<IdSource> ids_;
  Log log_;
  std::unique_ptr<Store> store_;
  LazyWorkers workers_;
  QueryParser queries_;
  executors::JobMaker jobs_;
  executors::CommandPlaces command_places_;
  orchestration::Inbox inbox_;
  executors::Dispatch dispatch_;
  executors::LogNotifier log_notifier_;
  executors::Webhook webhook_;
  executors::EventLog notifier_;
  WarehouseProjector projector_;
  executors::TableService tables_;
  executors::ModelExaminer examiner_;
  access::FrontDesk desk_;
  web::ChangeFeed feed_;
  web::Metrics metrics_;
  ToldRuns told_runs_;
  orchestration::EngineService engine_;
  web::Applier applier_;
  web::Router router_;
  web::SocketServer server_;
  web::HttpApi http_api_;
  std::optional<http::Server> http_;
};

// Another process holds the lock: every call goes to it. Where that one is starting, ending or has
// no place left, a call waits until it is taken, there or by this process as the next engine.
class Remote final : public Api {
 public:
  Remote(WorkspacePlace place, Paths paths) : place_(std::move(place)), paths_(std::move(paths)) {}

  Result<Json> call(const web::Request& request, const web::EventSink& events) override {
    const SystemClock clock;
    const auto until = clock.steady() + start_patience;
    Waiter waiter;
    while (true) {
      TRY_ASSIGN(auto answer, web::call_over_socket(paths_.socket, request, events));
      if (answer) return *std::move(answer);
      TRY_ASSIGN(auto lock, executors::EngineLock::try_take(paths_.state));
      if (lock) {
        TRY_ASSIGN(const auto driver,
                   Driver::start(place_, paths_, *std::move(lock), web::Holder::command));
        return driver->call(request, events);
      }
      if (clock.steady() >= until) break;
      waiter.wait(start_pause);
    }
    return unavailable(fmt::format(
        "another process drives {} but does not answer at {}: it may be stopped or hang; end it, "
        "and repeat the command",
        paths_.workspace.string(), paths_.socket.string()));
  }

 private:
  WorkspacePlace place_;
  Paths paths_;
};

Result<Paths> ready_paths(const WorkspacePlace& place) {
  TRY_ASSIGN(auto paths, paths_of(place));
  TRY(require_programs(paths));
  TRY(executors::StateFolder(paths.state).prepare());
  return paths;
}

}  // namespace

Result<std::unique_ptr<Api>> open_reader(const WorkspacePlace& place) {
  TRY_ASSIGN(const auto paths, paths_of(place));
  TRY(require_programs(paths));
  TRY_ASSIGN(const bool exists, path_exists(paths.store));
  // Where nothing was ever stored there is nothing to read beside: the store is made first.
  if (!exists) return open_driver(place);
  TRY_ASSIGN(auto store, Store::open(paths.store, Purpose::look, read_definition));
  return std::make_unique<Reader>(place, paths, std::move(store));
}

Result<std::unique_ptr<Api>> open_driver(const WorkspacePlace& place) {
  TRY_ASSIGN(const auto paths, ready_paths(place));
  TRY_ASSIGN(auto lock, executors::EngineLock::try_take(paths.state));
  if (lock) return Driver::start(place, paths, *std::move(lock), web::Holder::command);
  return std::make_unique<Remote>(place, paths);
}

Result<std::unique_ptr<Api>> open_server(const WorkspacePlace& place,
                                         const std::optional<Listening>& listening) {
  TRY_ASSIGN(const auto paths, ready_paths(place));
  const SystemClock clock;
  const auto until = clock.steady() + start_patience;
  Waiter waiter;
  // A command that drives may be about to end.
  while (true) {
    TRY_ASSIGN(auto lock, executors::EngineLock::try_take(paths.state));
    if (lock) {
      TRY_ASSIGN(auto driver, Driver::start(place, paths, *std::move(lock), web::Holder::server));
      if (listening) {
        TRY_ASSIGN(const auto port, driver->listen(*listening));
        listening->on_port(port);
      }
      return driver;
    }
    if (clock.steady() >= until) break;
    waiter.wait(start_pause);
  }
  const auto holder = executors::EngineLock::holder(paths.state);
  return conflict(fmt::format("{} is driven by {} already: stop that one first, or let it end",
                              paths.workspace.string(),
                              holder ? fmt::format("process {}", *holder) : "another process"));
}

Result<pipeline::Loaded> load_place(const WorkspacePlace& place) {
  TRY_ASSIGN(auto paths, paths_of(place));
  TRY(require_programs(paths));
  pipeline::Known known;
  TRY_ASSIGN(const bool has_store, path_exists(paths.store));
  if (has_store) {
    TRY_ASSIGN(const auto store, Store::open(paths.store, Purpose::look, read_definition));
    TRY_ASSIGN(known, known_names(*store));
  }
  // A workspace that may not be written is validated all the same.
  std::optional<TemporaryFolder> temporary;
  if (!executors::StateFolder(paths.state).prepare()) {
    TRY_ASSIGN(temporary, TemporaryFolder::make());
    paths.state = temporary->path();
  }
  const SystemClock clock;
  LazyWorkers workers(worker_options(paths, place.environment), clock, Log());
  QueryParser queries(paths.queries, [&] { return workers.started(); });
  return pipeline::load_workspace(paths.workspace.string(), queries.as_function(), known,
                                  place.overlay);
}

}  // namespace gossamer::app
