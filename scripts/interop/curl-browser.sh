#!/bin/sh
# curl as a browser, and the count of what went well: read by scripts under house.sh, which have the folder $work. The last answer
# lies in $work/headers and $work/page.
# shellcheck disable=SC2154 # work is theirs
passed=0
failed=0

browse() { # browse CURL_ARGUMENT...: with cookies, and trust in the mock's CA alone
    curl -s --noproxy '*' --cacert "$CA_FILE" -b "$work/jar" -c "$work/jar" -D "$work/headers" -o "$work/page" "$@"
}
header() { tr -d '\r' <"$work/headers" | sed -n "s/^$1: //Ip" | tail -n 1; }
send_form() { # a page with a form is sent on, as its script does
    sed -n 's/.*name="\([^"]*\)" value="\([^"]*\)".*/\1=\2/p' "$work/page" | sed 's/&amp;/\&/g' >"$work/fields"
    set --
    while read -r field; do set -- "$@" --data-urlencode "$field"; done <"$work/fields"
    browse -L "$@" "$(sed -n 's/.*action="\([^"]*\)".*/\1/p' "$work/page" | head -n 1)"
}
must() { # must NAME COMMAND...
    name=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        passed=$((passed + 1))
        echo "ok   $name $(head -c 40 "$work/out")"
    else
        failed=$((failed + 1))
        echo "FAIL $name" && head -c 600 "$work/headers" "$work/page" "$work/out"
    fi
}
api_accepts() { # api_accepts TOKEN: and says whom it greets
    curl -sf "$API_URL/api/auth-test" -H "Authorization: Bearer $1" | jq -re .user
}
