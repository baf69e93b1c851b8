#!/bin/sh
# Opens the HTML report in Chromium, at the width of a phone: nothing is wider than the screen, a link unfolds its case, the
# filter leaves what deviates. `page.sh BUILD`. Ends with `N passed, N failed`.
set -eu

build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/conform" run ALG AZH KEY --html "$work/report.html" >/dev/null

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
printf '%s\n' "$measure" | sed -e "/<\\/body>/{
r /dev/stdin
N
}" "$work/report.html" >"$work/measured.html"
title=$(timeout 120 chromium --headless --no-sandbox --disable-gpu --window-size=500,900 --user-data-dir="$work/profile" \
    --dump-dom "file://$work/measured.html#ALG-06" 2>/dev/null | sed -n 's/.*<title>\(.*\)<\/title>.*/\1/p' | tail -n 1)
set -- 'nothing is wider than the screen' 'nor when a case is unfolded' 'a link unfolds its case' 'every case is there' \
    'the filter leaves what deviates'
passed=0
failed=0
for outcome in ${title:-none none none none none}; do
    if [ "$outcome" = true ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not so: $1 ($outcome)"
    fi
    shift
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
