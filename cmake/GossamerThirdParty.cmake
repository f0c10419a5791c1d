# SPDX-License-Identifier: Apache-2.0
# Third-party libraries: Debian's by find_package, the rest (tools/pins.toml) out of the cache that
# `./dev setup` fills. docs/dependencies.md says why each one is here.
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(date REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_library(GOSSAMER_LIBYAML yaml REQUIRED)
find_library(GOSSAMER_LIBARGON2 argon2 REQUIRED)
# Debian's own interpreter: its version is the one that the pinned Python packages are for.
find_program(GOSSAMER_PYTHON python3 HINTS /usr/bin NO_CMAKE_ENVIRONMENT_PATH NO_CMAKE_PATH
             NO_SYSTEM_ENVIRONMENT_PATH REQUIRED)

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             "${CMAKE_SOURCE_DIR}/tools/pins.toml")
execute_process(COMMAND "${GOSSAMER_PYTHON}" "${CMAKE_SOURCE_DIR}/tools/parts.py" cmake
                OUTPUT_FILE "${CMAKE_BINARY_DIR}/parts.cmake" COMMAND_ERROR_IS_FATAL ANY)
include("${CMAKE_BINARY_DIR}/parts.cmake")
foreach(part SQLITE DUCKDB XGBOOST LIGHTGBM PAGE)
  if(NOT IS_DIRECTORY "${GOSSAMER_PART_${part}}")
    message(FATAL_ERROR "${GOSSAMER_PART_${part}} is missing: run ./dev setup first")
  endif()
endforeach()

add_library(gossamer_third_yaml INTERFACE)
target_link_libraries(gossamer_third_yaml INTERFACE "${GOSSAMER_LIBYAML}")

# SQLite is compiled in: Debian's has a corruption bug in WAL resets (fixed in 3.51.3).
add_library(gossamer_third_sqlite STATIC "${GOSSAMER_PART_SQLITE}/src/sqlite3.c")
target_include_directories(gossamer_third_sqlite SYSTEM INTERFACE "${GOSSAMER_PART_SQLITE}/include")
target_compile_definitions(gossamer_third_sqlite PRIVATE
  SQLITE_DQS=0 SQLITE_THREADSAFE=2 SQLITE_DEFAULT_MEMSTATUS=0 SQLITE_OMIT_DEPRECATED
  SQLITE_OMIT_LOAD_EXTENSION SQLITE_OMIT_SHARED_CACHE SQLITE_LIKE_DOESNT_MATCH_BLOBS
  SQLITE_DEFAULT_FOREIGN_KEYS=1 SQLITE_DEFAULT_WAL_SYNCHRONOUS=2 SQLITE_USE_URI=0
  SQLITE_MAX_EXPR_DEPTH=1000 HAVE_FDATASYNC=1
  # A statement with `in (...)` opens a small cache of pages: 87 KB at once, given back to the
  # system with each statement, cost four fifths of a step's time.
  SQLITE_DEFAULT_PCACHE_INITSZ=0)
target_link_libraries(gossamer_third_sqlite PUBLIC Threads::Threads m)

# Shared libraries of others: found at run time in build/<preset>/lib/gossamer, as in a package.
set(GOSSAMER_RUNTIME_LIBRARIES "${CMAKE_BINARY_DIR}/lib/gossamer")
file(MAKE_DIRECTORY "${GOSSAMER_RUNTIME_LIBRARIES}")
function(gossamer_shared name library include)
  add_library(gossamer_third_${name} SHARED IMPORTED GLOBAL)
  set_target_properties(gossamer_third_${name} PROPERTIES
    IMPORTED_LOCATION "${library}"
    INTERFACE_INCLUDE_DIRECTORIES "${include}")
endfunction()
function(gossamer_runtime_link target name)
  file(CREATE_LINK "${target}" "${GOSSAMER_RUNTIME_LIBRARIES}/${name}" SYMBOLIC)
endfunction()

gossamer_shared(duckdb "${GOSSAMER_PART_DUCKDB}/lib/libduckdb.so" "${GOSSAMER_PART_DUCKDB}/include")
gossamer_runtime_link("${GOSSAMER_PART_DUCKDB}/lib/libduckdb.so" libduckdb.so)

# XGBoost finds its own libgomp by the relative place that it has in the wheel.
gossamer_shared(xgboost "${GOSSAMER_PART_XGBOOST}/python/xgboost/lib/libxgboost.so.3"
                "${GOSSAMER_PART_XGBOOST}/include")
gossamer_runtime_link("${GOSSAMER_PART_XGBOOST}/python/xgboost" xgboost)
gossamer_runtime_link("${GOSSAMER_PART_XGBOOST}/python/xgboost_cpu.libs" xgboost_cpu.libs)

gossamer_shared(lightgbm "${GOSSAMER_PART_LIGHTGBM}/python/lightgbm/lib/lib_lightgbm.so"
                "${GOSSAMER_PART_LIGHTGBM}/include")
gossamer_runtime_link("${GOSSAMER_PART_LIGHTGBM}/python/lightgbm/lib/lib_lightgbm.so"
                      lib_lightgbm.so)

set(GOSSAMER_RPATH "\$ORIGIN/../lib/gossamer;\$ORIGIN/../lib/gossamer/xgboost/lib")
