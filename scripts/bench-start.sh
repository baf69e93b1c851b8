#!/bin/sh
# Times the mock from exec to its first discovery answer: `bench-start.sh BUILD STARTS`. The port is chosen first, so that
# nothing but the answer is waited for.
set -eu

build=$1
starts=$2
/usr/bin/python3 - "$build/mockidp" "$starts" <<'EOF'
import socket, statistics, subprocess, sys, time

REQUEST = (b"GET /c0ffee00-0000-4000-8000-000000000001/v2.0/.well-known/openid-configuration HTTP/1.1\r\n"
           b"Host: localhost\r\nConnection: close\r\n\r\n")

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]

def first_answer(program):
    port = free_port()
    start = time.perf_counter()
    child = subprocess.Popen([program, "--listen", f"127.0.0.1:{port}", "--listen-tls", "localhost:0", "--log", "off"],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - start < 10:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
                    s.sendall(REQUEST)
                    if s.recv(12) == b"HTTP/1.1 200":
                        return (time.perf_counter() - start) * 1000
            except ConnectionRefusedError:
                time.sleep(0.0005)
        raise SystemExit("bench-start: no answer within 10 s")
    finally:
        child.terminate()
        child.wait()

times = [first_answer(sys.argv[1]) for _ in range(int(sys.argv[2]))]
print(f"median {statistics.median(times):.1f} ms, min {min(times):.1f}, max {max(times):.1f} ({len(times)} starts)")
EOF
