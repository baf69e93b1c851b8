#!/usr/bin/python3
"""Writes conformance/RESULTS.md from the reports of scripts/interop/matrix.sh: `results.py LIST REPORTS`.

results.md beside this file is the page, with {places} for what is computed here; results.json says which cases make a finding.
"""
import fnmatch
import json
import os
import re
import sys

LIST, REPORTS = sys.argv[1:]
HERE = os.path.dirname(os.path.abspath(__file__))
TARGETS = "fixtures/targets"


def read(*path):
    with open(os.path.join(*path)) as file:
        return file.read()


class Run:
    """One validator: what it is, what it answered, and what its baseline says of it."""

    def __init__(self, name):
        self.name = name
        run, *self.cases, _ = [json.loads(line) for line in read(REPORTS, name + ".json").splitlines()]
        self.day, self.left_out = run["started"][:10], len(run["left_out"])
        self.target = json.loads(read(TARGETS, name + ".json"))
        self.known = json.loads(read(TARGETS, name + ".expected.json"))["deviations"]
        for case in self.cases:
            if case["verdict"] == "ERROR" and "PASS" in self.known.get(case["id"], {}).get("verdict", ""):
                case["verdict"] = "UNIMPLEMENTED"  # this machine was too slow to tell: no fault of the validator

    def count(self, *verdicts):
        return sum(case["verdict"] in verdicts for case in self.cases)

    def wrong(self):
        return [case for case in self.cases if case["verdict"] in ("FAIL", "ERROR")]

    def settings(self):
        """What the head of its start script says, the only place where its configuration is described."""
        script = next(word for word in reversed(self.target["start"]) if "interop/" in word)
        name = os.path.basename(script)
        text = read(HERE, "targets", name if "." in name else name + ".go")
        quoted = re.match(r'#!.*\n"""(.*?)"""', text, re.DOTALL)
        if quoted:
            return " ".join(quoted[1].split())
        comment = re.match(r"(?:#!.*\n)?((?:(?:#|//).*\n)+)", text)[1]
        return " ".join(re.sub(r"(?m)^(#|//) ?", "", comment).split())


def names_of(runs, asked):
    """The names of some of those who were asked; of most of them, those who are missing."""
    rest = [run.name for run in asked if run not in runs]
    if not rest:
        return f"all {len(asked)} that were asked"
    if len(rest) <= 4 and len(runs) > len(rest):
        return f"{len(runs)} of {len(asked)}: all but {', '.join(rest)}"
    return f"{len(runs)} of {len(asked)}: {', '.join(run.name for run in runs)}"


def concerns(case, finding):
    return any(fnmatch.fnmatch(case["id"], pattern) for pattern in finding["cases"])


def shows(run, case, finding, default):
    """Whether a case of a report is the finding: its id, its verdict, the words of its reason, and those of the baseline's."""
    verdicts = finding.get("verdicts", ["FAIL", "NON-STRICT"] if finding.get("should") else ["FAIL"])
    known = run.known.get(case["id"], {}).get("reason", "")
    return (concerns(case, finding) and case["verdict"] in verdicts and finding.get("reason", default) in case["reason"]
            and finding.get("known", "") in known)


def finding_rows(findings, runs, default):
    for finding in findings:
        seen = {run: [case["id"] for case in run.cases if shows(run, case, finding, default)] for run in runs}
        by = [run for run in runs if seen[run]]
        asked = [run for run in runs if any(concerns(case, finding) and case["verdict"] != "UNIMPLEMENTED" for case in run.cases)]
        if by:
            ids = sorted({case for run in by for case in seen[run]})
            listed = ", ".join(ids) if len(ids) <= 8 else f"{', '.join(ids[:7])} and {len(ids) - 7} more"
            remedy = f" | {finding['do']}" if "do" in finding else ""
            yield f"| **{finding['what']}** ({listed}) | {names_of(by, asked)} | {finding['why']}{remedy} |"


def clean_rows(findings, runs):
    """What all refused whom it was asked; who was not asked all of it, or did not answer, is named."""
    for finding in findings:
        seen = {run: [case for case in run.cases if concerns(case, finding)] for run in runs}
        silent = [run.name for run in runs if any(case["verdict"] in ("UNIMPLEMENTED", "ERROR") for case in seen[run])]
        answers = [case for run in runs for case in seen[run] if case["verdict"] not in ("UNIMPLEMENTED", "ERROR")]
        if answers and all(case["verdict"] in ("PASS", "NON-STRICT") and "accepted" not in case["reason"] for case in answers):
            rest = f"; not asked in full, or without an answer: {', '.join(silent)}" if silent else ""
            ids = ", ".join(sorted({case["id"] for case in answers}))
            yield f"* {finding['what']} ({ids}){rest}"


def cell(cases):
    played = [case for case in cases if case["verdict"] != "UNIMPLEMENTED"]
    wrong = sum(case["verdict"] in ("FAIL", "ERROR") for case in played)
    return f"{len(played) - wrong} / {wrong}" if wrong else str(len(played)) if played else "–"


def matrix_rows(runs):
    groups = sorted({case["group"] for run in runs for case in run.cases})
    yield "| validator | wrong | NON-STRICT | not played | " + " | ".join(groups) + " |"
    yield "| --- |" + " ---: |" * (3 + len(groups))
    for run in runs:
        counts = f"{len(run.wrong())} | {run.count('NON-STRICT')} | {run.count('UNIMPLEMENTED')}"
        cells = [cell([case for case in run.cases if case["group"] == group]) for group in groups]
        yield f"| [{run.name}](#{run.name}) | {counts} | " + " | ".join(cells) + " |"


def versions(name):
    """The packages of a validator with the versions that were played, as matrix.sh wrote them then."""
    path = os.path.join(REPORTS, name + ".versions")
    return ", ".join(read(path).splitlines()) if os.path.exists(path) else "not known"


def detail_rows(run):
    yield f"### {run.name}\n\n{run.target['comment'].rstrip('.')}.\n"
    if not run.wrong():
        yield "No wrong decision on a MUST.\n"
        return
    yield "| case | what it is | what happened | why |\n| --- | --- | --- | --- |"
    for case in run.wrong():
        reason = run.known.get(case["id"], {}).get("reason", "")
        seen = re.sub(r"http://\S+ ", "no answer: ", case["reason"])[:160]
        yield f"| {case['id']} | {case['title']} | {seen} | {reason} |".replace("\n", " ")
    yield ""


def counts_of(runs, foreign, missing, began):
    days = " and ".join(sorted({run.day for run in runs}))
    cases = max(len(run.cases) + run.left_out for run in runs)
    least, *_, most = sorted(foreign, key=lambda run: len(run.wrong()))
    others = [run for run in foreign if run.name != began]
    seed = f" and the class that this project began with ({began})" if len(others) < len(foreign) else ""
    text = f"{len(others)} validators that others wrote{seed}, and {cases} cases, played on {days}. They get between"
    text += f" {len(least.wrong())} of them ({least.name}) and {len(most.wrong())} ({most.name}) wrong."
    return text + (f" Not run, since their packages could not be had: {', '.join(missing)}." if missing else "")


def main():
    names = [line.split()[0] for line in read(LIST).splitlines() if line and not line.startswith("#")]
    runs = [Run(name) for name in names if os.path.exists(os.path.join(REPORTS, name + ".json"))]
    words = json.loads(read(HERE, "results.json"))
    foreign = [run for run in runs if run.name not in words["own"]]
    head = "| what | by whom | why it matters | what an API can do |\n| --- | --- | --- | --- |\n"
    plain = "| what they do | which | why it matters |\n| --- | --- | --- |\n"
    print(
        read(HERE, "results.md").rstrip("\n").format(
            counts=counts_of(runs, foreign, [name for name in names if name not in {run.name for run in runs}], words["began"]),
            lets_through=head + "\n".join(finding_rows(words["lets_through"], foreign, "accepted")),
            breaks=plain + "\n".join(finding_rows(words["breaks"], foreign, "")),
            clean="\n".join(clean_rows(words["clean"], foreign)),
            left_out=min(run.left_out for run in runs),
            matrix="\n".join(matrix_rows(runs)),
            configurations="| validator | version | configuration |\n| --- | --- | --- |\n"
            + "\n".join(f"| {run.name} | {versions(run.name)} | {run.settings()} |" for run in runs),
            otherwise="\n".join(f"* {line}" for line in words["otherwise"]),
            details="\n".join("\n".join(detail_rows(run)) for run in runs).rstrip("\n"),
        )
    )


main()
