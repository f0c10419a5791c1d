// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/backup.hpp"
#include "app/session.hpp"

namespace gossamer::app {

inline void print_report(Session& session, const BackupReport& report, OutputFormat format) {
  const Json object{
      {"folder", report.folder.string()}, {"files", report.files}, {"bytes", report.bytes}};
  const Listing listing{{{"FOLDER", "folder"},
                         {"FILES", "files", Alignment::right},
                         {"BYTES", "bytes", Alignment::right}},
                        "folder",
                        Json::array({object}),
                        ""};
  session.console().print_object(object, listing, format);
}

}  // namespace gossamer::app
