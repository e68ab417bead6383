/* Measures by perturbation against closed forms. */
#include "measure_host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 50 };

/* max of q'u + u'Au/2 over |u| = rho, in the eigenbasis: |(mu - A)^-1 q| = rho by bisection. */
static double secular(const double *spectrum, const double *q, int n, double rho) {
    double top = spectrum[0], low, high;
    for (int i = 0; i < n; i++)
        top = fmax(top, spectrum[i]);
    low = top, high = top + 1e6;
    for (int turn = 0; turn < 300; turn++) {
        double mu = 0.5 * (low + high), square = 0;
        for (int i = 0; i < n; i++)
            square += q[i] / (mu - spectrum[i]) * (q[i] / (mu - spectrum[i]));
        *(square > rho * rho ? &low : &high) = mu;
    }
    double mu = 0.5 * (low + high), value = 0;
    for (int i = 0; i < n; i++) {
        double u = q[i] / (mu - spectrum[i]);
        value += q[i] * u + 0.5 * spectrum[i] * u * u;
    }
    return value;
}

static void linear_losses(void) {
    double zero[N] = {0}, b[N], w[N], squares[2] = {0}, sums[2] = {0};
    for (int i = 0; i < N; i++) {
        b[i] = hashed_normal(3, (uint64_t)i), w[i] = hashed_normal(4, (uint64_t)i);
        squares[0] += b[i] * b[i], squares[1] += b[i] * w[i] * b[i] * w[i], sums[0] += fabs(b[i]), sums[1] += fabs(b[i] * w[i]);
    }
    host h;
    rotated(&h, SAM_F64, zero, N, 0, b, w);
    for (int scaled = 0; scaled < 2; scaled++) {
        sam_setting scaling = sam_number("scaling", scaled);
        NEAR(value_of(&h, "worst_case", 1, scaling), 0.5 * sqrt(squares[scaled]), 1e-13);
        NEAR(value_of(&h, "worst_case", 2, scaling, sam_choice("norm", "linf")), 2e-3 * sums[scaled], 1e-12);
        NEAR(value_of(&h, "sam_gap", 1, scaling), 0.05 * sqrt(squares[scaled]), 1e-12);
        NEAR(value_of(&h, "gradient_norm", 1, scaling), sqrt(squares[scaled]), 1e-14);
        NEAR(value_of(&h, "gradient_norm", 2, scaling, sam_choice("norm", "linf")), sums[scaled], 1e-14);
        NEAR_TO(value_of(&h, "average_case", 1, scaling), 0, 1e-12, 10);
    }
    sam_report *r = measure(&h, "sam_gap", 1, sam_number("cosine", 1));
    NEAR(number(r, "cosine"), 1, 1e-14); NEAR_TO(number(r, "second_order"), 0, 1e-12, 1); NEAR(number(r, "norm"), 0.05, 1e-14);
    sam_report_destroy(r);
    host_free(&h);
}

/* Off a minimum the ascent finds the maximum; at it, a share of it from below. */
static void quadratics(void) {
    double spectrum[N], b[N], q[N], zero[N] = {0};
    for (int i = 0; i < N; i++)
        spectrum[i] = i < 4 ? (double[]){10, 9.5, 5, 2}[i] : 0.5 * (hashed(6, (uint64_t)i) + 1), b[i] = hashed_normal(3, (uint64_t)i);
    host h, projector;
    rotated(&h, SAM_F64, spectrum, N, 1, b, NULL);
    /* b in the eigenbasis: reflect it back */
    memcpy(q, b, sizeof q);
    double basis[N] = {0};
    for (int i = 0; i < N; i++) {
        double e[N] = {0}, column[N];
        e[i] = 1;
        memcpy(basis, h.spectrum, sizeof basis);
        for (int k = 0; k < N; k++)
            h.spectrum[k] = k == i;
        rotated_product(&h, b, column);                    /* the part of b along eigenvector i */
        q[i] = 0;
        for (int k = 0; k < N; k++)
            q[i] += column[k] * column[k];
        q[i] = sqrt(q[i]);
        memcpy(h.spectrum, basis, sizeof basis);
    }
    double best = secular(spectrum, q, N, 0.5);
    NEAR(value_of(&h, "worst_case", 1, sam_number("steps", 100)), best, 1e-12);
    double gap = value_of(&h, "sam_gap", 0), square = 0, curvature = 0;
    for (int i = 0; i < N; i++)
        square += q[i] * q[i], curvature += q[i] * q[i] * spectrum[i];
    NEAR(gap, 0.05 * sqrt(square) + 0.00125 * curvature / square, 1e-12);
    host_free(&h);

    rotated(&projector, SAM_F64, spectrum, N, 1, zero, NULL);
    double top = 0.5 * 0.25 * 10;
    static const struct { int steps, restarts; double least; } cases[] = {{20, 1, 0.90}, {100, 1, 0.95}, {20, 5, 0.98}};
    for (int seed = 0; seed < 8; seed++)
        for (int k = 0; k < 3; k++) {
            sam_report *r = measure(&projector, "worst_case", 3, sam_number("steps", cases[k].steps), sam_number("restarts", cases[k].restarts),
                                    sam_number("seed", seed));
            CHECK(number(r, "value") >= cases[k].least * top && number(r, "value") <= top * (1 + 1e-12), "%d steps, %d starts: %g of %g",
                  cases[k].steps, cases[k].restarts, number(r, "value"), top);
            CHECK(number(r, "random_starts") == 1 && number(r, "hits") == 1, "random_starts, hits");
            CHECK(h.fell == 0 && (int)projector.gradients == 2 + cases[k].restarts * (cases[k].steps + 1), "%d gradients", (int)projector.gradients);
            sam_report_destroy(r);
        }
    NEAR(value_of(&projector, "worst_case", 1, sam_choice("start", "eigenvector")), top, 1e-10);
    /* a list of radii: values by radius, 0 exactly 0 */
    const double radii[3] = {0.5, 0, 0.25};
    sam_report *r = measure(&projector, "worst_case", 3, sam_list("rho", radii, 3), sam_choice("start", "eigenvector"), sam_number("keep", 1));
    NEAR(array(r, "values", 3)[2], top / 4, 1e-10);
    CHECK(array(r, "values", 3)[1] == 0, "radius 0");
    const double *d = array(r, "perturbation", N);
    double length = 0;
    for (int i = 0; i < N; i++)
        length += d[i] * d[i];
    NEAR(sqrt(length), 0.5, 1e-12);
    sam_report_destroy(r);
    host_free(&projector);
    /* linf, diagonal: rho^2 / 2 sum c^2 h */
    double w[N], sum = 0;
    for (int i = 0; i < N; i++)
        w[i] = hashed_normal(9, (uint64_t)i), sum += w[i] * w[i] * spectrum[i], b[i] = -spectrum[i] * w[i];
    rotated(&h, SAM_F64, spectrum, N, 0, b, w);
    NEAR(value_of(&h, "worst_case", 2, sam_choice("norm", "linf"), sam_choice("scaling", "element")), 2e-6 * sum, 1e-7);
    host_free(&h);
}

/* The closest point of an ellipsoid, against the scaled ball: another path to about the same maximum; both stay inside. */
static void projections(void) {
    double spectrum[N], b[N], w[N];
    for (int i = 0; i < N; i++)
        spectrum[i] = 1 + 0.5 * hashed(6, (uint64_t)i), b[i] = hashed_normal(3, (uint64_t)i), w[i] = 0.5 + fabs(hashed_normal(4, (uint64_t)i));
    host h;
    rotated(&h, SAM_F64, spectrum, N, 1, b, w);
    sam_report *a = measure(&h, "worst_case", 2, sam_choice("scaling", "element"), sam_number("steps", 200));
    sam_report *e = measure(&h, "worst_case", 3, sam_choice("scaling", "element"), sam_number("steps", 200), sam_choice("projection", "euclidean"));
    NEAR(number(e, "value"), number(a, "value"), 3e-2);         /* other steps to the same boundary */
    CHECK(number(e, "value") <= number(a, "value") * (1 + 1e-9), "a point outside the ball: %g, %g", number(e, "value"), number(a, "value"));
    NEAR(number(e, "norm"), 0.5, 1e-11);
    sam_report_destroy(a), sam_report_destroy(e);
    host_free(&h);
}

static void averages(void) {
    double spectrum[N], b[N] = {0}, trace = 0, frobenius = 0;
    for (int i = 0; i < N; i++)
        spectrum[i] = hashed(6, (uint64_t)i) + 0.2, trace += spectrum[i], frobenius += spectrum[i] * spectrum[i];
    static const struct { const char *shape; double factor; } cases[] = {{"normal", 0.5}, {"uniform", 1.0 / 6}, {"sphere", 0.5 / N}};
    host h;
    rotated(&h, SAM_F64, spectrum, N, 1, b, NULL);
    for (int k = 0; k < 3; k++) {
        sam_report *r = measure(&h, "average_case", 2, sam_choice("shape", cases[k].shape), sam_number("samples", 400));
        double error = number(r, "standard_error"), known = 0.01 * cases[k].factor * sqrt(2 * frobenius) / sqrt(200) * (k == 1 ? 1.2 : 1);
        NEAR_TO(number(r, "value"), 0.01 * cases[k].factor * trace, 5, known);
        CHECK(error > 0.4 * known && error < 1.6 * known, "%s: standard error %g, expected about %g", cases[k].shape, error, known);
        CHECK(h.losses == 402 && h.gradients == 0, "%d losses", (int)h.losses);
        CHECK(number(r, "maximum") >= number(r, "value") && number(r, "minimum") <= number(r, "value"), "extremes");
        const double *draws = array(r, "draws", 400);
        NEAR_TO(draws[0], draws[1], 1e-12, 1);             /* an even loss: either sign of a pair the same */
        sam_report *other = measure(&h, "average_case", 3, sam_choice("shape", cases[k].shape), sam_number("samples", 400), sam_number("seed", 9));
        CHECK(number(other, "value") != number(r, "value"), "the seed changes nothing");
        sam_report_destroy(other), sam_report_destroy(r);
    }
    const double half[2] = {0, 0.5};
    sam_report *r = measure(&h, "average_case", 2, sam_number("antithetic", 0), sam_list("quantiles", half, 2));
    NEAR(array(r, "quantiles", 2)[0], number(r, "minimum"), 0);
    NEAR(number(r, "smoothed"), number(r, "value") + number(r, "loss"), 1e-15);
    sam_report_destroy(r);
    host_free(&h);
}

/* A ReLU network whose layers are rescaled: the function is the same, so are the adaptive measures. */
static void rescaled(void) {
    static const struct { const char *measure, *scaling; double tolerance; int same; } cases[] = {
        {"worst_case", "element", 1e-9, 1}, {"worst_case", "filter", 1e-9, 1}, {"worst_case", "tensor", 1e-9, 1}, {"worst_case", "none", 0, 0},
        {"sam_gap", "element", 1e-12, 1}, {"average_case", "element", 1e-12, 1}, {"trace", "element", 1e-9, 1}, {"trace", "none", 0, 0},
        {"gradient_norm", "tensor_rms", 1e-12, 1}, {"lambda_max", "element", 1e-9, 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        host a, b;
        relu_network(&a, SAM_F64, 1), relu_network(&b, SAM_F64, 3.7);
        sam_setting scaling = sam_choice("scaling", cases[k].scaling);
        double x = value_of(&a, cases[k].measure, 1, scaling), y = value_of(&b, cases[k].measure, 1, scaling);
        if (cases[k].same)
            NEAR(y, x, cases[k].tolerance);
        else
            CHECK(fabs(x - y) > 0.01 * fabs(x), "%s: not scaled, and the same", cases[k].measure);
        host_free(&a), host_free(&b);
    }
}

/* Batches count by their examples; one tensor alone; the parts of a split. */
static void batches(void) {
    host one, some;
    least_squares(&one, SAM_F64, 12, 50, 0, 3, 1), least_squares(&some, SAM_F64, 12, 50, 7, 3, 1);
    NEAR(value_of(&some, "trace", 0), value_of(&one, "trace", 0), 1e-12);
    NEAR(value_of(&some, "lambda_max", 0), value_of(&one, "lambda_max", 0), 1e-12);
    NEAR(value_of(&some, "sam_gap", 0), value_of(&one, "sam_gap", 0), 1e-12);
    NEAR(value_of(&some, "average_case", 0), value_of(&one, "average_case", 0), 1e-12);
    NEAR(value_of(&some, "trace", 1, sam_number("class_index", 1)), value_of(&one, "trace", 1, sam_number("class_index", 1)), 1e-12);
    CHECK(value_of(&some, "trace", 1, sam_choice("combine", "batches")) != value_of(&some, "trace", 0), "combine changes nothing");
    CHECK(value_of(&some, "worst_case", 0) >= value_of(&one, "worst_case", 0) * (1 - 1e-6), "the maximum of a mean exceeds the mean of maxima");
    sam_report *r = measure(&some, "gradient_norm", 0);
    CHECK(number(r, "mean_over_batches") >= number(r, "value"), "mean_over_batches");
    NEAR(number(r, "value"), value_of(&one, "gradient_norm", 0), 1e-12);
    for (int b = 0; b < 7; b++)
        NEAR(value_of(&some, "gradient_norm", 1, sam_number("batch", b)), array(r, "norms", 7)[b], 1e-14);
    sam_report_destroy(r);
    double weights[7] = {0, 0, 3, 0, 0, 0, 0};
    some.objective.batch_weights = weights;
    NEAR(value_of(&some, "trace", 0), value_of(&some, "trace", 1, sam_number("batch", 2)), 1e-14);
    host_free(&one), host_free(&some);
}

void measure_perturbations(void) {
    linear_losses();
    quadratics();
    projections();
    averages();
    rescaled();
    batches();
}
