/* The floating-point environment: in a call of the library its own (round to nearest, nothing flushed to zero, no traps, x87 with its whole
   precision), around the call and in callbacks the host's, its flags too. */
#ifndef SAM_ENVIRONMENT_H
#define SAM_ENVIRONMENT_H

#include <stdint.h>

#if defined(__x86_64__)
typedef struct sam_environment {
    uint32_t mxcsr;
    uint16_t status;            /* of x87 */
    uint16_t is_saved;          /* whether x87 was not as the library wants it, and stands here */
    uint32_t x87[7];
} sam_environment;
#elif defined(__aarch64__)
typedef struct sam_environment { uint64_t control, status; } sam_environment;
#else
#include <fenv.h>
typedef struct sam_environment { fenv_t all; } sam_environment;
#endif

void sam_environment_enter(sam_environment *host);
void sam_environment_leave(const sam_environment *host);

#endif
