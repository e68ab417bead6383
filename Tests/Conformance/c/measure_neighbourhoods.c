/* What looks at whole neighbourhoods, norms and volumes: known answers, edge cases, and the promises at every evaluation. */
#include "measure_terrain.h"

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

void neighbourhoods(void) {
    eps_radius();
    keskar_box();
    convexity();
    roughness();
    weight_norms();
    spectral_norms();
    local_entropy();
    pacbayes_sigma();
    gradient_flow_sharpness();
}
