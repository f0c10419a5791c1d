// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/commands/simple_list.hpp"
#include "app/params.hpp"
#include "app/progress.hpp"
#include "app/views.hpp"
#include "base/files.hpp"

namespace gossamer::app {

namespace {

struct ShowOptions {
  std::string gate;
  std::string evidence_file;
};

struct VoteOptions {
  std::string gate;
  std::string digest;
  std::string comment;
  std::string step;
  std::vector<std::string> params;
  bool override_criteria = false;
};

void add_list(CLI::App& gates, const Registration& to) {
  auto state = std::make_shared<std::string>("open");
  auto* command = gates.add_subcommand("list", "Gates that wait for a person");
  command->add_option("--state", *state, "open, approved, rejected, expired, ... or all");
  print_list_on(*command, to, [state] {
    return ListSource{"/api/v1/gates", {{"state", *state}}, &gates_listing};
  });
}

void print_gate(std::ostream& out, const Json& gate) {
  out << gate.value("text", std::string());
  out.flush();
}

void add_show(CLI::App& gates, const Registration& to) {
  auto options = std::make_shared<ShowOptions>();
  auto* command = gates.add_subcommand("show", "A gate with its evidence, to decide upon");
  command->add_option("GATE", options->gate, "The gate's id")->required();
  command
      ->add_option("--evidence", options->evidence_file,
                   "Write the evidence as one HTML file that opens without a server")
      ->type_name("FILE.html");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      // Through the driver: what was shown to whom is recorded, an approval refers to it.
      TRY_ASSIGN(const auto gate, session.post("/api/v1/gates/" + options->gate + "/views",
                                               {{"html", !options->evidence_file.empty()}}));
      if (!options->evidence_file.empty()) {
        TRY(write_file_durably(options->evidence_file, gate.value("html", "")));
        session.console().err() << "wrote " << options->evidence_file << '\n';
        return ExitCode::done;
      }
      if (format == OutputFormat::table || format == OutputFormat::wide) {
        print_gate(session.console().out(), gate);
      } else {
        const auto shown = gate.value("gate", Json::object());
        session.console().print_object(shown, gates_listing(Json::array({shown})), format);
      }
      return ExitCode::done;
    };
  });
}

Result<ExitCode> vote(Session& session, const VoteOptions& options, const std::string& answer) {
  TRY_ASSIGN(const auto format, session.format());
  TRY_ASSIGN(const auto params, parse_params(options.params));
  Progress progress(session);
  TRY_ASSIGN(const auto gate,
             session.post("/api/v1/gates/" + options.gate + "/votes",
                          {{"answer", answer},
                           {"digest", options.digest},
                           {"comment", options.comment},
                           {"override", options.override_criteria},
                           {"rework", {{"step", options.step}, {"params", params}}}},
                          [&](const Json& event) { progress.on_event(event); }));
  progress.finish();
  session.console().print_object(gate, gates_listing(Json::array({gate})), format);
  return progress.any_failed() ? ExitCode::failed : ExitCode::done;
}

std::shared_ptr<VoteOptions> add_vote(CLI::App& gates, const Registration& to,
                                      const std::string& verb, const std::string& description) {
  auto options = std::make_shared<VoteOptions>();
  auto* command = gates.add_subcommand(verb, description);
  command->add_option("GATE", options->gate, "The gate's id")->required();
  command->add_option("--digest", options->digest,
                      "The evidence that you saw (the one shown to you last unless given)");
  command->add_option("--comment", options->comment, "Kept with the decision");
  if (verb == "approve") {
    command->add_flag("--override", options->override_criteria,
                      "Approve although a criterion failed; needs a comment");
  }
  if (verb == "rework") {
    command->add_option("--step", options->step, "The step to go back to");
    command->add_option("--param", options->params, "A new parameter, name=value (repeatable)");
  }
  command->callback([&session = to.session, &chosen = to.chosen, options, verb] {
    chosen = [&session, options, verb]() -> Result<ExitCode> {
      return vote(session, *options, verb);
    };
  });
  return options;
}

}  // namespace

void add_gates(const Registration& to) {
  auto* gates = to.root.add_subcommand("gates", "See and decide what waits for a person");
  gates->require_subcommand(1);
  gates->footer(
      "Examples:\n"
      "  gossamer gates list\n"
      "  gossamer gates show gate_0190... --evidence evidence.html\n"
      "  gossamer gates approve gate_0190... --comment 'better on every week'\n"
      "  gossamer gates rework gate_0190... --step train --param rounds=500");
  add_list(*gates, to);
  add_show(*gates, to);
  add_vote(*gates, to, "approve", "Say yes: the switch is made once enough people have");
  add_vote(*gates, to, "reject", "Say no: what is in use stays in use, and the run goes on");
  add_vote(*gates, to, "rework", "Send the run back to a step with new parameters");
}

}  // namespace gossamer::app
