#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hold a server's answers against its own OpenAPI document.

    check_answers.py FILE.json

FILE.json holds {"document": OpenAPI, "answers": [{"method", "path", "status", "type", "body"}],
"left_out": ["GET /path"]}, a path as it was asked, without its query. Each answer must be of the
schema that the document has for it, and each operation that is not left out must have been answered
with 200. Prints what differs, and exits 1 where something does.
"""
import json
import re
import sys

import jsonschema

FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("date-time")
def is_moment(text):
    return not isinstance(text, str) or bool(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text))


def operation_of(document, method, path):
    """The template and the operation that a request goes to; fixed parts come first."""
    templates = sorted(document["paths"], key=lambda template: template.count("{"))
    for template in templates:
        pattern = re.sub(r"\\{[^/]*\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in document["paths"][template]:
            return template, document["paths"][template][method.lower()]
    return None, None


def differences(document, answer):
    name = f"{answer['method']} {answer['path']} ({answer['status']})"
    template, operation = operation_of(document, answer["method"], answer["path"])
    if operation is None:
        return None, [f"{name}: the document has no such operation"]
    responses = operation["responses"]
    response = responses.get(str(answer["status"]), responses["default"])
    content = response["content"].get(answer["type"])
    if content is None:
        return template, [f"{name}: the document has no {answer['type']} for it"]
    # References lead to the components, so these stand beside the schema.
    schema = {"components": document["components"], "allOf": [content["schema"]]}
    validator = jsonschema.Draft202012Validator(schema, format_checker=FORMATS)
    return template, [f"{name}: {error.message[:300]} at {list(error.absolute_path)}"
                      for error in validator.iter_errors(answer["body"])]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        given = json.load(file)
    document = given["document"]
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        extra = set(schema.get("required", ())) - set(schema["properties"])
        assert not extra, f"{name} requires {extra}, which it does not have"
    asked, found = set(), []
    for answer in given["answers"]:
        template, different = differences(document, answer)
        found += different
        if answer["status"] == 200:
            asked.add((answer["method"].lower(), template))
    every = {(method, path) for path, item in document["paths"].items() for method in item}
    missed = {f"{method.upper()} {path}" for method, path in every - asked}
    for name in sorted(missed - set(given["left_out"])):
        found.append(f"{name}: was never answered with 200")
    print("\n".join(found))
    print(f"{len(given['answers'])} answers of {len(asked)} operations, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
