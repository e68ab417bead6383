#ifndef _GNU_SOURCE
#define _GNU_SOURCE         /* dl_iterate_phdr */
#endif
#include "SAMDense.h"
#include "SAMPlatform.h"
#include <limits.h>
#if defined(__linux__)
#include <link.h>
#endif
#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum { UNUSED, IN_USE, NONE, LOADING };
static _Atomic int plain;

void sam_dense_plain(int on) { atomic_store(&plain, on); }

#if defined(SAM_WITH_BLAS)
#include <dlfcn.h>
#include <pthread.h>
#include <time.h>

/* CBLAS: row-major 101, no 111, yes 112. LAPACK: column-major, so that a row-major matrix is seen transposed. */
typedef void gemm_f64(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
typedef void gemm_f32(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);

static struct {
    gemm_f64 *dgemm;
    gemm_f32 *sgemm;
    void (*dsyevd)(const char *, const char *, const int *, double *, const int *, double *, double *, const int *, int *, const int *, int *, size_t, size_t);
    void (*dgelqf)(const int *, const int *, double *, const int *, double *, double *, const int *, int *);
    void (*dorglq)(const int *, const int *, const int *, double *, const int *, const double *, double *, const int *, int *);
    void (*dgesdd)(const char *, const int *, const int *, double *, const int *, double *, double *, const int *, double *, const int *, double *,
                   const int *, int *, int *, size_t);
    int *cpus;                  /* how many threads its next call may use */
    int (*threads)(void);
    void (*set_threads)(int);
    int (*region_threads[2])(void);             /* of a build over OpenMP, which asks OpenMP instead: each runtime that it may be bound to */
    void (*set_region_threads[2])(int);
} blas;
static _Atomic int state = UNUSED;

/* Calls under way, and the host's number of threads when the first of them began. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int under_way, hosts;
static pthread_cond_t quiet = PTHREAD_COND_INITIALIZER;       /* none is under way, or the loading is over */

static int find(void *library, const char *name, void *function) {
    void *address = dlsym(library, name);
    memcpy(function, &address, sizeof address);
    return address != NULL;
}

static int threads_now(void) { return blas.cpus ? *blas.cpus : blas.threads ? blas.threads() : 1; }

static void set_threads_now(int threads) {
    if (blas.cpus)
        *blas.cpus = threads;
    else
        blas.set_threads(threads);
}

typedef struct { int threads[2]; } regions;

/* One thread for all calls between begin and end, from whatever threads of the host: the first to begin sets it, and behind the last to end stands
   what stood before, or what the host has set meanwhile. OpenMP keeps a number for each thread. */
static regions begin(void) {
    regions before = {{1, 1}};
    for (int i = 0; i < 2; i++)
        if (blas.region_threads[i] && (before.threads[i] = blas.region_threads[i]()) != 1)
            blas.set_region_threads[i](1);
    pthread_mutex_lock(&lock);
    if (under_way++ == 0)
        hosts = threads_now();
    if (threads_now() != 1)
        set_threads_now(1);
    pthread_mutex_unlock(&lock);
    return before;
}

static void end(regions before) {
    pthread_mutex_lock(&lock);
    if (--under_way == 0) {
        if (hosts != 1 && threads_now() == 1)
            set_threads_now(hosts);
        pthread_cond_broadcast(&quiet);
    }
    pthread_mutex_unlock(&lock);
    for (int i = 1; i >= 0; i--)
        if (before.threads[i] != 1)
            blas.set_region_threads[i](before.threads[i]);
}

/* Builds that compute wrong results on a processor they do not know have been seen: one product of each type tells. */
static int is_right(void) {
    enum { N = 96 };
    static double a[N * N], b[N * N], c[N * N], d[N * N];
    static float af[N * N], bf[N * N], cf[N * N], df[N * N];
    for (int i = 0; i < N * N; i++) {
        af[i] = (float)(a[i] = (i * 37 % 101 - 50) / 64.0);
        bf[i] = (float)(b[i] = (i * 53 % 103 - 51) / 64.0);
    }
    regions before = begin();
    blas.dgemm(101, 111, 112, N, N, N, 1, a, N, b, N, 0, c, N);
    blas.sgemm(101, 112, 111, N, N, N, 1, af, N, bf, N, 0, cf, N);
    end(before);
    sam_plain_gemm_f64(0, 1, N, N, N, 1, a, N, b, N, 0, d, N);
    sam_plain_gemm_f32(1, 0, N, N, N, 1, af, N, bf, N, 0, df, N);
    for (int i = 0; i < N * N; i++)
        if (!(fabs(c[i] - d[i]) < 1e-9) || !(fabsf(cf[i] - df[i]) < 1e-2f))
            return 0;
    return 1;
}

/* How its threads are counted; 0: it cannot be called here, as its integers have 64 bits under the usual names. A build over OpenMP is bound to the
   runtime that the process had first, or to its own. */
static int count_threads(void *library) {
    int (*parallel)(void) = NULL;
    const char *(*config)(void) = NULL;
    if (find(library, "openblas_get_config", &config) && strstr(config(), "USE64BITINT"))
        return 0;
    if (!find(library, "openblas_get_parallel", &parallel) || parallel() != 2) {
        find(library, "blas_cpu_number", &blas.cpus);
        if (find(library, "openblas_set_num_threads", &blas.set_threads))
            find(library, "openblas_get_num_threads", &blas.threads);
        return 1;
    }
    void *const scopes[] = {library, RTLD_DEFAULT};
    for (int i = 0; i < 2; i++)
        if (!find(scopes[i], "omp_set_num_threads", &blas.set_region_threads[i]) || !find(scopes[i], "omp_get_max_threads", &blas.region_threads[i]))
            blas.region_threads[i] = NULL;
    return blas.region_threads[0] || blas.region_threads[1];
}

/* Whether the program has no dynamic loader: then it was linked statically with this library inside, and a library that it loads would bring a
   second libc and end it. */
#if defined(__linux__)
static int has_loader(struct dl_phdr_info *program, size_t size, void *answer) {
    (void)size;
    for (int i = 0; i < program->dlpi_phnum; i++)
        *(int *)answer |= program->dlpi_phdr[i].p_type == PT_INTERP;
    return 1;                                   /* the program comes first: no further ones */
}

static int is_static(void) {
    int found = 0;
    dl_iterate_phdr(has_loader, &found);
    return !found;
}
#else
static int is_static(void) { return 0; }
#endif

static int load(void) {
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", "libopenblas.0.dylib", "libopenblas.dylib"};
    void *library = NULL;
    void (*shutdown)(void) = NULL;
    if (is_static())
        return 0;
    for (int i = 0; i < 4 && !library; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    int is_hosts = library != NULL;
    for (int i = 0; i < 4 && !library; i++)
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!is_hosts && library && find(library, "blas_thread_shutdown_", &shutdown))
        shutdown();                             /* the threads it made when it was loaded; it makes them again for a host that wants them */
    if (!library || !count_threads(library))
        return 0;
    return find(library, "cblas_dgemm", &blas.dgemm) && find(library, "cblas_sgemm", &blas.sgemm) && find(library, "dsyevd_", &blas.dsyevd) &&
           find(library, "dgelqf_", &blas.dgelqf) && find(library, "dorglq_", &blas.dorglq) && find(library, "dgesdd_", &blas.dgesdd) && is_right();
}

static void look(void *found) { *(int *)found = load() ? IN_USE : NONE; }

/* The first to come loads it, aside, as the loader and its constructors need much stack; others wait. */
static int settle(void) {
    pthread_mutex_lock(&lock);
    if (atomic_load(&state) == UNUSED) {
        int found = NONE;
        atomic_store(&state, LOADING);
        pthread_mutex_unlock(&lock);
        sam_aside(look, &found);
        pthread_mutex_lock(&lock);
        atomic_store(&state, found);
        pthread_cond_broadcast(&quiet);
    }
    while (atomic_load(&state) == LOADING)
        pthread_cond_wait(&quiet, &lock);
    pthread_mutex_unlock(&lock);
    return atomic_load(&state);
}

static int use(int64_t largest) {
    if (atomic_load(&plain) || largest > INT_MAX / 4)
        return 0;
    int now = atomic_load(&state);
    return (now == UNUSED || now == LOADING ? settle() : now) == IN_USE;
}

/* A fork waits for calls under way, whose locks within the library nobody would give back in the child. For the loading it waits two seconds at
   the most, as older C libraries let nothing register for forks meanwhile, which OpenBLAS does; the child of such a fork takes the plain code. */
static void before_fork(void) {
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 2;
    pthread_mutex_lock(&lock);
    while (under_way > 0 && atomic_load(&state) != LOADING)
        pthread_cond_wait(&quiet, &lock);
    while (atomic_load(&state) == LOADING && pthread_cond_timedwait(&quiet, &lock, &end) == 0) {
    }
}

static void in_parent(void) { pthread_mutex_unlock(&lock); }

static void in_child(void) {
    static const pthread_cond_t fresh = PTHREAD_COND_INITIALIZER;
    quiet = fresh;
    under_way = 0;
    if (atomic_load(&state) == LOADING)
        atomic_store(&state, NONE);
    pthread_mutex_unlock(&lock);
}

__attribute__((constructor(201))) static void guard(void) { pthread_atfork(before_fork, in_parent, in_child); }

#else
static _Atomic int state = NONE;
static int use(int64_t largest) { return (void)largest, 0; }
#endif

const char *sam_dense_kind(void) { return use(0) ? "openblas" : "plain"; }

const char *sam_blas_kind(void) {
    static const char *const names[] = {"unused", "openblas", "none", "unused"};
    return names[atomic_load(&state)];
}

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

#if defined(SAM_WITH_BLAS)
/* Calls as they are made on a large stack: kernels of OpenBLAS have frames of 32 KiB. */
typedef struct { int ta, tb, m, n, k, lda, ldb, ldc; double alpha, beta; const void *a, *b; void *c; } product;

static void run_dgemm(void *of) {
    const product *p = of;
    blas.dgemm(101, p->ta, p->tb, p->m, p->n, p->k, p->alpha, p->a, p->lda, p->b, p->ldb, p->beta, p->c, p->ldc);
}

static void run_sgemm(void *of) {
    const product *p = of;
    blas.sgemm(101, p->ta, p->tb, p->m, p->n, p->k, (float)p->alpha, p->a, p->lda, p->b, p->ldb, (float)p->beta, p->c, p->ldc);
}

typedef struct { int rows, columns, count, integers, info; double *a, *values, *work; } factoring;

static void run_eigen(void *of) {
    factoring *f = of;
    blas.dsyevd("V", "U", &f->rows, f->a, &f->rows, f->values, f->work, &f->count, (int *)(f->work + f->count), &f->integers, &f->info, 1, 1);
}

static void run_orthogonal(void *of) {
    factoring *f = of;
    int n = f->rows;
    blas.dgelqf(&n, &n, f->a, &n, f->work, f->work + n, &f->count, &f->info);
    blas.dorglq(&n, &n, &n, f->a, &n, f->work, f->work + n, &f->count, &f->info);
}

static void run_singular(void *of) {
    factoring *f = of;
    int one = 1;
    double none;
    blas.dgesdd("N", &f->rows, &f->columns, f->a, &f->rows, f->values, &none, &one, &none, &one, f->work, &f->count, (int *)(f->work + f->count),
                &f->info, 1);
}

static void call(void (*run)(void *), void *with) {
    regions before = begin();
    sam_deep(run, with);
    end(before);
}

#define GEMM(blas_gemm)                                                                                                                       \
    if (m > 0 && n > 0 && k > 0 && use(most(most(m, n), most(k, most(lda, most(ldb, ldc)))))) {                                                \
        product p = {ta ? 112 : 111, tb ? 112 : 111, (int)m, (int)n, (int)k, (int)lda, (int)ldb, (int)ldc, alpha, beta, a, b, c};              \
        call(run_##blas_gemm, &p);                                                                                                             \
        return;                                                                                                                                \
    }
#else
#define GEMM(blas_gemm)
#endif

void sam_gemm_f64(int ta, int tb, int64_t m, int64_t n, int64_t k, double alpha, const double *a, int64_t lda, const double *b, int64_t ldb,
                  double beta, double *c, int64_t ldc) {
    GEMM(dgemm)
    sam_plain_gemm_f64(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void sam_gemm_f32(int ta, int tb, int64_t m, int64_t n, int64_t k, float alpha, const float *a, int64_t lda, const float *b, int64_t ldb,
                  float beta, float *c, int64_t ldc) {
    GEMM(sgemm)
    sam_plain_gemm_f32(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

static int is_finite(const double *a, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(a[i]))
            return 0;
    return 1;
}

static int refused(double *values, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        values[i] = NAN;
    return 1;
}

/* dsyevd: 1 + 6 n + 2 n^2 doubles and 3 + 5 n integers; the plain code: n^2 + 3 n. */
int64_t sam_eigen_work(int64_t n) { return 2 * n * n + 12 * n + 16; }

int sam_eigen(int64_t n, double *a, double *values, double *work) {
    if (!is_finite(a, n * n))
        return refused(values, n);
#if defined(SAM_WITH_BLAS)
    if (n > 0 && n < 20000 && use(n)) {
        factoring f = {(int)n, (int)n, (int)(1 + 6 * n + 2 * n * n), (int)(3 + 5 * n), 0, a, values, work};
        call(run_eigen, &f);
        return f.info != 0 ? refused(values, n) : 0;
    }
#endif
    return sam_plain_eigen(n, a, values, work);
}

/* LAPACK: n factors and 64 n of work; the plain code: n^2 + n. */
int64_t sam_orthogonal_work(int64_t n) { return n * n + 65 * n + 1; }

void sam_orthogonal(int64_t n, double *a, double *work) {
#if defined(SAM_WITH_BLAS)
    if (n > 0 && is_finite(a, n * n) && use(64 * n)) {           /* column-major it is a' = L Q' */
        factoring f = {(int)n, (int)n, (int)(64 * n), 0, 0, a, NULL, work};
        call(run_orthogonal, &f);
        return;
    }
#endif
    sam_plain_orthogonal(n, a, work);
}

/* dgesdd without vectors, m the shorter side and n the longer: 3 m + max(n, 7 m) doubles, and for blocks 64 (m + n), where n > 2 m (it factors first) 192 m;
   8 m integers. */
static int64_t singular_count(int64_t m, int64_t n) { return n + 10 * m + 64 * (n > 2 * m ? 3 * m : m + n); }

/* The plain code: m n. */
int64_t sam_singular_work(int64_t rows, int64_t columns) {
    int64_t m = rows < columns ? rows : columns;
    return most(rows * columns, singular_count(m, rows + columns - m) + 4 * m + 1);
}

int sam_singular(int64_t rows, int64_t columns, double *a, double *values, double *work) {
    int64_t m = rows < columns ? rows : columns;
    if (!is_finite(a, rows * columns))
        return refused(values, m);
#if defined(SAM_WITH_BLAS)
    if (m > 0 && use(singular_count(m, rows + columns - m))) {
        factoring f = {(int)columns, (int)rows, (int)singular_count(m, rows + columns - m), 0, 0, a, values, work};
        call(run_singular, &f);
        return f.info != 0 ? refused(values, m) : 0;
    }
#endif
    return sam_plain_singular(rows, columns, a, values, work);
}
