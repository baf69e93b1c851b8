#!/bin/sh
# Puts an API under the suite, in any CI: `ci-conform.sh [setup|run|summary]`; without a word, setup and then run. The inputs
# come by environment and are described in .github/actions/conform/action.yml: CONFORM_TARGET, CONFORM_START and so on.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
junit=${CONFORM_JUNIT:-conform.xml} json=${CONFORM_JSON:-conform.json} text=${CONFORM_TEXT:-conform.txt}
markdown=${CONFORM_MARKDOWN:-conform.md} html=${CONFORM_HTML:-conform.html}
temporary=""
trap 'rm -f $temporary' EXIT

bad() { # bad INPUT SENTENCE
    echo "ci-conform.sh: $1: $2" >&2
    exit 2
}
need_url() { # need_url INPUT VALUE: what it holds goes into JSON as it is
    case $2 in
        *[!!-~]* | *[\"\\]*) bad "$1" "'$2' is no URL: it holds white space, a quotation mark or the like" ;;
        http://?* | https://?*) ;;
        *) bad "$1" "'$2' is no URL: it begins with http:// or https://" ;;
    esac
}
check_inputs() {
    case ${CONFORM_TARGET:-} in
        '') bad target 'the URL of a protected route, or a target file, is needed' ;;
        http*) need_url target "$CONFORM_TARGET" ;;
        *)
            [ -f "$CONFORM_TARGET" ] || bad target "there is no file '$CONFORM_TARGET', and it is no URL"
            [ -z "${CONFORM_START:-}" ] || bad start 'goes with a URL; a target file has its own "start"' ;;
    esac
    [ -z "${CONFORM_WAIT_FOR:-}" ] || need_url wait-for "$CONFORM_WAIT_FOR"
    [ -z "${CONFORM_EXPECTED:-}" ] || [ -f "$CONFORM_EXPECTED" ] || bad expected "there is no file '$CONFORM_EXPECTED'"
    case ${CONFORM_STRICT:-false} in true | false) ;; *) bad strict "'$CONFORM_STRICT' is neither true nor false" ;; esac
    case ${CONFORM_CAPABILITIES:-} in *[!a-z0-9\ -]*) bad capabilities "'$CONFORM_CAPABILITIES' are not words" ;; esac
    for input in "idp-listen ${CONFORM_IDP_LISTEN:-off}" "idp-listen-tls ${CONFORM_IDP_LISTEN_TLS:-off}"; do
        case ${input#* } in off | ?*:[0-9]*) ;; *) bad "${input%% *}" "'${input#* }' is not ADDR:PORT" ;; esac
    done
    for input in "junit $junit" "json $json" "text $text" "markdown $markdown" "html $html"; do
        (mkdir -p "$(dirname "${input#* }")" && : >"${input#* }") 2>/dev/null || bad "${input%% *}" "'${input#* }' cannot be written"
    done
}
write_target() { # for an API that the suite starts, once the mock is there for it to find
    capabilities=$(printf '%s' "${CONFORM_CAPABILITIES-rollover}" | sed 's/  */", "/g')
    cat <<EOT
{"name": "api", "url": "$CONFORM_TARGET", "start": ["sh", "-c", "eval \"\$CONFORM_START\""],
 ${CONFORM_WAIT_FOR:+"\"ready\": \"$CONFORM_WAIT_FOR\","} "capabilities": [${capabilities:+"\"$capabilities\""}]}
EOT
}
run() {
    check_inputs
    set -- run
    set -f # filters are patterns of the suite's, not of file names
    for filter in ${CONFORM_FILTERS:-}; do set -- "$@" "$filter"; done
    target=$CONFORM_TARGET
    if [ -n "${CONFORM_START:-}" ]; then
        temporary=$(mktemp) && target=$temporary
        write_target >"$temporary"
    elif [ -n "${CONFORM_WAIT_FOR:-}" ]; then
        set -- "$@" --wait-for "$CONFORM_WAIT_FOR"
    fi
    [ -z "${CONFORM_EXPECTED:-}" ] || set -- "$@" --expected "$CONFORM_EXPECTED"
    [ -z "${CONFORM_IDP_LISTEN:-}" ] || set -- "$@" --idp-listen "$CONFORM_IDP_LISTEN"
    [ -z "${CONFORM_IDP_LISTEN_TLS:-}" ] || set -- "$@" --idp-listen-tls "$CONFORM_IDP_LISTEN_TLS"
    [ "${CONFORM_STRICT:-false}" = false ] || set -- "$@" --strict
    status=0
    "$root/build/rel/conform" "$@" --target "$target" --cases "$root/fixtures/cases" --junit "$junit" --json "$json" \
        --markdown "$markdown" --html "$html" >"$text" 2>&1 || status=$?
    cat "$text"
    tail -n 1 "$text" | sed -n 's/^\([0-9]*\) \(passed\), \([0-9]*\) \(failed\), \([0-9]*\) \(skipped\)$/\2=\1\n\4=\3\n\6=\5/p' >>"${GITHUB_OUTPUT:-/dev/null}"
    exit "$status"
}
case ${1:-} in
    setup) "$root/scripts/setup.sh" build && make -s -C "$root" build/rel/conform ;;
    run) run ;;
    summary)
        [ -s "$markdown" ] || { printf '### conform did not run\n\n~~~~\n%s\n~~~~\n' "$(tail -n 40 "$text" 2>&1)" && exit 0; }
        printf '### conform: %s\n\n' "$(tail -n 1 "$text")" && head -c 900000 "$markdown" ;; # GitHub takes 1 MiB
    '') "$0" setup && run ;;
    *) bad "$1" 'the words are setup, run and summary' ;;
esac
