#include "SAMBeside.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SAM_ADDRESS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#endif
#endif

#if defined(__x86_64__) || defined(__aarch64__)
#define SAM_OWN_STACKS
#endif

/* Places are never given back: a frame that a host left by longjmp may look at its own once more, and sees another generation. */
struct sam_beside {
    void *here, *caller;                        /* stack pointers of what waits: the body, or who runs it */
    char *stack;
    size_t size;
    void (*body)(void *);
    void *argument;
    sam_call *call;                             /* what the body waits for */
    int isWaiting, isLeft, isEnded;
    uint64_t generation;
    sam_beside *next;
    const void *hostStack;                      /* of the sanitizer */
    size_t hostSize;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sam_beside *vacant;
static _Thread_local sam_beside *current;

/* Not inlined: the thread may be another one after a switch. */
__attribute__((noinline)) static sam_beside *running(void) { return current; }
__attribute__((noinline)) static void set_running(sam_beside *b) { current = b; }

sam_beside *sam_beside_here(uint64_t *generation) {
    sam_beside *b = running();
    *generation = b ? b->generation : 0;
    return b;
}

static void call_it(sam_call *c) {
    sam_function f = c->function;
    void **p = c->pointer;
    switch (c->kind) {
    case SAM_CALL_PLAIN: c->answer = ((int (*)(void *))f)(c->context); break;
    case SAM_CALL_POINTER: c->answer = ((int (*)(void *, void *))f)(c->context, p[0]); break;
    case SAM_CALL_POINTERS: c->answer = ((int (*)(void *, void *, void *))f)(c->context, p[0], p[1]); break;
    case SAM_CALL_THREE_POINTERS: c->answer = ((int (*)(void *, void *, void *, void *))f)(c->context, p[0], p[1], p[2]); break;
    case SAM_CALL_FLAG: c->answer = ((int (*)(void *, int))f)(c->context, (int)c->number); break;
    case SAM_CALL_PROGRESS: c->answer = ((int (*)(void *, double, void *))f)(c->context, c->fraction, p[0]); break;
    case SAM_CALL_TRAIN: c->answer = ((int (*)(void *, int64_t, uint64_t, void *))f)(c->context, c->number, c->seed, p[0]); break;
    }
}

#if defined(SAM_OWN_STACKS)
/* Puts what a function keeps for its caller on the stack, the stack pointer into *from, and goes on where `to` was put away. The modes of
   floating point stay as they are. */
#if defined(__x86_64__)
__attribute__((naked, noinline)) static void switch_stacks(void **from, void *to) {
    __asm__("pushq %rbp\n\tpushq %rbx\n\tpushq %r12\n\tpushq %r13\n\tpushq %r14\n\tpushq %r15\n\t"
            "movq %rsp, (%rdi)\n\tmovq %rsi, %rsp\n\t"
            "popq %r15\n\tpopq %r14\n\tpopq %r13\n\tpopq %r12\n\tpopq %rbx\n\tpopq %rbp\n\tret");
}
enum { KEPT = 7, RETURN = 6, SHIFT = 1 };         /* the stack at a function's first instruction: 8 beside a multiple of 16 */
#else
__attribute__((naked, noinline)) static void switch_stacks(void **from, void *to) {
    __asm__("sub sp, sp, #160\n\tstp x19, x20, [sp]\n\tstp x21, x22, [sp, #16]\n\tstp x23, x24, [sp, #32]\n\tstp x25, x26, [sp, #48]\n\t"
            "stp x27, x28, [sp, #64]\n\tstp x29, x30, [sp, #80]\n\tstp d8, d9, [sp, #96]\n\tstp d10, d11, [sp, #112]\n\t"
            "stp d12, d13, [sp, #128]\n\tstp d14, d15, [sp, #144]\n\tmov x2, sp\n\tstr x2, [x0]\n\tmov sp, x1\n\t"
            "ldp x19, x20, [sp]\n\tldp x21, x22, [sp, #16]\n\tldp x23, x24, [sp, #32]\n\tldp x25, x26, [sp, #48]\n\t"
            "ldp x27, x28, [sp, #64]\n\tldp x29, x30, [sp, #80]\n\tldp d8, d9, [sp, #96]\n\tldp d10, d11, [sp, #112]\n\t"
            "ldp d12, d13, [sp, #128]\n\tldp d14, d15, [sp, #144]\n\tadd sp, sp, #160\n\tret");
}
enum { KEPT = 20, RETURN = 11, SHIFT = 0 };
#endif

static void arrived(sam_beside *b) {
    (void)b;
#if defined(SAM_ADDRESS_SANITIZER)
    __sanitizer_finish_switch_fiber(NULL, &b->hostStack, &b->hostSize);
#endif
}

/* From the body to who runs it. */
static void go_back(sam_beside *b) {
#if defined(SAM_ADDRESS_SANITIZER)
    void *fake = NULL;
    __sanitizer_start_switch_fiber(b->isEnded ? NULL : &fake, b->hostStack, b->hostSize);
#endif
    switch_stacks(&b->here, b->caller);
#if defined(SAM_ADDRESS_SANITIZER)
    __sanitizer_finish_switch_fiber(fake, &b->hostStack, &b->hostSize);
#endif
}

static void begin(void) {
    sam_beside *b = running();
    arrived(b);
    b->body(b->argument);
    b->isEnded = 1;
    go_back(b);
    abort();                                    /* nobody goes on with what has ended */
}

/* The body runs until it waits for a call or has ended. */
static void go_on(sam_beside *b) {
    b->isWaiting = 0;
    set_running(b);
#if defined(SAM_ADDRESS_SANITIZER)
    void *fake = NULL;
    __sanitizer_start_switch_fiber(&fake, b->stack, b->size);
#endif
    switch_stacks(&b->caller, b->here);
#if defined(SAM_ADDRESS_SANITIZER)
    __sanitizer_finish_switch_fiber(fake, NULL, NULL);
#endif
    set_running(NULL);
}

int sam_call_host(sam_call *call) {
    sam_beside *b = running();
    if (!b) {
        call_it(call);
        return 0;
    }
    if (!b->isLeft) {
        b->call = call;
        b->isWaiting = 1;
        go_back(b);
    }
    return b->isLeft;
}

/* A place with a stack, whose lowest page is a guard. */
static sam_beside *take(void) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = SAM_BESIDE_STACK;
    char *stack = mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED)
        return NULL;
    if (mprotect(stack, page, PROT_NONE) != 0) {
        munmap(stack, size + page);
        return NULL;
    }
    pthread_mutex_lock(&lock);
    sam_beside *b = vacant;
    if (b)
        vacant = b->next;
    pthread_mutex_unlock(&lock);
    if (!b && !(b = calloc(1, sizeof *b))) {
        munmap(stack, size + page);
        return NULL;
    }
    b->stack = stack + page, b->size = size;
    b->isWaiting = b->isLeft = b->isEnded = 0;
    return b;
}

static void give(sam_beside *b) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    munmap(b->stack - page, b->size + page);
    pthread_mutex_lock(&lock);
    b->generation++;
    b->next = vacant;
    vacant = b;
    pthread_mutex_unlock(&lock);
}

int sam_beside_run(void (*body)(void *argument), void *argument, size_t bytes) {
    sam_beside *b = take();
    if (!b)
        return 1;
    uint64_t generation = b->generation;
    char *top = b->stack + b->size - (bytes + 63) / 64 * 64;
    b->argument = memcpy(top, argument, bytes);
    b->body = body;
    void **kept = (void **)(top - 64) - KEPT - SHIFT;
    memset(kept, 0, (size_t)(KEPT + 1) * sizeof *kept);
    kept[RETURN] = (void *)begin;
    b->here = kept;
    for (go_on(b); !b->isEnded; go_on(b)) {
        sam_call call = *b->call;
        call_it(&call);                         /* may never come back */
        if (b->generation != generation)
            return 2;
        b->call->answer = call.answer;
    }
    memcpy(argument, top, bytes);
    give(b);
    return 0;
}

int sam_beside_leave(sam_beside *b, uint64_t generation) {
    if (b->generation != generation || !b->isWaiting)
        return 0;
    b->isLeft = 1;
    go_on(b);
    give(b);
    return 1;
}
#else
int sam_call_host(sam_call *call) {
    call_it(call);
    return 0;
}

int sam_beside_run(void (*body)(void *argument), void *argument, size_t bytes) {
    (void)bytes;
    body(argument);
    return 0;
}

int sam_beside_leave(sam_beside *b, uint64_t generation) { return b && generation != generation; }
#endif
