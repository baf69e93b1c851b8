#!/bin/sh
# nginx as a gateway: auth_request asks apid and hands on its 401 or 403 with the challenge: `nginx.sh BUILD`. nginx itself reads no
# JWT, so this shows what a gateway changes of a validator's answers.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT
"$1/apid" --listen 127.0.0.1:0 --ca-file "$CONFORM_CA_FILE" --log off --ready-file "$dir/apid.json" &
tries=0
until [ -s "$dir/apid.json" ]; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || { echo 'nginx.sh: apid did not start' >&2 && exit 1; }
    sleep 0.05
done
api=$(jq -r .http "$dir/apid.json")
cat >"$dir/nginx.conf" <<EOF
daemon off; worker_processes 1; pid $dir/pid; error_log stderr error;
events { worker_connections 64; }
http {
  access_log off; large_client_header_buffers 4 64k;
  client_body_temp_path $dir/b; proxy_temp_path $dir/p; fastcgi_temp_path $dir/f; uwsgi_temp_path $dir/u; scgi_temp_path $dir/s;
  server {
    listen 127.0.0.1:$CONFORM_PORT;
    location = /api/auth-test { auth_request /auth; default_type application/json; try_files /nonexistent @in; }
    location @in { default_type application/json; return 200 '{"message":"Test successful"}'; }
    location = /auth {
      internal; proxy_pass $api/api/auth-test; proxy_pass_request_body off; proxy_set_header Content-Length "";
    }
    location = /health { proxy_pass $api/health; }
    location / { return 404; }
  }
}
EOF
nginx -p "$dir" -e stderr -c "$dir/nginx.conf" &
wait $!
