#include "measure_host.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const way ways[3] = {{"product", SAM_F64, PRODUCT, 1e-13, 1e-12, 1e-12}, {"central f64", SAM_F64, NO_PRODUCT, 1e-8, 1e-8, 1e-8},
                     {"central f32", SAM_F32, NO_PRODUCT, 3e-4, 3e-4, 5e-4}};

double hashed(uint64_t seed, uint64_t i) {
    uint64_t x = (seed + 1) * 0x9E3779B97F4A7C15u + i * 0xD1B54A32D192ED03u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return (double)((x ^ x >> 31) >> 11) * 0x1p-52 - 1;
}

double hashed_normal(uint64_t seed, uint64_t i) {
    double u = 0.5 * (hashed(seed, 2 * i) + 1) + 0x1p-54, v = hashed(seed, 2 * i + 1);
    return sqrt(-2 * log(u)) * cos(3.14159265358979323846 * v);
}

static double read_one(int32_t dtype, const void *from, int64_t i) { return dtype == SAM_F32 ? ((const float *)from)[i] : ((const double *)from)[i]; }
static void write_one(int32_t dtype, void *to, int64_t i, double x) {
    if (dtype == SAM_F32)
        ((float *)to)[i] = (float)x;
    else
        ((double *)to)[i] = x;
}

void host_weights(const host *h, double *w) {
    for (int t = 0; t < h->tensors; t++)
        for (int64_t i = 0; i < h->size[t] && !h->frozen[t]; i++)
            *w++ = read_one(h->dtype, h->data[t], i);
}

void host_set_weights(host *h, const double *w) {
    for (int t = 0; t < h->tensors; t++)
        for (int64_t i = 0; i < h->size[t] && !h->frozen[t]; i++)
            write_one(h->dtype, h->data[t], i, *w++);
}

/* ---- Callbacks: the fault of this evaluation comes first */

static int64_t made(const host *h) { return h->losses + h->gradients + h->products + h->others; }

static int enter(host *h, int64_t *counter) {
    int64_t at = made(h);
    h->unannounced += !h->announced;
    h->announced = 0;
    *counter += 1;
    if (at == h->write_at)
        write_one(h->dtype, h->data[0], 0, 1 + read_one(h->dtype, h->data[0], 0));
    return at == h->fail_at ? h->fail_code : 0;
}

static int evaluate(void *context, const sam_query *query, double *loss) {
    host *h = context;
    int only = (query->ask & SAM_LOSS_ONLY) != 0, isNaN = made(h) == h->nan_at, code = enter(h, only ? &h->losses : &h->gradients);
    if (code)
        return code;
    host_weights(h, h->w);
    *loss = h->problem(h, h->w, query, only ? NULL : h->g, NULL, NULL) + h->noise * hashed(3, (uint64_t)made(h));
    const double *g = h->g;
    for (int t = 0; t < h->tensors && !only; t++)
        for (int64_t i = 0; i < h->size[t] && !h->frozen[t]; i++)
            write_one(h->dtype, h->gradient[t], i, *g++);
    if (isNaN)
        *loss = NAN;
    return 0;
}

static int evaluate_example(void *context, const sam_query *query, double *loss) {
    host *h = context;
    int64_t counters[2] = {h->losses, h->gradients};
    int code = evaluate(context, query, loss);
    h->others += h->losses + h->gradients - counters[0] - counters[1];
    h->losses = counters[0], h->gradients = counters[1];
    CHECK(query->example >= 0, "evaluate_example is asked for no example");
    return code;
}

void host_examples(host *h) { h->objective.evaluate_example = evaluate_example; }

static int product(void *context, const sam_query *query, const void *const *direction, void *const *out) {
    host *h = context;
    int isNaN = made(h) == h->nan_at, code = enter(h, &h->products);
    if (code)
        return code;
    int64_t k = 0;
    for (int t = 0; t < h->tensors; t++) {
        CHECK((direction[t] == NULL) == h->frozen[t] && (out[t] == NULL) == h->frozen[t], "tensor %d: pointers of a product", t);
        for (int64_t i = 0; i < h->size[t] && !h->frozen[t]; i++)
            h->v[k++] = read_one(h->dtype, direction[t], i);
    }
    host_weights(h, h->w);
    h->problem(h, h->w, query, NULL, h->v, h->hv);
    k = 0;
    for (int t = 0; t < h->tensors; t++)
        for (int64_t i = 0; i < h->size[t] && !h->frozen[t]; i++, k++)
            write_one(h->dtype, out[t], i, isNaN && k == 0 ? NAN : h->hv[k]);
    return 0;
}

static int progress(void *context, double fraction, const char *stage) {
    host *h = context;
    h->fell += !(fraction >= h->fraction && fraction <= 1) || !stage || !*stage;
    h->fraction = fraction;
    h->announced = 1;
    return made(h) == h->cancel_at ? 7 : 0;
}

static int freeze(void *context, int on) {
    host *h = context;
    *(on ? &h->frozen_on : &h->frozen_off) += 1;
    return 0;
}

/* ---- Making */

void host_begin(host *h, formula p, int32_t dtype) {
    memset(h, 0, sizeof *h);
    h->problem = p;
    h->dtype = dtype;
    h->fail_at = h->nan_at = h->cancel_at = h->write_at = -1;
    h->fail_code = 5;
    h->objective.struct_size = sizeof h->objective;
    h->objective.context = h;
    h->objective.evaluate = evaluate;
    h->objective.progress = progress;
    h->objective.freeze = freeze;
    CHECK(sam_parameters_create(&h->parameters) == SAM_OK, "%s", sam_error_message());
}

static void add(host *h, const char *name, int rank, int64_t rows, int64_t columns, const double *values, int frozen) {
    int t = h->tensors++;
    int64_t shape[2] = {rows, columns}, count = rank == 2 ? rows * columns : rows;
    size_t size = h->dtype == SAM_F32 ? 4 : 8;
    h->size[t] = count;
    h->frozen[t] = frozen;
    h->data[t] = calloc((size_t)count, size);
    h->gradient[t] = frozen ? NULL : calloc((size_t)count, size);
    for (int64_t i = 0; i < count; i++)
        write_one(h->dtype, h->data[t], i, values ? values[i] : 0.5);
    h->n += frozen ? 0 : count;
    size_t bytes = (size_t)(h->n + 1) * sizeof(double);
    h->w = realloc(h->w, bytes), h->g = realloc(h->g, bytes), h->v = realloc(h->v, bytes), h->hv = realloc(h->hv, bytes);
    sam_parameter p = {sizeof p, name, h->dtype, 0, rank == 2 ? SAM_WEIGHT : SAM_BIAS, 0, rank, shape, h->data[t], h->gradient[t]};
    CHECK(sam_parameters_add(h->parameters, &p) == t, "%s", sam_error_message());
}

void host_tensor(host *h, const char *name, int rank, int64_t rows, int64_t columns, const double *values) { add(h, name, rank, rows, columns, values, 0); }
void host_frozen(host *h, const char *name, int64_t count) { add(h, name, 1, count, 1, NULL, 1); }
void host_product(host *h, int offered) { h->objective.hessian_product = offered ? product : NULL; }

void host_free(host *h) {
    for (int t = 0; t < h->tensors; t++)
        free(h->data[t]), free(h->gradient[t]);
    free(h->w), free(h->g), free(h->v), free(h->hv), free(h->spectrum), free(h->reflectors), free(h->linear), free(h->x), free(h->y);
    free(h->labels), free(h->x32);
    sam_parameters_destroy(h->parameters);
}

/* ---- Calls */

int measure_with(host *h, const char *name, const sam_setting *settings, size_t count, sam_report **out) {
    size_t size = h->dtype == SAM_F32 ? 4 : 8;
    void *before[HOST_TENSORS];
    sam_report *report = NULL;
    h->losses = h->gradients = h->products = h->others = h->frozen_on = h->frozen_off = 0;
    h->fraction = 0;
    h->fell = h->unannounced = h->announced = 0;
    for (int t = 0; t < h->tensors; t++) {
        before[t] = malloc((size_t)h->size[t] * size);
        memcpy(before[t], h->data[t], (size_t)h->size[t] * size);
    }
    int status = sam_measure(h->parameters, name, &h->objective, settings, count, &report);
    for (int t = 0; t < h->tensors; t++) {
        CHECK(!memcmp(before[t], h->data[t], (size_t)h->size[t] * size), "%s answers %d: the weights are not what they were", name, status);
        memcpy(h->data[t], before[t], (size_t)h->size[t] * size);
        free(before[t]);
    }
    CHECK(!h->fell, "%s: the progress fell, or left [0, 1], or had no stage", name);
    CHECK(!h->unannounced, "%s: %d callbacks without progress before them", name, h->unannounced);
    CHECK(h->frozen_on == h->frozen_off && h->frozen_on <= 1, "%s: freeze was called %d and %d times", name, (int)h->frozen_on, (int)h->frozen_off);
    CHECK((status == SAM_OK) == (report != NULL), "%s answers %d with report %p", name, status, (void *)report);
    if (report) {
        CHECK(number(report, "evaluations") == (double)made(h), "%s: %g evaluations, the host saw %d", name, number(report, "evaluations"), (int)made(h));
        CHECK(number(report, "loss_evaluations") == (double)h->losses && number(report, "gradient_evaluations") == (double)h->gradients &&
                  number(report, "products") == (double)h->products, "%s: the kinds of evaluations", name);
    }
    if (out)
        *out = report;
    else
        sam_report_destroy(report);
    return status;
}

#define SETTINGS(settings, count, last)              \
    sam_setting settings[16];                        \
    va_list list;                                    \
    va_start(list, last);                            \
    for (int i = 0; i < count && i < 16; i++)        \
        settings[i] = va_arg(list, sam_setting);     \
    va_end(list)

sam_report *measure(host *h, const char *name, int count, ...) {
    SETTINGS(settings, count, count);
    sam_report *report = NULL;
    int status = measure_with(h, name, settings, (size_t)count, &report);
    CHECK(status == SAM_OK, "%s answers %d: %s", name, status, sam_error_message());
    return report;
}

int measure_status(host *h, const char *name, int count, ...) {
    SETTINGS(settings, count, count);
    return measure_with(h, name, settings, (size_t)count, NULL);
}

double value_of(host *h, const char *name, int count, ...) {
    SETTINGS(settings, count, count);
    sam_report *report = NULL;
    int status = measure_with(h, name, settings, (size_t)count, &report);
    CHECK(status == SAM_OK, "%s answers %d: %s", name, status, sam_error_message());
    double value = number(report, "value");
    sam_report_destroy(report);
    return value;
}

double number(const sam_report *report, const char *key) {
    double value = NAN;
    int status = sam_report_value(report, key, &value);
    CHECK(status == SAM_OK, "key %s: %s", key, sam_error_message());
    return value;
}

const double *array(const sam_report *report, const char *key, int64_t expected) {
    const double *values = NULL;
    const int64_t *shape;
    int rank;
    int status = sam_report_array(report, key, &values, &rank, &shape);
    CHECK(status == SAM_OK, "key %s: %s", key, sam_error_message());
    int64_t count = 1;
    for (int i = 0; status == SAM_OK && i < rank; i++)
        count *= shape[i];
    CHECK(count == expected, "key %s holds %d numbers, expected %d", key, (int)count, (int)expected);
    return values;
}
