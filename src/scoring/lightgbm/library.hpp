// SPDX-License-Identifier: Apache-2.0
// LightGBM's C API with Results and owners; the only header here that includes it.
#pragma once

// Before LightGBM's own definition of the same two structs, which it then leaves out.
#include "base/columns/arrow.hpp"

#include <LightGBM/c_api.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/columns/batch.hpp"
#include "base/result.hpp"

namespace gossamer::scoring::lightgbm {

// The library has no call that tells its version: the one that is pinned.
inline constexpr std::string_view library_version = "4.7.0";

Result<void> check(int status, std::string_view action);

struct FreeDataset {
  void operator()(void* handle) const { LGBM_DatasetFree(handle); }
};
struct FreeBooster {
  void operator()(void* handle) const { LGBM_BoosterFree(handle); }
};
using Dataset = std::unique_ptr<std::remove_pointer_t<DatasetHandle>, FreeDataset>;
using Booster = std::unique_ptr<std::remove_pointer_t<BoosterHandle>, FreeBooster>;

enum class Layout : std::uint8_t { by_column, by_row };
// All entries as float64, null as NaN: what the library itself works in.
std::vector<double> to_matrix(std::span<const Column* const> columns, Layout layout);

// Names that a function of the C API copies out, such as a booster's features or metrics.
using NamesFunction = int (*)(BoosterHandle, int, int*, std::size_t, std::size_t*, char**);
Result<std::vector<std::string>> names_of(const Booster& booster, NamesFunction function,
                                          std::string_view action);

}  // namespace gossamer::scoring::lightgbm
