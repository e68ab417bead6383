/* What Embedded Swift calls to make a global of its own at its first use. In place of the standard library's, which turns without end in the child
   of a fork that came while another thread made one: here a fork waits until it is made. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#if defined(SAM_EMBEDDED)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int depth;                       /* of globals whose making needs others */
static _Atomic(pthread_t) maker;

void swift_once(_Atomic(intptr_t) *made, void (*make)(void *), void *context);

void swift_once(_Atomic(intptr_t) *made, void (*make)(void *), void *context) {
    if (atomic_load_explicit(made, memory_order_acquire) < 0)
        return;
    int is_within = atomic_load(&depth) > 0 && pthread_equal(atomic_load(&maker), pthread_self());
    if (!is_within) {
        pthread_mutex_lock(&lock);
        atomic_store(&maker, pthread_self());
    }
    atomic_fetch_add(&depth, 1);
    if (atomic_load(made) == 0) {
        atomic_store(made, 1);
        make(context);
        atomic_store_explicit(made, -1, memory_order_release);
    }
    atomic_fetch_sub(&depth, 1);
    if (!is_within)
        pthread_mutex_unlock(&lock);
}

static void before_fork(void) { pthread_mutex_lock(&lock); }
static void after_fork(void) { pthread_mutex_unlock(&lock); }

/* Registered behind the others, so that it is taken first: what is made may take them. */
__attribute__((constructor(202))) static void guard(void) { pthread_atfork(before_fork, after_fork, after_fork); }

#endif
