/* Measures run beside their caller: on a stack of their own, while the host's callbacks run on the caller's, as if nothing lay between.
   A callback that never returns (longjmp, a C++ exception) so leaves the measure whole where it waits, and sam_beside_leave ends it in order. */
#ifndef SAM_BESIDE_H
#define SAM_BESIDE_H

#include <stddef.h>
#include <stdint.h>

/* A function of the host and what it is called with; `kind` tells which of the members, in their order here, behind the context. */
typedef void (*sam_function)(void);
enum { SAM_CALL_PLAIN, SAM_CALL_POINTER, SAM_CALL_POINTERS, SAM_CALL_THREE_POINTERS, SAM_CALL_FLAG, SAM_CALL_PROGRESS, SAM_CALL_TRAIN };
typedef struct sam_call {
    int kind, answer;
    sam_function function;
    void *context;
    int64_t number;
    uint64_t seed;
    double fraction;
    void *pointer[3];
} sam_call;

/* Makes the call, on the stack of the caller where this one is beside it. 1: it never returned, the measure is to end without another call. */
int sam_call_host(sam_call *call);

/* Runs body(a copy of the `bytes` at argument) on a stack of its own; at its end the copy is in `argument`. 0, 1: there was no memory for a stack,
   2: sam_beside_leave ended it while a callback of it was running, and `argument` is as it was. */
enum { SAM_BESIDE_STACK = 1 << 20 };
typedef struct sam_beside sam_beside;
int sam_beside_run(void (*body)(void *argument), void *argument, size_t bytes);

/* Which one the present code runs on, NULL: none; in *generation what tells it from later ones in the same place. */
sam_beside *sam_beside_here(uint64_t *generation);

/* Ends the one that waits for a callback: sam_call_host answers 1 there, and it runs to its end. 0: it does not wait. */
int sam_beside_leave(sam_beside *beside, uint64_t generation);

/* A call of sam_measure, as it goes to the measure's stack and comes back; the engine makes it there. */
typedef struct sam_measure_call {
    void *parameters;
    const char *measure;
    const void *objective, *settings;
    size_t count;
    int hasOut, status;
    void *report;
} sam_measure_call;
void sam_measure_make(sam_measure_call *call);

#endif
