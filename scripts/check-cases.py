#!/usr/bin/python3
"""Checks the data that the programs read: fixtures against their schemas, and what no schema can say about the cases.

Every variant is merged into its case (RFC 7396) and checked as it will be played. Prints each fault as
FILE: POINTER: what is wrong, then "N passed, N failed" (cases, variants counted one by one, and other documents).
"""
import copy
import fnmatch
import json
import re
import sys
from pathlib import Path

import jsonschema

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
CASE_SCHEMA = "case.schema.json"
PROVIDER_SCHEMA = "provider-case.schema.json"
# What --safe may send: nothing that carries a credential or changes anything.
SAFE_MEMBERS = {"get", "options", "query", "headers"}
# Which schema holds which other files: the first pattern that fits. Cases have their own, checked variant by variant.
SCHEMAS = {
    "targets/*.expected.json": "expected.schema.json",
    "targets/*.json": "target.schema.json",
    "policy/*.json": "routes.schema.json",
    "idp/*.json": "directory.schema.json",
    "vectors/*.json": "vectors.schema.json",
    "golden/discovery-*.json": "discovery.schema.json",
    "golden/jwks-*.json": "jwks.schema.json",
    "golden/tokens/*.json": "golden-token.schema.json",
    "golden/instance.json": "instance.schema.json",
    "issuers/*.expected.json": "expected.schema.json",
    "issuers/*.json": "issuer.schema.json",
    "golden/errors.json": "errors.schema.json",
    "sections.json": "sections.schema.json",
}
# "RFC 7515 §4.1.1": a document whose sections are known by title, and the section.
SECTION = re.compile(r"(RFC \d+|OpenID Connect \w+) §(\d+(?:\.\d+)*)")


class Tally:
    """Counts what was checked and prints faults as lines that an editor can jump to."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def fault(self, path, pointer, sentence):
        print(f"{path.relative_to(ROOT)}: {pointer or '/'}: {sentence}")

    def conclude(self, path, pointer, sentences):
        for at, sentence in sentences:
            self.fault(path, pointer + at, sentence)
        if sentences:
            self.failed += 1
        else:
            self.passed += 1


def no_duplicates(pairs):
    members = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"duplicate member {name!r}")
        members[name] = value
    return members


def read_json(path, tally):
    """Returns the document, or None after it was counted as a failure."""
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=no_duplicates)
    except ValueError as error:
        tally.conclude(path, "", [("", f"not JSON: {error}")])
        return None


def pointer_of(parts):
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def deepest(error):
    """The most telling fault below an anyOf: the one that got furthest into the document."""
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return error


def faults_of(schema, document):
    """Returns [(JSON pointer, sentence)] of what the schema does not allow."""
    validator = jsonschema.validators.validator_for(schema)(schema)
    errors = map(deepest, validator.iter_errors(document))
    return [(pointer_of(error.absolute_path), error.message[:200]) for error in errors]


def merge(target, patch):
    """RFC 7396 section 2."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def plays_of(case):
    """Yields (JSON pointer, the case as it is played) for a case or each of its variants."""
    if "variants" not in case:
        yield "", case
        return
    plain = {name: value for name, value in case.items() if name != "variants"}
    for index, variant in enumerate(case["variants"]):
        yield f"/variants/{index}", merge(copy.deepcopy(plain), variant)


def read_codes():
    """The codes of libbtv, which `code` of an expectation may name."""
    table = (ROOT / "validator" / "include" / "btv" / "error.def").read_text(encoding="utf-8")
    return set(re.findall(r'^BTV_ERROR\(\w+,\s*"(\w+)"', table, re.MULTILINE))


def expectations_of(play):
    yield play.get("expect", {})
    for step in play.get("steps", []):
        yield step.get("expect", {})


def needs_http(send):
    """Whether a request is more than an Authorization value, so that a subject in process cannot be sent it."""
    if any(name in send for name in ("wrap_headers", "method", "path", "field", "headers", "raw")):
        return True
    return send.get("place", "header") != "header"


def raw_claims_of(value):
    """Yields (JSON pointer, text) of the claims that a recipe writes out; what is computed in them is left out."""
    if isinstance(value, dict) and isinstance(raw := (value.get("claims") or {}).get("raw"), (str, dict)):
        pieces = raw.get("concat", []) if isinstance(raw, dict) else [raw]
        yield "/claims/raw", "".join(piece for piece in pieces if isinstance(piece, str))
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        for at, text in raw_claims_of(inner):
            yield f"/{name}{at}", text


def raw_faults(play):
    """Claims of an API that are written out are a whole token's: a refusal must not be for a claim that was forgotten."""
    for at, text in raw_claims_of(play):
        lacking = [name for name in ("exp", "nbf", "sub") if f'"{name}"' not in text]
        if lacking and '"iss"' in text and '"aud"' in text:
            yield at, f"claims with iss and aud lack {' and '.join(lacking)}; to leave one out on purpose, use 'remove'"


def play_faults(play, group, codes):
    """What makes no sense although the schema allows it."""
    faults = []
    if not play["id"].startswith(group + "-"):
        faults.append(("/id", f"{play['id']} does not belong to the group {group}"))
    for expect in expectations_of(play):
        if expect.get("code", "ok") not in codes:
            faults.append(("/expect/code", f"libbtv has no error {expect['code']!r}"))
        if expect.get("decision") == "accept" and ("code" in expect or "error" in expect):
            faults.append(("/expect", "what is accepted has neither code nor error"))
        decided = not expect or "decision" in expect or "refused" in expect
        if not decided and play["level"] != "INFO" and "variance" not in play:
            faults.append(("/expect", "only level INFO, or a case with a variance, may leave the decision open"))
    steps = play.get("steps", [])
    sends = [play.get("send", {})] + [step.get("send", {}) for step in steps]
    if any(map(needs_http, sends)) and not {"http", "raw-socket"} & set(play.get("needs", [])):
        faults.append(("/needs", "a request needs 'http' or 'raw-socket'"))
    for need in ("clock", "configure", "timezone"):
        if any(need in step for step in steps) and need not in play.get("needs", []):
            faults.append(("/needs", f"a step needs '{need}'"))
    return faults + list(raw_faults(play))


def provider_steps(play, flows):
    """The steps of a case for providers, flows unfolded; a flow that is not there is None."""
    if "steps" not in play:
        yield play
    for step in play.get("steps", []):
        yield from flows.get(step["flow"], [None]) if "flow" in step else [step]


def provider_faults(play, group, flows):
    """What makes no sense in a case for providers although the schema allows it."""
    faults = []
    if not play["id"].startswith(group + "-"):
        faults.append(("/id", f"{play['id']} does not belong to the group {group}"))
    for step in provider_steps(play, flows):
        if step is None:
            faults.append(("/steps", "there is no such flow"))
            continue
        for need, doing in (("clock", "clock"), ("steering", "idp")):
            if doing in step and need not in play.get("needs", []):
                faults.append(("/needs", f"a step needs '{need}'"))
        request = step.get("request", {"sign_in": None})
        headers = {name.lower() for name in request.get("headers", {})}
        if play.get("safe") and (not SAFE_MEMBERS.issuperset(request) or "authorization" in headers):
            faults.append(("/safe", "what is safe sends GET or OPTIONS without credentials"))
    return faults


def check_provider_case(tally, path, pointer, case, document, schema):
    for at, play in plays_of(case):
        faults = faults_of(schema, play)
        tally.conclude(path, pointer + at,
                       faults or provider_faults(play, document["group"], document.get("flows", {})))


def check_case(tally, path, pointer, case, group, schema, codes):
    names = [variant.get("name") for variant in case.get("variants", [])]
    if len(names) != len(set(names)):
        tally.conclude(path, pointer + "/variants", [("", "two variants have one name")])
    for at, play in plays_of(case):
        faults = faults_of(schema, play)
        tally.conclude(path, pointer + at, faults or play_faults(play, group, codes))


def read_schema(name, tally):
    """Returns a schema of case files, and that of a case as it is played."""
    schema = read_json(FIXTURES / "schema" / name, tally)
    jsonschema.Draft7Validator.check_schema(schema)
    return schema, {**schema["definitions"]["case"], "definitions": schema["definitions"],
                    "$schema": schema["$schema"]}


def check_file(tally, path, document, seen, check, named):
    """One file's cases; `check` checks one, `named` says whether the file has the name of its group."""
    if not named:
        tally.conclude(path, "/group", [("", f"a file of the group {document['group']} has another name")])
    for index, case in enumerate(document["cases"]):
        pointer = f"/cases/{index}"
        if case["id"] in seen:
            tally.conclude(path, pointer, [("/id", f"{case['id']} is in {seen[case['id']]} too")])
        seen[case["id"]] = path.name
        check(tally, path, pointer, case)


def check_cases(tally):
    """Returns the ids of all cases."""
    validators, play_schema = read_schema(CASE_SCHEMA, tally)
    providers, provider_schema = read_schema(PROVIDER_SCHEMA, tally)
    codes = read_codes()
    seen = {}
    for path in sorted((FIXTURES / "cases").glob("*.json")):
        document = read_json(path, tally)
        provider = isinstance(document, dict) and document.get("half") == "provider"
        faults = faults_of(providers if provider else validators, document) if document is not None else []
        if faults:
            tally.conclude(path, "", faults)
        if document is None or faults:
            continue
        if provider:
            check_file(tally, path, document, seen,
                       lambda t, p, at, case, d=document: check_provider_case(t, p, at, case, d, provider_schema),
                       path.stem.startswith("idp-"))
        else:
            check_file(tally, path, document, seen,
                       lambda t, p, at, case, g=document["group"]: check_case(t, p, at, case, g, play_schema, codes),
                       path.stem == document["group"].lower())
    return seen


def schema_of(path):
    """Returns the name of the schema that holds a file, or None."""
    relative = path.relative_to(FIXTURES)
    return next((name for pattern, name in SCHEMAS.items() if relative.match(pattern)), None)


def check_others(tally, cases):
    """Every JSON file is held by a schema; a baseline names cases that exist."""
    schemas = {}
    for name in sorted({*SCHEMAS.values(), "report.schema.json"}):
        schemas[name] = read_json(FIXTURES / "schema" / name, tally) or {}
        jsonschema.Draft7Validator.check_schema(schemas[name])
    for path in sorted(FIXTURES.rglob("*.json")):
        folder = path.relative_to(FIXTURES).parts[0]
        if folder in ("cases", "schema"):
            continue
        name = schema_of(path)
        document = read_json(path, tally) if name else None
        if name is None:
            tally.conclude(path, "", [("", "no schema holds this file: name one in scripts/check-cases.py")])
        elif document is not None:
            unknown = [(f"/deviations/{case}", "there is no such case") for case in document.get("deviations", {})
                       if case not in cases] if isinstance(document, dict) else []
            tally.conclude(path, "", faults_of(schemas[name], document) + unknown)


def source_faults(source, sections):
    """A source that names a section of a standard names one whose title is known, and nothing but that."""
    if not source.startswith(("RFC ", "OpenID Connect ")):
        return None
    match = SECTION.fullmatch(source)
    if not match:
        return f"{source!r} is not DOCUMENT §SECTION"
    return None if match[2] in sections.get(match[1], {}) else f"fixtures/sections.json has no title for {source}"


def check_sources(tally):
    """Sections that cases cite exist, and sections that are listed are cited."""
    path = FIXTURES / "sections.json"
    sections = read_json(path, tally) or {}
    left = {f"{document} §{section}" for document, titles in sections.items() for section in titles}
    for file in sorted((FIXTURES / "cases").glob("*.json")):
        document = read_json(file, tally) or {}
        for index, case in enumerate(document.get("cases", [])):
            faults = [(f"/{at}", fault) for at, source in enumerate(case.get("source", []))
                      if (fault := source_faults(source, sections))]
            left.difference_update(case.get("source", []))
            if faults:
                tally.conclude(file, f"/cases/{index}/source", faults)
    tally.conclude(path, "", [("", f"no case cites {source}") for source in sorted(left)])


def check_mutants(tally, cases):
    """Every case that mutants.def names exists."""
    path = ROOT / "conformance" / "mutants.def"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("MUTANT("):
            for identifier in re.findall(r"\b[A-Z]{3,4}-\d\d\b", line):
                if identifier not in cases:
                    tally.conclude(path, f"line {number}", [("", f"there is no case {identifier}")])


def check_findings(tally, cases):
    """Every pattern in the findings of scripts/interop/results.json fits a case."""
    path = ROOT / "scripts" / "interop" / "results.json"
    document = read_json(path, tally) or {}
    for member in ("lets_through", "breaks", "clean"):
        for index, finding in enumerate(document.get(member, [])):
            unknown = [pattern for pattern in finding["cases"] if not fnmatch.filter(cases, pattern)]
            tally.conclude(path, f"/{member}/{index}", [("/cases", f"there is no case {pattern}") for pattern in unknown])


def main():
    tally = Tally()
    cases = check_cases(tally)
    check_others(tally, cases)
    check_mutants(tally, cases)
    check_findings(tally, cases)
    check_sources(tally)
    if not cases:
        tally.conclude(FIXTURES / "cases", "", [("", "no case was found")])
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
