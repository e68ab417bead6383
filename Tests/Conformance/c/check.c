#include "check.h"

int checks_passed, checks_failed;

int report(const char *name) {
    printf("%s: %d checks passed, %d failed\n", name, checks_passed, checks_failed);
    return checks_failed != 0 || checks_passed == 0;
}
