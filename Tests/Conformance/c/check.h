/* Counting checks: each prints where and why it failed; report() prints the sums and answers the program's exit code. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

extern int checks_passed, checks_failed;

/* A check of a condition; the rest are printf's arguments that say what was seen. */
#define CHECK(condition, ...)                                                   \
    do {                                                                        \
        if (condition) {                                                        \
            checks_passed++;                                                    \
        } else {                                                                \
            checks_failed++;                                                    \
            printf("FAILED %s:%d: %s: ", __FILE__, __LINE__, #condition);       \
            printf(__VA_ARGS__);                                                \
            printf("\n");                                                       \
        }                                                                       \
    } while (0)

/* 0 where every check passed and there was one at least. */
int report(const char *name);

#endif
