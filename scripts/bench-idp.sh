#!/bin/sh
# Measures the mock itself: tokens beside OpenSSL's signing loop, its key set beside nginx with the same bytes, in slots
# that alternate within one run: `bench-idp.sh BUILD SECONDS [OPTION...]` (options of mockidp)
set -eu

build=$1
seconds=$2
shift 2
dir=$(mktemp -d)
idp="" nginx=""
finish() {
    # shellcheck disable=SC2086 # none, one or two
    [ -z "$idp$nginx" ] || kill $idp $nginx
    wait
    rm -rf "$dir"
}
trap finish EXIT

"$build/mockidp" --listen 127.0.0.1:0 --listen-tls off --log off --ready-file "$dir/ready" "$@" >/dev/null &
idp=$!
until [ -s "$dir/ready" ]; do sleep 0.1; done
url=$(jq -r .http "$dir/ready")

mkdir "$dir/www"
curl -s -o "$dir/www/keys" "$url/c0ffee00-0000-4000-8000-000000000001/discovery/v2.0/keys"
port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$dir/nginx.conf" <<END
daemon off; master_process on; worker_processes 2; pid $dir/pid; error_log $dir/error.log;
events { worker_connections 1024; }
http {
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=10;
    client_body_temp_path $dir; proxy_temp_path $dir; fastcgi_temp_path $dir; uwsgi_temp_path $dir; scgi_temp_path $dir;
    default_type application/json;
    server { listen 127.0.0.1:$port; root $dir/www; }
}
END
chmod -R a+rX "$dir" # its workers may be somebody else
PATH=$PATH:/usr/sbin nginx -p "$dir" -c "$dir/nginx.conf" &
nginx=$!
until curl -s -o /dev/null "http://127.0.0.1:$port/keys"; do sleep 0.1; done
workers=$(grep -sl "^PPid:.$nginx\$" /proc/[0-9]*/status | cut -d / -f 3 | paste -sd , -)

"$build/loadgen" --idp "$url" --idp-pid "$idp" --peer "http://127.0.0.1:$port/keys" \
    --peer-pid "$workers" --closed --threads "$(nproc)" --connections 16 \
    --duration "$seconds"
