#!/usr/bin/python3
"""Plays REQUESTS requests of every kind to a mock, then eight hours by its clock, and prints its resident memory:
`soak.py BUILD [REQUESTS]`. Fails when that is ever over 16 MiB after them, or when a code outlives the day."""
import http.client, json, os, re, subprocess, sys, tempfile, threading, time

BUILD, REQUESTS, THREADS, MOST_KIB = sys.argv[1], int((sys.argv[2:] or [100000])[0]), 8, 16 * 1024
T, APP = "/contoso.test/oauth2/v2.0/", "c0ffee00-0000-4000-8000-0000000000"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SCOPE = "&scope=openid+offline_access+api://auth-test/access_as_user"
WEB = f"client_id={APP}b1&redirect_uri=http://localhost:5000/callback"
failed = []

def ask(mock, method, path, body=None, headers={}):
    mock.request(method, path, body, headers)
    answer = mock.getresponse()
    return answer.status, answer.getheader("Location") or "", answer.read().decode()

def token(mock, form):
    status, _, body = ask(mock, "POST", T + "token", form, FORM)
    if status != 200:
        failed.append(body)
    return json.loads(body)

def flow(mock):  # eight requests
    ask(mock, "GET", "/contoso.test/v2.0/.well-known/openid-configuration")
    ask(mock, "GET", "/contoso.test/discovery/v2.0/keys")
    token(mock, f"grant_type=client_credentials&client_id={APP}d1&client_secret=daemon-secret&scope=api://auth-test/.default")
    _, location, _ = ask(mock, "GET", T + "authorize?response_type=code&nonce=n&" + WEB + SCOPE)
    code = re.search("code=([^&]*)", location).group(1)
    tokens = token(mock, f"grant_type=authorization_code&client_secret=web-secret&code={code}&{WEB}")
    token(mock, f"grant_type=refresh_token&client_secret=web-secret&refresh_token={tokens['refresh_token']}&{WEB}")
    ask(mock, "POST", T + "devicecode", f"client_id={APP}e1{SCOPE}", FORM)
    ask(mock, "POST", T + "token", "grant_type=client_credentials&client_id=nobody", FORM)

def resident(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s*(\d+)", file.read()).group(1))

def show(what, port, pid):
    state = json.loads(ask(http.client.HTTPConnection("127.0.0.1", port), "GET", "/_admin/state")[2])
    kib = resident(pid)
    print(f"{what}: {kib / 1024:.1f} MiB; live " + ", ".join(f"{kind} {n['live']}" for kind, n in state.items()), flush=True)
    if kib > MOST_KIB:
        failed.append(f"{what}: {kib} KiB are resident, {MOST_KIB} are allowed")
    return state

def work(port):
    mock = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(REQUESTS // 8 // THREADS):
        flow(mock)

with tempfile.TemporaryDirectory() as folder:
    ready = folder + "/ready"
    mockidp = subprocess.Popen([BUILD + "/mockidp", "--listen", "127.0.0.1:0", "--listen-tls", "localhost:0", "--sign-in", "auto",
                                "--log", "off", "--ready-file", ready], stdout=subprocess.DEVNULL)
    try:
        while not os.path.exists(ready):
            time.sleep(0.05)
        with open(ready, encoding="ascii") as file:
            port = int(json.load(file)["http"].rsplit(":", 1)[1])
        show("at the start", port, mockidp.pid)
        threads = [threading.Thread(target=work, args=(port,)) for _ in range(THREADS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        show(f"after {REQUESTS // 8 // THREADS * THREADS * 8} requests", port, mockidp.pid)
        for what, seconds in ("8 hours later", 8 * 3600), ("100 days later", 100 * 86400):
            ask(http.client.HTTPConnection("127.0.0.1", port), "POST", "/_admin/clock/advance", json.dumps({"seconds": seconds}))
            state = show(what, port, mockidp.pid)
            if state["codes"]["live"] or state["device_codes"]["live"]:
                failed.append(f"{what}: codes that expired still live")
    finally:
        mockidp.terminate()
        mockidp.wait()
for why in failed[:5]:
    print("soak.py: " + why, file=sys.stderr)
sys.exit(1 if failed else 0)
