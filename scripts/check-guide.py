#!/usr/bin/python3
"""Does what conformance/README.md tells a newcomer to do, word for word: `check-guide.py BUILD`.

A block of shell behind `<!-- check-guide -->` is run in the root of the tree, with build/rel for BUILD. A block of text behind
it says which lines its output has, in this order, and its exit status (0 unless it says so). Ends with "N passed, N failed".
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "conformance" / "README.md"
BLOCK = re.compile(r"^<!-- check-guide -->\n```sh\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
LEAST = 5  # blocks: a page that lost its marks shows nothing


def missing(wanted, said):
    """The first line that the output lacks, or None."""
    at = 0
    for line in wanted:
        at = said.find(line.strip(), at)
        if at < 0:
            return line
        at += len(line.strip())
    return None


def main():
    build = sys.argv[1]
    passed = failed = 0
    shutil.rmtree(ROOT / "build" / "guide", ignore_errors=True)
    plain = {name: value for name, value in os.environ.items() if not re.match("CONFORM_|AzureAd|MAKE|MFLAGS", name)}
    for commands, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        lines = text.splitlines()
        status = next((int(line.split()[-1]) for line in lines if line.startswith("exit status ")), 0)
        wanted = [line for line in lines if not line.startswith("exit status ")]
        done = subprocess.run(["sh", "-u"], input=commands.replace("build/rel/", f"{build}/"), cwd=ROOT, text=True, check=False,
                              env={**plain, "LC_ALL": "C.UTF-8"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        lack = missing(wanted, done.stdout)
        if done.returncode == status and lack is None:
            passed += 1
        else:
            failed += 1
            print(f"FAILED  {commands.splitlines()[-1]}\n{done.stdout}\nexit status {done.returncode}, for {status}"
                  + (f"; the output lacks: {lack}" if lack else ""))
    if passed + failed < LEAST:
        failed += 1
        print(f"FAILED  {PAGE.relative_to(ROOT)} has {passed + failed} marked blocks, and had {LEAST}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
