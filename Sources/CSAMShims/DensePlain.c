#include "SAMDense.h"
#include <math.h>
#include <string.h>
#pragma STDC FP_CONTRACT OFF

#define NUMBER double
#define NAME(x) x##_f64
#include "DenseGemm.h"
#undef NUMBER
#undef NAME
#define NUMBER float
#define NAME(x) x##_f32
#include "DenseGemm.h"

static double dot(const double *x, const double *y, int64_t n) { return product_f64(x, y, n); }

static void add(double *y, double factor, const double *x, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        y[i] += factor * x[i];
}

/* a = 2^exponent times what stands there now, whose largest element lies in [1/2, 1). */
static int normalise(double *a, int64_t count) {
    double largest = 0;
    int exponent = 0;
    for (int64_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(a[i]));
    if (isfinite(largest))
        frexp(largest, &exponent);
    for (int64_t i = 0; exponent != 0 && i < count; i++)
        a[i] = ldexp(a[i], -exponent);
    return exponent;
}

/* x becomes v of the reflection 1 - f v v' that takes it to (answer, 0, ...); *factor: f. */
static double reflect(double *x, int64_t n, double *factor) {
    double largest = 0;
    for (int64_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(x[i]));
    *factor = 0;
    if (n < 2 || !(largest > 0) || isinf(largest))
        return n > 0 ? x[0] : 0;
    for (int64_t i = 0; i < n; i++)
        x[i] /= largest;
    double length = sqrt(dot(x, x, n)), end = x[0] > 0 ? -length : length;
    x[0] -= end;
    *factor = 2 / dot(x, x, n);
    return end * largest;
}

/* m [n, n] = the product of the reflections n-1, ..., 0 whose vectors stand in the rows of v, from column k + shift on. */
static void gather(double *m, const double *v, const double *factor, int64_t n, int64_t count, int64_t shift) {
    memset(m, 0, (size_t)(n * n) * sizeof *m);
    for (int64_t i = 0; i < n; i++)
        m[i * n + i] = 1;
    for (int64_t k = count - 1; k >= 0; k--) {
        int64_t from = k + shift;
        for (int64_t i = from; i < n && factor[k] != 0; i++)
            add(m + i * n + from, -factor[k] * dot(m + i * n + from, v + k * n + from, n - from), v + k * n + from, n - from);
    }
}

/* a = Q T Q' with T tridiagonal: its diagonal d, and e beside it. */
static void tridiagonal(int64_t n, double *a, double *d, double *e, double *factor, double *p) {
    for (int64_t k = 0; k < n; k++) {
        int64_t from = k + 1, m = n - from;
        double *v = a + k * n + from;
        d[k] = a[k * n + k];
        if (m == 0)
            break;
        e[k] = reflect(v, m, &factor[k]);
        if (factor[k] == 0)
            continue;
        for (int64_t i = 0; i < m; i++)
            p[i] = factor[k] * dot(a + (from + i) * n + from, v, m);
        add(p, -factor[k] / 2 * dot(p, v, m), v, m);
        for (int64_t i = 0; i < m; i++) {
            add(a + (from + i) * n + from, -v[i], p, m);
            add(a + (from + i) * n + from, -p[i], v, m);
        }
    }
}

static void rotate(double *x, double *y, double c, double s, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        double old = y[i];
        y[i] = s * x[i] + c * old;
        x[i] = c * x[i] - s * old;
    }
}

/* One sweep of implicit QL steps on rows first to last of T, with the rows of z turned along. */
static void chase(int64_t first, int64_t last, double *d, double *e, double *z, int64_t n) {
    double g = (d[first + 1] - d[first]) / (2 * e[first]), r = sqrt(g * g + 1), s = 1, c = 1, p = 0;
    g = d[last] - d[first] + e[first] / (g + (g < 0 ? -r : r));
    for (int64_t i = last - 1; i >= first; i--) {
        double f = s * e[i], b = c * e[i];
        r = sqrt(f * f + g * g);                            /* the matrix was brought into range */
        e[i + 1] = r;
        if (r == 0) {
            d[i + 1] -= p;
            e[last] = 0;
            return;
        }
        s = f / r, c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        rotate(z + i * n, z + (i + 1) * n, c, s, n);
    }
    d[first] -= p;
    e[first] = g;
    e[last] = 0;
}

int sam_plain_eigen(int64_t n, double *a, double *values, double *work) {
    double *z = work, *e = work + n * n, *factor = e + n, *p = factor + n, *d = values;
    int exponent = normalise(a, n * n);
    tridiagonal(n, a, d, e, factor, p);
    gather(z, a, factor, n, n - 1, 1);
    memcpy(a, z, (size_t)(n * n) * sizeof *a);
    if (n > 0)
        e[n - 1] = 0;
    for (int64_t l = 0; l < n; l++) {
        for (int turn = 0;; turn++) {
            int64_t m = l;
            while (m < n - 1 && !(fabs(e[m]) <= 0x1p-53 * (fabs(d[m]) + fabs(d[m + 1]))))
                m++;
            if (m == l)
                break;
            if (turn == 60)
                return 1;
            chase(l, m, d, e, a, n);
        }
    }
    for (int64_t i = 0; i < n; i++) {                       /* rising */
        int64_t least = i;
        for (int64_t k = i + 1; k < n; k++)
            least = d[k] < d[least] ? k : least;
        if (least == i)
            continue;
        double value = d[i];
        d[i] = d[least], d[least] = value;
        memcpy(p, a + i * n, (size_t)n * sizeof *p);
        memcpy(a + i * n, a + least * n, (size_t)n * sizeof *p);
        memcpy(a + least * n, p, (size_t)n * sizeof *p);
    }
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(d[i] = ldexp(d[i], exponent)))
            return 1;
    return 0;
}

void sam_plain_orthogonal(int64_t n, double *a, double *work) {
    double *rows = work, *factor = work + n * n;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            rows[i * n + j] = a[j * n + i];
    for (int64_t k = 0; k < n; k++) {
        double *v = rows + k * n + k;
        reflect(v, n - k, &factor[k]);
        for (int64_t i = k + 1; i < n && factor[k] != 0; i++)
            add(rows + i * n + k, -factor[k] * dot(rows + i * n + k, v, n - k), v, n - k);
    }
    gather(a, rows, factor, n, n, 0);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i + 1; j < n; j++) {
            double x = a[i * n + j];
            a[i * n + j] = a[j * n + i], a[j * n + i] = x;
        }
}

/* Jacobi on the shorter side: rows are turned in pairs until they are orthogonal; values holds their squared lengths meanwhile. */
int sam_plain_singular(int64_t rows, int64_t columns, double *a, double *values, double *work) {
    int64_t m = rows < columns ? rows : columns, n = rows < columns ? columns : rows;
    int exponent = normalise(a, rows * columns), turned = 1;
    double *x = a;
    if (rows > columns) {
        x = work;
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < columns; j++)
                x[j * n + i] = a[i * columns + j];
    }
    for (int sweep = 0; turned && sweep < 40; sweep++) {
        double whole = 0;
        turned = 0;
        for (int64_t i = 0; i < m; i++)
            whole += values[i] = dot(x + i * n, x + i * n, n);
        for (int64_t i = 0; i < m; i++)
            for (int64_t k = i + 1; k < m; k++) {
                double p = dot(x + i * n, x + k * n, n);
                if (!(fabs(p) > 1e-15 * sqrt(values[i]) * sqrt(values[k])) || !(fabs(p) > 0x1p-54 * sqrt(whole * fmax(values[i], values[k]))))
                    continue;                               /* no singular value would change by more than 2^-54 of the matrix's length */
                turned = 1;
                double t = (values[k] - values[i]) / (2 * p), tangent = (t < 0 ? -1 : 1) / (fabs(t) + sqrt(1 + t * t)), c = 1 / sqrt(1 + tangent * tangent);
                rotate(x + i * n, x + k * n, c, c * tangent, n);
                values[i] = fmax(0, values[i] - tangent * p), values[k] += tangent * p;
            }
    }
    int failed = turned;
    for (int64_t i = 0; i < m; i++) {
        double value = ldexp(sqrt(dot(x + i * n, x + i * n, n)), exponent);
        failed |= !isfinite(value);
        int64_t k = i;
        for (; k > 0 && values[k - 1] < value; k--)
            values[k] = values[k - 1];
        values[k] = value;
    }
    return failed;
}
