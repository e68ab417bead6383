/* Landscapes, paths and what looks at whole neighbourhoods: known answers, edge cases, and the promises at every evaluation. */
#include "measure_host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Tensors of a setting: one pointer for each tensor of the set, from a flat vector. Freed at the end of a test. */

static void *kept[4096];
static int keeps;

static sam_setting point(const host *h, const char *name, const double *flat) {
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

static void done(host *h) {
    host_free(h);
    while (keeps > 0)
        free(kept[--keeps]);
}

static double dot(const double *a, const double *b, int64_t n) {
    double total = 0;
    for (int64_t i = 0; i < n; i++)
        total += a[i] * b[i];
    return total;
}

/* ---- Hosts: a problem by formula. Some check SAM_PERTURBED: it stands wherever the weights are not `home`. */

static double home[8];
static int moves_seen;

static void seen(const host *h, const double *w, const sam_query *query) {
    int moved = memcmp(w, home, (size_t)h->n * sizeof *w) != 0;
    moves_seen += moved;
    CHECK(!moved || h->write_at >= 0 || (query->ask & SAM_PERTURBED), "SAM_PERTURBED is missing");
}

static void small(host *h, formula p, int32_t dtype, int rank, int64_t n, const double *w) {
    host_begin(h, p, dtype);
    host_tensor(h, "w", rank, rank == 2 ? 1 : n, rank == 2 ? n : 1, w);
    host_weights(h, home);
}

/* (w1 w2 - 1)^2 / 2 */
static double scalar_net(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    double r = w[0] * w[1] - 1;
    seen(h, w, query);
    if (g)
        g[0] = r * w[1], g[1] = r * w[0];
    if (hv)
        hv[0] = w[1] * w[1] * v[0] + (2 * r + 1) * v[1], hv[1] = (2 * r + 1) * v[0] + w[0] * w[0] * v[1];
    return 0.5 * r * r;
}

/* (|w|^2 - 1)^2 */
static double ring(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    double r = w[0] * w[0] + w[1] * w[1] - 1, s = v ? w[0] * v[0] + w[1] * v[1] : 0;
    seen(h, w, query);
    for (int i = 0; i < 2; i++) {
        if (g) g[i] = 4 * r * w[i];
        if (hv) hv[i] = 4 * r * v[i] + 8 * s * w[i];
    }
    return r * r;
}

/* 1 + sum of (i + 1) / 10 w_i */
static double line(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
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
static double wave(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    (void)h, (void)query, (void)v, (void)hv;
    if (g)
        g[0] = 0;
    return cos(4 * 3.14159265358979323846 * (w[0] - 1));
}

/* sin^2(69.5 w) + w^2 */
static double hidden(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    double s = sin(69.5 * w[0]);
    (void)h, (void)query, (void)v, (void)hv;
    if (g)
        g[0] = 0;
    return s * s + w[0] * w[0];
}

static double constant(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
    (void)w, (void)query, (void)v;
    for (int64_t i = 0; i < h->n; i++) {
        if (g) g[i] = 0;
        if (hv) hv[i] = 0;
    }
    return 3;
}

/* The weights' bits, mixed: another loss for every other set of bits. */
static double bits(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) {
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
static void layers(host *h, double factor) {
    double w1[24], w2[18];
    for (int i = 0; i < 24; i++)
        w1[i] = factor * hashed(11, (uint64_t)i);
    for (int i = 0; i < 18; i++)
        w2[i] = hashed(12, (uint64_t)i) / factor;
    host_begin(h, kinked, SAM_F64);
    host_tensor(h, "first", 2, 6, 4, w1);
    host_tensor(h, "second", 2, 3, 6, w2);
}

enum { N = 22 };

static double spectrum[N], offset[N], weights[N];

/* A rotated quadratic off its minimum; or, centred, at it. */
static void bowl(host *h, int32_t dtype, int centred) {
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
static void terms(const host *h, const double *d, double *first, double *second) {
    double product[N];
    rotated_product(h, d, product);
    *first = dot(h->linear, d, N) + dot(weights, product, N), *second = dot(d, product, N);
}

/* ---- Promises: cancel, a failing callback, a callback that writes and max_evaluations, each at every evaluation. */

static void promises(host *h, const char *name, const sam_setting *settings, size_t count) {
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

/* ---- Slices */

static void slice_1d(void) {
    host h;
    double d[N], first, second;
    for (int i = 0; i < N; i++)
        d[i] = hashed(7, (uint64_t)i);
    for (int k = 0; k < 3; k++) {
        bowl(&h, ways[k].dtype, 0);
        host_product(&h, ways[k].product);
        terms(&h, d, &first, &second);
        sam_report *r = measure(&h, "slice_1d", 2, point(&h, "direction", d), sam_number("curvature", 1));
        const double *s = array(r, "coordinates", 51), *l = array(r, "losses", 51), *slope = array(r, "slopes", 51), *bend = array(r, "curvatures", 51);
        int isDouble = ways[k].dtype == SAM_F64;
        for (int i = 0; i < 51; i++) {
            NEAR(s[i], -1 + 2 * i / 50.0, 1e-15);
            NEAR_TO(l[i], number(r, "loss") + s[i] * first + 0.5 * s[i] * s[i] * second, isDouble ? 1e-13 : 1e-5, 10);
            NEAR_TO(slope[i], first + s[i] * second, isDouble ? 1e-12 : 1e-5, 10);
            NEAR_TO(bend[i], second, k == 0 ? 1e-12 : isDouble ? 1e-7 : 2e-3, 10);
        }
        CHECK(l[25] == number(r, "loss") && s[25] == 0 && s[0] == -1 && s[50] == 1, "the centre of a slice: %.17g, %.17g", l[25], number(r, "loss"));
        NEAR_TO(number(r, "value"), fmax(l[0], l[50]) - l[25], 1e-15, 1);
        sam_report_destroy(r);
        done(&h);
    }
    /* random: each row of the direction as long as the weights' one, vectors left out, or as a whole */
    bowl(&h, SAM_F64, 0);
    for (int scaled = 0; scaled < 2; scaled++) {
        sam_report *r = measure(&h, "slice_1d", 3, sam_choice("bias_scaling", scaled ? "scaled" : "ignore"), sam_number("keep", 1), sam_number("count", 3));
        const double *v = array(r, "direction", N);
        int64_t row = N / 4;
        for (int k = 0; k < 2; k++)
            NEAR(dot(v + k * row, v + k * row, row), dot(weights + k * row, weights + k * row, row), 1e-9);
        NEAR_TO(dot(v + 2 * row, v + 2 * row, N - 2 * row), scaled ? dot(weights + 2 * row, weights + 2 * row, N - 2 * row) : 0, 1e-9, 1e-9);
        CHECK(h.losses == 5, "%d losses", (int)h.losses);
        sam_report_destroy(r);
    }
    double one = value_of(&h, "slice_1d", 0);
    CHECK(one != value_of(&h, "slice_1d", 1, sam_number("seed", 1)) && one == value_of(&h, "slice_1d", 0), "seeds of a slice");
    sam_report *r = measure(&h, "slice_1d", 3, sam_choice("directions", "gradient"), sam_number("keep", 1), sam_number("count", 2));
    NEAR(dot(array(r, "direction", N), array(r, "direction", N), N), 1, 1e-14);
    sam_report_destroy(r);
    /* a loss that is not finite ends nothing; the second of the baseline's two is evaluation 1 */
    h.nan_at = 4;
    r = measure(&h, "slice_1d", 1, sam_number("count", 9));
    CHECK(isnan(array(r, "losses", 9)[2]) && isfinite(array(r, "losses", 9)[3]) && number(r, "nonfinite") == 1, "a NaN on a slice");
    sam_report_destroy(r);
    h.nan_at = -1;
    double zero[N] = {0};
    CHECK(measure_status(&h, "slice_1d", 1, point(&h, "direction", zero)) == SAM_ERROR_ARGUMENT, "a zero direction");
    CHECK(measure_status(&h, "slice_1d", 2, sam_number("low", 1), sam_number("high", 1)) == SAM_ERROR_RANGE, "low = high");
    CHECK(measure_status(&h, "slice_1d", 1, sam_choice("directions", "given")) == SAM_ERROR_ARGUMENT, "no direction");
    CHECK(measure_status(&h, "slice_1d", 1, sam_number("refresh", 1)) == SAM_ERROR_UNSUPPORTED && h.losses == 0, "refresh without the callback");
    const sam_setting few[2] = {sam_number("count", 5), sam_number("curvature", 1)};
    promises(&h, "slice_1d", few, 2);
    done(&h);
    /* layers rescaled against each other: the same curve */
    double curves[2][51];
    for (int k = 0; k < 2; k++) {
        layers(&h, k ? 3.7 : 1);
        r = measure(&h, "slice_1d", 0);
        memcpy(curves[k], array(r, "losses", 51), sizeof curves[k]);
        sam_report_destroy(r);
        done(&h);
    }
    for (int i = 0; i < 51; i++)
        NEAR(curves[1][i], curves[0][i], 1e-12);
}

static void slice_2d(void) {
    host h;
    double u[N], v[N], fu, fv, suu, svv, sum[N], fs, ss;
    for (int i = 0; i < N; i++)
        u[i] = hashed(7, (uint64_t)i), v[i] = hashed(8, (uint64_t)i), sum[i] = u[i] + v[i];
    bowl(&h, SAM_F64, 0);
    terms(&h, u, &fu, &suu), terms(&h, v, &fv, &svv), terms(&h, sum, &fs, &ss);
    sam_report *r = measure(&h, "slice_2d", 4, point(&h, "direction", u), point(&h, "direction", v), sam_number("count", 7), sam_number("low", -0.3));
    sam_report_destroy(r);
    r = measure(&h, "slice_2d", 5, point(&h, "direction", u), point(&h, "direction", v), sam_number("count", 7), sam_number("low", -0.3), sam_number("high", 0.3));
    const double *x = array(r, "x", 7), *y = array(r, "y", 7), *l = array(r, "losses", 49);
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 7; j++)
            NEAR_TO(l[i * 7 + j], number(r, "loss") + x[i] * fu + y[j] * fv + 0.5 * (x[i] * x[i] * suu + y[j] * y[j] * svv + x[i] * y[j] * (ss - suu - svv)), 1e-13, 10);
    CHECK(l[24] == number(r, "loss"), "the centre of a plane");
    NEAR_TO(number(r, "cosine"), dot(u, v, N) / sqrt(dot(u, u, N) * dot(v, v, N)), 1e-14, 1);
    sam_report_destroy(r);
    r = measure(&h, "slice_2d", 1, sam_number("count", 2));
    CHECK(fabs(number(r, "cosine")) < 0.9, "two random directions are %g", number(r, "cosine"));
    sam_report_destroy(r);
    CHECK(measure_status(&h, "slice_2d", 1, point(&h, "direction", u)) == SAM_ERROR_ARGUMENT, "one direction of two");
    const sam_setting few[1] = {sam_number("count", 3)};
    promises(&h, "slice_2d", few, 1);
    done(&h);
}

static void eigen_plane(void) {
    host h;
    bowl(&h, SAM_F64, 1);
    for (int both = 0; both < 2; both++) {
        double least = 1e9;
        for (int i = 0; i < N; i++)
            least = fmin(least, spectrum[i]);
        sam_report *r = measure(&h, "eigen_plane", 2, sam_number("count", 5), sam_choice("which", both ? "both" : "largest"));
        const double *x = array(r, "x", 5), *l = array(r, "losses", 25), *values = array(r, "values", 2);
        NEAR(values[0], 6, 1e-10); NEAR(values[1], both ? least : 3, 1e-10);
        for (int i = 0; i < 5; i++)
            for (int j = 0; j < 5; j++)
                NEAR_TO(l[i * 5 + j] - number(r, "loss"), 0.5 * (x[i] * x[i] * values[0] + x[j] * x[j] * values[1]), 1e-10, 3);
        NEAR_TO(number(r, "cosine"), 0, 1e-12, 1);
        sam_report_destroy(r);
    }
    done(&h);
}

static void curvature_map(void) {
    host h;
    for (int k = 0; k < 3; k++) {
        bowl(&h, ways[k].dtype, 0);
        h.spectrum[2] = -2;
        host_product(&h, ways[k].product);
        sam_report *r = measure(&h, "curvature_map", 2, sam_number("count", 3), sam_number("tolerance", 1e-6));
        for (int i = 0; i < 9; i++) {
            NEAR(array(r, "lambda_max", 9)[i], 6, fmax(ways[k].value, 1e-10));
            NEAR_TO(array(r, "lambda_min", 9)[i], -2, fmax(ways[k].value, 1e-10), 6);
            NEAR(array(r, "ratios", 9)[i], 1.0 / 3, fmax(6 * ways[k].value, 1e-9));
        }
        sam_report_destroy(r);
        done(&h);
    }
    /* 8 x^2 and the like on the axes of the ring: the Hessian there, not here */
    const double at[2] = {1, 0}, d[2][2] = {{1, 0}, {0, 1}};
    small(&h, ring, SAM_F64, 1, 2, at);
    host_product(&h, PRODUCT);
    sam_report *r = measure(&h, "curvature_map", 3, point(&h, "direction", d[0]), point(&h, "direction", d[1]), sam_number("count", 3));
    NEAR(array(r, "lambda_max", 9)[4], 8, 1e-9); NEAR_TO(array(r, "lambda_min", 9)[4], 0, 1e-9, 1);
    NEAR(array(r, "lambda_max", 9)[7], 44, 1e-9); NEAR(array(r, "lambda_min", 9)[7], 12, 1e-9);        /* at (2, 0) */
    NEAR(number(r, "value"), 1, 1e-9);                                                                /* at (0, 0): both -4 */
    sam_report_destroy(r);
    /* the product of the first place is not finite: a NaN there, the rest goes on */
    h.nan_at = 3;
    r = measure(&h, "curvature_map", 2, sam_choice("bias_scaling", "scaled"), sam_number("count", 3));
    CHECK(isnan(array(r, "ratios", 9)[0]) && isnan(array(r, "lambda_max", 9)[0]) && isfinite(array(r, "ratios", 9)[1]), "a NaN on a map");
    sam_report_destroy(r);
    h.nan_at = -1;
    host_product(&h, NO_PRODUCT);
    const sam_setting few[2] = {sam_number("count", 2), sam_choice("bias_scaling", "scaled")};
    promises(&h, "curvature_map", few, 2);
    done(&h);
}

/* ---- Paths */

static int refreshes;
static int refresh(void *context) {
    (void)context;
    refreshes++;
    return 0;
}

static void barrier(void) {
    host h;
    const double one[2] = {1, 1}, other[2] = {-1, -1}, skew[2] = {-2, -0.4};
    for (int k = 0; k < 2; k++) {
        small(&h, scalar_net, k ? SAM_F32 : SAM_F64, 1, 2, one);
        sam_report *r = measure(&h, "barrier", 1, point(&h, "to", other));
        NEAR(number(r, "value"), 0.5, 1e-15); NEAR(number(r, "position"), 0.5, 1e-15); NEAR(number(r, "endpoint_excess"), 0.5, 1e-15);
        NEAR(number(r, "monotonicity_gap"), 0.5, 1e-15); NEAR(number(r, "length"), sqrt(8), 1e-15);
        /* ((1 - 2t)^2 - 1)^2 / 2 over t: 4/15 */
        NEAR(number(r, "area"), 4.0 / 15, 1e-4);
        CHECK(array(r, "losses", 25)[0] == 0 && array(r, "losses", 25)[24] == 0 && h.losses == 27, "the ends of a path");
        sam_report_destroy(r);
        done(&h);
    }
    small(&h, scalar_net, SAM_F64, 1, 2, one);
    sam_report *r = measure(&h, "barrier", 1, point(&h, "to", one));
    CHECK(number(r, "value") == 0 && number(r, "monotonicity_gap") == 0 && number(r, "length") == 0 && number(r, "area") == 0, "the same ends");
    sam_report_destroy(r);
    /* the maximum between two places, found by more losses; by a grid of 2001 for comparison */
    double fine = value_of(&h, "barrier", 2, point(&h, "to", skew), sam_number("count", 20001));
    double refined = value_of(&h, "barrier", 3, point(&h, "to", skew), sam_number("count", 7), sam_number("refine", 30));
    NEAR(refined, fine, 1e-7);
    CHECK(refined > value_of(&h, "barrier", 2, point(&h, "to", skew), sam_number("count", 7)), "refine changes nothing");
    /* from elsewhere: the same number backwards */
    NEAR(value_of(&h, "barrier", 2, point(&h, "to", one), point(&h, "start_point", other)), 0.5, 1e-15);
    CHECK(measure_status(&h, "barrier", 0) == SAM_ERROR_ARGUMENT && h.losses == 0, "a barrier to nowhere");
    h.nan_at = 2;
    r = measure(&h, "barrier", 2, point(&h, "to", one), point(&h, "start_point", other));
    CHECK(isnan(number(r, "value")) && number(r, "converged") == 0, "an end that is not finite");
    sam_report_destroy(r);
    h.nan_at = -1;
    /* down to 0 and up again: the gap is from the bottom */
    const double left[2] = {0, 1}, right[2] = {2, 1};
    r = measure(&h, "barrier", 2, point(&h, "to", right), point(&h, "start_point", left));
    NEAR(number(r, "monotonicity_gap"), 0.5, 1e-15);
    NEAR(number(r, "area"), -1.0 / 3, 2e-3);
    sam_report_destroy(r);
    /* the ends at the bits given */
    const double from[2] = {0.1, 1.0 / 3}, far[2] = {-0.7, 1e5 / 7};
    h.problem = bits;
    r = measure(&h, "barrier", 2, point(&h, "to", far), point(&h, "start_point", from));
    CHECK(array(r, "losses", 25)[0] == bits(&h, from, NULL, NULL, NULL, NULL) && array(r, "losses", 25)[24] == bits(&h, far, NULL, NULL, NULL, NULL), "the ends' bits");
    sam_report_destroy(r);
    h.problem = scalar_net;
    h.objective.refresh = refresh, refreshes = 0;
    sam_report_destroy(measure(&h, "barrier", 3, point(&h, "to", other), sam_number("refresh", 1), sam_number("count", 5)));
    CHECK(refreshes == 6, "%d refreshes at five places and the end", refreshes);
    const sam_setting few[3] = {point(&h, "to", other), sam_number("count", 5), sam_number("refine", 3)};
    promises(&h, "barrier", few, 3);
    done(&h);
    /* convex: no barrier, to the last bits */
    bowl(&h, SAM_F64, 0);
    double end[N];
    for (int i = 0; i < N; i++)
        end[i] = hashed_normal(9, (uint64_t)i);
    CHECK(value_of(&h, "barrier", 1, point(&h, "to", end)) == 0, "a barrier of a convex loss");
    done(&h);
}

static void path_profile(void) {
    host h;
    double end[N], net[2] = {2, 0.5}, to[2] = {-1, 3};
    for (int i = 0; i < N; i++)
        end[i] = hashed_normal(9, (uint64_t)i);
    bowl(&h, SAM_F64, 0);
    sam_report *r = measure(&h, "path_profile", 1, point(&h, "to", end));
    for (int i = 0; i < 11; i++) {
        NEAR(array(r, "values", 11)[i], 6, 1e-12); NEAR(array(r, "coordinates", 11)[i], 0.1 * i, 1e-15);
    }
    NEAR(number(r, "value"), 6, 1e-12);
    sam_report_destroy(r);
    done(&h);
    small(&h, scalar_net, SAM_F64, 1, 2, net);
    host_product(&h, PRODUCT);
    moves_seen = 0;
    r = measure(&h, "path_profile", 4, point(&h, "to", to), sam_choice("measure", "trace"), sam_choice("method", "exact"), sam_number("count", 4));
    CHECK(moves_seen > 0, "a path that stays");
    for (int i = 0; i < 4; i++) {
        double w[2] = {2 - i, 0.5 + 2.5 * i / 3};
        NEAR(array(r, "values", 4)[i], w[0] * w[0] + w[1] * w[1], 1e-14);
    }
    sam_report_destroy(r);
    r = measure(&h, "path_profile", 3, point(&h, "point", to), point(&h, "point", net), sam_choice("measure", "gradient_norm"));
    NEAR(array(r, "values", 2)[0], 4 * sqrt(10), 1e-14);
    CHECK(array(r, "values", 2)[1] == 0 && array(r, "coordinates", 2)[1] == 1, "the points of a path");
    sam_report_destroy(r);
    CHECK(measure_status(&h, "path_profile", 0) == SAM_ERROR_ARGUMENT, "no path");
    CHECK(measure_status(&h, "path_profile", 2, point(&h, "to", to), sam_choice("measure", "path_profile")) == SAM_ERROR_NAME, "a path of paths");
    CHECK(measure_status(&h, "path_profile", 2, point(&h, "to", to), sam_number("bends", 3)) == SAM_ERROR_NAME, "a setting of no measure");
    host_product(&h, NO_PRODUCT);
    const sam_setting few[3] = {point(&h, "to", to), sam_number("count", 3), sam_choice("measure", "lambda_max")};
    promises(&h, "path_profile", few, 3);
    done(&h);
}

static void bezier(void) {
    host h;
    const double at[2] = {1, 0}, to[2] = {-1, 0};
    small(&h, ring, SAM_F64, 1, 2, at);
    NEAR(value_of(&h, "barrier", 1, point(&h, "to", to)), 1, 1e-14);
    for (int chain = 0; chain < 2; chain++) {
        sam_report *r = measure(&h, "bezier", 4, point(&h, "to", to), sam_number("steps", 500), sam_number("chain", chain), sam_number("bends", chain ? 7 : 3));
        const double *l = array(r, "losses", 61), *b = array(r, "bends", chain ? 14 : 6);
        CHECK(number(r, "value") < 0.1 && number(r, "mean") < 0.025, "chain %d: the largest loss on the curve is %g, the mean %g", chain, number(r, "value"), number(r, "mean"));
        CHECK(l[0] == 0 && l[60] == 0 && number(r, "minimum") == 0, "the ends of a curve");
        CHECK(b[0] == 1 && b[chain ? 12 : 4] == -1 && fabs(b[3]) > 0.3, "bends %g %g", b[2], b[3]);
        CHECK(number(r, "integral") > 0 && number(r, "integral") < number(r, "value"), "integral %g", number(r, "integral"));
        sam_report_destroy(r);
    }
    /* without training the curve is the line: loss (x^2 - 1)^2, whose mean is 8/15 */
    sam_report *r = measure(&h, "bezier", 3, point(&h, "to", to), sam_number("lr", 0), sam_number("noise", 0));
    NEAR(number(r, "value"), 1, 1e-14); NEAR(number(r, "integral"), 8.0 / 15, 1e-3);
    sam_report_destroy(r);
    r = measure(&h, "bezier", 2, point(&h, "to", at), sam_number("lr", 0));
    NEAR_TO(number(r, "integral"), 0, 1e-30, 1);
    NEAR_TO(number(r, "value"), 0, 1e-30, 1);
    sam_report_destroy(r);
    CHECK(value_of(&h, "bezier", 1, point(&h, "to", to)) != value_of(&h, "bezier", 2, point(&h, "to", to), sam_number("seed", 2)), "the seed of a curve");
    CHECK(measure_status(&h, "bezier", 0) == SAM_ERROR_ARGUMENT, "a curve to nowhere");
    const sam_setting few[3] = {point(&h, "to", to), sam_number("count", 5), sam_number("steps", 5)};
    promises(&h, "bezier", few, 3);
    done(&h);
}

/* ---- Planes of points */

static void plane(void) {
    host h;
    double w[3][N], e1[N], e2[N], first = 0, second;
    bowl(&h, SAM_F64, 0);
    for (int i = 0; i < N; i++)
        w[0][i] = hashed(21, (uint64_t)i), w[1][i] = w[0][i] + 0.7 * hashed(22, (uint64_t)i), e2[i] = hashed(23, (uint64_t)i), e1[i] = w[1][i] - w[0][i];
    double length = sqrt(dot(e1, e1, N)), along = dot(e1, e2, N) / (length * length);
    for (int i = 0; i < N; i++)
        e2[i] -= along * e1[i], w[2][i] = w[0][i] + e2[i];             /* a right angle: all three points are corners */
    double height = sqrt(dot(e2, e2, N));
    sam_report *r = measure(&h, "plane", 5, point(&h, "point", w[0]), point(&h, "point", w[1]), point(&h, "point", w[2]), sam_number("margin", 0), sam_number("count", 5));
    const double *l = array(r, "losses", 25), *x = array(r, "x", 5), *y = array(r, "y", 5), *places = array(r, "places", 6);
    NEAR(places[2], length, 1e-14); NEAR(places[5], height, 1e-14); NEAR_TO(places[4], 0, 1e-14, 1); CHECK(places[0] == 0 && places[1] == 0 && places[3] == 0, "places");
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++) {
            double at[N], product[N];
            for (int k = 0; k < N; k++)
                at[k] = w[0][k] + x[i] / length * e1[k] + y[j] / height * e2[k];
            rotated_product(&h, at, product);
            first = dot(h.linear, at, N), second = dot(at, product, N);
            NEAR_TO(l[i * 5 + j], first + 0.5 * second, 1e-12, 10);
        }
    sam_report_destroy(r);
    formula was = h.problem;
    h.problem = bits;
    r = measure(&h, "plane", 5, point(&h, "point", w[0]), point(&h, "point", w[1]), point(&h, "point", w[2]), sam_number("margin", 0), sam_number("count", 5));
    for (int k = 0; k < 3; k++)
        CHECK(array(r, "losses", 25)[k == 0 ? 0 : k == 1 ? 20 : 4] == bits(&h, w[k], NULL, NULL, NULL, NULL), "the corner %d is not the point", k);
    sam_report_destroy(r);
    h.problem = was;
    r = measure(&h, "plane", 4, point(&h, "point", w[0]), point(&h, "point", w[1]), point(&h, "point", w[2]), sam_number("count", 3));
    NEAR(array(r, "x", 3)[0], -0.2 * length, 1e-13); NEAR(array(r, "y", 3)[2], 1.2 * height, 1e-13);
    sam_report_destroy(r);
    for (int i = 0; i < N; i++)
        e2[i] = w[0][i] + 0.3 * e1[i];
    CHECK(measure_status(&h, "plane", 3, point(&h, "point", w[0]), point(&h, "point", w[1]), point(&h, "point", e2)) == SAM_ERROR_ARGUMENT, "a line");
    CHECK(measure_status(&h, "plane", 3, point(&h, "point", w[0]), point(&h, "point", w[0]), point(&h, "point", w[1])) == SAM_ERROR_ARGUMENT, "two points");
    CHECK(measure_status(&h, "plane", 2, point(&h, "point", w[0]), point(&h, "point", w[1])) == SAM_ERROR_ARGUMENT, "two points of three");
    const sam_setting few[4] = {point(&h, "point", w[0]), point(&h, "point", w[1]), point(&h, "point", w[2]), sam_number("count", 3)};
    promises(&h, "plane", few, 4);
    done(&h);
}

static void pca_plane(void) {
    host h;
    double u[N], w[5][N], square = 0, axis[3][N];
    const double size[3] = {3, 2, 1e-3};
    bowl(&h, SAM_F64, 0);
    for (int i = 0; i < N; i++)
        u[i] = hashed_normal(31, (uint64_t)i), square += u[i] * u[i];
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < N; i++)
            axis[k][i] = (i == k) - 2 * u[i] * u[k] / square, w[k][i] = weights[i] + size[k] * axis[k][i];
    double total = 9 + 4 + 1e-6;
    sam_report *r = measure(&h, "pca_plane", 5, point(&h, "point", w[0]), point(&h, "point", w[1]), point(&h, "point", w[2]), sam_number("center", 0), sam_number("grid", 5));
    const double *share = array(r, "explained", 3), *at = array(r, "coordinates", 6), *d = array(r, "directions", 2 * N);
    NEAR(share[0], 9 / total, 1e-12); NEAR(share[1], 4 / total, 1e-12); NEAR_TO(share[2], 1e-6 / total, 1e-12, 1); NEAR(number(r, "value"), 13 / total, 1e-12);
    NEAR(fabs(at[0]), 3, 1e-12); NEAR(fabs(at[3]), 2, 1e-12); NEAR_TO(at[1], 0, 1e-12, 1); NEAR_TO(at[4], 0, 1e-12, 1);
    for (int k = 0; k < 2; k++) {
        NEAR(fabs(dot(d + k * N, axis[k], N)), 1, 1e-12);
        double most = 0;
        for (int i = 0; i < N; i++)
            most = fabs(d[k * N + i]) > fabs(most) ? d[k * N + i] : most;
        CHECK(most > 0, "the sign of an axis");
    }
    const double *x = array(r, "x", 5), *y = array(r, "y", 5), *l = array(r, "losses", 25);
    double fx, sx, fy, sy, fs, ss, sum[N];
    for (int i = 0; i < N; i++)
        sum[i] = d[i] + d[N + i];
    terms(&h, d, &fx, &sx), terms(&h, d + N, &fy, &sy), terms(&h, sum, &fs, &ss);
    NEAR(x[4] - x[0], 4.2, 1e-12); NEAR(y[4] - y[0], 2.8, 1e-12);
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++)
            NEAR_TO(l[i * 5 + j], number(r, "loss") + x[i] * fx + y[j] * fy + 0.5 * (x[i] * x[i] * sx + y[j] * y[j] * sy + x[i] * y[j] * (ss - sx - sy)), 1e-12, 10);
    sam_report_destroy(r);
    /* centred: a cross about another place than the iterate; the coordinates are still from the iterate */
    for (int i = 0; i < N; i++) {
        double middle = weights[i] + 0.5 * axis[0][i] + 5 * axis[2][i];
        w[0][i] = middle + 3 * axis[0][i], w[1][i] = middle - 3 * axis[0][i], w[2][i] = middle + 2 * axis[1][i], w[3][i] = middle - 2 * axis[1][i];
    }
    r = measure(&h, "pca_plane", 4, point(&h, "point", w[0]), point(&h, "point", w[1]), point(&h, "point", w[2]), point(&h, "point", w[3]));
    NEAR(array(r, "explained", 4)[0], 18.0 / 26, 1e-12); NEAR(number(r, "value"), 1, 1e-12); NEAR(fabs(array(r, "coordinates", 8)[0]), array(r, "coordinates", 8)[0] > 3 ? 3.5 : 2.5 + 1 * (array(r, "coordinates", 8)[0] < 0), 1e-12);
    CHECK(h.losses + h.gradients == 0, "a plane without a grid evaluates");
    sam_report_destroy(r);
    /* a line: the second axis is orthogonal all the same */
    r = measure(&h, "pca_plane", 2, point(&h, "point", w[0]), point(&h, "point", w[1]));
    d = array(r, "directions", 2 * N);
    CHECK(number(r, "degenerate") == 1, "a line");
    NEAR(dot(d + N, d + N, N), 1, 1e-12); NEAR_TO(dot(d, d + N, N), 0, 1e-12, 1); NEAR(fabs(dot(d, axis[0], N)), 1, 1e-12);
    sam_report_destroy(r);
    CHECK(measure_status(&h, "pca_plane", 1, point(&h, "point", w[0])) == SAM_ERROR_ARGUMENT, "one point");
    CHECK(measure_status(&h, "pca_plane", 0) == SAM_ERROR_ARGUMENT, "no point");
    /* without an objective */
    sam_setting two[2] = {point(&h, "point", w[0]), point(&h, "point", w[2])};
    CHECK(sam_measure(h.parameters, "pca_plane", NULL, two, 2, &r) == SAM_OK, "no objective: %s", sam_error_message());
    sam_report_destroy(r);
    done(&h);
    /* a random walk in many dimensions */
    enum { DIMENSION = 4000, POINTS = 150 };
    double *walk = calloc(DIMENSION, sizeof *walk);
    host_begin(&h, constant, SAM_F64);
    host_tensor(&h, "w", 1, DIMENSION, 1, walk);
    sam_setting settings[POINTS + 1];
    for (int t = 0; t < POINTS; t++) {
        for (int i = 0; i < DIMENSION; i++)
            walk[i] += hashed_normal(40 + (uint64_t)t, (uint64_t)i);
        settings[t] = point(&h, "point", walk);
    }
    for (int center = 0; center < 2; center++) {
        settings[POINTS] = sam_number("center", center);
        CHECK(sam_measure(h.parameters, "pca_plane", NULL, settings, POINTS + 1, &r) == SAM_OK, "a walk: %s", sam_error_message());
        share = array(r, "explained", POINTS);
        NEAR_TO(share[0], center ? 0.608 : 0.811, 0.02, 1); NEAR_TO(share[1], center ? 0.152 : 0.090, 0.02, 1);
        sam_report_destroy(r);
    }
    free(walk);
    done(&h);
}

static void trajectory(void) {
    host h;
    const double at[2] = {2, 0.5}, a[2] = {0, 0}, b[2] = {3, 4}, c[2] = {6, 8}, d[2] = {6, 9};
    small(&h, scalar_net, SAM_F64, 1, 2, at);
    sam_report *r = measure(&h, "trajectory", 3, point(&h, "point", a), point(&h, "point", b), point(&h, "point", c));
    CHECK(number(r, "ratio") == 1 && number(r, "value") == 1 && array(r, "cosines", 1)[0] == 1 && h.losses == 0, "a straight line: %.17g", number(r, "ratio"));
    CHECK(array(r, "lengths", 2)[1] == 5 && array(r, "distances", 6)[2] == 5 && array(r, "distances", 6)[1] == 10 && array(r, "distances", 6)[5] == 0, "lengths");
    sam_report_destroy(r);
    r = measure(&h, "trajectory", 5, point(&h, "point", a), point(&h, "point", c), point(&h, "point", d), point(&h, "point", d), sam_choice("measure", "gradient_norm"));
    NEAR(number(r, "ratio"), 11 / sqrt(36 + 81), 1e-14); NEAR(array(r, "cosines", 2)[0], 0.8, 1e-14);
    CHECK(isnan(array(r, "cosines", 2)[1]), "the angle of a step of 0");
    NEAR(array(r, "values", 4)[1], 470, 1e-14); CHECK(array(r, "values", 4)[0] == 0, "values at points");
    sam_report_destroy(r);
    CHECK(isinf(value_of(&h, "trajectory", 3, point(&h, "point", a), point(&h, "point", b), point(&h, "point", a))), "there and back");
    r = measure(&h, "trajectory", 2, point(&h, "point", a), point(&h, "point", a));
    CHECK(number(r, "value") == 0 && number(r, "degenerate") == 1, "no way");
    sam_report_destroy(r);
    CHECK(measure_status(&h, "trajectory", 1, point(&h, "point", a)) == SAM_ERROR_ARGUMENT, "one point");
    const sam_setting few[3] = {point(&h, "point", a), point(&h, "point", b), sam_choice("measure", "sam_gap")};
    promises(&h, "trajectory", few, 3);
    done(&h);
}

/* ---- Neighbourhoods */

static void eps_radius(void) {
    host h;
    bowl(&h, SAM_F64, 1);
    sam_report *r = measure(&h, "slice_1d", 4, sam_choice("normalization", "unit"), sam_choice("bias_scaling", "scaled"), sam_number("keep", 1), sam_number("count", 2));
    double d[N], first, second, c[N];
    memcpy(d, array(r, "direction", N), sizeof d);
    sam_report_destroy(r);
    terms(&h, d, &first, &second);
    r = measure(&h, "eps_radius", 0);
    const double *radii = array(r, "radii", 20), *q = array(r, "quantiles", 5);
    NEAR(radii[0], sqrt(0.2 / second), 1e-6);
    CHECK(radii[0] != radii[1] && q[0] < q[2] && q[2] < q[4] && q[2] == number(r, "value") && q[4] < sqrt(0.2 / 0.2) && q[0] > sqrt(0.2 / 6), "quantiles");
    CHECK(number(r, "standard_error") > 0 && number(r, "standard_error") < q[4] - q[0], "an error of %g", number(r, "standard_error"));
    CHECK(h.losses < 20 * 36, "%d losses", (int)h.losses);
    sam_report_destroy(r);
    /* in scaled coordinates: d is random draw 1 again */
    for (int i = 0; i < N; i++)
        c[i] = 0.5 + 0.5 * hashed(4, (uint64_t)i) + 0.1, d[i] *= c[i];
    terms(&h, d, &first, &second);
    r = measure(&h, "eps_radius", 3, sam_number("samples", 1), sam_choice("scaling", "custom"), point(&h, "scaling_values", c));
    NEAR(number(r, "value"), sqrt(0.2 / second), 1e-6);
    sam_report_destroy(r);
    const sam_setting few[2] = {sam_number("samples", 1), sam_number("eps", 1e-3)};
    promises(&h, "eps_radius", few, 2);
    CHECK(measure_status(&h, "eps_radius", 1, sam_number("eps", 0)) == SAM_ERROR_RANGE, "eps = 0");
    done(&h);
    /* a first crossing that the doubled radius jumps over */
    const double zero[2] = {0, 0};
    small(&h, hidden, SAM_F64, 1, 1, zero);
    NEAR(value_of(&h, "eps_radius", 3, sam_number("eps", 0.9), sam_number("count", 64), sam_number("samples", 3)), asin(sqrt(0.9)) / 69.5, 1e-3);
    CHECK(value_of(&h, "eps_radius", 1, sam_number("eps", 0.9)) > 0.03, "the jump is not one");
    done(&h);
    small(&h, constant, SAM_F64, 1, 2, zero);
    r = measure(&h, "eps_radius", 0);
    CHECK(isinf(number(r, "value")) && number(r, "skipped") == 20, "a flat loss");
    sam_report_destroy(r);
    done(&h);
}

static void keskar_box(void) {
    host h;
    double w[6], expected = 0;
    for (int i = 0; i < 6; i++)
        w[i] = hashed(5, (uint64_t)i), expected += 100 * 1e-3 * 0.1 * (i + 1) * (fabs(w[i]) + 1);
    host_begin(&h, line, SAM_F64);
    host_tensor(&h, "w", 1, 6, 1, w);
    sam_report *r = measure(&h, "keskar_box", 0);
    NEAR(number(r, "value"), expected / (1 + number(r, "loss")), 1e-13); NEAR(number(r, "gain"), 0.01 * expected, 1e-12); NEAR(number(r, "norm"), 1, 1e-15);
    CHECK(h.gradients == 12, "%d gradients", (int)h.gradients);
    sam_report_destroy(r);
    /* two random columns: those of slice_2d, which are draws 1 and 2 as well */
    r = measure(&h, "slice_2d", 4, sam_choice("normalization", "unit"), sam_choice("bias_scaling", "scaled"), sam_number("keep", 1), sam_number("count", 2));
    double a[12], g[6], value = 0;
    memcpy(a, array(r, "directions", 12), sizeof a);
    sam_report_destroy(r);
    for (int i = 0; i < 6; i++)
        g[i] = 0.1 * (i + 1);
    double c = dot(a, a + 6, 6), p = dot(a, w, 6), q = dot(a + 6, w, 6), y[2] = {(p - c * q) / (1 - c * c), (q - c * p) / (1 - c * c)};
    for (int k = 0; k < 2; k++)
        value += 100 * 1e-3 * fabs(dot(a + 6 * k, g, 6)) * (fabs(y[k]) + 1);
    r = measure(&h, "keskar_box", 1, sam_number("dimension", 2));
    NEAR(number(r, "value"), value / (1 + number(r, "loss")), 1e-12);
    sam_report_destroy(r);
    CHECK(measure_status(&h, "keskar_box", 1, sam_number("dimension", 7)) == SAM_ERROR_ARGUMENT, "more columns than rows");
    NEAR_TO(value_of(&h, "keskar_box", 1, sam_number("eps", 0)), 0, 0, 1);
    w[5] = -5, host_set_weights(&h, w);
    CHECK(measure_status(&h, "keskar_box", 0) == SAM_ERROR_ARGUMENT, "1 + loss < 0");
    done(&h);
    /* a diagonal quadratic: each place by itself; eps large enough for the curvature to count */
    double b[8], h2[8], at[8], gain = 0, base = 0;
    for (int i = 0; i < 8; i++)
        h2[i] = 1 + hashed(6, (uint64_t)i), b[i] = hashed(7, (uint64_t)i), at[i] = hashed(8, (uint64_t)i);
    rotated(&h, SAM_F64, h2, 8, 0, b, at);
    for (int i = 0; i < 8; i++) {
        double e = 0.5 * (fabs(at[i]) + 1), slope = b[i] + h2[i] * at[i];
        gain += fabs(slope) * e + 0.5 * h2[i] * e * e, base += at[i] * (b[i] + 0.5 * h2[i] * at[i]);
    }
    NEAR(value_of(&h, "keskar_box", 1, sam_number("eps", 0.5)), 100 * gain / (1 + base), 1e-13);
    const sam_setting few[2] = {sam_number("steps", 4), sam_number("dimension", 3)};
    promises(&h, "keskar_box", few, 2);
    done(&h);
}

static void convexity(void) {
    host h;
    double two[2] = {1, -1}, minus[3] = {-1, -2, -3};
    bowl(&h, SAM_F64, 0);
    sam_report *r = measure(&h, "convexity", 0);
    CHECK(number(r, "value") == 1 && number(r, "standard_error") == 0 && h.losses == 302, "a convex loss: %g", number(r, "value"));
    sam_report_destroy(r);
    const double radii[2] = {0.5, 0};
    r = measure(&h, "convexity", 1, sam_list("rho", radii, 2));
    CHECK(array(r, "values", 2)[0] == 1 && array(r, "values", 2)[1] == 0, "radii");
    sam_report_destroy(r);
    const sam_setting few[1] = {sam_number("samples", 3)};
    promises(&h, "convexity", few, 1);
    done(&h);
    bowl(&h, SAM_F32, 0);
    CHECK(value_of(&h, "convexity", 1, sam_number("rho", 1e-4)) == 1, "a convex loss in f32");
    done(&h);
    rotated(&h, SAM_F64, minus, 3, 1, NULL, NULL);
    CHECK(value_of(&h, "convexity", 0) == 0, "a concave loss");
    done(&h);
    rotated(&h, SAM_F64, two, 2, 1, NULL, NULL);
    r = measure(&h, "convexity", 1, sam_number("samples", 1000));
    CHECK(fabs(number(r, "value") - 0.5) <= 5 * sqrt(0.25 / 1000), "a saddle: %g", number(r, "value"));
    NEAR(number(r, "standard_error"), sqrt(0.25 / 1000), 0.05);
    sam_report_destroy(r);
    CHECK(value_of(&h, "convexity", 0) != value_of(&h, "convexity", 1, sam_number("seed", 3)), "the seed of segments");
    done(&h);
}

static void roughness(void) {
    host h;
    bowl(&h, SAM_F64, 1);
    sam_report *r = measure(&h, "roughness", 1, sam_number("samples", 10));
    for (int i = 0; i < 10; i++)
        NEAR(array(r, "variations", 10)[i], 2, 1e-12);
    NEAR_TO(number(r, "value"), 0, 1e-12, 1); NEAR(number(r, "mean"), 2, 1e-12); NEAR_TO(number(r, "sd"), 0, 1e-12, 1);
    CHECK(h.losses == 2 + 10 * 201, "%d losses", (int)h.losses);
    sam_report_destroy(r);
    h.nan_at = 50;
    r = measure(&h, "roughness", 1, sam_number("samples", 3));
    CHECK(isnan(array(r, "variations", 3)[0]) && number(r, "skipped") == 1, "a line that is not finite");
    sam_report_destroy(r);
    h.nan_at = -1;
    const sam_setting few[2] = {sam_number("samples", 2), sam_number("count", 5)};
    promises(&h, "roughness", few, 2);
    done(&h);
    double w[6] = {1, 2, 3, 4, 5, 6}, one[1] = {1};
    small(&h, line, SAM_F64, 2, 6, w);
    NEAR(number(r = measure(&h, "roughness", 1, sam_number("samples", 5)), "mean"), 1, 1e-12);
    sam_report_destroy(r);
    done(&h);
    small(&h, wave, SAM_F64, 2, 1, one);
    NEAR(number(r = measure(&h, "roughness", 1, sam_number("samples", 5)), "mean"), 8, 1e-12);
    sam_report_destroy(r);
    done(&h);
    small(&h, constant, SAM_F64, 2, 1, one);
    r = measure(&h, "roughness", 1, sam_number("samples", 5));
    CHECK(isnan(number(r, "value")) && number(r, "skipped") == 5, "a constant");
    sam_report_destroy(r);
    done(&h);
}

/* ---- Norms */

static void weight_norms(void) {
    host h;
    const double a[4] = {3, -4, 0, 12}, b[2] = {0, 0}, from[6] = {3, -4, 3, 8, 0, -2};
    host_begin(&h, constant, SAM_F64);
    host_tensor(&h, "a", 2, 2, 2, a), host_frozen(&h, "frozen", 2), host_tensor(&h, "b", 1, 2, 1, b);
    sam_report *r = measure(&h, "weight_norms", 1, point(&h, "initial", from));
    NEAR(number(r, "value"), 13, 1e-14); NEAR(array(r, "l1", 2)[0], 19, 1e-14); NEAR(array(r, "l2", 2)[0], 13, 1e-14); NEAR(array(r, "linf", 2)[0], 12, 1e-14);
    NEAR(array(r, "distance", 2)[0], 5, 1e-14); NEAR(array(r, "distance", 2)[1], 2, 1e-14); NEAR(array(r, "log_product", 2)[0], log(169), 1e-14);
    CHECK(isinf(array(r, "log_product", 2)[1]) && number(r, "degenerate") == 1 && array(r, "l1", 2)[1] == 0 && number(r, "evaluations") == 0, "zeros");
    sam_report_destroy(r);
    CHECK(sam_measure(h.parameters, "weight_norms", NULL, NULL, 0, &r) == SAM_OK, "%s", sam_error_message());
    double x;
    const double *values;
    const int64_t *shape;
    int rank;
    CHECK(sam_report_value(r, "gradient_norm", &x) != SAM_OK && sam_report_array(r, "distance", &values, &rank, &shape) != SAM_OK, "keys without a meaning");
    sam_report_destroy(r);
    done(&h);
}

/* U diag(s) V' of a reflection either side. */
static void singular(double *w, int rows, int columns, const double *s, int count) {
    double u[200], v[200], uu = 0, vv = 0;
    for (int i = 0; i < rows; i++)
        u[i] = hashed_normal(51, (uint64_t)i), uu += u[i] * u[i];
    for (int i = 0; i < columns; i++)
        v[i] = hashed_normal(52, (uint64_t)i), vv += v[i] * v[i];
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            double x = 0;
            for (int k = 0; k < count; k++)
                x += s[k] * ((i == k) - 2 * u[i] * u[k] / uu) * ((j == k) - 2 * v[j] * v[k] / vv);
            w[i * columns + j] = x;
        }
}

static void spectral_norms(void) {
    host h;
    double wide[24], tall[120 * 90], s[90], zero[4] = {0}, square = 0;
    const double vector[3] = {2, -3, 6};
    for (int k = 0; k < 90; k++)
        s[k] = 5 / (1 + 0.05 * k), square += s[k] * s[k];
    singular(wide, 4, 6, (const double[]){3, 2.9, 0.5, 0}, 4), singular(tall, 120, 90, s, 90);
    host_begin(&h, constant, SAM_F64);
    host_tensor(&h, "wide", 2, 4, 6, wide), host_tensor(&h, "tall", 2, 120, 90, tall), host_tensor(&h, "vector", 1, 3, 1, vector), host_tensor(&h, "zero", 2, 2, 2, zero);
    sam_report *r = measure(&h, "spectral_norms", 0);
    const double *values = array(r, "values", 4), *ranks = array(r, "stable_ranks", 4);
    NEAR(values[0], 3, 1e-9); NEAR(values[1], 5, 1e-9); NEAR(values[2], 7, 1e-9); CHECK(values[3] == 0 && ranks[3] == 0, "zeros");
    NEAR(ranks[0], (9 + 2.9 * 2.9 + 0.25) / 9, 1e-9); NEAR(ranks[1], square / 25, 1e-9); NEAR(ranks[2], 1, 1e-9);
    CHECK(isinf(number(r, "log_product")) && number(r, "degenerate") == 1 && number(r, "converged") == 1 && number(r, "evaluations") == 0, "a product with zeros");
    sam_report_destroy(r);
    done(&h);
    host_begin(&h, constant, SAM_F32);
    host_tensor(&h, "wide", 2, 4, 6, wide), host_tensor(&h, "vector", 1, 3, 1, vector);
    NEAR(value_of(&h, "spectral_norms", 0), 2 * log(3), 1e-6);
    done(&h);
}

/* ---- Volumes */

static void local_entropy(void) {
    host h;
    const double three[3] = {0.5, 1, 2}, twelve[12] = {0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 2.5, 3, 4, 5};
    rotated(&h, SAM_F64, three, 3, 1, NULL, NULL);
    double exact = 0, ratio = 1;
    for (int i = 0; i < 3; i++)
        exact += 0.5 * log(1 + three[i] / 2), ratio *= (1 + three[i] / 2) / sqrt(1 + three[i]);
    double error = sqrt((ratio - 1) / 4000);
    sam_report *r = measure(&h, "local_entropy", 2, sam_number("gamma", 2), sam_number("samples", 4000));
    CHECK(fabs(number(r, "value") - exact) <= 5 * error, "%g, expected %g to %g", number(r, "value"), exact, error);
    NEAR(number(r, "standard_error"), error, 0.25); NEAR(number(r, "effective_samples"), 4000 / ratio, 0.1);
    NEAR(number(r, "log_volume"), 1.5 * log(3.14159265358979323846) - number(r, "loss") - number(r, "value"), 1e-12);
    CHECK(number(r, "value") != value_of(&h, "local_entropy", 3, sam_number("gamma", 2), sam_number("samples", 4000), sam_number("seed", 4)), "the seed");
    sam_report_destroy(r);
    const sam_setting few[1] = {sam_number("samples", 8)};
    promises(&h, "local_entropy", few, 1);
    done(&h);
    rotated(&h, SAM_F64, twelve, 12, 1, NULL, NULL);
    for (int beta = 1; beta <= 3; beta += 2) {
        exact = 0;
        double square = 0, mean = 0;
        for (int i = 0; i < 12; i++)
            exact += 0.5 * log(1 + beta * twelve[i]), mean += 0.5 * log(1 + beta * twelve[i]) / 12, square += 0.25 * log(1 + beta * twelve[i]) * log(1 + beta * twelve[i]);
        r = measure(&h, "local_entropy", 2, sam_choice("mode", "laplace"), sam_number("beta", beta));
        NEAR(number(r, "value"), exact, 1e-10); CHECK(number(r, "standard_error") == 0 && h.products == 12, "exact");
        sam_report_destroy(r);
        /* fewer steps than places: probes; the variance of signs is below that of normals */
        r = measure(&h, "local_entropy", 4, sam_choice("mode", "laplace"), sam_number("beta", beta), sam_number("steps", 8), sam_number("samples", 40));
        CHECK(fabs(number(r, "value") - exact) <= 5 * sqrt(2 * square / 40) && number(r, "standard_error") > 0, "laplace %g, exact %g", number(r, "value"), exact);
        sam_report_destroy(r);
    }
    /* draws that say nothing */
    r = measure(&h, "local_entropy", 2, sam_number("gamma", 1e-4), sam_number("samples", 200));
    CHECK(number(r, "converged") == 0 && number(r, "effective_samples") < 30, "few effective samples: %g", number(r, "effective_samples"));
    sam_report_destroy(r);
    done(&h);
    /* a negative curvature beyond gamma is lifted */
    const double negative[3] = {-5, 1, 1};
    rotated(&h, SAM_F64, negative, 3, 1, NULL, NULL);
    r = measure(&h, "local_entropy", 1, sam_choice("mode", "laplace"));
    NEAR(number(r, "value"), 0.5 * log(1e-6) + log(2), 1e-9); CHECK(number(r, "clipped") == 1, "clipped");
    sam_report_destroy(r);
    done(&h);
    /* the chain of a linear loss wanders about w - g / gamma, with variance at most 1 / gamma */
    double w[6] = {0};
    host_begin(&h, line, SAM_F64);
    host_tensor(&h, "w", 1, 6, 1, w);
    r = measure(&h, "local_entropy", 5, sam_choice("mode", "langevin"), sam_number("gamma", 1e-4), sam_number("inner_step", 100), sam_number("steps", 2000), sam_number("beta", 10));
    for (int i = 0; i < 6; i++)
        CHECK(fabs(array(r, "gradient", 6)[i] - (i + 1)) <= 5 * 1e-2, "the gradient at %d: %g", i, array(r, "gradient", 6)[i]);
    sam_report_destroy(r);
    const sam_setting chain[2] = {sam_choice("mode", "langevin"), sam_number("steps", 6)};
    promises(&h, "local_entropy", chain, 2);
    done(&h);
}

/* sign(w x) at x = y = 1, by two logits. */
static int sign_logits(void *context, const sam_query *query, double *logits, int64_t *labels) {
    host *h = context;
    double w;
    (void)query;
    host_weights(h, &w);
    h->losses += 1, h->unannounced += !h->announced, h->announced = 0;
    logits[0] = -w, logits[1] = w, labels[0] = 1;
    return 0;
}

static void pacbayes_sigma(void) {
    host h;
    double trace = 0, square = 0, one[1] = {1}, length = 0, sum = 0;
    bowl(&h, SAM_F64, 1);
    for (int i = 0; i < N; i++)
        trace += spectrum[i], square += spectrum[i] * spectrum[i];
    h.objective.examples = 500;
    double exact = sqrt(0.2 / trace), relative = 0.5 * sqrt(2 * square / 200) / trace;
    sam_report *r = measure(&h, "pacbayes_sigma", 2, sam_number("samples", 200), sam_number("tolerance", 1e-4));
    double sigma = number(r, "value");
    CHECK(fabs(sigma / exact - 1) <= 5 * relative, "sigma %g, expected %g to %g", sigma, exact, relative * exact);
    NEAR(number(r, "standard_error"), relative * sigma, 0.25); NEAR(number(r, "flatness"), 1 / (sigma * sigma), 1e-14); NEAR(number(r, "rise"), 0.1, 1e-4);
    CHECK(number(r, "low") <= sigma && sigma <= number(r, "high") && number(r, "converged") == 1, "the bracket");
    NEAR(number(r, "bound"), dot(weights, weights, N) / (4 * sigma * sigma) + log(500 / sigma) + 10, 1e-13);
    sam_report_destroy(r);
    /* magnitude: the expected rise is 1/2 sum A_ii (sigma^2 w_i^2 + e^2); the bound with the distance from the initial weights */
    double from[N], diagonal[N], wide = 0;
    for (int i = 0; i < N; i++) {
        double unit[N] = {0}, product[N];
        unit[i] = 1, rotated_product(&h, unit, product), diagonal[i] = product[i];
        wide += diagonal[i] * weights[i] * weights[i], from[i] = weights[i] + hashed(61, (uint64_t)i);
        length += (weights[i] - from[i]) * (weights[i] - from[i]);
    }
    r = measure(&h, "pacbayes_sigma", 4, sam_number("magnitude", 1), sam_number("samples", 2000), sam_number("tolerance", 1e-4), point(&h, "initial", from));
    sigma = number(r, "value");
    NEAR(sigma, sqrt((0.2 - 1e-6 * trace) / wide), 0.1);
    CHECK(fabs(sigma - sqrt((0.2 - 1e-6 * trace) / wide)) <= 5 * number(r, "standard_error"), "sigma %g", sigma);
    for (int i = 0; i < N; i++)
        sum += log((1e-6 + (sigma * sigma + 1) * length / N) / (1e-6 + sigma * sigma * (weights[i] - from[i]) * (weights[i] - from[i])));
    NEAR(number(r, "bound"), sqrt((0.25 * sum + log(500 / sigma) + 10) / 500), 1e-12);
    sam_report_destroy(r);
    /* the variance as deviation: the root of the same sigma */
    NEAR(value_of(&h, "pacbayes_sigma", 3, sam_number("compat", 1), sam_number("samples", 200), sam_number("tolerance", 1e-4)), sqrt(exact), 0.1);
    /* beyond the first bracket */
    NEAR(value_of(&h, "pacbayes_sigma", 2, sam_number("target", 1000), sam_number("samples", 200)), sqrt(2000 / trace), 6 * relative + 0.01);
    const sam_setting few[2] = {sam_number("samples", 2), sam_number("tolerance", 0.3)};
    promises(&h, "pacbayes_sigma", few, 2);
    CHECK(measure_status(&h, "pacbayes_sigma", 1, sam_choice("metric", "error")) == SAM_ERROR_UNSUPPORTED && h.losses == 0, "the error without logits");
    done(&h);
    host_begin(&h, constant, SAM_F64);
    host_tensor(&h, "w", 1, 1, 1, one);
    r = measure(&h, "pacbayes_sigma", 1, sam_number("samples", 2));
    CHECK(number(r, "converged") == 0 && number(r, "value") > 5e5, "a flat loss: %g", number(r, "value"));
    sam_report_destroy(r);
    h.objective.logits = sign_logits, h.objective.outputs = 2, h.objective.examples = 1;
    r = measure(&h, "pacbayes_sigma", 2, sam_choice("metric", "error"), sam_number("samples", 20000));
    double density = exp(-0.5 * 1.2815516 * 1.2815516) / sqrt(2 * 3.14159265358979323846), error = sqrt(0.09 / 20000) / (density * 1.2815516 * 1.2815516);
    CHECK(fabs(number(r, "value") - 0.7803041) <= 5 * error + 0.01 * 0.1 / (density * 1.2815516 * 1.2815516), "the sign's sigma: %g", number(r, "value"));
    NEAR(number(r, "standard_error"), error, 0.25);
    sam_report_destroy(r);
    done(&h);
}

static void gradient_flow_sharpness(void) {
    host h;
    double w[2] = {2, 0.1}, before = INFINITY;
    for (int k = 0; k < 2; k++) {
        small(&h, scalar_net, SAM_F64, 1, 2, w);
        host_product(&h, k ? NO_PRODUCT : PRODUCT);
        sam_report *r = measure(&h, "gradient_flow_sharpness", 0);
        NEAR(number(r, "value"), sqrt(3.99 * 3.99 + 4), 1e-5);
        CHECK(number(r, "converged") == 1 && number(r, "loss_end") < 1e-15 && number(r, "time") > 1 && number(r, "gradient_norm_end") < 1e-7, "the flow's end: %g, %g, %g",
              number(r, "loss_end"), number(r, "time"), number(r, "gradient_norm_end"));
        sam_report_destroy(r);
        const sam_setting few[1] = {sam_number("steps", 3)};
        promises(&h, "gradient_flow_sharpness", few, 1);
        done(&h);
    }
    /* along gradient descent it does not rise */
    for (int step = 0; step < 10; step++) {
        small(&h, scalar_net, SAM_F64, 1, 2, w);
        double value = value_of(&h, "gradient_flow_sharpness", 0), r = w[0] * w[1] - 1, next[2] = {w[0] - 0.2 * r * w[1], w[1] - 0.2 * r * w[0]};
        CHECK(value <= before * (1 + 1e-6), "step %d: %.12g after %.12g", step, value, before);
        before = value, memcpy(w, next, sizeof w);
        done(&h);
    }
    bowl(&h, SAM_F64, 0);
    sam_report *r = measure(&h, "gradient_flow_sharpness", 0);
    NEAR(number(r, "value"), 6, 1e-8);
    NEAR_TO(number(r, "gradient_norm_end"), 0, 1e-6, 1);
    sam_report_destroy(r);
    done(&h);
}

int main(void) {
    slice_1d();
    slice_2d();
    barrier();
    eps_radius();
    keskar_box();
    pca_plane();
    plane();
    eigen_plane();
    curvature_map();
    path_profile();
    bezier();
    convexity();
    roughness();
    trajectory();
    weight_norms();
    spectral_norms();
    local_entropy();
    pacbayes_sigma();
    gradient_flow_sharpness();
    return report("landscapes");
}
