#!/bin/sh
# install.sh <cmake> <build folder> <C compiler> <C++ compiler> <scratch folder> <BLAS: ON or OFF>: installs into a prefix of its own, moves it,
# and builds and runs programs outside the tree by find_package(SAM) and by pkg-config, which both say what the library is.
set -eu
cmake=$1 build=$2 compiler=$3 cpp=$4 scratch=$5 blas=$6
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch/host"
"$cmake" --install "$build" --prefix "$scratch/first" >"$scratch/log"
mv "$scratch/first" "$scratch/prefix"
prefix=$scratch/prefix
cp "$here/CMakeLists.txt" "$here/program.c" "$here/program.cpp" "$scratch/host"
expect() { [ "$2" = "$3" ] || { echo "$1: \"$2\", expected \"$3\""; exit 1; }; }      # expect WHAT ACTUAL EXPECTED
expected="libsam 1.0.0 0.790"

"$cmake" -S "$scratch/host" -B "$scratch/host/build" -DCMAKE_C_COMPILER="$compiler" -DCMAKE_CXX_COMPILER="$cpp" \
    -DCMAKE_PREFIX_PATH="$prefix" >>"$scratch/log"
"$cmake" --build "$scratch/host/build" >>"$scratch/log"
expect "find_package, C" "$("$scratch/host/build/c_host")" "$expected"
expect "find_package, C++" "$("$scratch/host/build/cpp_host")" "$expected"
expect "SAMConfig.cmake" "$(cat "$scratch/host/build/facts")" "version 1.0.0 blas $blas"

folder=$(dirname "$(find "$prefix" -name sam.pc)")
export PKG_CONFIG_PATH="$folder"
flags=$(pkg-config --cflags --libs sam)
expect "sam.pc" "version $(pkg-config --modversion sam) blas $(pkg-config --variable=blas sam)" \
    "version 1.0.0 blas $blas"
libraries=$(pkg-config --variable=libdir sam)
"$compiler" -std=c99 "$scratch/host/program.c" -o "$scratch/program" $flags -Wl,-rpath,"$libraries"
expect "pkg-config, C" "$("$scratch/program")" "$expected"
"$cpp" -std=c++17 "$scratch/host/program.cpp" -o "$scratch/program_cpp" $flags -Wl,-rpath,"$libraries"
expect "pkg-config, C++" "$("$scratch/program_cpp")" "$expected"
ldd "$scratch/program" | grep -q "libsam.so.1 => $prefix" || { echo "the installed library is not the one that runs"; ldd "$scratch/program"; exit 1; }
if readelf -d "$libraries/libsam.so" | grep -E 'R(UN)?PATH'; then echo "the installed library has a path of its build"; exit 1; fi
for file in "$prefix/include/sam.h" "$libraries/libsam.so" "$libraries/libsam.so.1"; do
    [ -e "$file" ] || { echo "$file is not installed"; exit 1; }
done
echo "find_package and pkg-config: $expected"
