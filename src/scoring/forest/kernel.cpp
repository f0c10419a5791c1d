// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/kernel.hpp"

#include <array>

namespace gossamer::scoring::forest {

std::string_view name_of(Path path) { return kernel_of(path).name; }

std::span<const Path> available_paths() {
  static constexpr std::array all{Path::portable, Path::avx2, Path::avx512bw};
  const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") != 0 &&
                          __builtin_cpu_supports("avx512bw") != 0 &&
                          __builtin_cpu_supports("avx512vl") != 0;
  return std::span(all).first(has_avx512 ? 3 : (has_avx2 ? 2 : 1));
}

const Kernel& kernel_of(Path path) {
  switch (path) {
    case Path::portable:
      break;
    case Path::avx2:
      return avx2_kernel();
    case Path::avx512bw:
      return avx512_kernel();
  }
  return portable_kernel();
}

}  // namespace gossamer::scoring::forest
