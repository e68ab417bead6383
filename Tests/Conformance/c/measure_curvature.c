/* Eigenvalues and eigenvectors against matrices that are known. */
#include "measure_host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 400 };

/* -3, -1, N - 4 in [0, 1], 8, 20 */
static void outliers(double *spectrum) {
    for (int i = 0; i < N; i++)
        spectrum[i] = 0.5 * (hashed(5, (uint64_t)i) + 1);
    spectrum[0] = -3, spectrum[1] = -1, spectrum[N - 2] = 8, spectrum[N - 1] = 20;
}

static void start_point(double *w, double *b, int n) {
    for (int i = 0; i < n; i++)
        w[i] = 0.3 * hashed_normal(7, (uint64_t)i), b[i] = 0.1 * hashed_normal(8, (uint64_t)i);
}

static double residual(const host *h, const double *v, double value) {
    double *av = malloc((size_t)h->n * sizeof *av), square = 0;
    rotated_product(h, v, av);
    for (int64_t i = 0; i < h->n; i++)
        square += (av[i] - value * v[i]) * (av[i] - value * v[i]);
    free(av);
    return sqrt(square);
}

static void rotated_spectrum(void) {
    static const char *const methods[] = {"lanczos", "power", "lobpcg"};
    double spectrum[N], w[N], b[N];
    outliers(spectrum), start_point(w, b, N);
    for (int k = 0; k < 3; k++)
        for (int m = 0; m < 3; m++) {
            host h;
            rotated(&h, ways[k].dtype, spectrum, N, 1, b, w);
            host_product(&h, ways[k].product);
            sam_report *r = measure(&h, "lambda_max", 2, sam_choice("method", methods[m]), sam_number("max_iterations", 1000));
            NEAR(number(r, "value"), 20, ways[k].value);
            CHECK(number(r, "converged") == 1 && number(r, "residual") <= 1e-4 * 20.1, "%s: residual %g", ways[k].name, number(r, "residual"));
            CHECK(number(r, "hessian_source") == !ways[k].product, "hessian_source %g", number(r, "hessian_source"));
            const double *v = array(r, "eigenvector", N);
            NEAR_TO(residual(&h, v, 20), 0, m ? 2e-4 : 1e-4 + ways[k].matvec, 20);
            sam_report_destroy(r);
            /* the error of a value is about the square of its residual over the gap */
            r = measure(&h, "lambda_min", 3, sam_choice("method", methods[m]), sam_number("max_iterations", 1000),
                        sam_number("tolerance", k == 0 ? 1e-8 : k == 1 ? 1e-5 : 1e-4));
            NEAR_TO(number(r, "value"), -3, ways[k].value, 20);
            if (m == 0)
                NEAR(number(r, "lambda_max"), 20, ways[k].value * 100);
            sam_report_destroy(r);
            host_free(&h);
        }
}

/* Every Ritz value of a product-offering host comes from orthonormal vectors: no eigenvalue appears twice. */
static void no_ghosts(void) {
    double spectrum[N], w[N], b[N];
    host h;
    outliers(spectrum), start_point(w, b, N);
    rotated(&h, SAM_F64, spectrum, N, 1, b, w);
    sam_report *r = measure(&h, "lambda_max", 2, sam_number("tolerance", 0), sam_number("max_iterations", 100));
    CHECK(number(r, "converged") == 0 && number(r, "iterations") == 100, "%g iterations", number(r, "iterations"));
    const double *ritz = array(r, "ritz_values", 100);
    CHECK(ritz[98] < 8.1 && ritz[97] < 1.1 && ritz[1] > -1.1 && ritz[2] > -0.1, "copies: %g %g %g", ritz[97], ritz[98], ritz[1]);
    NEAR(number(r, "value"), 20, 1e-13);
    sam_report_destroy(r);
    host_free(&h);
}

static void special_spectra(void) {
    host h;
    double zero[60] = {0}, below[60], one[60] = {0};
    for (int i = 0; i < 60; i++)
        below[i] = -1 - i % 7;
    one[17] = 4;
    rotated(&h, SAM_F64, zero, 60, 1, NULL, NULL);
    CHECK(value_of(&h, "lambda_max", 0) == 0 && value_of(&h, "lambda_min", 0) == 0 && value_of(&h, "trace", 0) == 0, "the zero matrix");
    CHECK(value_of(&h, "eigenpairs", 0) == 0, "the zero matrix");
    host_free(&h);
    rotated(&h, SAM_F64, below, 60, 1, NULL, NULL);
    NEAR(value_of(&h, "lambda_max", 0), -1, 1e-12);
    NEAR(value_of(&h, "lambda_max", 2, sam_choice("method", "power"), sam_number("max_iterations", 10000)), -1, 1e-12);
    NEAR(value_of(&h, "lambda_min", 0), -7, 1e-12);
    host_free(&h);
    rotated(&h, SAM_F64, one, 60, 1, NULL, NULL);
    NEAR(value_of(&h, "lambda_max", 0), 4, 1e-12);
    NEAR_TO(value_of(&h, "lambda_min", 0), 0, 1e-12, 4);
    host_free(&h);
    rotated(&h, SAM_F64, one + 17, 1, 0, NULL, NULL);       /* n = 1 */
    NEAR(value_of(&h, "lambda_max", 0), 4, 1e-15);
    NEAR(value_of(&h, "lambda_min", 0), 4, 1e-15);
    host_free(&h);
    /* a start that is another eigenvector must not hold the iteration */
    double two[2] = {1, 5}, e0[2] = {1, 0};
    const void *start[1] = {e0};
    rotated(&h, SAM_F64, two, 2, 0, NULL, NULL);
    NEAR(value_of(&h, "lambda_max", 1, sam_tensors("start", start)), 5, 1e-14);
    host_free(&h);
}

static void banana(void) {
    for (int k = 0; k < 3; k++) {
        host h;
        rosenbrock(&h, ways[k].dtype, 1, 1);
        host_product(&h, ways[k].product);
        NEAR(value_of(&h, "lambda_max", 0), 1001.600639232513, ways[k].value);
        NEAR_TO(value_of(&h, "lambda_min", 0), 0.399360767487, ways[k].value, 1001.6);
        NEAR(value_of(&h, "trace", 0), 1002, ways[k].value);
        host_free(&h);
    }
}

static void pairs(void) {
    static const char *const methods[] = {"lanczos", "power", "lobpcg"};
    enum { n = 100 };
    double spectrum[n], b[n] = {0};
    for (int i = 0; i < n; i++)
        spectrum[i] = 0.5 * (hashed(5, (uint64_t)i) + 1);
    spectrum[3] = 10, spectrum[40] = 10, spectrum[60] = 3, spectrum[61] = -4;
    for (int m = 0; m < 3; m++) {
        host h;
        rotated(&h, SAM_F64, spectrum, n, 1, b, NULL);
        sam_report *r = measure(&h, "eigenpairs", 2, sam_choice("method", methods[m]), sam_number("count", 3));
        const double *values = array(r, "values", 3), *vectors = array(r, "vectors", 3 * n), *residuals = array(r, "residuals", 3);
        NEAR(values[0], 10, 1e-12); NEAR(values[1], 10, 1e-12); NEAR(values[2], 3, 1e-12);
        CHECK(number(r, "orthogonality") <= 1e-12, "orthogonality %g", number(r, "orthogonality"));
        for (int k = 0; k < 3; k++)
            NEAR_TO(residual(&h, vectors + k * n, values[k]), residuals[k], 1e-12, 10);
        /* the subspace of the double value: each true eigenvector lies in it */
        double e[n] = {0}, u[n], inside = 0;
        e[3] = 1;
        double saved[n];
        memcpy(saved, h.spectrum, sizeof saved);
        for (int i = 0; i < n; i++)
            h.spectrum[i] = i == 3 || i == 40;              /* now the host's matrix is the projector */
        for (int k = 0; k < 2; k++) {
            rotated_product(&h, vectors + k * n, u);
            for (int i = 0; i < n; i++)
                inside += u[i] * u[i];
        }
        NEAR(inside, 2, 1e-12);
        memcpy(h.spectrum, saved, sizeof saved);
        sam_report_destroy(r);
        r = measure(&h, "eigenpairs", 3, sam_choice("method", methods[m]), sam_number("count", 3), sam_choice("which", "both"));
        values = array(r, "values", 3);
        NEAR(values[0], 10, 1e-12); NEAR(values[1], 10, 1e-12); NEAR(values[2], -4, 1e-12);
        sam_report_destroy(r);
        host_free(&h);
    }
    host h;
    rotated(&h, SAM_F64, spectrum, 4, 1, NULL, NULL);
    sam_report *r = measure(&h, "eigenpairs", 1, sam_number("count", 9));
    array(r, "values", 4);
    sam_report_destroy(r);
    host_free(&h);
}

/* Against the exact Hessian of the digits network, in both dtypes, with and without the host's product, in one batch and in seven. */
static void digits_network(const char *path) {
    static const double top[5] = {1.2822805367937784, 0.8949949207852969, 0.7268152830954239, 0.52241645192841, 0.4740415482153033};
    static const double layers[4] = {1.1235874907314876, 0.09404984830114133, 0.06546110891307327, 0.012760213039175444};
    for (int k = 0; k < 3; k++)
        for (int batches = 0; batches < 8; batches += 7) {
            host h;
            digits(&h, ways[k].dtype, path, batches);
            host_product(&h, ways[k].product);
            sam_report *r = measure(&h, "lambda_max", 0);
            NEAR(number(r, "value"), top[0], ways[k].value);
            NEAR(number(r, "loss"), 0.034166131191487994, k == 2 ? 1e-5 : 1e-12);
            NEAR(number(r, "gradient_norm"), 0.013543494550551463, k == 2 ? 1e-3 : 1e-11);
            if (!ways[k].product)
                CHECK(number(r, "difference_error") <= 1e-4, "difference_error %g", number(r, "difference_error"));
            sam_report_destroy(r);
            if (batches || k == 2) {
                host_free(&h);
                continue;
            }
            r = measure(&h, "eigenpairs", 1, sam_number("tolerance", k ? 1e-6 : 1e-8));
            for (int i = 0; i < 5; i++)
                NEAR_TO(array(r, "values", 5)[i], top[i], ways[k].value, top[0]);
            sam_report_destroy(r);
            /* the two least eigenvalues differ by 7e-11: what lies between them is not told apart */
            NEAR_TO(value_of(&h, "lambda_min", 2, sam_number("max_iterations", 400), sam_number("tolerance", k ? 1e-6 : 1e-8)), -0.000980959310676891,
                    k ? ways[k].value : 1e-10, top[0]);
            for (int t = 0; t < 4; t++)
                NEAR_TO(value_of(&h, "lambda_max", 1, sam_number("tensor", t)), layers[t], ways[k].value, top[0]);
            NEAR(value_of(&h, "lambda_max", 1, sam_choice("scaling", "element")), 0.1189036952107216, ways[k].value * 10);
            NEAR_TO(value_of(&h, "lambda_max", 1, sam_number("class_index", 8)), 5.588549288618278, ways[k].value * 10, 1);
            host_free(&h);
        }
}

/* Curvature as trained networks have it, over 203 530 weights: five outliers in the ratios of the digits network, a tail that falls, and a bulk
   about zero. The top eigenvalue to 1e-6 takes at most 17 products. */
static void few_products(void) {
    enum { n = 203530 };
    static const double outliers[5] = {1.2822805367937784, 0.8949949207852969, 0.7268152830954239, 0.52241645192841, 0.4740415481533033};
    double *spectrum = calloc(n, sizeof *spectrum), *b = calloc(n, sizeof *b), *w = calloc(n, sizeof *w);
    for (int i = 0; i < n; i++) {
        spectrum[i] = i < 5 ? outliers[i] : i < 400 ? 0.45 / (1 + 0.2 * (i - 5)) : 1e-3 * hashed(5, (uint64_t)i);
        b[i] = 0.01 * hashed_normal(6, (uint64_t)i), w[i] = 0.05 * hashed_normal(7, (uint64_t)i);
    }
    host h;
    rotated(&h, SAM_F64, spectrum, n, 1, b, w);
    for (int product = 1; product >= 0; product--) {
        host_product(&h, product ? PRODUCT : NO_PRODUCT);
        sam_report *r = measure(&h, "lambda_max", 1, sam_number("tolerance", 1e-3));
        printf("top eigenvalue: %g products, off by %.1e\n", number(r, "iterations"), number(r, "value") / outliers[0] - 1);
        NEAR(number(r, "value"), outliers[0], 1e-6);
        CHECK(number(r, "iterations") <= 17, "%g products", number(r, "iterations"));
        if (product)
            CHECK(number(r, "iterations") == (double)h.products, "%d products", (int)h.products);
        else
            CHECK((double)h.gradients == 2 + 2 * number(r, "iterations") + number(r, "step_gradients"), "%d gradients", (int)h.gradients);
        sam_report_destroy(r);
    }
    host_free(&h);
    free(spectrum), free(b), free(w);
}

void measure_curvature(const char *digits_path) {
    rotated_spectrum();
    no_ghosts();
    special_spectra();
    banana();
    pairs();
    digits_network(digits_path);
    few_products();
}
