/* What is made at its first use. A fork waits until it is made: in its child nobody would end what another thread had begun. */
#include "SAMPlatform.h"
#include <pthread.h>
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int depth;                       /* of makings that need others */
static _Atomic(pthread_t) maker;

void sam_first_use_take(void) {
    if (atomic_load(&depth) == 0 || !pthread_equal(atomic_load(&maker), pthread_self())) {
        pthread_mutex_lock(&lock);
        atomic_store(&maker, pthread_self());
    }
    atomic_fetch_add(&depth, 1);
}

void sam_first_use_give(void) {
    if (atomic_fetch_sub(&depth, 1) == 1)
        pthread_mutex_unlock(&lock);
}

static void before_fork(void) { pthread_mutex_lock(&lock); }
static void after_fork(void) { pthread_mutex_unlock(&lock); }

/* Registered behind the others, so that it is taken first: what is made may take them. */
__attribute__((constructor(202))) static void guard(void) { pthread_atfork(before_fork, after_fork, after_fork); }

#if defined(SAM_EMBEDDED)
/* What Embedded Swift calls for its globals, in place of the standard library's. Where the compiler has that one inlined, the use is within the lock. */
void swift_once(_Atomic(intptr_t) *made, void (*make)(void *), void *context);

void swift_once(_Atomic(intptr_t) *made, void (*make)(void *), void *context) {
    if (atomic_load_explicit(made, memory_order_acquire) < 0)
        return;
    sam_first_use_take();
    if (atomic_load(made) == 0) {
        atomic_store(made, 1);
        make(context);
        atomic_store_explicit(made, -1, memory_order_release);
    }
    sam_first_use_give();
}
#endif
