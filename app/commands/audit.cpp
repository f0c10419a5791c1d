// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/commands/simple_list.hpp"
#include "app/views.hpp"

namespace gossamer::app {

void add_audit(const Registration& to) {
  auto* audit = to.root.add_subcommand("audit", "Who did what, when, on what evidence");
  audit->require_subcommand(1);
  audit->footer("Example:\n  gossamer audit verify");
  auto limit = std::make_shared<int>(100);
  auto* list = audit->add_subcommand("list", "The newest entries");
  list->add_option("--limit", *limit, "At most this many")->check(CLI::Range(1, 1'000'000));
  print_list_on(*list, to, [limit] {
    return ListSource{"/api/v1/audit", {{"limit", std::to_string(*limit)}}, &audit_listing};
  });
  auto* verify = audit->add_subcommand(
      "verify", "Prove that no entry was edited, removed or put in since it was written");
  verify->callback([&session = to.session, &chosen = to.chosen] {
    chosen = [&session]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto found, session.get("/api/v1/audit/verification"));
      if (format != OutputFormat::table && format != OutputFormat::wide) {
        session.console().print_object(found, audit_listing(Json::array()), format);
      } else if (found.at("fault").is_null()) {
        session.console().out() << fmt::format("{} entries, chain unbroken, head {}\n",
                                               found.at("entries").get<std::int64_t>(),
                                               found.at("head").get<std::string>());
      } else {
        session.console().out() << fmt::format("BROKEN at entry {}: {}\n",
                                               found.at("fault").at("sequence").get<std::int64_t>(),
                                               found.at("fault").at("reason").get<std::string>());
      }
      return found.at("fault").is_null() ? ExitCode::done : ExitCode::failed;
    };
  });
}

}  // namespace gossamer::app
