# SPDX-License-Identifier: Apache-2.0
# Compiler, linker, warnings and sanitizers, the same for every target of this repository.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 17)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_SKIP_BUILD_RPATH OFF)
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)

set(GOSSAMER_LINKER "" CACHE STRING "Linker that the compiler driver is asked for")
set(GOSSAMER_SANITIZE "" CACHE STRING "Value of -fsanitize=, or nothing")
option(GOSSAMER_FUZZ "Build the fuzz targets (clang only)" OFF)

# Asserts stay on everywhere: no NDEBUG in any configuration.
if(NOT CMAKE_CXX_FLAGS_RELEASE STREQUAL "-O1")  # the gcc preset's choice
  set(CMAKE_CXX_FLAGS_RELEASE "-O2")
endif()
set(CMAKE_C_FLAGS_RELEASE "-O2")
# Sanitized code is compiled far more often than it runs: -O1 would take half as long again.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -gline-tables-only -fno-omit-frame-pointer")
set(CMAKE_C_FLAGS_DEBUG "-O1 -gline-tables-only -fno-omit-frame-pointer")

find_program(GOSSAMER_CCACHE ccache)
if(GOSSAMER_CCACHE)
  # A base directory and no directory in the hash: several checkouts share their hits.
  set(CMAKE_C_COMPILER_LAUNCHER
      /usr/bin/env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=true "${GOSSAMER_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

if(GOSSAMER_LINKER)
  add_link_options("-fuse-ld=${GOSSAMER_LINKER}")
endif()
if(GOSSAMER_SANITIZE)
  add_compile_options("-fsanitize=${GOSSAMER_SANITIZE}" -fno-sanitize-recover=all)
  add_link_options("-fsanitize=${GOSSAMER_SANITIZE}")
endif()
if(GOSSAMER_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Scores must be the same bits with both compilers: no fused multiply-add behind our back.
add_compile_options(-ffp-contract=off "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
add_compile_definitions(_GLIBCXX_ASSERTIONS)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-fcolor-diagnostics)
else()
  add_compile_options(-fdiagnostics-color=always)
endif()

# What our own targets add to that; third-party code is compiled without.
set(GOSSAMER_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor
                      -Woverloaded-virtual -Wold-style-cast -Werror)
find_package(Threads REQUIRED)
