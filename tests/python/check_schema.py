#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare what JSON Schemas refuse with what the reader of the files refused.

    check_schema.py FILE.json

FILE.json holds {"schemas": {kind: schema}, "documents": [{"name", "kind", "content", "mistakes"}]},
a mistake being {"path": [...], "message"}. A document without mistakes must be accepted; of any
other, each mistake must be refused at its place or by a rule about what it is in. Prints what
differs and exits 1.
"""
import json
import sys

import jsonschema

# Rules about a whole value, which therefore speak for everything inside of it.
WHOLE = {"anyOf", "oneOf", "allOf", "not", "required", "additionalProperties", "propertyNames",
         "minProperties", "maxProperties", "minItems", "maxItems", "type", "pattern", "enum"}


def leaves(error):
    """The error and the reasons inside of it, deepest last."""
    yield error
    for inner in error.context or ():
        yield from leaves(inner)


def covers(refusal, path):
    """Whether the refusal stands at the path, or is about something that holds it."""
    place = list(refusal.absolute_path)
    if place == path:
        return True
    # A misspelt key is refused where its mapping stands, a missing one likewise.
    return refusal.validator in WHOLE and place == path[:len(place)] and len(place) >= len(path) - 1


def differences(document, validator):
    refusals = [leaf for error in validator.iter_errors(document["content"])
                for leaf in leaves(error)]
    if not document["mistakes"]:
        return [f"{document['name']}: refused, though it is right: {error.message[:300]} at "
                f"{list(error.absolute_path)}" for error in refusals[:1]]
    return [f"{document['name']}: accepted at {mistake['path']}: {mistake['message']}"
            for mistake in document["mistakes"]
            if not any(covers(refusal, mistake["path"]) for refusal in refusals)]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        given = json.load(file)
    for schema in given["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    validators = {kind: jsonschema.Draft202012Validator(schema)
                  for kind, schema in given["schemas"].items()}
    found = [line for document in given["documents"]
             for line in differences(document, validators[document["kind"]])]
    print("\n".join(found))
    print(f"{len(given['documents'])} documents, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
