#!/bin/sh
# Compiles files into a program: prints C that defines embedded_files[], one entry a file, for mockidp/config/embedded.h.
set -eu

echo '#include "mockidp/config/embedded.h"'
echo '#include <stddef.h>'
index=0
table=""
for file in "$@"; do
    echo "static const unsigned char file_${index}[] = {"
    od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
    echo '0x00};'
    table="$table    {\"$file\", file_$index, sizeof file_$index - 1},
"
    index=$((index + 1))
done
echo 'const struct embedded_file embedded_files[] = {'
printf '%s' "$table"
echo '    {NULL, NULL, 0},'
echo '};'
