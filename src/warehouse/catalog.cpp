// SPDX-License-Identifier: Apache-2.0
#include "warehouse/catalog.hpp"

namespace gossamer::warehouse {

Digest Snapshot::digest() const {
  Sha256 hash;
  hash.update(table);
  for (const release::PartitionContent& content : contents) {
    hash.update("\n");
    hash.update(content.digest.text());
  }
  return hash.finish();
}

}  // namespace gossamer::warehouse
