#!/bin/sh
# The class that this project began with, under the suite: `seed.sh BUILD`. Passes when it shows each of its known faults and no
# wrong decision beyond them; among them SCP-02, a missing scope that is answered with 401 where 403 is due.
set -eu

"$1/conform" run --target fixtures/targets/seed.json --expected fixtures/targets/seed.expected.json
