#!/bin/sh
# static.sh <cmake> <build folder> <C compiler> <C++ compiler> <scratch folder>: libsam.a, installed: a program has it inside by
# find_package and by pkg-config, with every linker that is here, within a shared library too, beside functions of the host with the names of all
# that is inside; and where there is a static libc, a program that needs nothing at all.
set -eu
cmake=$1 build=$2 compiler=$3 cpp=$4 scratch=$5
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch/host"
"$cmake" --install "$build" --prefix "$scratch/first" >"$scratch/log"
mv "$scratch/first" "$scratch/prefix"
prefix=$scratch/prefix
expected="libsam 1.0.0 0.790"
fail() { echo "$*"; exit 1; }
runs() {      # runs WHAT EXPECTED PROGRAM ARGUMENT…: it prints what is expected, and needs no libsam.so
    what=$1 wanted=$2; shift 2
    if readelf -d "$1" | grep 'NEEDED.*libsam'; then fail "$what: libsam.so is linked"; fi
    actual=$("$@") || fail "$what: status $?, \"$actual\""
    case $actual in $wanted) ;; *) fail "$what: \"$actual\", expected \"$wanted\"" ;; esac
}

# CMake.
cp "$here/program.c" "$here/program.cpp" "$scratch/host"
sed 's/SAM::sam)/SAM::sam_static)/' "$here/CMakeLists.txt" >"$scratch/host/CMakeLists.txt"
"$cmake" -S "$scratch/host" -B "$scratch/host/build" -DCMAKE_C_COMPILER="$compiler" -DCMAKE_CXX_COMPILER="$cpp" -DCMAKE_PREFIX_PATH="$prefix" >>"$scratch/log"
"$cmake" --build "$scratch/host/build" >>"$scratch/log"
runs "find_package, C" "$expected" "$scratch/host/build/c_host"
runs "find_package, C++" "$expected" "$scratch/host/build/cpp_host"

# What is visible: the functions of sam.h, and nothing else.
archive=$(find "$prefix" -name libsam.a)
grep -Eo '^ +sam_[a-z0-9_]+;' "$here/../../cmake/sam.map" | tr -d ' ;' | sort >"$scratch/declared"
nm -g --defined-only "$archive" | awk 'NF == 3 {print $3}' | sort >"$scratch/visible"
cmp "$scratch/declared" "$scratch/visible" || { diff "$scratch/declared" "$scratch/visible"; fail "libsam.a shows other names than sam.h has"; }
if grep -q "$build" "$archive"; then fail "libsam.a names the folder of its build"; fi

# pkg-config, and every linker that is here.
folder=$(dirname "$(find "$prefix" -name sam-static.pc)")
export PKG_CONFIG_PATH="$folder"
flags=$(pkg-config --cflags --libs sam-static)
[ "$(pkg-config --variable=static sam)" = ON ] || fail "sam.pc does not say that there is a static library"
case "$(pkg-config --static --libs sam)" in *-lsam*-lm*) ;; *) fail "pkg-config --static --libs sam: $(pkg-config --static --libs sam)" ;; esac
for linker in default bfd lld gold; do
    use=; [ $linker = default ] || use=-fuse-ld=$linker
    echo 'int main(void) { return 0; }' >"$scratch/empty.c"
    "$compiler" $use "$scratch/empty.c" -o "$scratch/empty" 2>>"$scratch/log" || continue
    "$compiler" -std=c99 $use -Wl,--gc-sections -Wl,--fatal-warnings "$here/program.c" -o "$scratch/program_$linker" $flags
    runs "pkg-config, linker $linker" "$expected" "$scratch/program_$linker"
done
"$cpp" -std=c++17 "$here/program.cpp" -o "$scratch/program_cpp" $flags
runs "pkg-config, C++" "$expected" "$scratch/program_cpp"
"$compiler" -std=c11 "$here/inside.c" -o "$scratch/inside" $flags
runs "states and matrices" "libsam 1.0.0 inside, *" "$scratch/inside" "$scratch/inside.state"

# Within a shared library of the host's, which shows nothing of it.
"$compiler" -std=c99 -shared -fPIC -Dmain=host_main "$here/program.c" -o "$scratch/libhost.so" $flags -Wl,-z,defs -Wl,-z,text -Wl,--exclude-libs,ALL
echo 'int host_main(void); int main(void) { return host_main(); }' >"$scratch/main.c"
"$compiler" "$scratch/main.c" -o "$scratch/shared" -L"$scratch" -lhost -Wl,-rpath,"$scratch"
runs "within a shared library" "$expected" "$scratch/shared"

# A host with a function of every name that is inside, each of which ends the program.
nm -g --defined-only "$build"/sam_engine.o "$build"/sam_kernels_*.o $(find "$build/CMakeFiles/sam.dir" -name '*.o') | awk 'NF == 3 {print $3}' | sort -u |
    grep -vxF -f "$scratch/declared" >"$scratch/inside.names"
[ "$(wc -l <"$scratch/inside.names")" -gt 100 ] || fail "no names of what is inside were found in $build"
awk '{printf ".globl \"%s\"\n.type \"%s\", @function\n\"%s\":\n", $1, $1, $1} END {print ".byte 0x0f, 0x0b"}' "$scratch/inside.names" >"$scratch/names.s"
"$compiler" -std=c11 "$here/inside.c" "$scratch/names.s" -Wl,-z,noexecstack -o "$scratch/same_names" $flags
runs "a host with the same names" "libsam 1.0.0 inside, *" "$scratch/same_names" "$scratch/inside.state"

# Without any shared library.
whole=
if ! "$compiler" -static "$scratch/empty.c" -o "$scratch/empty" 2>>"$scratch/log"; then
    whole=", not wholly static: no static libc is here"
else
    flags=$(pkg-config --static --cflags --libs sam)
    "$compiler" -std=c11 -static "$here/inside.c" -o "$scratch/whole" $flags 2>"$scratch/warnings" || { cat "$scratch/warnings"; exit 1; }
    if grep -E 'warning|Warnung' "$scratch/warnings" | grep -v dlopen; then fail "the linker warns of more than dlopen, which is not called there"; fi
    if readelf -lW "$scratch/whole" | grep INTERP; then fail "the static program asks for a loader"; fi
    runs "wholly static" "libsam 1.0.0 inside, plain" "$scratch/whole" "$scratch/whole.state"
    # by bfd: gold has no such programs
    "$compiler" -fuse-ld=bfd -std=c11 -static-pie -fPIE "$here/inside.c" -o "$scratch/whole_pie" $flags 2>>"$scratch/log"
    runs "wholly static, position independent" "libsam 1.0.0 inside, plain" "$scratch/whole_pie" "$scratch/whole.state"
    whole=", wholly static too"
fi
echo "static library: $expected$whole"
