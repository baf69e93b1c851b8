#!/bin/sh
# Apache in the foreground for one location that a module guards: `apache.sh MODULE_LINES LOCATION_LINES`, both texts of httpd.conf.
# The port is CONFORM_PORT; ${dir} is a folder with ca.pem, the CA of the mock, for www-data to read. Tokens with many groups are
# long, so the limit of a header line is raised.
set -eu

modules=/usr/lib/apache2/modules
dir=$(mktemp -d)
chmod 755 "$dir"
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM INT
mkdir -p "$dir/www/api"
install -m 644 "$CONFORM_CA_FILE" "$dir/ca.pem"
echo '{"message":"Test successful"}' >"$dir/www/api/auth-test"
cat >"$dir/httpd.conf" <<EOF
Define dir $dir
ServerRoot $dir
ServerName localhost
PidFile $dir/pid
Listen 127.0.0.1:$CONFORM_PORT
User www-data
Group www-data
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authn_core_module $modules/mod_authn_core.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule authz_user_module $modules/mod_authz_user.so
StartServers 1
ThreadsPerChild 4
MaxRequestWorkers 4
ServerLimit 1
MinSpareThreads 1
MaxSpareThreads 4
LimitRequestFieldSize 65536
DocumentRoot $dir/www
ErrorLog /dev/stderr
LogLevel error
$1
<Location /api/auth-test>
$2
</Location>
EOF
/usr/sbin/apache2 -d "$dir" -f "$dir/httpd.conf" -DFOREGROUND &
wait $!
