"""What every client script in Python needs: one line a step, the call to the API, a browser without a browser, and the last line."""
import os
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

E = os.environ
counts = {"ok": 0, "FAIL": 0}


def step(name):
    def run(function):
        try:
            outcome, detail = "ok", function() or ""
        except Exception as error:  # whatever it is, it is this step's
            outcome, detail = "FAIL", f"{type(error).__name__}: {error}"
        counts[outcome] += 1
        print(f"{outcome:4} {name} {detail}")
    return run


def must(condition, seen):
    if not condition:
        raise AssertionError(f"saw {seen}")


def call_api(token):
    request = urllib.request.Request(f"{E['API_URL']}/api/auth-test", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as reply:
        return reply.read().decode()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def authorize(url):
    """The URL with which the browser comes back to the app."""
    trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=E["CA_FILE"]))
    try:
        urllib.request.build_opener(NoRedirect, trust).open(url)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise AssertionError("no redirect")


def query_of(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


def done(what):
    print(f"{what} on Python {sys.version.split()[0]}")
    print(f"{counts['ok']} passed, {counts['FAIL']} failed")
    sys.exit(counts["FAIL"] > 0)
