#!/bin/sh
# Writes the demo directory as another folder can hold it, with its files by absolute names, and changed by a jq filter:
# `directory.sh [JQ_OPTION]... FILTER`
set -eu

jq --arg root "$(pwd)/" '
    (.tenants[].keys[]?, .tenants[].apps[].certificates[]?) |= (if startswith("/") then . else $root + . end)' \
    fixtures/idp/demo.json | jq "$@"
