#include "measure_terrain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Tensors of a setting: one pointer for each tensor of the set, from a flat vector. Freed at the end of a test. */

static void *kept[4096];
static int keeps;

sam_setting point(const host *h, const char *name, const double *flat) {
    const void **pointers = calloc(HOST_TENSORS, sizeof *pointers);
    kept[keeps++] = pointers;
    for (int t = 0; t < h->tensors; t++) {
        if (h->frozen[t])
            continue;
        void *values = malloc((size_t)h->size[t] * 8);
        for (int64_t i = 0; i < h->size[t]; i++, flat++) {
            if (h->dtype == SAM_F32) ((float *)values)[i] = (float)*flat; else ((double *)values)[i] = *flat;
        }
        pointers[t] = kept[keeps++] = values;
    }
    return sam_tensors(name, pointers);
}

void done(host *h) {
    host_free(h);
    while (keeps > 0)
        free(kept[--keeps]);
}

double dot(const double *a, const double *b, int64_t n) {
    double total = 0;
    for (int64_t i = 0; i < n; i++)
        total += a[i] * b[i];
    return total;
}

/* ---- Hosts: a problem by formula. Some check SAM_PERTURBED: it stands wherever the weights are not `home`. */

static double home[8];
int moves_seen;

static void seen(const host *h, const double *w, const sam_query *query) {
    int moved = memcmp(w, home, (size_t)h->n * sizeof *w) != 0;
    moves_seen += moved;
    CHECK(!moved || h->write_at >= 0 || (query->ask & SAM_PERTURBED), "SAM_PERTURBED is missing");
}

void small(host *h, formula p, int32_t dtype, int rank, int64_t n, const double *w) {
    host_begin(h, p, dtype);
    host_tensor(h, "w", rank, rank == 2 ? 1 : n, rank == 2 ? n : 1, w);
    host_weights(h, home);
}

/* (w1 w2 - 1)^2 / 2 */
double scalar_net(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    double r = w[0] * w[1] - 1;
    seen(h, w, query);
    if (g)
        g[0] = r * w[1], g[1] = r * w[0];
    if (hv)
        hv[0] = w[1] * w[1] * v[0] + (2 * r + 1) * v[1], hv[1] = (2 * r + 1) * v[0] + w[0] * w[0] * v[1];
    return 0.5 * r * r;
}

/* (|w|^2 - 1)^2 */
double ring(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    double r = w[0] * w[0] + w[1] * w[1] - 1, s = v ? w[0] * v[0] + w[1] * v[1] : 0;
    seen(h, w, query);
    for (int i = 0; i < 2; i++) {
        if (g) g[i] = 4 * r * w[i];
        if (hv) hv[i] = 4 * r * v[i] + 8 * s * w[i];
    }
    return r * r;
}

/* 1 + sum of (i + 1) / 10 w_i */
double line(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    double loss = 1;
    (void)v, (void)query;
    for (int64_t i = 0; i < h->n; i++) {
        loss += 0.1 * (double)(i + 1) * w[i];
        if (g) g[i] = 0.1 * (double)(i + 1);
        if (hv) hv[i] = 0;
    }
    return loss;
}

/* cos(4 pi (w - 1)) */
double wave(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    (void)h, (void)query, (void)v, (void)hv;
    if (g)
        g[0] = 0;
    return cos(4 * 3.14159265358979323846 * (w[0] - 1));
}

/* sin^2(69.5 w) + w^2 */
double hidden(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    double s = sin(69.5 * w[0]);
    (void)h, (void)query, (void)v, (void)hv;
    if (g)
        g[0] = 0;
    return s * s + w[0] * w[0];
}

double constant(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    (void)w, (void)query, (void)v;
    for (int64_t i = 0; i < h->n; i++) {
        if (g) g[i] = 0;
        if (hv) hv[i] = 0;
    }
    return 3;
}

/* The weights' bits, mixed: another loss for every other set of bits. */
double bits(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    uint64_t mixed = 1;
    (void)query, (void)v, (void)hv;
    for (int64_t i = 0; i < h->n; i++) {
        uint64_t word;
        memcpy(&word, w + i, 8);
        mixed = (mixed ^ word) * 0x9E3779B97F4A7C15u, mixed ^= mixed >> 31;
        if (g) g[i] = 0;
    }
    return (double)(mixed >> 32);
}

/* W2 relu(W1 x), squared loss, on made-up data. The loss alone. */
static double kinked(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    double loss = 0;
    (void)query, (void)g, (void)v, (void)hv, (void)h;
    for (uint64_t e = 0; e < 15; e++) {
        double out[3] = {0};
        for (int j = 0; j < 6; j++) {
            double a = 0;
            for (int i = 0; i < 4; i++)
                a += w[j * 4 + i] * hashed(13, 4 * e + (uint64_t)i);
            for (int k = 0; k < 3; k++)
                out[k] += w[24 + k * 6 + j] * (a > 0 ? a : 0);
        }
        for (int k = 0; k < 3; k++)
            loss += 0.5 * (out[k] - hashed(14, 3 * e + (uint64_t)k)) * (out[k] - hashed(14, 3 * e + (uint64_t)k)) / 15;
    }
    return loss;
}

/* The first layer times `factor`, the second over it. */
void layers(host *h, double factor) {
    double w1[24], w2[18];
    for (int i = 0; i < 24; i++)
        w1[i] = factor * hashed(11, (uint64_t)i);
    for (int i = 0; i < 18; i++)
        w2[i] = hashed(12, (uint64_t)i) / factor;
    host_begin(h, kinked, SAM_F64);
    host_tensor(h, "first", 2, 6, 4, w1);
    host_tensor(h, "second", 2, 3, 6, w2);
}

double spectrum[N], weights[N];
static double offset[N];

/* A rotated quadratic off its minimum; or, centred, at it. */
void bowl(host *h, int32_t dtype, int centred) {
    for (int i = 0; i < N; i++)
        spectrum[i] = 0.2 + 0.5 * (1 + hashed(1, (uint64_t)i)), offset[i] = hashed(2, (uint64_t)i), weights[i] = hashed_normal(3, (uint64_t)i);
    spectrum[0] = 6, spectrum[1] = 3;
    rotated(h, dtype, spectrum, N, 1, offset, weights);
    host_weights(h, weights);
    if (centred) {
        rotated_product(h, weights, h->linear);
        for (int i = 0; i < N; i++)
            h->linear[i] = -h->linear[i];
    }
}

/* b'd + w'A d and d'A d at the weights */
void terms(const host *h, const double *d, double *first, double *second) {
    double product[N];
    rotated_product(h, d, product);
    *first = dot(h->linear, d, N) + dot(weights, product, N), *second = dot(d, product, N);
}

/* ---- Promises: cancel, a failing callback, a callback that writes and max_evaluations, each at every evaluation. */

void promises(host *h, const char *name, const sam_setting *settings, size_t count) {
    sam_report *r = NULL;
    CHECK(measure_with(h, name, settings, count, &r) == SAM_OK, "%s: %s", name, sam_error_message());
    int64_t total = r ? (int64_t)number(r, "evaluations") : 0;
    sam_report_destroy(r);
    CHECK(total > 0 && total <= 120, "%s: %d evaluations", name, (int)total);
    sam_setting more[16];
    memcpy(more, settings, count * sizeof *more);
    for (int64_t k = 0; k < total; k++) {
        h->cancel_at = k;
        CHECK(measure_with(h, name, settings, count, NULL) == SAM_ERROR_CANCELLED, "%s cancelled at %d", name, (int)k);
        h->cancel_at = -1, h->fail_at = k;
        CHECK(measure_with(h, name, settings, count, NULL) == SAM_ERROR_CALLBACK, "%s failing at %d", name, (int)k);
        h->fail_at = -1, h->write_at = k;
        CHECK(measure_with(h, name, settings, count, NULL) == SAM_ERROR_STATE, "%s written at %d", name, (int)k);
        h->write_at = -1;
        more[count] = sam_number("max_evaluations", (double)k + 1);
        CHECK(measure_with(h, name, more, count + 1, &r) == SAM_OK, "%s with %d evaluations: %s", name, (int)k + 1, sam_error_message());
        CHECK(number(r, "evaluations") <= (double)k + 1 && (k + 1 < total ? number(r, "converged") == 0 : 1), "%s with %d evaluations", name, (int)k + 1);
        sam_report_destroy(r);
    }
}
