// SPDX-License-Identifier: Apache-2.0
#include "web/named_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace gossamer::web {
namespace {

using ::testing::HasSubstr;

class NamedFiles : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* file :
         {"shop/data/sales.csv", "shop/.gossamer/store.db", "shop/.env", "shop/keys/slack",
          "shop/model/model.json", "shop/linked/model.json", "outside.csv", "shop-two/data.csv"}) {
      ASSERT_TRUE(make_folders((root_ / file).parent_path()));
      ASSERT_TRUE(write_file_durably(root_ / file, file));
    }
    fs::create_symlink(root_ / "outside.csv", root_ / "shop/data/away.csv");
    fs::create_symlink(root_, root_ / "shop/data/up");
    fs::create_symlink("sales.csv", root_ / "shop/data/here.csv");
    fs::create_symlink("../.gossamer/store.db", root_ / "shop/data/hidden.csv");
    fs::create_symlink("round", root_ / "shop/data/round");
    fs::create_symlink(root_ / "outside.csv", root_ / "shop/linked/more.json");
    fs::create_hard_link(root_ / "shop/keys/slack", root_ / "shop/data/same-as-slack");
    ASSERT_EQ(::mkfifo((root_ / "shop/data/pipe").c_str(), 0600), 0);
    bounds_ = {root_ / "shop", [this] { return std::vector{root_ / "shop/keys/slack"}; }};
  }
  // What becomes of one name that is to be read.
  Result<std::string> bound(const std::string& text) {
    Request request;
    request.body = {{"files", Json::array({text})}, {"other", text}};
    TRY(bind_files(bounds_, route_, request));
    EXPECT_EQ(request.body["other"], text) << "no field of a file";
    return request.body["files"][0].get<std::string>();
  }

  TemporaryFolder temporary_ = TemporaryFolder::make().value();
  fs::path root_ = fs::canonical(temporary_.path());
  FileBounds bounds_;
  Route route_{"POST",       "/api/v1/things",
               "Things",     [](const Call&) -> Result<Json> { return Json(); },
               std::nullopt, {{"files", FileUse::reads}, {"to", FileUse::writes}}};
};

TEST_F(NamedFiles, AreThoseOfTheWorkspaceByTheirRealPaths) {
  const auto sales = (root_ / "shop/data/sales.csv").string();
  for (const auto& name : {std::string("data/sales.csv"), sales, std::string("./data/sales.csv"),
                           std::string("keys/../data//sales.csv"), std::string("data/here.csv")}) {
    const auto found = bound(name);
    ASSERT_TRUE(found) << name << ": " << found.error().message;
    EXPECT_EQ(*found, sales) << name;
  }
  EXPECT_EQ(bound("model").value(), (root_ / "shop/model").string());
  EXPECT_EQ(bound("").value(), "");
}

TEST_F(NamedFiles, AreNeverOutsideNorHiddenNorSecret) {
  for (const auto& name : {std::string("/etc/passwd"),
                           std::string("../outside.csv"),
                           std::string(".."),
                           std::string("."),
                           std::string("/"),
                           std::string("data/../../outside.csv"),
                           std::string("nothing/../../outside.csv"),
                           (root_ / "outside.csv").string(),
                           (root_ / "shop-two/data.csv").string(),
                           std::string("../shop-two/data.csv"),
                           std::string("/etc/nothing-is-here"),
                           std::string("data/away.csv"),
                           std::string("data/up/outside.csv"),
                           std::string("data/up"),
                           std::string("data/hidden.csv"),
                           std::string("data/round"),
                           std::string(".gossamer/store.db"),
                           std::string(".gossamer"),
                           std::string(".env"),
                           std::string("data/up/shop/.gossamer/store.db"),
                           std::string("keys/slack"),
                           std::string("data/same-as-slack"),
                           std::string("data/pipe"),
                           std::string("linked"),
                           std::string("/dev/stdin"),
                           std::string("/proc/self/environ")}) {
    const auto found = bound(name);
    ASSERT_FALSE(found) << name << " is " << *found;
    EXPECT_EQ(found.error().kind, ErrorKind::denied) << name;
    EXPECT_THAT(found.error().message, HasSubstr("workspace's folder")) << name;
  }
  EXPECT_FALSE(bound(std::string("data/sales.csv\0.x", 17)));
  EXPECT_EQ(bound("file:///etc/passwd").error().kind, ErrorKind::not_found);
  EXPECT_EQ(bound("data/nothing.csv").error().kind, ErrorKind::not_found);
}

TEST_F(NamedFiles, AreNotWritten) {
  Request request{"GET", "/api/v1/things", {{"to", "data/new.csv"}}, Json::object(), {}};
  const auto bound = bind_files(bounds_, route_, request);
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().kind, ErrorKind::denied);
  EXPECT_THAT(bound.error().message, HasSubstr("leave `to` out"));
}

TEST_F(NamedFiles, AreNoneWhereThereIsNoFolder) {
  bounds_ = {};
  EXPECT_EQ(bound("data/sales.csv").error().kind, ErrorKind::denied);
}

}  // namespace
}  // namespace gossamer::web
