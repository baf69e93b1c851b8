#!/usr/bin/python3
"""Plays the CI action as GitHub would, step by step, and its example workflow: `check-action.py BUILD` (apid and mockidp in it).

An API that is right, one that lets anybody in, one that runs already, known deviations, bad inputs. Prints what is not as it
should be, then "N passed, N failed".
"""
import os
import re
import socket
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
ACTION = ROOT / ".github/actions/conform"
APID = ROOT / sys.argv[1] / "apid"
START = f'exec {APID} --listen "127.0.0.1:$CONFORM_PORT" --ca-file "$CONFORM_CA_FILE"'
ANYBODY = 'exec /usr/bin/python3 -m http.server --bind 127.0.0.1 "$CONFORM_PORT"'
GOOD = {"target": "http://127.0.0.1:{port}/api/auth-test", "start": START, "wait-for": "http://127.0.0.1:{port}/health",
        "filters": "CTL-01 AUD-* TIM-01", "idp-listen": "127.0.0.1:0", "idp-listen-tls": "localhost:0"}
action = yaml.safe_load((ACTION / "action.yml").read_text())
kept = set()  # files that the last steps hand to upload-artifact
set_up = set()  # steps without inputs that passed: once is enough
passed = failed = 0


def expect(title, condition, seen=""):
    global passed, failed
    passed, failed = passed + bool(condition), failed + (not condition)
    if not condition:
        print(f"FAILED  {title}\n{seen}")


def command(step, where, environment):
    """A `run` step as the runner's shell `bash` does it; returns (exit status, what it said)."""
    done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=where, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def play(inputs, where):
    """Plays all steps; returns (failed?, what they said, summary, outputs)."""
    unknown = set(inputs) - set(action["inputs"])
    assert not unknown, f"the action has no input {unknown}"
    values = {name: str(one.get("default", "")) for name, one in action["inputs"].items()}
    values.update({name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in inputs.items()})
    plain = {name: value for name, value in os.environ.items() if not re.match("CONFORM_|GITHUB_|MAKE|MFLAGS", name)}
    broken, said = False, ""
    with tempfile.TemporaryDirectory() as folder:
        files = {"GITHUB_STEP_SUMMARY": f"{folder}/summary", "GITHUB_OUTPUT": f"{folder}/output"}
        for file in files.values():
            Path(file).touch()
        for step in action["runs"]["steps"]:
            if step["name"] in set_up or (broken and step.get("if") != "always()"):
                continue
            if "uses" in step:  # another's action: what it is to keep
                kept.update(re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: values[m[1]], step["with"]["path"]).split())
                continue
            given = {name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: values[m[1]], text)
                     for name, text in step.get("env", {}).items()}
            status, text = command(step, where, plain | files | given | {"GITHUB_ACTION_PATH": str(ACTION)})
            broken, said = broken or status != 0, said + text
            if "env" not in step and status == 0:
                set_up.add(step["name"])
        summary, output = (Path(file).read_text() for file in files.values())
    return broken, said, summary, dict(line.split("=") for line in output.split())


def check_right(folder):
    broken, said, summary, outputs = play(GOOD | {"junit": "reports/j.xml"}, folder)
    expect("a right API passes", not broken, said)
    expect("the summary counts", summary.startswith("### conform: ") and " 0 failed" in summary.splitlines()[0], summary)
    expect("the summary is Markdown", "## Conformance:" in summary and "| " in summary, summary)
    page = Path(folder, "conform.html").read_text()
    expect("the HTML report is there, and kept", page.startswith("<!doctype html>") and "conform.html" in kept, page[:200])
    expect("JSON and JUnit are kept", {"conform.json", "reports/j.xml"} <= kept, kept)
    expect("the outputs count", int(outputs.get("passed", 0)) > 0 and outputs.get("failed") == "0", outputs)
    expect("JUnit is where it was asked for", len(list(xml.parse(f"{folder}/reports/j.xml").iter("testcase"))) > 5)
    expect("the other reports are where they are by default", Path(folder, "conform.json").stat().st_size > 0)


def check_wrong(folder):
    wrong = GOOD | {"target": "http://127.0.0.1:{port}/", "start": ANYBODY, "wait-for": ""}
    broken, said, summary, outputs = play(wrong, folder)
    expect("an API that lets anybody in fails", broken, said)
    expect("the summary shows the cases all the same", "AUD-01" in summary and outputs.get("failed", "0") != "0", summary)
    Path(folder, "known.json").write_text('{"deviations": {"AUD-01": {"verdict": "FAIL", "reason": "known"}}}')
    broken, said, _, _ = play(GOOD | {"expected": "known.json"}, folder)
    expect("a known deviation that is no more fails", broken and "AUD-01" in said, said)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def check_running(folder):
    idp = free_port()
    settings = ["--instance", f"http://127.0.0.1:{idp}/", "--tenant-id", "c0ffee00-0000-4000-8000-000000000001",
                "--client-id", "c0ffee00-0000-4000-8000-0000000000a1"]
    with subprocess.Popen([APID, "--listen", "127.0.0.1:0", "--log", "off", *settings], stdout=subprocess.PIPE, text=True) as running:
        url = running.stdout.readline().split()[1]  # "apid: URL"
        broken, said, _, _ = play({"target": url, "wait-for": url.replace("api/auth-test", "health"), "filters": "CTL-01 AUD-01",
                                   "idp-listen": f"127.0.0.1:{idp}", "idp-listen-tls": "off"}, folder)
        running.terminate()
    expect("an API that runs already passes", not broken, said)


def check_bad_inputs(folder):
    Path(folder, "target.json").write_text('{"name": "x", "url": "http://127.0.0.1:1/"}')
    for name, value, also in (("target", "", {}), ("target", "nobody.json", {}), ("target", 'http://127.0.0.1/"x', {}),
                              ("start", "true", {"target": "target.json"}), ("wait-for", "localhost:1", {}),
                              ("expected", "nobody.json", {}), ("strict", "yes", {}), ("capabilities", 'a"b', {}),
                              ("junit", "/proc/nowhere/x.xml", {}), ("html", "/proc/nowhere/x.html", {}), ("idp-listen", "nowhere", {})):
        broken, said, _, _ = play(GOOD | also | {name: value}, folder)
        expect(f"{name} '{value}' is refused by name", broken and said.startswith(f"ci-conform.sh: {name}: "), said)
    broken, said, _, _ = play(GOOD | {"filters": "NIX-*"}, folder)
    expect("a filter that nothing matches fails", broken and "no case matches" in said, said)


def check_example():
    """The job of the example workflow, but for what others' actions do."""
    job = yaml.safe_load((ROOT / ".github/workflows/conform-example.yml").read_text())["jobs"]["conform"]
    for step in job["steps"]:
        if "run" in step:
            status, said = command(step, ROOT, {k: v for k, v in os.environ.items() if not re.match("MAKE|MFLAGS", k)})
            expect(step["name"], status == 0, said)
        elif step["uses"].startswith("./"):
            broken, said, _, _ = play(step["with"], ROOT)
            expect("the example passes", not broken, said)


check_example()
for check in (check_right, check_wrong, check_running, check_bad_inputs):
    with tempfile.TemporaryDirectory() as place:
        check(place)
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
