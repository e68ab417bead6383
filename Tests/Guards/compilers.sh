#!/bin/sh
# compilers.sh <source folder> <C compiler> <C++ compiler> …: sam.h as C99 and later, sam.h and sam.hpp as C++17 and later, with and without
# exceptions, and the examples, without a warning. Compilers that are not there are passed over; the first two must be.
set -eu
source=$1
shift
command -v "$1" >/dev/null && command -v "$2" >/dev/null
strict="-Wall -Wextra -pedantic -Werror -fsyntax-only -I$source/include -I$source/bindings/cpp"
while [ $# -gt 1 ]; do
    if command -v "$1" >/dev/null; then
        for standard in c99 c11 c17; do
            for file in Tests/Conformance/c/header.c examples/c/example.c; do
                "$1" -std=$standard $strict -Wconversion -Wstrict-prototypes "$source/$file"
            done
        done
        echo "$1: C99, C11, C17"
    fi
    if command -v "$2" >/dev/null; then
        for standard in c++17 c++20 c++23; do
            "$2" -std=$standard $strict -Wconversion -Wshadow "$source/Tests/Conformance/cpp/header.cpp"
            "$2" -std=$standard $strict -Wconversion -Wshadow -fno-exceptions -fno-rtti "$source/Tests/Conformance/cpp/returning.cpp"
        done
        "$2" -std=c++17 $strict -Wconversion -Wshadow "$source/examples/cpp/example.cpp"
        "$2" -std=c++17 $strict -Wconversion -Wshadow -fno-exceptions "$source/Tests/Conformance/cpp/header.cpp"
        echo "$2: C++17, C++20, C++23, with exceptions and without"
    fi
    shift 2
done
