#!/bin/sh
# debian.sh <cpack> <build folder> <C compiler> <scratch folder>: the Debian packages are the same bytes when made twice, install, link by pkg-config,
# run, and are gone when they are removed. Where dpkg cannot install (not root, or a libsharpness1 or another libsam-dev is here already) they are unpacked into a folder.
set -eu
cpack=$1 build=$2 compiler=$3 scratch=$4
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch"
umask 022
export SOURCE_DATE_EPOCH=1700000000
for turn in first second; do
    "$cpack" -G DEB --config "$build/CPackConfig.cmake" -B "$scratch/$turn" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
done
runtime=$(basename "$scratch"/first/libsharpness1_1.0.0_*.deb) development=$(basename "$scratch"/first/libsharpness-dev_1.0.0_*.deb)
for package in "$runtime" "$development"; do
    cmp "$scratch/first/$package" "$scratch/second/$package"
done
runtime=$scratch/first/$runtime development=$scratch/first/$development

field() {      # field PACKAGE NAME PATTERN
    dpkg-deb -f "$1" "$2" | grep -Eq "$3" || { echo "$1: $2 is \"$(dpkg-deb -f "$1" "$2")\", expected $3"; exit 1; }
}
field "$runtime" Depends '^libc6 \(>= [0-9.]+\)$'
field "$runtime" Recommends '^libopenblas0$'
field "$development" Depends '^libsharpness1 \(= 1\.0\.0\)$'
field "$runtime" Conflicts '^libsam1$'
field "$development" Conflicts '^libsam-dev$'
field "$development" Section '^libdevel$'
dpkg-deb -I "$runtime" shlibs | grep -Eq '^libsam 1 libsharpness1 \(>= 1\.0\.0\)$' || { echo "dpkg-shlibdeps does not find $runtime by libsam.so.1"; exit 1; }
sh "$here/upgrade.sh" "$runtime" "$development" "$scratch/upgrade"
dpkg-deb -c "$runtime" >"$scratch/runtime"
dpkg-deb -c "$development" >"$scratch/development"
grep -Eq '/libsam\.so\.1 -> ' "$scratch/runtime" || { echo "no libsam.so.1 in $runtime"; exit 1; }
if grep -E 'include|libsam\.so( |$)|libsam\.a|pkgconfig' "$scratch/runtime"; then echo "the runtime package has a part of the development"; exit 1; fi
if grep -E '/libsam\.pc|/corosync' "$scratch/development"; then echo "a file of another project's libsam-dev beside libsam.so"; exit 1; fi
grep -Eq '/libsam\.so -> ' "$scratch/development" || { echo "no libsam.so in $development"; exit 1; }

if [ "$(id -u)" -eq 0 ] && ! dpkg-query -W libsharpness1 libsharpness-dev libsam-dev libsam1 2>/dev/null | grep -q '	.'; then
    trap 'dpkg --purge libsharpness-dev libsharpness1 >/dev/null 2>&1 || true' EXIT
    dpkg -i "$runtime" "$development" >>"$scratch/log"
    dpkg -L libsharpness1 libsharpness-dev | while read -r file; do [ -d "$file" ] || echo "$file"; done >"$scratch/files"
    [ "$(wc -l <"$scratch/files")" -ge 12 ]
    flags=$(env -u PKG_CONFIG_PATH pkg-config --cflags --libs sam)
    "$compiler" -std=c99 "$here/program.c" -o "$scratch/program" $flags
    actual=$(env -u LD_LIBRARY_PATH "$scratch/program")
    dpkg -r libsharpness-dev libsharpness1 >>"$scratch/log"
    while read -r file; do
        if [ -e "$file" ] || [ -L "$file" ]; then echo "$file is still there"; exit 1; fi
    done <"$scratch/files"
    if ldd "$scratch/program" | grep 'libsam.so.1 => /usr/lib/'; then echo "the library is still found"; exit 1; fi
    how=installed
else
    dpkg-deb -x "$runtime" "$scratch/root"
    dpkg-deb -x "$development" "$scratch/root"
    PKG_CONFIG_PATH=$(dirname "$(find "$scratch/root" -name sam.pc)")
    export PKG_CONFIG_PATH
    "$compiler" -std=c99 "$here/program.c" -o "$scratch/program" $(pkg-config --cflags --libs sam) -Wl,-rpath,"$(pkg-config --variable=libdir sam)"
    actual=$("$scratch/program")
    how=unpacked
fi
[ "$actual" = "libsam 1.0.0 0.790" ] || { echo "the program prints \"$actual\""; exit 1; }
echo "Debian packages, $how: $actual"
