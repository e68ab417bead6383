#!/bin/sh
# upgrade.sh <runtime package> <development package> <scratch folder>: an upgrade of Debian leaves these packages alone, and its libsam-dev takes the place
# of ours only where somebody asks for it. Only simulated (apt-get -s), against a small archive that has what Debian's has under the library's name,
# and against the machine's own lists of packages where there are some. Nothing is downloaded.
set -eu
runtime=$1 development=$2 scratch=$3
command -v apt-get >/dev/null || { echo "no apt-get: upgrades are not simulated"; exit 0; }
rm -rf "$scratch"
mkdir -p "$scratch/archive" "$scratch/state/lists/partial" "$scratch/cache/archives/partial"
architecture=$(dpkg --print-architecture)

# The archive: corosync's packages, with nothing in them.
for name in libsam4 libsam-dev; do
    mkdir -p "$scratch/$name/DEBIAN"
    printf 'Package: %s\nVersion: 3.1.7-1+deb12u2\nArchitecture: %s\nMaintainer: nobody <nobody@localhost>\nDescription: cluster engine SAM library\n' \
        "$name" "$architecture" >"$scratch/$name/DEBIAN/control"
    if [ $name = libsam-dev ]; then echo 'Depends: libsam4 (= 3.1.7-1+deb12u2)' >>"$scratch/$name/DEBIAN/control"; fi
    file=$name.deb
    dpkg-deb --root-owner-group -b "$scratch/$name" "$scratch/archive/$file" >"$scratch/log"
    dpkg-deb -f "$scratch/archive/$file" >>"$scratch/archive/Packages"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$file" "$(wc -c <"$scratch/archive/$file")" "$(sha256sum "$scratch/archive/$file" | cut -d' ' -f1)" \
        >>"$scratch/archive/Packages"
done
echo "deb [trusted=yes] file:$scratch/archive ./" >"$scratch/sources.list"

installed() {      # the entry of an installed package in dpkg's list, from its control fields on the input
    sed '/^Package:/a Status: install ok installed'
    echo
}
small() {          # small apt-get|apt-cache arguments…: over the small archive and $scratch/status
    program=$1; shift
    "$program" -o Dir::State="$scratch/state" -o Dir::State::status="$scratch/status" -o Dir::Cache="$scratch/cache" -o APT::Sandbox::User="$(id -un)" \
        -o Dir::Etc::sourcelist="$scratch/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o Dir::Etc::preferences=/dev/null -o APT::Install-Recommends=false "$@"
}
plan() {           # plan EXPECTED WHAT…: the packages that apt-get would put in or take out are EXPECTED
    expected=$1; shift
    actual=$(small apt-get -s "$@" | sed -n 's/^\(Inst\|Remv\) \([^ ]*\).*/\1 \2/p' | sort | tr '\n' ';')
    [ "$actual" = "$expected" ] || { echo "apt-get $*: \"$actual\", expected \"$expected\""; exit 1; }
}
needed() {         # what both packages depend on beside each other, as installed packages of a high version
    for package in "$runtime" "$development"; do dpkg-deb -f "$package" Depends; done | tr ',|' '\n\n' | sed 's/(.*//; s/ //g' | sort -u |
        grep -v '^libsharpness' | while read -r name; do
        printf 'Package: %s\nVersion: 999:1\nArchitecture: %s\nMaintainer: nobody <nobody@localhost>\nDescription: needed\n' "$name" "$architecture" | installed
    done
}

: >"$scratch/status"
small apt-get update >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }

# What went wrong once, so that it is known that the simulation sees it.
printf 'Package: libsam-dev\nVersion: 1.0.0\nArchitecture: %s\nMaintainer: nobody <nobody@localhost>\nDescription: an older name\n' "$architecture" | installed >"$scratch/status"
plan 'Inst libsam-dev;Inst libsam4;' dist-upgrade

{ needed; for package in "$runtime" "$development"; do dpkg-deb -f "$package" | installed; done; } >"$scratch/status"
plan '' dist-upgrade
plan '' upgrade
plan 'Inst libsam4;' install libsam4
plan 'Inst libsam-dev;Inst libsam4;Remv libsharpness-dev;' install libsam-dev

# The machine's own archive, as far as it is known here.
if ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1; then
    { cat /var/lib/dpkg/status; for package in "$runtime" "$development"; do dpkg-deb -f "$package" | installed; done; } >"$scratch/status"
    if apt-get -s -o Dir::State::status="$scratch/status" -o Debug::NoLocking=true dist-upgrade 2>"$scratch/log" >"$scratch/plan"; then
        if grep -E '^(Inst|Remv) (libsam|libsharpness)' "$scratch/plan"; then echo "an upgrade of this machine would replace the packages"; exit 1; fi
        echo "upgrades simulated, with this machine's archive too"
        exit 0
    fi
fi
echo "upgrades simulated"
