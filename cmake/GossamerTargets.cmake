# SPDX-License-Identifier: Apache-2.0
# How a folder becomes a library, its tests and its fuzz targets. Files are found by globbing, so
# that a new file needs no line anywhere:
#
#   x.cpp               part of the library
#   x_test.cpp          part of <name>_test, label "unit"
#   x_process_test.cpp  part of <name>_process_test, label "process" (likewise kill, python,
#                       golden)
#   x_suite.cpp         a conformance suite: part of gossamer_<name>_suites, which the tests of all
#                       libraries that depend on <name> link; likewise x_fake.cpp
#   x_fuzz.cpp          the libFuzzer target fuzz_x (where GOSSAMER_FUZZ is on)
#   x.sql x.html ...    embedded: "<folder>/embedded.hpp" gives its text by path
include(GoogleTest)

set(GOSSAMER_TEST_KINDS process kill python golden)
add_custom_target(generated_headers)
# What a test may ask its environment for, beside GOSSAMER_TEST_DATA and GOSSAMER_TEST_PYTHON, which
# the caller sets.
set(GOSSAMER_TEST_ENVIRONMENT "GOSSAMER_BIN_DIR=${CMAKE_BINARY_DIR}/bin"
                              "GOSSAMER_SOURCE_DIR=${CMAKE_SOURCE_DIR}")

function(gossamer_glob out folder recurse)
  set(mode GLOB)
  if(recurse)
    set(mode GLOB_RECURSE)
  endif()
  set(patterns "")
  foreach(extension ${ARGN})
    list(APPEND patterns "${folder}/*.${extension}")
  endforeach()
  file(${mode} files CONFIGURE_DEPENDS ${patterns})
  set(${out} "${files}" PARENT_SCOPE)
endfunction()

# Flags and include roots of everything that is written here.
function(gossamer_own_target target)
  target_compile_options(${target} PRIVATE ${GOSSAMER_WARNINGS})
  target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}"
                                               "${CMAKE_BINARY_DIR}/generated")
endfunction()

# One GoogleTest executable in build/<preset>/tests; run from the repository's root.
function(gossamer_test_executable target label sources)
  add_executable(${target} ${sources})
  gossamer_own_target(${target})
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests"
    INSTALL_RPATH "${GOSSAMER_RPATH}")
  target_link_libraries(${target} PRIVATE ${ARGN} GTest::gmock_main)
  # Generous: a sanitizer makes some tests ten times slower, and GOSSAMER_LONG, which is looked at
  # when the tests run, makes some forty times longer.
  set(timeout 900)
  if(label STREQUAL "unit" AND NOT GOSSAMER_SANITIZE)
    set(timeout 300)
  endif()
  gtest_discover_tests(${target}
    DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  # Properties that are lists do not survive gtest_discover_tests, so they are set after it.
  set(script "${CMAKE_CURRENT_BINARY_DIR}/${target}_properties.cmake")
  file(GENERATE OUTPUT "${script}" CONTENT "set(timeout ${timeout})
if(DEFINED ENV{GOSSAMER_LONG})
  set(timeout 7200)
endif()
foreach(test IN LISTS ${target}_TESTS)
  set_tests_properties(\"\${test}\" PROPERTIES LABELS \"${label};${target}\" TIMEOUT \${timeout}
    ENVIRONMENT \"${GOSSAMER_TEST_ENVIRONMENT}\")
endforeach()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${script}")
endfunction()

# Texts beside the sources, compiled in as gossamer::<namespace>::embedded_text(path).
# `root` is the folder that `folder` lies in.
function(gossamer_embed target root folder texts)
  set(out "${CMAKE_BINARY_DIR}/generated/${folder}")
  add_custom_command(
    OUTPUT "${out}/embedded.cpp" "${out}/embedded.hpp"
    COMMAND "${GOSSAMER_PYTHON}" "${CMAKE_SOURCE_DIR}/tools/embed.py"
            --root "${root}" --folder "${folder}" --out "${out}" ${texts}
    DEPENDS "${CMAKE_SOURCE_DIR}/tools/embed.py" ${texts}
    COMMENT "Embedding texts of ${folder}")
  # What clang-tidy needs before anything is compiled: ninja generated_headers
  string(REPLACE "/" "_" stem "${folder}")
  add_custom_target(generated_${stem} DEPENDS "${out}/embedded.hpp")
  add_dependencies(generated_headers generated_${stem})
  target_sources(${target} PRIVATE "${out}/embedded.cpp" "${out}/embedded.hpp")
endfunction()

# gossamer_library(<name> [FOLDER path] [ONLY sub...] [WITHOUT sub...]
#                  [DEPENDS library...] [LINK target...])
# FOLDER is relative to src/ and defaults to the name. ONLY takes just these subfolders, WITHOUT
# leaves some to other targets. DEPENDS are libraries of this repository, LINK is third-party.
function(gossamer_library name)
  cmake_parse_arguments(arg "" "FOLDER" "ONLY;WITHOUT;DEPENDS;LINK" ${ARGN})
  if(NOT arg_FOLDER)
    set(arg_FOLDER "${name}")
  endif()
  set(root "${CMAKE_SOURCE_DIR}/src/${arg_FOLDER}")
  if(arg_ONLY)
    set(files "")
    foreach(sub ${arg_ONLY})
      gossamer_glob(some "${root}/${sub}" TRUE cpp sql html css js txt yaml json)
      list(APPEND files ${some})
    endforeach()
  else()
    gossamer_glob(files "${root}" TRUE cpp sql html css js txt yaml json)
  endif()
  foreach(sub ${arg_WITHOUT})
    list(FILTER files EXCLUDE REGEX "^${root}/${sub}/")
  endforeach()
  list(FILTER files EXCLUDE REGEX "(/testdata/|/main\\.cpp$)")

  set(sources ${files})
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  set(texts ${files})
  list(FILTER texts EXCLUDE REGEX "\\.cpp$")
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  set(suites ${sources})
  list(FILTER suites INCLUDE REGEX "_(suite|fake)\\.cpp$")
  set(fuzzers ${sources})
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_(test|suite|fake|fuzz)\\.cpp$")

  set(libraries "")
  foreach(dependency ${arg_DEPENDS})
    list(APPEND libraries "gossamer_${dependency}")
  endforeach()
  set(target "gossamer_${name}")
  if(sources OR texts)
    add_library(${target} STATIC ${sources})
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
    gossamer_own_target(${target})
    target_link_libraries(${target} PUBLIC ${libraries} ${arg_LINK} Threads::Threads)
    if(texts)
      gossamer_embed(${target} "${CMAKE_SOURCE_DIR}/src" "${arg_FOLDER}" "${texts}")
    endif()
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${libraries} ${arg_LINK} Threads::Threads)
  endif()

  if(suites)
    add_library(${target}_suites STATIC ${suites})
    gossamer_own_target(${target}_suites)
    target_link_libraries(${target}_suites PUBLIC ${target} GTest::gmock)
  endif()
  set(test_links ${target})
  foreach(dependency ${name} ${arg_DEPENDS})
    if(TARGET gossamer_${dependency}_suites)
      list(APPEND test_links gossamer_${dependency}_suites)
    endif()
  endforeach()
  foreach(kind ${GOSSAMER_TEST_KINDS})
    set(some ${tests})
    list(FILTER some INCLUDE REGEX "_${kind}_test\\.cpp$")
    list(FILTER tests EXCLUDE REGEX "_${kind}_test\\.cpp$")
    if(some)
      gossamer_test_executable(${name}_${kind}_test ${kind} "${some}" ${test_links})
    endif()
  endforeach()
  if(tests)
    gossamer_test_executable(${name}_test unit "${tests}" ${test_links})
  endif()
  if(GOSSAMER_FUZZ)
    foreach(fuzzer ${fuzzers})
      gossamer_fuzzer("${fuzzer}" ${target})
    endforeach()
  endif()
endfunction()

# ui/ checked, bundled and compiled in: page/embedded.hpp, namespace gossamer::page.
function(gossamer_page)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/ui/*")
  set(out "${CMAKE_BINARY_DIR}/bundled/page")
  set(texts "${out}/index.html" "${out}/main.css" "${out}/main.js" "${out}/events.js")
  add_custom_command(
    OUTPUT ${texts}
    COMMAND "${GOSSAMER_PYTHON}" "${CMAKE_SOURCE_DIR}/tools/build_page.py"
            --source "${CMAKE_SOURCE_DIR}/ui" --part "${GOSSAMER_PART_PAGE}"
            --work "${CMAKE_BINARY_DIR}/bundled/work" --out "${out}"
    DEPENDS "${CMAKE_SOURCE_DIR}/tools/build_page.py" ${sources}
    COMMENT "Checking and bundling the page")
  add_library(gossamer_page STATIC)
  gossamer_own_target(gossamer_page)
  gossamer_embed(gossamer_page "${CMAKE_BINARY_DIR}/bundled" page "${texts}")
  set_target_properties(gossamer_page PROPERTIES LINKER_LANGUAGE CXX)
endfunction()

function(gossamer_fuzzer source)
  get_filename_component(stem "${source}" NAME_WE)
  string(REGEX REPLACE "_fuzz$" "" stem "${stem}")
  add_executable(fuzz_${stem} "${source}")
  gossamer_own_target(fuzz_${stem})
  set_target_properties(fuzz_${stem} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz"
    INSTALL_RPATH "${GOSSAMER_RPATH}")
  target_link_libraries(fuzz_${stem} PRIVATE ${ARGN})
  target_link_options(fuzz_${stem} PRIVATE -fsanitize=fuzzer)
endfunction()

# An executable in bin/, once its main file exists.
function(gossamer_executable target main)
  if(NOT EXISTS "${main}")
    return()
  endif()
  add_executable(${target} "${main}")
  gossamer_own_target(${target})
  target_link_libraries(${target} PRIVATE ${ARGN})
  target_compile_definitions(${target} PRIVATE "GOSSAMER_VERSION=\"${PROJECT_VERSION}\"")
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "${GOSSAMER_RPATH}")
  # The old kind of search path also counts for what the libraries themselves load: packaged ones
  # stand beside one another.
  target_link_options(${target} PRIVATE "LINKER:--disable-new-dtags")
endfunction()

# Level 4: app/*.cpp and app/*/*.cpp as a library (so that tests can call it), and the executables.
function(gossamer_app)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/app/*.cpp")
  set(mains "${CMAKE_SOURCE_DIR}/app/main.cpp" "${CMAKE_SOURCE_DIR}/app/worker_main.cpp")
  list(REMOVE_ITEM sources ${mains})
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(gossamer_app STATIC ${sources})
    gossamer_own_target(gossamer_app)
    # The examples travel in the program: `gossamer demo` needs nothing beside itself.
    file(GLOB_RECURSE examples CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/examples/*")
    list(FILTER examples EXCLUDE REGEX "/(warehouse|\\.gossamer)/")
    gossamer_embed(gossamer_app "${CMAKE_SOURCE_DIR}" examples "${examples}")
  else()
    add_library(gossamer_app INTERFACE)
  endif()
  get_target_property(type gossamer_app TYPE)
  set(scope PUBLIC)
  if(type STREQUAL "INTERFACE_LIBRARY")
    set(scope INTERFACE)
  endif()
  target_compile_definitions(gossamer_app ${scope} "GOSSAMER_VERSION=\"${PROJECT_VERSION}\"")
  target_link_libraries(gossamer_app ${scope} gossamer_store gossamer_executors gossamer_web
                        CLI11::CLI11 Threads::Threads)
  if(tests)
    gossamer_test_executable(app_test unit "${tests}" gossamer_app)
  endif()
  gossamer_executable(gossamer "${CMAKE_SOURCE_DIR}/app/main.cpp" gossamer_app)
  gossamer_executable(gossamer-worker "${CMAKE_SOURCE_DIR}/app/worker_main.cpp"
                      gossamer_worker_side)
endfunction()

# tests/<folder>/*.cpp become <folder>_test with the label given here. With a list of libraries they
# link just these; without one they may use everything that the engine side has, and need the
# executables.
function(gossamer_test_folder folder label)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/${folder}/*.cpp")
  if(NOT sources)
    return()
  endif()
  if(ARGN)
    gossamer_test_executable(${folder}_test ${label} "${sources}" ${ARGN})
    return()
  endif()
  gossamer_test_executable(${folder}_test ${label} "${sources}" gossamer_app)
  if(TARGET gossamer_test_support)
    target_link_libraries(${folder}_test PRIVATE gossamer_test_support)
  endif()
  if(TARGET shifted_clock)
    add_dependencies(${folder}_test shifted_clock)
  endif()
  foreach(executable gossamer gossamer-worker gossamer-supervisor)
    if(TARGET ${executable})
      add_dependencies(${folder}_test ${executable})
    endif()
  endforeach()
endfunction()

function(gossamer_test_folders)
  file(GLOB support CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/support/*.cpp")
  if(support)
    add_library(gossamer_test_support STATIC ${support})
    gossamer_own_target(gossamer_test_support)
    target_link_libraries(gossamer_test_support PUBLIC
                          gossamer_orchestration gossamer_base GTest::gmock)
  endif()
  # Comes before the C library in programs under test; sanitizers' own come before all.
  if(NOT GOSSAMER_SANITIZE)
    add_library(shifted_clock MODULE "${CMAKE_SOURCE_DIR}/tests/support/preload/shifted_clock.cpp")
    gossamer_own_target(shifted_clock)
    set_target_properties(shifted_clock PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  endif()
  gossamer_test_folder(scenarios scenario gossamer_orchestration_suites gossamer_pipeline_suites)
  gossamer_test_folder(simulation scenario gossamer_orchestration_suites gossamer_pipeline_suites
                       gossamer_store gossamer_executors gossamer_test_support)
  gossamer_test_folder(golden golden)
  gossamer_test_folder(process process)
  gossamer_test_folder(kill kill)
  gossamer_test_folder(python python)
  gossamer_test_folder(upgrade upgrade)
  if(EXISTS "${CMAKE_SOURCE_DIR}/tools/tests")
    add_test(NAME tools
             COMMAND "${GOSSAMER_PYTHON}" -m unittest discover -s tools/tests -p "*_test.py"
             WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(tools PROPERTIES LABELS "unit" TIMEOUT 300)
  endif()
  # The sanitizers have nothing to say of a browser.
  if(TARGET gossamer AND NOT GOSSAMER_SANITIZE)
    add_test(NAME page_in_browser
             COMMAND "${GOSSAMER_PYTHON}" -m unittest discover -s tests/browser -p "*_test.py"
             WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(page_in_browser PROPERTIES LABELS "process" TIMEOUT 900
                         ENVIRONMENT "${GOSSAMER_TEST_ENVIRONMENT}")
  endif()
  if(TARGET gossamer AND TARGET gossamer-supervisor)
    set(sanitized "")
    if(GOSSAMER_SANITIZE)
      set(sanitized --sanitized)
    endif()
    add_test(NAME executables
             COMMAND "${GOSSAMER_PYTHON}" tools/check_executables.py "${CMAKE_BINARY_DIR}/bin"
                     ${sanitized}
             WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(executables PROPERTIES LABELS "unit")
    add_test(NAME docs
             COMMAND "${GOSSAMER_PYTHON}" tools/check_docs.py "$<TARGET_FILE:gossamer>"
             WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(docs PROPERTIES LABELS "golden")
  endif()
endfunction()

# bench/*.cpp: one executable each in build/<preset>/bench, run by `./dev bench`.
function(gossamer_bench_folder)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/bench/*.cpp")
  foreach(source ${sources})
    get_filename_component(stem "${source}" NAME_WE)
    add_executable(bench_${stem} "${source}")
    gossamer_own_target(bench_${stem})
    set_target_properties(bench_${stem} PROPERTIES
      OUTPUT_NAME "${stem}"
      RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench"
      INSTALL_RPATH "${GOSSAMER_RPATH}")
    target_link_libraries(bench_${stem} PRIVATE gossamer_app)
    # Beside the training libraries, which the program itself never loads.
    if(stem STREQUAL "forest")
      target_link_libraries(bench_${stem} PRIVATE gossamer_scoring_forest
                            gossamer_scoring_xgboost gossamer_scoring_lightgbm)
    elseif(stem STREQUAL "predict")
      target_link_libraries(bench_${stem} PRIVATE gossamer_worker_side)
    endif()
    foreach(executable gossamer gossamer-worker gossamer-supervisor echo_worker)
      if(TARGET ${executable})
        add_dependencies(bench_${stem} ${executable})
      endif()
    endforeach()
  endforeach()
endfunction()
