/* Which builds of OpenBLAS are used, and that products are on one thread from however many threads of the host, whose number stands behind them.
   Argument: the kind of openblas_double.c, which the linker finds as libopenblas.so.0. */
#include "check.h"

#include <SAMDense.h>
#include <SAMPlatform.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, TURNS = 5000, N = 8 };
static volatile int *cpus;
static int (*region_threads)(void);
static _Atomic int changed;

static void *find(void *library, const char *name) {
    void *address = library ? dlsym(library, name) : NULL;
    CHECK(address != NULL, "no %s", name);
    if (!address)
        exit(report("dense_builds"));
    return address;
}

static void *products(void *unused) {
    double a[N * N], c[N * N];
    for (int i = 0; i < N * N; i++)
        a[i] = i % 7;
    for (int i = 0; i < TURNS; i++)
        sam_gemm_f64(0, 1, N, N, N, 1, a, N, a, N, 0, c, N);
    if (region_threads() != 2)
        atomic_fetch_add(&changed, 1);
    return unused;
}

static void set_three(void) { *cpus = 3; }

int main(int argc, char **argv) {
    if (argc < 2 || setenv("OPENBLAS_KIND", argv[1], 1))
        return 2;
    int is_used = !strcmp(argv[1], "pthread") || !strcmp(argv[1], "openmp");
    CHECK(!strcmp(sam_blas_kind(), "unused"), "blas is \"%s\" before its first use", sam_blas_kind());
    CHECK(!strcmp(sam_dense_kind(), is_used ? "openblas" : "plain"), "%s is in use", sam_dense_kind());
    CHECK(!strcmp(sam_blas_kind(), is_used ? "openblas" : "none"), "blas is \"%s\"", sam_blas_kind());

    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD), *get = find(library, "omp_get_max_threads");
    _Atomic int *most = find(library, "double_most"), *count = find(library, "double_products"), *shutdowns = find(library, "double_shutdowns");
    void (**meanwhile)(void) = find(library, "double_meanwhile");
    cpus = find(library, "blas_cpu_number");
    memcpy(&region_threads, &get, sizeof get);
    CHECK(atomic_load(shutdowns) == 1, "its threads were ended %d times", atomic_load(shutdowns));

    int before = atomic_load(count);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, products, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    int made = atomic_load(count) - before;
    CHECK(made == (is_used ? THREADS * TURNS : 0), "%d products", made);
    CHECK(atomic_load(most) <= 1, "a product might have used %d threads", atomic_load(most));
    CHECK(*cpus == 2 && atomic_load(&changed) == 0, "%d threads behind the products, 2 before; OpenMP's number changed for %d threads", *cpus,
          atomic_load(&changed));

    if (!strcmp(argv[1], "pthread")) {                      /* the host sets another number meanwhile */
        double x = 1, y;
        *meanwhile = set_three;
        sam_gemm_f64(0, 0, 1, 1, 1, 1, &x, 1, &x, 1, 0, &y, 1);
        CHECK(*cpus == 3, "%d threads, the host asked for 3", *cpus);
    }
    return report("dense_builds");
}
