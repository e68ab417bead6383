/* What Swift cannot say of the platform: threads, memory, processor, the message of a thread, handles. */
#ifndef SAM_PLATFORM_H
#define SAM_PLATFORM_H

#include <stddef.h>
#include <stdint.h>
#include "SAMKernelTable.h"

/* The kernels for this processor; SAM_ISA in the environment ("baseline", "v3", "v4") asks for a set, and gets the
   best one not above it that the processor has. Chosen at the first call. */
sam_kernels *sam_processor_kernels(void);
const char *sam_processor_set(void);            /* "baseline", "v3", "v4" */
int64_t sam_processor_last_cache(void);         /* bytes */

/* Runs body(context, part, parts, scratch) for every part from 0 on, on up to `threads` threads, the caller's among them, and waits for all.
   threads = 1: a plain call. More: so many parts that each thread has several; where the system gives fewer threads, those do them all.
   scratch: SAM_SCRATCH_BYTES, 64-aligned, of one thread at a time: the caller's, and workers have their own. */
typedef void (*sam_body)(void *context, int part, int parts, void *scratch);
void sam_parallel(int threads, sam_body body, void *context, void *scratch);
int sam_threads_wanted(void);
void sam_threads_want(int count);

/* Runs body on a thread of its own with a large stack, and waits for it; on this thread where there is none to be had. */
void sam_aside(void (*body)(void *context), void *context);

/* Runs body on this thread on a large stack of the library's, where there is memory for one; for what needs more than a caller may have. */
void sam_deep(void (*body)(void *context), void *context);

/* A stack for sam_deep that this thread's calls use from now on, NULL: none; returns the one before. NULL from make: there is no memory. */
void *sam_stack_make(void);
void sam_stack_give(void *stack);
void *sam_stack_use(void *stack);

/* Every NaN among `count` numbers of f64, f32 or 16 bits (whose infinity is 0x7F80 or 0x7C00) is from now on the positive quiet one without a payload. */
void sam_nan_plain_f64(double *numbers, int64_t count);
void sam_nan_plain_f32(float *numbers, int64_t count);
void sam_nan_plain_half(uint16_t *numbers, int64_t count, uint16_t infinity);

const char *sam_blas_kind(void);                /* "openblas": in use; "none": plain code; "unused": nothing has asked for it */

/* Zeroed, 64-aligned, in huge pages where large and the system allows; NULL where there is none. */
void *sam_memory_take(size_t bytes);
void *sam_memory_reserve(size_t bytes);         /* the same, not zeroed: what is never written costs nothing */
void sam_memory_give(void *memory);

double sam_seconds(void);                       /* of a clock that only goes forward */

/* This thread's message, written piece by piece: UTF-8, up to 1023 bytes. Text is the library's own and stays whole; names are others': the longest
   are shortened in their middle where the message would be too long, and bytes that are not UTF-8 are shown as \xNN. */
void sam_message_begin(void);
void sam_message_text(const char *bytes, size_t count);
void sam_message_name(const char *bytes, size_t count);
void sam_message_integer(int64_t value);
void sam_message_number(double value);
void sam_message_errno(int number);             /* the system's sentence */
const char *sam_message_read(void);

/* JSON of how the library was built and runs; lives until this thread's next call. */
const char *sam_info(const char *version, const char *mode);

/* Handles: a place and a generation, never an address. get answers NULL for what is not (or no more) a handle of that kind. */
enum { SAM_HANDLE_PARAMETERS = 1, SAM_HANDLE_OPTIMIZER = 2, SAM_HANDLE_REPORT = 3 };
void *sam_handle_put(void *object, int kind);   /* NULL where there is no memory */
void *sam_handle_get(const void *handle, int kind);
void *sam_handle_take(const void *handle, int kind);

/* What is made at its first use is made between these, by one thread at a time; a fork waits. The maker may take it again. */
void sam_first_use_take(void);
void sam_first_use_give(void);

/* A mutual exclusion that is never given back; a fork waits for it, and it is free in the child. */
void *sam_lock_make(void);
void sam_lock_take(void *lock);
void sam_lock_give(void *lock);

#endif
