#include "SAMPlatform.h"
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BYTES = 1 << 20 };

/* The calling thread's, which its call has found for it; and the last one that was given back by a call that found none. */
static _Thread_local void *used;
static void *_Atomic spare;

static size_t page(void) { return (size_t)sysconf(_SC_PAGESIZE); }

/* Its lowest page is a guard. */
void *sam_stack_make(void) {
    void *stack = mmap(NULL, BYTES + page(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED)
        return NULL;
    if (mprotect(stack, page(), PROT_NONE) == 0)
        return stack;
    munmap(stack, BYTES + page());
    return NULL;
}

void sam_stack_give(void *stack) {
    if (stack)
        munmap(stack, BYTES + page());
}

void *sam_stack_use(void *stack) {
    void *before = used;
    used = stack;
    return before;
}

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
    if (used) {
        switched((char *)used + page() + BYTES, body, context);
        return;
    }
    void *stack = atomic_exchange(&spare, NULL);
    if (!stack && !(stack = sam_stack_make())) {    /* of a measure, which has a large one itself */
        body(context);
        return;
    }
    switched((char *)stack + page() + BYTES, body, context);
    sam_stack_give(atomic_exchange(&spare, stack));
}
#else
void sam_deep(void (*body)(void *), void *context) {
    (void)spare;
    sam_aside(body, context);
}
#endif
