# SPDX-License-Identifier: Apache-2.0
# Third-party libraries: Debian's by find_package.
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(date REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(GTest REQUIRED)
find_library(GOSSAMER_LIBYAML yaml REQUIRED)

add_library(gossamer_third_yaml INTERFACE)
target_link_libraries(gossamer_third_yaml INTERFACE "${GOSSAMER_LIBYAML}")
