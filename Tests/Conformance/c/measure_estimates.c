/* Traces and densities: exact ones, estimates within their errors, and the errors themselves. */
#include "measure_host.h"

#include <math.h>
#include <string.h>

enum { N = 300 };

static void falling(double *spectrum) {
    for (int i = 0; i < N; i++)
        spectrum[i] = 100 / ((double)(i + 1) * (i + 1));
}

static double sum(const double *x, int n) {
    double total = 0;
    for (int i = 0; i < n; i++)
        total += x[i];
    return total;
}

/* Relative root mean square error over 20 seeds of the estimators with 60 products. */
static void estimators(void) {
    static const struct { const char *method; double most; } cases[] = {{"hutchinson", 0.2}, {"hutchpp", 5e-3}, {"xtrace", 3e-3}};
    double spectrum[N], trace;
    falling(spectrum), trace = sum(spectrum, N);
    host h;
    rotated(&h, SAM_F64, spectrum, N, 1, NULL, NULL);
    for (int m = 0; m < 3; m++) {
        double square = 0, errors = 0, first = 0;
        for (int seed = 0; seed < 20; seed++) {
            sam_report *r = measure(&h, "trace", 2, sam_choice("method", cases[m].method), sam_number("seed", 100 + seed));
            double d = number(r, "value") / trace - 1, error = number(r, "standard_error") / trace;
            CHECK(h.products == 60 && number(r, "samples") == 60, "%s: %d products", cases[m].method, (int)h.products);
            NEAR(number(r, "per_parameter") * N, number(r, "value"), 1e-14);
            square += d * d, errors += error * error;
            CHECK(seed != 1 || number(r, "value") != first, "%s: the seed changes nothing", cases[m].method);
            first = number(r, "value");
            sam_report_destroy(r);
        }
        CHECK(sqrt(square / 20) <= cases[m].most, "%s: %g", cases[m].method, sqrt(square / 20));
        CHECK(sqrt(square / errors) < 2 && sqrt(square / errors) > 0.4, "%s: the errors are %g of what they say", cases[m].method, sqrt(square / errors));
    }
    NEAR(value_of(&h, "trace", 1, sam_choice("method", "exact")), trace, 1e-12);
    host_free(&h);
    /* a sketch that holds everything: exact */
    memset(spectrum + 10, 0, (N - 10) * sizeof *spectrum);
    rotated(&h, SAM_F64, spectrum, N, 1, NULL, NULL);
    NEAR(value_of(&h, "trace", 1, sam_choice("method", "hutchpp")), sum(spectrum, 10), 1e-12);
    NEAR(value_of(&h, "trace", 0), sum(spectrum, 10), 1e-12);
    host_free(&h);
    /* signs see a diagonal matrix exactly, each of them */
    rotated(&h, SAM_F64, spectrum, N, 0, NULL, NULL);
    NEAR(value_of(&h, "trace", 2, sam_choice("method", "hutchinson"), sam_number("samples", 1)), sum(spectrum, 10), 1e-12);
    host_free(&h);
}

/* The mean of the standard errors over 200 seeds against the known deviation. */
static void standard_errors(void) {
    double spectrum[60], square = 0, mean = 0, frobenius = 0;
    for (int i = 0; i < 60; i++)
        spectrum[i] = hashed(9, (uint64_t)i), frobenius += spectrum[i] * spectrum[i];
    host h;
    rotated(&h, SAM_F64, spectrum, 60, 1, NULL, NULL);
    for (int seed = 0; seed < 200; seed++) {
        sam_report *r = measure(&h, "trace", 4, sam_choice("method", "hutchinson"), sam_choice("distribution", "normal"), sam_number("samples", 40),
                                sam_number("seed", seed));
        double d = number(r, "value") - sum(spectrum, 60);
        square += d * d / 200, mean += number(r, "standard_error") / 200;
        CHECK(fabs(d) <= 5 * sqrt(2 * frobenius / 40), "seed %d: off by %g", seed, d);
        sam_report_destroy(r);
    }
    NEAR(mean, sqrt(2 * frobenius / 40), 0.25);
    NEAR(sqrt(square), sqrt(2 * frobenius / 40), 0.25);
    host_free(&h);
}

static void all_ways(void) {
    double spectrum[60], w[60];
    for (int i = 0; i < 60; i++)
        spectrum[i] = hashed(9, (uint64_t)i) + (i == 4 ? 7 : 0), w[i] = 0.2 * hashed_normal(3, (uint64_t)i);
    for (int k = 0; k < 3; k++) {
        host h;
        rotated(&h, ways[k].dtype, spectrum, 60, 1, NULL, w);
        host_product(&h, ways[k].product);
        NEAR_TO(value_of(&h, "trace", 0), sum(spectrum, 60), ways[k].value, 8);
        /* the moments of one probe: v'A^k v / v'v by repeated products with the probe's own first moment as a check of the weights */
        sam_report *r = measure(&h, "spectral_density", 3, sam_number("samples", 1), sam_number("steps", 12), sam_choice("hessian", "auto"));
        const double *moments = array(r, "moments", 8), *nodes = array(r, "nodes", 12), *weights = array(r, "weights", 12);
        NEAR(sum(weights, 12), 1, 1e-12);
        double first = 0;
        for (int i = 0; i < 12; i++)
            first += weights[i] * nodes[i];
        NEAR_TO(moments[0], first, 1e-13, 1);
        sam_report *t = measure(&h, "trace", 2, sam_choice("method", "hutchinson"), sam_number("samples", 1));
        NEAR_TO(60 * moments[0], number(t, "value"), ways[k].moments, 8);        /* draw 1 of either: the same probe */
        sam_report_destroy(t);
        sam_report_destroy(r);
        host_free(&h);
    }
}

static void density(void) {
    double spectrum[400];
    for (int i = 0; i < 400; i++)
        spectrum[i] = 0.5 * (hashed(5, (uint64_t)i) + 1);
    spectrum[0] = -3, spectrum[1] = -1, spectrum[398] = 8, spectrum[399] = 20;
    host h;
    const double edges[4] = {-4, -2, 7, 21};
    rotated(&h, SAM_F64, spectrum, 400, 1, NULL, NULL);
    sam_report *r = measure(&h, "spectral_density", 4, sam_number("samples", 50), sam_number("steps", 40), sam_list("edges", edges, 4),
                            sam_choice("distribution", "normal"));      /* whose variance does not depend on the eigenvectors */
    const double *counts = array(r, "counts", 3), *errors = array(r, "counts_error", 3), *grid = array(r, "grid", 1024), *p = array(r, "density", 1024);
    double integral = 0;
    for (int i = 0; i + 1 < 1024; i++)
        integral += 0.5 * (p[i] + p[i + 1]) * (grid[i + 1] - grid[i]);
    NEAR(integral, 1, 1e-3);
    NEAR(number(r, "lambda_max"), 20, 1e-12); NEAR(number(r, "lambda_min"), -3, 1e-12);
    CHECK(fabs(counts[0] - 1) <= 5 * sqrt(2.0 / 50) && fabs(counts[2] - 2) <= 5 * sqrt(4.0 / 50), "counts %g %g", counts[0], counts[2]);
    CHECK(errors[0] > 0.5 * sqrt(2.0 / 50) && errors[0] < 2 * sqrt(2.0 / 50), "error %g", errors[0]);
    NEAR(number(r, "negative_mass"), number(r, "value"), 0);
    sam_report_destroy(r);
    host_free(&h);
    /* no more places than steps: the eigenvalues */
    double few[30], mean[8] = {0};
    for (int i = 0; i < 30; i++) {
        few[i] = hashed(6, (uint64_t)i);
        for (int k = 0; k < 8; k++)
            mean[k] += pow(few[i], k + 1) / 30;
    }
    rotated(&h, SAM_F64, few, 30, 1, NULL, NULL);
    r = measure(&h, "spectral_density", 0);
    CHECK(h.products == 30, "%d products", (int)h.products);
    for (int k = 0; k < 8; k++)
        NEAR_TO(array(r, "moments", 8)[k], mean[k], 1e-10, 1);
    CHECK(number(r, "standard_error") == 0, "an exact density has an error");
    array(r, "nodes", 30);
    sam_report_destroy(r);
    host_free(&h);
}

void measure_estimates(void) {
    estimators();
    standard_errors();
    all_ways();
    density();
}
