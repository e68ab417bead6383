/* The problems of measure_host.h but the networks. */
#include "measure_host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Rotated quadratics */

static void reflect(const double *u, int64_t n, double *v) {
    double dot = 0;
    for (int64_t i = 0; i < n; i++)
        dot += u[i] * v[i];
    for (int64_t i = 0; i < n; i++)
        v[i] -= 2 * dot * u[i];
}

void rotated_product(const host *h, const double *v, double *out) {
    int64_t n = h->n;
    memcpy(out, v, (size_t)n * sizeof *v);
    for (int k = 2; k >= 0 && h->reflectors; k--)
        reflect(h->reflectors + k * n, n, out);
    for (int64_t i = 0; i < n; i++)
        out[i] *= h->spectrum[i];
    for (int k = 0; k < 3 && h->reflectors; k++)
        reflect(h->reflectors + k * n, n, out);
}

static double quadratic(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    (void)query;
    if (hv) {
        rotated_product(h, v, hv);
        return 0;
    }
    double *aw = malloc((size_t)h->n * sizeof *aw), loss = 0;
    rotated_product(h, w, aw);
    for (int64_t i = 0; i < h->n; i++) {
        loss += w[i] * (h->linear[i] + 0.5 * aw[i]);
        if (g)
            g[i] = h->linear[i] + aw[i];
    }
    free(aw);
    return loss;
}

void rotated(host *h, int32_t dtype, const double *spectrum, int64_t n, uint64_t seed, const double *b, const double *at) {
    double *zero = calloc((size_t)n, sizeof *zero);
    host_begin(h, quadratic, dtype);
    if (!at)
        at = zero;
    if (n > 3) {
        host_tensor(h, "a", 2, 2, n / 4, at);
        host_frozen(h, "frozen", 3);
        host_tensor(h, "b", 1, n - n / 4 * 2, 1, at + n / 4 * 2);
    } else {
        host_tensor(h, "a", 1, n, 1, at);
    }
    h->spectrum = malloc((size_t)n * sizeof(double)), h->linear = calloc((size_t)n, sizeof(double));
    memcpy(h->spectrum, spectrum, (size_t)n * sizeof(double));
    if (b)
        memcpy(h->linear, b, (size_t)n * sizeof(double));
    h->reflectors = seed && n > 1 ? malloc(3 * (size_t)n * sizeof(double)) : NULL;
    for (int k = 0; k < 3 && h->reflectors; k++) {
        double square = 0, *u = h->reflectors + k * n;
        for (int64_t i = 0; i < n; i++)
            u[i] = hashed_normal(seed + (uint64_t)k, (uint64_t)i), square += u[i] * u[i];
        for (int64_t i = 0; i < n; i++)
            u[i] /= sqrt(square);
    }
    free(zero);
    host_product(h, PRODUCT);
}

/* ---- Rosenbrock */

static double banana(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    double x = w[0], y = w[1], r = y - x * x;
    (void)h, (void)query;
    if (g)
        g[0] = -2 * (1 - x) - 400 * x * r, g[1] = 200 * r;
    if (hv)
        hv[0] = (2 - 400 * (y - 3 * x * x)) * v[0] - 400 * x * v[1], hv[1] = -400 * x * v[0] + 200 * v[1];
    return (1 - x) * (1 - x) + 100 * r * r;
}

void rosenbrock(host *h, int32_t dtype, double x, double y) {
    double w[2] = {x, y};
    host_begin(h, banana, dtype);
    host_tensor(h, "w", 1, 2, 1, w);
    host_product(h, PRODUCT);
}

/* ---- Least squares by example */

static int asked(const host *h, const sam_query *query, int64_t i) {
    int64_t batches = h->objective.batches, classes = h->objective.classes;
    return (query->batch < 0 || i % batches == query->batch) && (query->class_index < 0 || i % classes == query->class_index) &&
           (query->example < 0 || (query->batch < 0 ? i : i / batches) == query->example);
}

static double squares(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    double loss = 0, count = 0;
    for (int64_t k = 0; k < h->n; k++) {
        if (g) g[k] = 0;
        if (hv) hv[k] = 0;
    }
    for (int64_t i = 0; i < h->examples; i++) {
        if (!asked(h, query, i))
            continue;
        const double *a = h->x + i * h->n;
        double r = -h->y[i], s = 0;
        for (int64_t k = 0; k < h->n; k++)
            r += a[k] * w[k], s += v ? a[k] * v[k] : 0;
        for (int64_t k = 0; k < h->n; k++) {
            if (g) g[k] += r * a[k];
            if (hv) hv[k] += s * a[k];
        }
        loss += 0.5 * r * r, count += 1;
    }
    CHECK(count > 0, "an empty query: batch %d class %d example %d", (int)query->batch, (int)query->class_index, (int)query->example);
    for (int64_t k = 0; k < h->n; k++) {
        if (g) g[k] /= count;
        if (hv) hv[k] /= count;
    }
    return loss / count;
}

void least_squares(host *h, int32_t dtype, int64_t n, int64_t examples, int64_t batches, int64_t classes, uint64_t seed) {
    double *w = malloc((size_t)n * sizeof *w);
    for (int64_t k = 0; k < n; k++)
        w[k] = hashed(seed + 2, (uint64_t)k);
    host_begin(h, squares, dtype);
    host_tensor(h, "w", 1, n, 1, w);
    free(w);
    h->examples = examples;
    h->x = malloc((size_t)(examples * n) * sizeof(double)), h->y = malloc((size_t)examples * sizeof(double));
    for (int64_t i = 0; i < examples * n; i++)
        h->x[i] = hashed_normal(seed, (uint64_t)i);
    for (int64_t i = 0; i < examples; i++)
        h->y[i] = hashed_normal(seed + 1, (uint64_t)i);
    h->objective.batches = batches, h->objective.classes = classes, h->objective.examples = examples;
    for (int64_t i = 0; i < examples; i++) {
        if (batches)
            h->batch_examples[i % batches] += 1;
        if (classes)
            h->class_examples[(batches ? i % batches : 0) * classes + i % classes] += 1;
    }
    h->objective.batch_examples = batches ? h->batch_examples : NULL;
    h->objective.class_examples = classes ? h->class_examples : NULL;
    host_product(h, PRODUCT);
}
