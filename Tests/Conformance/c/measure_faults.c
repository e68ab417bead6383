/* Hosts that fail, cancel, answer NaN, write the weights or make noise: at every evaluation of every measure that needs at most 60. */
#include "measure_host.h"
#include "refused.h"

#include <math.h>
#include <string.h>

typedef struct fault_case { const char *measure; sam_setting setting; } fault_case;

static const fault_case cases[] = {
    {"lambda_max", {"max_iterations", 12, NULL, NULL, 0, NULL}}, {"lambda_min", {"method", 0, "lobpcg", NULL, 0, NULL}},
    {"lambda_max", {"method", 0, "power", NULL, 0, NULL}}, {"eigenpairs", {"count", 2, NULL, NULL, 0, NULL}}, {"trace", {"method", 0, "exact", NULL, 0, NULL}},
    {"trace", {"method", 0, "xtrace", NULL, 0, NULL}}, {"trace", {"method", 0, "hutchpp", NULL, 0, NULL}},
    {"spectral_density", {"samples", 2, NULL, NULL, 0, NULL}}, {"worst_case", {"steps", 8, NULL, NULL, 0, NULL}},
    {"average_case", {"samples", 12, NULL, NULL, 0, NULL}}, {"sam_gap", {"cosine", 1, NULL, NULL, 0, NULL}},
    {"gradient_norm", {"norm", 1, NULL, NULL, 0, NULL}}, {"check", {"samples", 3, NULL, NULL, 0, NULL}}};

static int64_t made(const host *h) { return h->losses + h->gradients + h->products + h->others; }

/* The measure with the fault, and again without: the same value as ever. */
static void each(host *h, const fault_case *c) {
    sam_report *r;
    CHECK(measure_with(h, c->measure, &c->setting, 1, &r) == SAM_OK, "%s: %s", c->measure, sam_error_message());
    int64_t whole = made(h);
    double value = number(r, "value");
    sam_report_destroy(r);
    for (int64_t at = 0; at < whole && at < 60; at++) {
        h->fail_at = at;
        REFUSED(measure_with(h, c->measure, &c->setting, 1, NULL), SAM_ERROR_CALLBACK, "answered 5");
        CHECK(made(h) == at + 1, "%s: %d evaluations behind the one that failed", c->measure, (int)(made(h) - at - 1));
        h->fail_at = -1, h->cancel_at = at;
        REFUSED(measure_with(h, c->measure, &c->setting, 1, NULL), SAM_ERROR_CANCELLED, "progress answered 7");
        CHECK(made(h) == at, "%s: %d evaluations behind the cancel", c->measure, (int)(made(h) - at));
        h->cancel_at = -1, h->write_at = at;
        REFUSED(measure_with(h, c->measure, &c->setting, 1, NULL), SAM_ERROR_STATE, "weights");
        h->write_at = -1, h->nan_at = at;
        int status = measure_with(h, c->measure, &c->setting, 1, NULL);
        CHECK(status == SAM_ERROR_NONFINITE || (status == SAM_OK && at >= 2), "%s: NaN at evaluation %d answers %d", c->measure, (int)at, status);
        h->nan_at = -1;
        sam_setting limited[2] = {c->setting, sam_number("max_evaluations", (double)(at + 1))};
        CHECK(measure_with(h, c->measure, limited, 2, &r) == SAM_OK, "%s limited to %d: %s", c->measure, (int)at + 1, sam_error_message());
        CHECK(made(h) <= at + 1 && (at + 1 == whole || number(r, "converged") == 0), "%s limited to %d: %d", c->measure, (int)at + 1, (int)made(h));
        sam_report_destroy(r);
    }
    CHECK(measure_with(h, c->measure, &c->setting, 1, &r) == SAM_OK && number(r, "value") == value, "%s: another value behind the faults", c->measure);
    sam_report_destroy(r);
}

static void every_evaluation(void) {
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int dtype = SAM_F32; dtype <= SAM_F64; dtype++)
            for (int offered = 0; offered < 2; offered++) {
                host h;
                least_squares(&h, dtype, 12, 20, dtype == SAM_F32 ? 2 : 0, 0, 4);
                host_product(&h, offered);
                each(&h, &cases[c]);
                host_free(&h);
            }
}

/* A message of before stays where a limit, which is no failure, came first. */
static void message_stays(void) {
    host h;
    least_squares(&h, SAM_F64, 12, 20, 0, 0, 4);
    other_message();
    char before[256];
    strncpy(before, sam_error_message(), sizeof before - 1), before[255] = 0;
    CHECK(measure_status(&h, "trace", 1, sam_number("max_evaluations", 4)) == SAM_OK, "%s", sam_error_message());
    CHECK(!strcmp(before, sam_error_message()), "a call that succeeds leaves the message \"%s\"", sam_error_message());
    host_free(&h);
}

static void nonfinite_weights(void) {
    host h;
    least_squares(&h, SAM_F64, 12, 20, 0, 0, 4);
    ((double *)h.data[0])[5] = NAN;
    REFUSED(measure_status(&h, "lambda_max", 0), SAM_ERROR_NONFINITE, "\"w\"", "element 5");
    CHECK(made(&h) == 0, "the host was asked in spite of a NaN weight");
    host_free(&h);
}

/* Bits that arithmetic would not keep: -0, subnormal numbers. */
static void odd_bits(void) {
    for (int dtype = SAM_F32; dtype <= SAM_F64; dtype++) {
        host h;
        least_squares(&h, dtype, 12, 20, 0, 0, 4);
        if (dtype == SAM_F32)
            ((float *)h.data[0])[0] = -0.0f, ((float *)h.data[0])[1] = 1e-42f;
        else
            ((double *)h.data[0])[0] = -0.0, ((double *)h.data[0])[1] = 5e-324;
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
            CHECK(measure_with(&h, cases[c].measure, &cases[c].setting, 1, NULL) == SAM_OK, "%s", sam_error_message());
        host_free(&h);
    }
}

/* An inconsistent host is reported, and named by check. */
static void noisy(void) {
    host h;
    least_squares(&h, SAM_F64, 12, 20, 0, 0, 4);
    h.noise = 1e-6;
    sam_report *r = measure(&h, "sam_gap", 0);
    CHECK(number(r, "noise_loss") > 0 && number(r, "noise_loss") < 1e-5, "noise_loss %g", number(r, "noise_loss"));
    sam_report_destroy(r);
    r = measure(&h, "check", 0);
    CHECK(number(r, "fault") == 1, "fault %g of a noisy host", number(r, "fault"));
    sam_report_destroy(r);
    host_free(&h);
}

static formula right;
static double twice(host *h, const double *w, const sam_query *q, double *g, const double *v, double *hv) {
    double loss = right(h, w, q, g, v, hv);
    for (int64_t i = 0; g && i < h->n; i++)
        g[i] *= 20;
    return loss;
}
static double stale(host *h, const double *w, const sam_query *q, double *g, const double *v, double *hv) {
    double loss = right(h, w, q, g, v, hv);
    for (int64_t i = 0; g && i < h->n; i++)
        g[i] = 0;
    return loss;
}
static double swapped(host *h, const double *w, const sam_query *q, double *g, const double *v, double *hv) {
    double loss = right(h, w, q, g, v, hv);
    if (g) {
        double first = g[0];
        g[0] = g[1], g[1] = first;
    }
    return loss;
}
static double wrong_product(host *h, const double *w, const sam_query *q, double *g, const double *v, double *hv) {
    double loss = right(h, w, q, g, v, hv);
    if (hv)
        hv[0] += 0.1 * v[1];
    return loss;
}

static void named(void) {
    static const struct { formula problem; int fault; } hosts[] = {{NULL, 0}, {twice, 3}, {stale, 2}, {swapped, 4}, {wrong_product, 5}};
    for (int dtype = SAM_F32; dtype <= SAM_F64; dtype++)
        for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
            host h;
            least_squares(&h, dtype, 12, 20, 0, 0, 4);
            right = h.problem;
            h.problem = hosts[i].problem ? hosts[i].problem : right;
            sam_report *r = measure(&h, "check", 0);
            CHECK(number(r, "fault") == hosts[i].fault, "fault %g, expected %d (dtype %d, value %g, scale %g)", number(r, "fault"), hosts[i].fault, dtype,
                  number(r, "value"), number(r, "scale"));
            CHECK((number(r, "value") > (dtype == SAM_F32 ? 2e-2 : 1e-6)) == (hosts[i].fault > 1 && hosts[i].fault < 5), "value %g", number(r, "value"));
            if (hosts[i].fault == 3)
                NEAR(number(r, "scale"), 0.05, 1e-2);
            array(r, "errors", 5);
            sam_report_destroy(r);
            host_free(&h);
        }
}

/* Trial points beyond which the loss is not finite: the ascent stays before them. */
static double walled(host *h, const double *w, const sam_query *q, double *g, const double *v, double *hv) {
    double loss = right(h, w, q, g, v, hv);
    return w[0] > 0.48 ? INFINITY : loss;
}

static void wall(void) {
    double spectrum[4] = {4, 3, 2, 1}, w[4] = {0.1, 0.2, 0.1, 0.1};
    host h;
    rotated(&h, SAM_F64, spectrum, 4, 0, NULL, w);
    right = h.problem, h.problem = walled;
    sam_report *r = measure(&h, "worst_case", 2, sam_number("rho", 0.5), sam_number("steps", 40));
    CHECK(number(r, "nonfinite") > 0 && isfinite(number(r, "value")) && number(r, "value") > 0, "nonfinite %g", number(r, "value"));
    sam_report_destroy(r);
    host_free(&h);
}

/* A callback may use the library, on other handles; on its own set it is refused. */
static host inside;
static int nested_status = 1, nested_step = 1, nested_add = 1;
static double nesting(host *h, const double *w, const sam_query *q, double *g, const double *v, double *hv) {
    double loss = right(h, w, q, g, v, hv);
    if (h->n == 12 && nested_status == 1) {
        nested_status = measure_status(&inside, "lambda_max", 0);
        sam_report *own = NULL;
        sam_optimizer *optimizer = NULL;
        nested_step = sam_measure(h->parameters, "sam_gap", &h->objective, NULL, 0, &own);
        sam_parameter p = {sizeof p, "late", SAM_F64, 0, 0, 0, 0, NULL, &nested_add, NULL};
        nested_add = sam_parameters_add(h->parameters, &p);
        CHECK(sam_optimizer_create(h->parameters, "none", "sgd", &optimizer) == SAM_OK && sam_step(optimizer, 0) == SAM_ERROR_STATE, "a step within a measure");
        sam_optimizer_destroy(optimizer);
    }
    return loss;
}

static void nested(void) {
    host h;
    least_squares(&h, SAM_F64, 12, 20, 0, 0, 4), least_squares(&inside, SAM_F64, 8, 20, 0, 0, 5);
    double value = value_of(&h, "lambda_max", 0);
    right = h.problem, h.problem = nesting;
    NEAR(value_of(&h, "lambda_max", 0), value, 0);
    CHECK(nested_status == SAM_OK && nested_step == SAM_ERROR_STATE && nested_add == SAM_ERROR_STATE, "%d %d %d", nested_status, nested_step, nested_add);
    host_free(&h), host_free(&inside);
}

static void threads(void) {
    host h;
    least_squares(&h, SAM_F64, 12, 20, 0, 0, 4);
    host_free(&h);
    double *spectrum = (double[]){0}, value[2];
    (void)spectrum;
    made_up_network(&h, SAM_F32, 1200, 900, 10, 2, 3);      /* above the million at which passes are shared among threads */
    for (int k = 0; k < 2; k++) {
        sam_set_threads(k ? 3 : 1);
        sam_report *r = measure(&h, "lambda_max", 1, sam_number("max_iterations", 3));
        value[k] = number(r, "value") + number(r, "residual");
        sam_report_destroy(r);
    }
    sam_set_threads(1);
    CHECK(value[0] == value[1], "other bits on three threads: %.17g %.17g", value[0], value[1]);
    host_free(&h);
}

void measure_faults(void) {
    every_evaluation();
    message_stays();
    nonfinite_weights();
    odd_bits();
    noisy();
    named();
    wall();
    nested();
    threads();
}
