#!/bin/sh
# The sets of setup.sh for foreign code, which it reads: interop is what CI runs, matrix is every validator that Debian has,
# bench what is measured beside ours.
pyjwt_reads_crit() { # as Debian's does since its security update: the baselines go by that one
    /usr/bin/python3 -c 'import jwt
try: jwt.decode(jwt.encode({}, "k", headers={"crit": ["x"]}), "k", algorithms=["HS256"])
except jwt.InvalidTokenError: raise SystemExit(0)
raise SystemExit(1)'
}
need_interop() {
    need nodejs has node
    need npm has npm
    need python3-msal python_module msal
    need python3-msal-extensions python_module msal_extensions # with it azure-python.sh has what it needs
    need python3-adal python_module adal
    need python3-authlib python_module authlib
    need python3-requests-oauthlib python_module requests_oauthlib
    need chromium has chromium
    need libnss3-tools has certutil
    need iproute2 has ip
    need libapache2-mod-auth-openidc test -e /usr/lib/apache2/modules/mod_auth_openidc.so
}
need_bench() {
    need nginx-light test -x /usr/sbin/nginx
}
need_matrix() { # only make matrix asks for these
    need python3-jose python_module jose
    need python3-authlib python_module authlib
    need python3-jwcrypto python_module jwcrypto
    need libapache2-mod-oauth2 test -e /usr/lib/apache2/modules/mod_oauth2.so
    need haproxy has haproxy
    need nginx-light has nginx
    need golang-go has go
    need golang-github-coreos-go-oidc-dev test -d /usr/share/gocode/src/github.com/coreos/go-oidc
    need ruby has ruby
    need ruby-jwt ruby -e 'require "jwt"'
    need ruby-webrick ruby -e 'require "webrick"'
    need libcrypt-jwt-perl perl -MCrypt::JWT -e 1
    need starman perl -MStarman::Server -e 1
    need libio-socket-ssl-perl perl -MIO::Socket::SSL -e 1
    need librhonabwy1.1 test -e /usr/lib/x86_64-linux-gnu/librhonabwy.so.1.1
}
