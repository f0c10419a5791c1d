// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <openssl/ossl_typ.h>

namespace gossamer::http {

// What is wrong with the certificate that `store` has just refused, and what helps; for people.
std::string certificate_fault(X509_STORE_CTX* store);

// What a handshake failed of that no certificate was to blame for; `code` is OpenSSL's.
std::string handshake_fault(unsigned long code);

}  // namespace gossamer::http
