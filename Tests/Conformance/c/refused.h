/* Checks of calls that must be refused: the status, and what the message must hold. */
#ifndef REFUSED_H
#define REFUSED_H

#include "check.h"

#include <sam.h>

/* The call must answer `status` and leave a message that holds every further argument (strings), and that is of this very call. */
#define REFUSED(call, status, ...)                                                                          \
    do {                                                                                                    \
        other_message();                                                                                    \
        const char *const holds[] = {__VA_ARGS__};                                                          \
        refused(__FILE__, __LINE__, #call, (long long)(call), status, holds, sizeof holds / sizeof *holds); \
    } while (0)

/* The call must answer SAM_OK or above. */
#define ACCEPTED(call)                                                                              \
    do {                                                                                            \
        long long answer_ = (long long)(call);                                                      \
        CHECK(answer_ >= 0, "%s answers %lld: %s", #call, answer_, sam_error_message());            \
    } while (0)

/* Makes a failing call whose message no other call leaves. */
void other_message(void);
void refused(const char *file, int line, const char *call, long long answer, int status, const char *const *holds, size_t count);

/* One tensor "w" of f64 with two elements in `data`, gradients in `gradient`, and an optimizer over it. Filled by make_pair. */
typedef struct pair {
    double data[2], gradient[2];
    sam_parameters *parameters;
    sam_optimizer *optimizer;
} pair;
void make_pair(pair *, const char *method, const char *base);
void destroy_pair(pair *);

/* A parameter of f64 with one axis of `length`. */
sam_parameter vector(const char *name, const int64_t *length, void *data, void *gradient);

/* Pointers that are no handles of the kind asked for: NULL, small integers, the stack, the heap, destroyed handles, `other_kind`. */
enum { FOREIGN = 8 };
void foreign_handles(void *other_kind, void *out[FOREIGN]);

void misuse_library(void);
void misuse_parameters(void);
void misuse_shapes(void);
void misuse_overlap(void);
void misuse_stepping(void);
void misuse_order(void);
void misuse_options(void);
void misuse_schedules(void);
void misuse_structs(void);
void misuse_memory(void);
void misuse_threads(void);

#endif
