#!/bin/sh
# Opens HTML reports, of one target and of twenty-one, in Chromium, at the width of a phone: nothing is wider than the screen, a
# link unfolds its case, the filter leaves what deviates. `page.sh BUILD`. Ends with `N passed, N failed`.
set -eu

build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/conform" run ALG AZH KEY --html "$work/one.html" --json "$work/run.json" >/dev/null
set --
while [ $# -lt 21 ]; do set -- "$@" "$work/run.json"; done
"$build/conform" matrix "$@" --html "$work/many.html" >/dev/null

# the report has no script of its own; this one measures it
measure='<script>addEventListener("load", function () {
  var widest = document.documentElement.scrollWidth, wide = innerWidth, shown = function () {
    return [...document.querySelectorAll(".row")].filter(function (row) { return row.offsetHeight > 0; }).length; };
  document.querySelectorAll("details").forEach(function (d) { if (d.closest("#ALG-06")) d.open = true; });
  var unfolded = document.documentElement.scrollWidth, all = shown();
  document.querySelector("#odd").click();
  document.title = [widest <= wide, unfolded <= wide, document.querySelector("#ALG-06").closest("details").open,
    all > 50, shown() < all].join(" ");
});</script>'
passed=0
failed=0
look() { # look PAGE NAME...: measures a page, and says which of the named outcomes are not true
    page=$1
    shift
    printf '%s\n' "$measure" | sed -e "/<\\/body>/{
r /dev/stdin
N
}" "$work/$page.html" >"$work/measured.html"
    title=$(timeout 120 chromium --headless --no-sandbox --disable-gpu --window-size=500,900 --user-data-dir="$work/profile" \
        --dump-dom "file://$work/measured.html#ALG-06" 2>/dev/null | sed -n 's/.*<title>\(.*\)<\/title>.*/\1/p' | tail -n 1)
    for outcome in ${title:-none none none none none}; do
        if [ "$outcome" = true ]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "not so of $page: $1 ($outcome)"
        fi
        shift
    done
}
for page in one many; do
    look "$page" 'nothing is wider than the screen' 'nor when a case is unfolded' 'a link unfolds its case' 'every case is there' \
        'the filter leaves what deviates'
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
