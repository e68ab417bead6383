/* Slices, planes and paths: known answers, edge cases, and the promises at every evaluation. */
#include "measure_terrain.h"

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

int main(void) {
    slice_1d();
    slice_2d();
    barrier();
    pca_plane();
    plane();
    eigen_plane();
    curvature_map();
    path_profile();
    bezier();
    trajectory();
    neighbourhoods();
    return report("landscapes");
}
