// sam.h and sam.hpp, each twice, as C++17; together with a second file they must link.
#include <sam.h>
#include <sam.hpp>
#include <sam.h>
#include <sam.hpp>

int threads_of_another_file() { return sam::threads() + sam_threads(); }
