#include "SAMPlatform.h"
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

enum { BYTES = 1 << 20 };

/* The last one that was given back: most often one thread at a time wants one. */
static void *_Atomic spare;

#if defined(__x86_64__)
/* The stack pointer waits in a register that the call keeps. */
__attribute__((noinline)) static void switched(void *top, void (*body)(void *), void *context) {
    __asm__ volatile("movq %%rsp, %%rbx\n\tmovq %[top], %%rsp\n\tcallq *%[body]\n\tmovq %%rbx, %%rsp"
                     : "+D"(context)
                     : [top] "r"(top), [body] "r"(body)
                     : "rax", "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
                       "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "memory", "cc");
}

void sam_deep(void (*body)(void *), void *context) {
    void *stack = atomic_exchange(&spare, NULL);
    if (!stack && posix_memalign(&stack, 4096, BYTES) != 0) {
        body(context);
        return;
    }
    switched((char *)stack + BYTES, body, context);
    free(atomic_exchange(&spare, stack));
}
#else
void sam_deep(void (*body)(void *), void *context) { sam_aside(body, context); }
#endif
