#!/bin/sh
# examples.sh <program> <program> …: the examples print the same lines, by every one of these methods; and they learn.
set -eu
first=$1
for method in sam asam usam gsam looksam friendly_sam gam msam sam_layerwise none; do
    expected=$("$first" "$method")
    for program in "$@"; do
        actual=$("$program" "$method")
        if [ "$actual" != "$expected" ]; then
            printf '%s %s prints\n%s\nand %s\n%s\n' "$program" "$method" "$actual" "$first" "$expected"
            exit 1
        fi
    done
    printf '%s\n' "$expected" | awk -v method="$method" '
        $1 == "step" { if (!rows++) first = $4; last = $4 }
        END { if (rows != 6 || !(last < 0.8 * first)) { print method ": " rows " rows, loss from " first " to " last; exit 1 } }'
done
if "$first" asma 2>/dev/null; then
    echo "an unknown method is no error"
    exit 1
fi
