#!/usr/bin/python3
"""Reads every report that conform writes as its consumers do: `check-reports.py BUILD`.

The target (the issuer, of the other half) lets everything in and answers with markup and control characters, so that
nearly every case deviates and every text is hostile. Ends with `N passed, N failed`.
"""
import html.parser
import json
import re
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree as ElementTree
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jsonschema

ROOT = Path(__file__).resolve().parent.parent
HOSTILE = '</pre></script><script>alert(1)</script><img src=x onerror=alert(1)> ]]> \x1b[31m \x01 | ` # \u2028 é'
FORMATS = ["json", "junit", "markdown", "html", "tap", "sarif"]
# Both halves: an API that lets everything in, and an issuer that answers nothing but that.
HALVES = {
    "validators": ["ALG", "AZH", "TIM", "--idp-listen", "127.0.0.1:0", "--idp-listen-tls", "off", "--target"],
    "providers": ["DSC", "INS", "JWK", "AUT", "--idp"],
}


class Naive(BaseHTTPRequestHandler):
    """Lets everything in."""

    def do_GET(self):
        body = HOSTILE.encode()
        self.send_response(200)
        self.send_header("WWW-Authenticate", 'Bearer realm="<script>|`\x1b[31m"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


def check_json(text, counts):
    schema = json.loads((ROOT / "fixtures" / "schema" / "report.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema)
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    for number, line in enumerate(lines, 1):
        for error in validator.iter_errors(line):
            raise ValueError(f"line {number}: {error.message[:300]}")
    assert [line["line"] for line in lines] == ["run"] + ["case"] * counts["cases"] + ["end"]
    assert lines[-1]["failed"] == counts["failed"] > 0
    assert any(HOSTILE[:10] in json.dumps(line) for line in lines)


def check_junit(text, counts):
    suite = ElementTree.fromstring(text).find("testsuite")
    assert int(suite.get("tests")) == counts["cases"] == len(suite.findall("testcase"))
    found = {name: len(suite.findall(f"testcase/{name}")) for name in ("failure", "error", "skipped")}
    assert found["failure"] + found["error"] == counts["failed"]
    assert found["skipped"] == counts["skipped"]
    assert [found[name] for name in ("failure", "error", "skipped")] == [
        int(suite.get(name)) for name in ("failures", "errors", "skipped")]


def check_tap(text, counts):
    assert text.startswith(f"TAP version 13\n1..{counts['cases']}\n")
    tests = re.findall(r"^(not ok|ok) (\d+) - .*?( # SKIP .*)?$", text, re.MULTILINE)
    assert [int(number) for _, number, _ in tests] == list(range(1, counts["cases"] + 1))
    assert sum(result == "not ok" for result, _, _ in tests) == counts["failed"]
    assert sum(bool(skip) for _, _, skip in tests) == counts["skipped"]
    assert text.count("\n  ---\n") == text.count("\n  ...\n") == counts["failed"]


def check_sarif(text, counts):
    document = json.loads(text)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"] and result["locations"]
    assert sum(result["level"] == "error" for result in run["results"]) == counts["failed"]


def check_markdown(text, counts):
    assert text.startswith(f"## Conformance: {counts['failed']} failed\n")
    assert "<script" not in text and "<img" not in text and "\x1b" not in text
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1, table[:300]
    assert text.count("<details>") == text.count("</details>") == text.count("<pre>") == text.count("</pre>")


class Page(html.parser.HTMLParser):
    """Counts the cases, and refuses what would run or fetch."""

    def __init__(self):
        super().__init__()
        self.cases = 0
        self.open = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in ("script", "img", "iframe", "link", "object", "embed") or any(name.startswith("on") for name in attributes):
            raise ValueError(f"<{tag} {attributes}>")
        if not attributes.get("href", "#").startswith("#"):
            raise ValueError(attributes["href"])
        self.cases += (attributes.get("class") or "").split()[:1] == ["row"]
        if tag in ("details", "section", "pre", "summary"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in ("details", "section", "pre", "summary") and self.open.pop() != tag:
            raise ValueError(f"</{tag}> closes something else")


def check_html(text, counts):
    page = Page()
    page.feed(text)
    assert page.cases == counts["cases"] and not page.open
    assert f"<h1>Conformance of {counts['subject']}</h1>" in text
    assert "url(" not in text and "@import" not in text and "\x1b" not in text


def check_half(conform, words):
    """Plays one half and returns how many reports are wrong."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name in FORMATS}
        options = [word for name in FORMATS for word in (f"--{name}", str(files[name]))]
        run = subprocess.run([conform, "run", *words, *options], capture_output=True, text=True, check=False)
        tally = re.fullmatch(r"(\d+) passed, (\d+) failed, (\d+) skipped", run.stdout.splitlines()[-1])
        passed_, failed_, skipped_ = (int(number) for number in tally.groups())
        subject = "identity providers" if "--idp" in words else "access-token validation"
        counts = {"cases": passed_ + failed_ + skipped_, "failed": failed_, "skipped": skipped_, "subject": subject}
        for name in FORMATS:
            try:
                globals()[f"check_{name}"](files[name].read_text(encoding="utf-8"), counts)
            except (AssertionError, ValueError, KeyError, ElementTree.ParseError) as error:
                failed += 1
                print(f"{name}: {type(error).__name__}: {error}")
        if run.returncode != 1 or re.search(r"[\x00-\x09\x0b-\x1f\x7f]", run.stdout):
            failed += 1
            print(f"text: exit status {run.returncode}, and no octet may steer a terminal")
    return failed


def main():
    conform = f"{sys.argv[1]}/conform"
    server = ThreadingHTTPServer(("127.0.0.1", 0), Naive)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    failed = 0
    for half, words in HALVES.items():
        found = check_half(conform, [*words, f"http://127.0.0.1:{server.server_port}/"])
        failed += found
        if found:
            print(f"^ {half}")
    server.shutdown()
    print(f"{len(HALVES) * (len(FORMATS) + 1) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
