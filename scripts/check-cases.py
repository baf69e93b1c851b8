#!/usr/bin/python3
"""Checks the data that the programs read: fixtures against their schemas, and what no schema can say about the cases.

Prints each fault as FILE: POINTER: what is wrong, and ends with 1 if there was one.
"""
import json
import re
import sys
from pathlib import Path

import jsonschema

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
# Which schema holds which files; the folders of the first column are made of JSON files alone.
SCHEMAS = {
    "cases/*.json": "case.schema.json",
    "targets/*.json": "target.schema.json",
    "idp/*.json": "directory.schema.json",
}


class Faults:
    """Collects faults as lines that an editor can jump to."""

    def __init__(self):
        self.count = 0

    def add(self, path, pointer, sentence):
        self.count += 1
        print(f"{path.relative_to(ROOT)}: {pointer or '/'}: {sentence}")


def no_duplicates(pairs):
    members = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"duplicate member {name!r}")
        members[name] = value
    return members


def read_json(path, faults):
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=no_duplicates)
    except ValueError as error:
        faults.add(path, "", f"not JSON: {error}")
        return None


def pointer_of(parts):
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def load_schemas(faults):
    """Returns {file name: schema}; every schema is itself checked."""
    schemas = {}
    for path in sorted((FIXTURES / "schema").glob("*.json")):
        schema = read_json(path, faults)
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            faults.add(path, pointer_of(error.absolute_path), error.message)
        schemas[path.name] = schema
    return schemas


def validator_for(name, schemas):
    store = {schema["$id"]: schema for schema in schemas.values()}
    resolver = jsonschema.RefResolver.from_schema(schemas[name], store=store)
    return jsonschema.Draft202012Validator(schemas[name], resolver=resolver)


def deepest(error):
    """The most telling fault below an anyOf: the one that got furthest into the document."""
    while error.context:
        error = max(error.context, key=lambda inner: (len(inner.absolute_path), -len(inner.context)))
    return error


def check_schemas(faults, schemas):
    documents = {}
    for pattern, name in SCHEMAS.items():
        if name not in schemas:
            continue
        validator = validator_for(name, schemas)
        for path in sorted(FIXTURES.glob(pattern)):
            document = documents[path] = read_json(path, faults)
            if document is None:
                continue
            for error in map(deepest, validator.iter_errors(document)):
                faults.add(path, pointer_of(error.absolute_path), error.message[:200])
    return documents


def check_case_rules(faults, documents):
    """Ids are unique and of their group's file; the file is named after the group; names of variants differ."""
    seen = {}
    for path, document in documents.items():
        if path.parent.name != "cases" or not isinstance(document, dict):
            continue
        group = document.get("group")
        if path.stem != group:
            faults.add(path, "/group", f"the file of group {group!r} is named {group}.json")
        for index, case in enumerate(document.get("cases", [])):
            pointer = f"/cases/{index}"
            identifier = str(case.get("id"))
            if not re.fullmatch(rf"{group}-\d\d", identifier):
                faults.add(path, pointer + "/id", f"{identifier!r} is not of the form {group}-NN")
            if identifier in seen:
                faults.add(path, pointer + "/id", f"{identifier} is in {seen[identifier]} already")
            seen[identifier] = f"{path.name}{pointer}"
            names = [variant.get("name") for variant in case.get("variants", [])]
            if len(names) != len(set(names)):
                faults.add(path, pointer + "/variants", "two variants have one name")
    return seen


def check_mutants(faults, cases):
    """Every case that mutants.def names exists."""
    path = ROOT / "conformance" / "mutants.def"
    if not path.exists():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("MUTANT("):
            for identifier in re.findall(r"\b[A-Z]{3,4}-\d\d\b", line):
                if identifier not in cases:
                    faults.add(path, f"line {number}", f"there is no case {identifier}")


def main():
    faults = Faults()
    schemas = load_schemas(faults)
    documents = check_schemas(faults, schemas)
    cases = check_case_rules(faults, documents)
    check_mutants(faults, cases)
    if not cases:
        faults.add(FIXTURES / "cases", "", "no case was found")
    print(f"{len(documents)} fixtures, {len(cases)} cases, {faults.count} faults")
    return 1 if faults.count else 0


if __name__ == "__main__":
    sys.exit(main())
