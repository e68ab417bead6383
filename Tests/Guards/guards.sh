#!/bin/sh
# guards.sh <guard> <build folder> <source folder>: what the built library must be.
set -eu
build=$2
source=$3
library=$build/libsam.so
case $1 in
exports)            # exactly the functions that sam.h declares
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    sed -n 's/^SAM_API .*[ *]\(sam_[a-z_]*\)(.*/\1/p' "$source/include/sam.h" | sort >"$work/declared"
    nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >"$work/exported"
    [ "$(wc -l <"$work/declared")" -ge 30 ]
    diff "$work/declared" "$work/exported"
    ;;
weak)               # a weak symbol shared between the kernels' objects could take another instruction set's copy
    set -- "$build"/sam_kernels_*.o
    [ -e "$1" ] || { echo "no sam_kernels_*.o in $build"; exit 1; }
    for object in "$@"; do
        if nm "$object" | grep ' [VWu] '; then
            echo "weak symbols in $object"
            exit 1
        fi
        globals=$(nm -g --defined-only "$object" | wc -l)
        [ "$globals" -eq 1 ] || { echo "$object defines $globals global symbols, expected its table alone"; exit 1; }
    done
    ;;
size)               # stripped, in bytes
    work=$(mktemp)
    trap 'rm -f "$work"' EXIT
    strip -o "$work" "$library"
    size=$(wc -c <"$work")
    echo "$size bytes stripped"
    [ "$size" -lt $((5 * 512 * 1024)) ]
    ;;
dependencies)       # the C library, and its mathematics; no Swift, no OpenMP, no BLAS at loading
    ldd "$library"
    needed=$(ldd "$library" | awk '{ print $1 }' | grep -Ev '^(linux-vdso|linux-gate|libc|libm|libdl|libpthread|librt|/lib|ld-linux)' || true)
    [ -z "$needed" ] || { echo "not expected: $needed"; exit 1; }
    readelf -d "$library" | grep -q 'SONAME.*\[libsam.so.1\]' || { echo "the soname is not libsam.so.1"; exit 1; }
    readelf -d "$library" | grep -q 'Flags:.*NODELETE' || { echo "it can be unloaded"; exit 1; }
    ;;
*)
    echo "unknown guard $1"
    exit 2
    ;;
esac
