#!/bin/sh
# sets.sh <properties>: its hashes are the same on every instruction set that this processor has, and those sets were really used.
set -eu
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
has() { grep -m1 '^flags' /proc/cpuinfo 2>/dev/null | grep -qw "$1"; }
for set in baseline v3 v4; do
    SAM_ISA=$set "$program" --hash >"$work/$set" 2>"$work/used"
    used=$(cat "$work/used")
    expected=baseline
    if has avx2; then
        case $set in
        v3) expected=v3 ;;
        v4) expected=v3; if has avx512vl && has avx512bw && has avx512dq; then expected=v4; fi ;;
        esac
    fi
    echo "SAM_ISA=$set: $used, $(wc -l <"$work/$set") hashes"
    case $used in *"$expected"*) ;; *) echo "expected $expected"; exit 1 ;; esac
    [ "$(wc -l <"$work/$set")" -ge 20 ]
    diff "$work/baseline" "$work/$set"
done
