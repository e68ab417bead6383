#include "SAMEnvironment.h"
#include "SAMPlatform.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

/* Workers that are made when a pass first wants them, and sleep between passes. A job's parts are taken one by one, by the thread that has the
   job and by workers that come in time: how many there are, or whether the system gives any, decides nothing but the time. */
enum { PARTS_OF_THREAD = 4, STACK = 192 * 1024, BIG_STACK = 4 << 20, SPINS = 200 };

typedef struct job {
    sam_body body;
    void *context;
    int parts, seats;           /* seats: workers that may still come */
    _Atomic int next, inside;   /* the part that nobody has taken; workers at it */
    pthread_cond_t over;
    struct job *other;
} job;

static _Atomic int wanted = 1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t come = PTHREAD_COND_INITIALIZER;
static _Atomic(job *) jobs;
static int workers;

int sam_threads_wanted(void) { return atomic_load(&wanted); }
void sam_threads_want(int count) { atomic_store(&wanted, count); }

static void wait_a_little(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void take_parts(job *j, void *scratch) {
    for (int i; (i = atomic_fetch_add(&j->next, 1)) < j->parts;)
        j->body(j->context, i, j->parts, scratch);
}

static job *open_job(void) {
    job *j = atomic_load(&jobs);
    while (j && j->seats == 0)
        j = j->other;
    return j;
}

static void *work(void *unused) {
    _Alignas(64) char scratch[SAM_SCRATCH_BYTES];
    sam_environment makers;
    sam_environment_enter(&makers);
    pthread_mutex_lock(&lock);
    for (;;) {
        job *j = open_job();
        if (!j) {
            pthread_cond_wait(&come, &lock);
            continue;
        }
        j->seats--;
        atomic_fetch_add(&j->inside, 1);
        pthread_mutex_unlock(&lock);
        take_parts(j, scratch);
        pthread_mutex_lock(&lock);
        j->seats = 0;
        if (atomic_fetch_sub(&j->inside, 1) == 1)
            pthread_cond_signal(&j->over);
        if (!atomic_load(&jobs)) {              /* the next pass of a step comes soon, if one comes */
            pthread_mutex_unlock(&lock);
            for (int i = 0; i < SPINS && !atomic_load(&jobs); i++)
                wait_a_little();
            pthread_mutex_lock(&lock);
        }
    }
    return unused;
}

/* A thread that no signal of the host's is delivered to: only the faults of its own instructions are. 0: it runs. */
static int start(pthread_t *id, size_t stack, void *(*body)(void *), void *context) {
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    sigset_t all, before;
    pthread_attr_t attributes;
    sigfillset(&all);
    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&all, faults[i]);
    if (pthread_attr_init(&attributes) != 0)
        return -1;
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int status = pthread_attr_setstacksize(&attributes, stack);
    if (status == 0)
        status = pthread_create(id, &attributes, body, context);
    if (status != 0) {                          /* the system's own size: where the host's thread-local data want more */
        pthread_attr_destroy(&attributes);
        if (pthread_attr_init(&attributes) == 0)
            status = pthread_create(id, &attributes, body, context);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return status;
}

static void share(job *own, int seats, void *scratch) {
    pthread_mutex_lock(&lock);
    for (pthread_t id; workers < seats && start(&id, STACK, work, NULL) == 0; workers++)
        pthread_detach(id);
    own->seats = seats < workers ? seats : workers;
    own->other = atomic_load(&jobs);
    atomic_store(&jobs, own);
    for (int i = 0; i < own->seats; i++)
        pthread_cond_signal(&come);
    pthread_mutex_unlock(&lock);
    take_parts(own, scratch);
    for (int i = 0; i < SPINS && atomic_load(&own->inside) > 0; i++)
        wait_a_little();
    pthread_mutex_lock(&lock);
    if (atomic_load(&jobs) == own) {
        atomic_store(&jobs, own->other);
    } else {
        job *before = atomic_load(&jobs);
        while (before->other != own)
            before = before->other;
        before->other = own->other;
    }
    while (atomic_load(&own->inside) > 0)
        pthread_cond_wait(&own->over, &lock);
    pthread_mutex_unlock(&lock);
}

void sam_parallel(int threads, sam_body body, void *context, void *scratch) {
    if (threads <= 1) {
        body(context, 0, 1, scratch);
        return;
    }
    job own = {.body = body, .context = context, .parts = PARTS_OF_THREAD * threads, .over = PTHREAD_COND_INITIALIZER};
    share(&own, threads - 1, scratch);
}

typedef struct { void (*body)(void *); void *context; } errand;

static void *run(void *of) {
    errand *e = of;
    sam_environment makers;
    sam_environment_enter(&makers);
    e->body(e->context);
    return NULL;
}

void sam_aside(void (*body)(void *context), void *context) {
    errand e = {body, context};
    pthread_t id;
    if (start(&id, BIG_STACK, run, &e) == 0)
        pthread_join(id, NULL);
    else
        body(context);
}

/* In the child of a fork there are no workers, and no jobs but what it will begin. */
static void before_fork(void) { pthread_mutex_lock(&lock); }
static void in_parent(void) { pthread_mutex_unlock(&lock); }

static void in_child(void) {
    static const pthread_cond_t fresh = PTHREAD_COND_INITIALIZER;
    come = fresh;
    atomic_store(&jobs, NULL);
    workers = 0;
    pthread_mutex_unlock(&lock);
}

__attribute__((constructor(201))) static void guard(void) { pthread_atfork(before_fork, in_parent, in_child); }
