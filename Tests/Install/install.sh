#!/bin/sh
# install.sh <cmake> <build folder> <C compiler> <scratch folder>: installs into a prefix of its own, moves it, and builds and runs a program
# outside the tree by find_package(SAM) and by pkg-config.
set -eu
cmake=$1 build=$2 compiler=$3 scratch=$4
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch/host"
"$cmake" --install "$build" --prefix "$scratch/first" >"$scratch/log"
mv "$scratch/first" "$scratch/prefix"
prefix=$scratch/prefix
cp "$here/CMakeLists.txt" "$here/program.c" "$scratch/host"
expected="libsam 1.0.0 0.790"

"$cmake" -S "$scratch/host" -B "$scratch/host/build" -DCMAKE_C_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$prefix" >>"$scratch/log"
"$cmake" --build "$scratch/host/build" >>"$scratch/log"
actual=$("$scratch/host/build/program")
[ "$actual" = "$expected" ] || { echo "find_package: \"$actual\", expected \"$expected\""; exit 1; }

folder=$(dirname "$(find "$prefix" -name sam.pc)")
export PKG_CONFIG_PATH="$folder"
flags=$(pkg-config --cflags --libs sam)
[ "$(pkg-config --modversion sam)" = 1.0.0 ]
libraries=$(pkg-config --variable=libdir sam)
"$compiler" -std=c99 "$scratch/host/program.c" -o "$scratch/program" $flags -Wl,-rpath,"$libraries"
actual=$("$scratch/program")
[ "$actual" = "$expected" ] || { echo "pkg-config: \"$actual\", expected \"$expected\""; exit 1; }
ldd "$scratch/program" | grep -q "libsam.so.1 => $prefix" || { echo "the installed library is not the one that runs"; ldd "$scratch/program"; exit 1; }
for file in "$prefix/include/sam.h" "$libraries/libsam.so" "$libraries/libsam.so.1"; do
    [ -e "$file" ] || { echo "$file is not installed"; exit 1; }
done
echo "find_package and pkg-config: $actual"
