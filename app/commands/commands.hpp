// SPDX-License-Identifier: Apache-2.0
// A function per verb of the command line, each in a file of its name.
#pragma once

#include "app/session.hpp"

namespace gossamer::app {

void add_init(const Registration& to);
void add_validate(const Registration& to);
void add_schema(const Registration& to);
void add_apply(const Registration& to);
void add_run(const Registration& to);
void add_runs(const Registration& to);
void add_backfills(const Registration& to);
void add_steps(const Registration& to);
void add_logs(const Registration& to);
void add_gates(const Registration& to);
void add_tables(const Registration& to);
void add_models(const Registration& to);
void add_schedules(const Registration& to);
// Below `models`: register, delete, lineage, score.
void add_model_verbs(CLI::App& models, const Registration& to);
void add_switches(const Registration& to);
void add_settings(const Registration& to);
void add_audit(const Registration& to);
void add_query(const Registration& to);
void add_serve(const Registration& to);
void add_users(const Registration& to);
void add_tokens(const Registration& to);
void add_demo(const Registration& to);
void add_gc(const Registration& to);
void add_backup(const Registration& to);
void add_restore(const Registration& to);
void add_doctor(const Registration& to);
void add_version(const Registration& to);

}  // namespace gossamer::app
