/* The dense algebra of the library's C parts, by OpenBLAS and by the plain code: products, eigenproblems, orthogonal factors and singular values against
   their definitions; degenerate and not finite input; and that its use leaves the process as it was. */
#include "check.h"

#include <SAMDense.h>
#include <SAMPlatform.h>
#include <dirent.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static double *room(int64_t count) { return calloc((size_t)count + 1, sizeof(double)); }

static double uniform(void) {
    static uint64_t x = 88172645463325252u;
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return (double)(x >> 11) * 0x1p-53 - 0.5;
}

static void fill(double *a, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        a[i] = uniform();
}

static void products(int64_t m, int64_t n, int64_t k) {
    double *a = room(m * k), *b = room(k * n), *c = room(m * n), *old = room(m * n);
    float *af = calloc((size_t)(m * k) + 1, 4), *bf = calloc((size_t)(k * n) + 1, 4), *cf = calloc((size_t)(m * n) + 1, 4);
    fill(a, m * k), fill(b, k * n), fill(old, m * n);
    for (int64_t i = 0; i < m * k; i++)
        af[i] = (float)a[i];
    for (int64_t i = 0; i < k * n; i++)
        bf[i] = (float)b[i];
    for (int way = 0; way < 4; way++) {
        int ta = way & 1, tb = way >> 1;
        double error = 0, rough = 0;
        memcpy(c, old, (size_t)(m * n) * 8);
        for (int64_t i = 0; i < m * n; i++)
            cf[i] = NAN;                                /* beta 0 does not read it */
        sam_gemm_f64(ta, tb, m, n, k, 1.5, a, ta ? m : k, b, tb ? k : n, -0.5, c, n);
        sam_gemm_f32(ta, tb, m, n, k, 1.5f, af, ta ? m : k, bf, tb ? k : n, 0, cf, n);
        for (int64_t i = 0; i < m; i++)
            for (int64_t j = 0; j < n; j++) {
                double sum = 0;
                for (int64_t l = 0; l < k; l++)
                    sum += (ta ? a[l * m + i] : a[i * k + l]) * (tb ? b[j * k + l] : b[l * n + j]);
                error = fmax(error, fabs(c[i * n + j] - (1.5 * sum - 0.5 * old[i * n + j])));
                rough = fmax(rough, fabs((double)cf[i * n + j] - 1.5 * sum));
            }
        CHECK(error < 1e-12 && rough < 1e-4, "product %d [%d, %d, %d]: off by %g, in f32 by %g", way, (int)m, (int)n, (int)k, error, rough);
    }
    free(a), free(b), free(c), free(old), free(af), free(bf), free(cf);
}

/* Largest |V' diag V - a|, |V V' - 1|. */
static void eigen(int64_t n, int kind) {
    double *a = room(n * n), *v = room(n * n), *values = room(n), *work = room(sam_eigen_work(n)), error = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j <= i; j++)
            a[i * n + j] = a[j * n + i] = kind == 0 ? uniform() : kind == 1 ? 0 : kind == 2 ? (i == j) * 3.0 : 1.0 / (double)(i + j + 1);
    memcpy(v, a, (size_t)(n * n) * 8);
    CHECK(sam_eigen(n, v, values, work) == 0, "%d by %d does not converge", (int)n, (int)n);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            double sum = 0, product = 0;
            for (int64_t l = 0; l < n; l++)
                sum += v[l * n + i] * values[l] * v[l * n + j], product += v[i * n + l] * v[j * n + l];
            error = fmax(error, fmax(fabs(sum - a[i * n + j]), fabs(product - (i == j))));
        }
    for (int64_t i = 1; i < n; i++)
        CHECK(values[i - 1] <= values[i], "eigenvalue %d falls", (int)i);
    CHECK(error < 1e-13 * (double)(n + 4), "eigenproblem %d of kind %d: off by %g", (int)n, kind, error);
    free(a), free(v), free(values), free(work);
}

static void orthogonal(int64_t n, int zero_column) {
    double *a = room(n * n), *q = room(n * n), *work = room(sam_orthogonal_work(n)), error = 0;
    fill(a, n * n);
    for (int64_t i = 0; i < n && zero_column; i++)
        a[i * n] = 0;
    memcpy(q, a, (size_t)(n * n) * 8);
    sam_orthogonal(n, q, work);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            double product = 0, below = 0;
            for (int64_t l = 0; l < n; l++)
                product += q[l * n + i] * q[l * n + j], below += q[l * n + i] * a[l * n + j];
            error = fmax(error, fmax(fabs(product - (i == j)), i > j ? fabs(below) : 0));
        }
    CHECK(error < 1e-13 * (double)(n + 4), "orthogonal factor of %d: off by %g", (int)n, error);
    free(a), free(q), free(work);
}

/* Of a matrix with known singular values: a product of reflections around a diagonal. */
static void singular(int64_t rows, int64_t columns) {
    int64_t m = rows < columns ? rows : columns;
    double *a = room(rows * columns), *values = room(m), *work = room(sam_singular_work(rows, columns)), *x = room(rows), *y = room(columns), error = 0;
    fill(x, rows), fill(y, columns);
    double xx = 0, yy = 0;
    for (int64_t i = 0; i < rows; i++)
        xx += x[i] * x[i];
    for (int64_t j = 0; j < columns; j++)
        yy += y[j] * y[j];
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) {
            double sum = 0;
            for (int64_t l = 0; l < m; l++)
                sum += ((i == l) - 2 * x[i] * x[l] / xx) * pow(0.5, (double)l) * ((j == l) - 2 * y[j] * y[l] / yy);
            a[i * columns + j] = sum;
        }
    CHECK(sam_singular(rows, columns, a, values, work) == 0, "singular values of [%d, %d] do not converge", (int)rows, (int)columns);
    for (int64_t l = 0; l < m; l++)
        error = fmax(error, fabs(values[l] - pow(0.5, (double)l)));
    CHECK(error < 1e-14 * (double)(m + 8), "singular values of [%d, %d]: off by %g", (int)rows, (int)columns, error);
    free(a), free(values), free(work), free(x), free(y);
}

/* Of low rank, and at the ends of the range: scale u u' + scale / 2 v v' with u and v orthogonal, of length 1. */
static void low_rank(int64_t n, double scale) {
    double *a = room(n * n), *b = room(n * n), *values = room(n), *work = room(sam_singular_work(n, n) + sam_eigen_work(n)), error = 0, length = (double)(n / 2);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            a[i * n + j] = b[i * n + j] = i / (n / 2) != j / (n / 2) ? 0 : (i < n / 2 ? scale : scale / 2) / length;
    int failed = sam_singular(n, n, a, values, work);
    for (int64_t l = 0; l < n; l++)
        error = fmax(error, fabs(values[l] / scale - (l == 0 ? 1 : l == 1 ? 0.5 : 0)));
    failed |= sam_eigen(n, b, values, work);
    for (int64_t l = 0; l < n; l++)
        error = fmax(error, fabs(values[l] / scale - (l == n - 1 ? 1 : l == n - 2 ? 0.5 : 0)));
    CHECK(!failed && error < 1e-13, "rank 2 of %d, times %g: off by %g", (int)n, scale, error);
    free(a), free(b), free(values), free(work);
}

static void not_finite(void) {
    static const double bad[] = {NAN, INFINITY, -INFINITY, 1e308};
    double values[8], work[600];
    for (int i = 0; i < 4; i++) {
        double a[16] = {0}, b[16], c[16];
        for (int j = 0; j < 4; j++)
            a[5 * j] = j + 1;
        a[1] = a[4] = bad[i];
        memcpy(b, a, sizeof a), memcpy(c, a, sizeof a);
        int failed = sam_eigen(4, a, values, work) != 0;
        CHECK(failed == !isfinite(bad[i]) || i == 3, "an eigenproblem with %g is answered", bad[i]);
        failed = sam_singular(4, 4, b, values, work) != 0;
        CHECK(failed == !isfinite(bad[i]) || i == 3, "singular values with %g are answered", bad[i]);
        sam_orthogonal(4, c, work);
        double d[16] = {0}, e[16] = {0};
        d[1] = d[4] = d[15] = e[6] = bad[i];
        CHECK(i == 3 || sam_plain_eigen(4, d, values, work) != 0, "the plain code answers an eigenproblem with %g", bad[i]);
        CHECK(i == 3 || sam_plain_singular(4, 4, e, values, work) != 0, "the plain code answers singular values with %g", bad[i]);
    }
}

static int tasks(void) {
    int count = 0;
    DIR *folder = opendir("/proc/self/task");
    while (folder && readdir(folder))
        count++;
    closedir(folder);
    return count;
}

int main(void) {
    static const int64_t lengths[] = {0, 1, 2, 3, 7, 33, 70};
    static const double scales[] = {1, 1e200, 1e-200, 1e306};
    int before = tasks();
#if defined(SAM_WITH_BLAS)
    static const char *const kind = "openblas";
    CHECK(!strcmp(sam_blas_kind(), "unused"), "blas is \"%s\" before its first use", sam_blas_kind());
#else
    static const char *const kind = "plain";
#endif
    for (int plain = 0; plain < 2; plain++) {
        sam_dense_plain(plain);
        printf("%s\n", sam_dense_kind());
        CHECK(!strcmp(sam_dense_kind(), plain ? "plain" : kind), "%s is in use", sam_dense_kind());
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            for (int kind = 0; kind < 4; kind++)
                eigen(lengths[i], kind);
            orthogonal(lengths[i], 0), orthogonal(lengths[i], 1);
            for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++) {
                singular(lengths[i], lengths[j]);
                products(lengths[i], lengths[j], lengths[(i + j) % 7]);
            }
        }
        products(130, 5, 300);
        for (int i = 0; i < 4; i++)
            low_rank(2, scales[i]), low_rank(64, scales[i]);
        not_finite();
    }
    CHECK(!strcmp(sam_blas_kind(), strcmp(kind, "plain") ? "openblas" : "none"), "blas is \"%s\" after its use", sam_blas_kind());
    CHECK(tasks() == before, "%d threads, %d before", tasks(), before);
    return report("dense");
}
