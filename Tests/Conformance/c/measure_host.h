/* Hosts for tests of measures: a problem by formula over flat weights in double, laid out as tensors of f32 or f64, with callbacks that
   count, fail, cancel and answer NaN on demand. measure() makes a call and checks what every call promises: the weights' bits, the counts of
   the report, a progress that never falls. A test of a measure is then a host, a call and comparisons:

       host h;
       rotated(&h, SAM_F64, spectrum, n, 1);
       sam_report *r = measure(&h, "lambda_max", 1, sam_number("tolerance", 1e-8));
       NEAR(number(r, "value"), 20, 1e-12);
       sam_report_destroy(r);
       host_free(&h); */
#ifndef MEASURE_HOST_H
#define MEASURE_HOST_H

#include "check.h"

#include <sam.h>
#include <stdint.h>

enum { HOST_TENSORS = 8, PRODUCT = 1, NO_PRODUCT = 0 };

typedef struct host host;

/* Loss at w over what the query asks for; g and hv where not NULL: its gradient, and its Hessian times v. */
typedef double (*formula)(host *, const double *w, const sam_query *, double *g, const double *v, double *hv);

struct host {
    formula problem;
    sam_objective objective;
    sam_parameters *parameters;
    int tensors;
    int32_t dtype;
    int64_t n, size[HOST_TENSORS], batch_examples[64], class_examples[640];
    int frozen[HOST_TENSORS];
    void *data[HOST_TENSORS], *gradient[HOST_TENSORS];
    double *w, *g, *v, *hv;                     /* scratch, flat, without frozen tensors */
    /* of the problem: a matrix by Householder vectors and a spectrum, a linear term, examples */
    double *spectrum, *reflectors, *linear;
    int64_t examples, inputs, outputs, hidden;
    double *x, *y;
    int64_t *labels;
    float *x32;
    /* what was seen in the last call */
    int64_t losses, gradients, products, others, frozen_on, frozen_off;
    double fraction;
    int fell, unannounced, announced;
    /* faults: at which evaluation of the call (from 0; -1: never) */
    int64_t fail_at, nan_at, cancel_at, write_at;
    int fail_code;
    double noise;                               /* added to every loss, another one each time */
};

/* Lays weights out: tensors of these shapes (rank 1 or 2), a frozen one between them where frozen_between. */
void host_begin(host *, formula, int32_t dtype);
void host_tensor(host *, const char *name, int rank, int64_t rows, int64_t columns, const double *values);
void host_frozen(host *, const char *name, int64_t count);
void host_free(host *);
void host_weights(const host *, double *w);
void host_set_weights(host *, const double *w);
/* The Hessian's products are offered, or not. */
void host_product(host *, int offered);
/* evaluate_example is offered: the problem honours query->example. */
void host_examples(host *);

/* ---- Problems */

/* b'w + w'A w / 2 at w = `at` (NULL: 0), A = Q diag(spectrum) Q' with Q of three reflections from the seed (0: Q = I), b NULL: 0.
   Two tensors where n > 3: [2, n/4] and the rest. */
void rotated(host *, int32_t dtype, const double *spectrum, int64_t n, uint64_t seed, const double *b, const double *at);
/* out = A v of a rotated host. */
void rotated_product(const host *, const double *v, double *out);
/* (1 - x)^2 + 100 (y - x^2)^2 */
void rosenbrock(host *, int32_t dtype, double x, double y);
/* The digits network of Golden/digits/network.json: float arithmetic in a f32 host. batches 0, or so many batches of nearly equal size. */
void digits(host *, int32_t dtype, const char *path, int64_t batches);
/* The same kind of network, inputs-hidden-classes, on made-up data. */
void made_up_network(host *, int32_t dtype, int64_t inputs, int64_t hidden, int64_t classes, int64_t examples, uint64_t seed);
/* W2 relu(W1 x), squared loss, on made-up data; the first layer times `factor`, the second over it. */
void relu_network(host *, int32_t dtype, double factor);
/* (a_i'w - y_i)^2 / 2 over examples in `batches` batches and `classes` classes (example i: batch i mod batches, class i mod classes), of unequal size. */
void least_squares(host *, int32_t dtype, int64_t n, int64_t examples, int64_t batches, int64_t classes, uint64_t seed);

/* Numbers of a test: uniform in [-1, 1], normal. */
double hashed(uint64_t seed, uint64_t i);
double hashed_normal(uint64_t seed, uint64_t i);

/* ---- Calls */

/* The report of a measure with `count` settings behind it; every promise checked. NULL and a failed check where it fails. */
sam_report *measure(host *, const char *name, int count, ...);
/* The status of a call that is to fail, and the promises that hold then. */
int measure_status(host *, const char *name, int count, ...);
/* The same with the settings in an array, and the report where it is wanted. */
int measure_with(host *, const char *name, const sam_setting *, size_t count, sam_report **);
double number(const sam_report *, const char *key);
const double *array(const sam_report *, const char *key, int64_t expected);
/* value(name): number(measure(...), "value"), the report destroyed. */
double value_of(host *, const char *name, int count, ...);

/* |a - b| <= tolerance * max(|b|, scale) */
#define NEAR_TO(a, b, tolerance, scale)                                                                              \
    do {                                                                                                             \
        double a_ = (a), b_ = (b), s_ = (scale), m_ = b_ < 0 ? -b_ : b_, d_ = a_ < b_ ? b_ - a_ : a_ - b_;           \
        CHECK(d_ <= (tolerance) * (m_ > s_ ? m_ : s_), "%s = %.17g, expected %.17g (%.1e)", #a, a_, b_, d_ / (m_ > s_ ? m_ : s_)); \
    } while (0)
#define NEAR(a, b, tolerance) NEAR_TO(a, b, tolerance, 0)

/* The tolerances of the catalogue: product by callback, central f64, central f32. */
typedef struct way { const char *name; int32_t dtype; int product; double matvec, value, moments; } way;
extern const way ways[3];

void measure_curvature(const char *digits_path);
void measure_estimates(void);
void measure_perturbations(void);
void measure_faults(void);
void measure_settings(void);

#endif
