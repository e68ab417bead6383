/* A libopenblas.so.0 of which a test knows everything. OPENBLAS_KIND in the environment: "pthread"; "openmp", which counts threads as OpenMP does;
   "int64", with integers of 64 bits; "wrong", whose products are. Products note how many threads they might have used at their begin and end. */
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

volatile int blas_cpu_number = 2;
_Atomic int double_most, double_shutdowns, double_products;
void (*double_meanwhile)(void);
static _Thread_local int region = 2;

static int is(const char *kind) {
    const char *asked = getenv("OPENBLAS_KIND");
    return asked && !strcmp(asked, kind);
}

int omp_get_max_threads(void) { return region; }
void omp_set_num_threads(int count) { region = count; }
int openblas_get_parallel(void) { return is("openmp") ? 2 : 1; }
const char *openblas_get_config(void) { return is("int64") ? "OpenBLAS USE64BITINT" : "OpenBLAS"; }
int openblas_get_num_threads(void) { return blas_cpu_number; }
void openblas_set_num_threads(int count) { blas_cpu_number = count; }
void blas_thread_shutdown_(void) { atomic_fetch_add(&double_shutdowns, 1); }

static void note(void) {
    int count = is("openmp") ? region : blas_cpu_number, most = atomic_load(&double_most);
    while (count > most && !atomic_compare_exchange_weak(&double_most, &most, count))
        ;
}

#define PRODUCT(name, number)                                                                                                                   \
    void name(int order, int ta, int tb, int m, int n, int k, number alpha, const number *a, int lda, const number *b, int ldb, number beta,      \
              number *c, int ldc) {                                                                                                              \
        (void)order, note(), atomic_fetch_add(&double_products, 1);                                                                              \
        for (int i = 0; i < m; i++)                                                                                                              \
            for (int j = 0; j < n; j++) {                                                                                                        \
                number sum = is("wrong") ? 1 : 0;                                                                                                \
                for (int l = 0; l < k; l++)                                                                                                      \
                    sum += (ta == 112 ? a[l * lda + i] : a[i * lda + l]) * (tb == 112 ? b[j * ldb + l] : b[l * ldb + j]);                          \
                c[i * ldc + j] = alpha * sum + (beta == 0 ? 0 : beta * c[i * ldc + j]);                                                          \
            }                                                                                                                                    \
        if (double_meanwhile)                                                                                                                    \
            double_meanwhile();                                                                                                                  \
        note();                                                                                                                                  \
    }
PRODUCT(cblas_dgemm, double)
PRODUCT(cblas_sgemm, float)

/* Found, and not called here. */
void dsyevd_(void) { abort(); }
void dgelqf_(void) { abort(); }
void dorglq_(void) { abort(); }
void dgesdd_(void) { abort(); }
