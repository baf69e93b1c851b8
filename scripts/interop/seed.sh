#!/bin/sh
# The class that this project began with, under the suite: `seed.sh BUILD`. Passes when it shows its known faults and no
# others; among them SCP-02, a missing scope that is answered with 401 where 403 is due.
set -eu

"$1/conform" run --strict --target fixtures/targets/seed.json --expected fixtures/targets/seed.expected.json
