#include "SAMPlatform.h"
#include <pthread.h>
#include <stdatomic.h>

static _Atomic int wanted = 1;

int sam_threads_wanted(void) { return atomic_load(&wanted); }
void sam_threads_want(int count) { atomic_store(&wanted, count); }

static __attribute__((noinline)) void work(sam_body body, void *context, int thread, int threads) {
    _Alignas(64) char scratch[SAM_SCRATCH_BYTES];
    body(context, thread, threads, scratch);
}

#if defined(SAM_WITH_OPENMP)

int omp_get_thread_num(void);
int omp_get_num_threads(void);

const char *sam_threads_kind(void) { return "openmp"; }

/* Apart, so that a call with one thread never touches the OpenMP runtime. The system may give fewer threads than asked. */
static __attribute__((noinline)) void region(int threads, sam_body body, void *context) {
#pragma omp parallel num_threads(threads)
    work(body, context, omp_get_thread_num(), omp_get_num_threads());
}

#else

typedef struct { sam_body body; void *context; int thread, threads; } share;

const char *sam_threads_kind(void) { return "pthread"; }

static void *start(void *of) {
    share *s = of;
    work(s->body, s->context, s->thread, s->threads);
    return NULL;
}

/* Threads of this region alone: regions are long (a million elements and more), and none is left spinning. */
static void region(int threads, sam_body body, void *context) {
    enum { MOST = 256 };
    pthread_t id[MOST];
    share shares[MOST];
    int made[MOST];
    if (threads > MOST)
        threads = MOST;
    for (int i = 1; i < threads; i++) {
        shares[i] = (share){body, context, i, threads};
        made[i] = pthread_create(&id[i], NULL, start, &shares[i]) == 0;
    }
    work(body, context, 0, threads);
    for (int i = 1; i < threads; i++) {
        if (made[i])
            pthread_join(id[i], NULL);
        else
            work(body, context, i, threads);
    }
}

#endif

void sam_parallel(int threads, sam_body body, void *context) {
    if (threads <= 1)
        work(body, context, 0, 1);
    else
        region(threads, body, context);
}
