#include "SAMEnvironment.h"

#if defined(__x86_64__)

enum { MXCSR = 0x1F80, FLAGS = 0x3F, CONTROL = 0x037F, CONTROL_BITS = 0x0F3F };

/* Reading is quick and writing is not: what is as it should be is not written. */
void sam_environment_enter(sam_environment *host) {
    const uint32_t own = MXCSR;
    const uint16_t own_control = CONTROL;
    uint16_t control, status;
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1\n\tfnstsw %2" : "=m"(host->mxcsr), "=m"(control), "=m"(status) : : "memory");
    host->status = status;
    host->is_saved = (control & CONTROL_BITS) != (CONTROL & CONTROL_BITS);
    if ((host->mxcsr & ~(uint32_t)FLAGS) != own)
        __asm__ volatile("ldmxcsr %0" : : "m"(own) : "memory");
    if (host->is_saved)         /* fnstenv masks all exceptions behind it, so that one which is pending does not come up here */
        __asm__ volatile("fnstenv %0\n\tfldcw %1" : "=m"(host->x87) : "m"(own_control) : "memory");
}

void sam_environment_leave(const sam_environment *host) {
    uint32_t now;
    uint16_t status;
    __asm__ volatile("stmxcsr %0\n\tfnstsw %1" : "=m"(now), "=m"(status) : : "memory");
    if (now != host->mxcsr)
        __asm__ volatile("ldmxcsr %0" : : "m"(host->mxcsr) : "memory");
    if (host->is_saved) {
        __asm__ volatile("fldenv %0" : : "m"(host->x87) : "memory");
    } else if ((status ^ host->status) & FLAGS) {
        uint32_t all[7];
        __asm__ volatile("fnstenv %0" : "=m"(all) : : "memory");
        all[0] = (all[0] & ~(uint32_t)CONTROL_BITS) | (CONTROL & CONTROL_BITS);
        all[1] = (all[1] & ~(uint32_t)FLAGS) | (host->status & FLAGS);
        __asm__ volatile("fldenv %0" : : "m"(all) : "memory");
    }
}

#elif defined(__aarch64__)

void sam_environment_enter(sam_environment *host) {
    __asm__ volatile("mrs %0, fpcr\n\tmrs %1, fpsr" : "=r"(host->control), "=r"(host->status) : : "memory");
    if (host->control != 0)
        __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0) : "memory");
}

void sam_environment_leave(const sam_environment *host) {
    uint64_t status;
    __asm__ volatile("mrs %0, fpsr" : "=r"(status) : : "memory");
    if (host->control != 0)
        __asm__ volatile("msr fpcr, %0" : : "r"(host->control) : "memory");
    if (status != host->status)
        __asm__ volatile("msr fpsr, %0" : : "r"(host->status) : "memory");
}

#else

void sam_environment_enter(sam_environment *host) {
    fegetenv(&host->all);
    fesetenv(FE_DFL_ENV);
}

void sam_environment_leave(const sam_environment *host) { fesetenv(&host->all); }

#endif
