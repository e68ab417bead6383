/* The networks of measure_host.h. */
#include "golden_problem.h"
#include "measure_host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double *inputs_double(const host *h) { return h->x; }
static const float *inputs_single(const host *h) { return h->x32; }

#define REAL double
#define NETWORK(name) name##_double
#define TANH tanh
#define EXP exp
#define LOG log
#include "measure_network.inc"
#undef REAL
#undef NETWORK
#undef TANH
#undef EXP
#undef LOG
#define REAL float
#define NETWORK(name) name##_single
#define TANH tanhf
#define EXP expf
#define LOG logf
#include "measure_network.inc"

static double run(host *h, const double *w, const sam_query *query, int relu, double *g, const double *v, double *hv) {
    int64_t batches = h->objective.batches, b = query->batch;
    int64_t from = batches ? h->examples * b / batches : 0, to = batches ? h->examples * (b + 1) / batches : h->examples;
    if (h->dtype != SAM_F32)
        return loss_double(h, w, from, to, query, relu, g, v, hv);
    float *single = malloc((size_t)(2 * h->n + 1) * sizeof *single);
    for (int64_t i = 0; i < h->n; i++)
        single[i] = (float)w[i], single[h->n + i] = v ? (float)v[i] : 0;
    double loss = loss_single(h, single, from, to, query, relu, g, v ? single + h->n : NULL, hv);
    free(single);
    return loss;
}

static double smooth(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) { return run(h, w, query, 0, g, v, hv); }
static double kinked(host *h, const double *w, const sam_query *query, double *g, const double *v, double *hv) { return run(h, w, query, 1, g, v, hv); }

static void keep_single(host *h) {
    h->x32 = malloc((size_t)(h->examples * h->inputs) * sizeof(float));
    for (int64_t i = 0; i < h->examples * h->inputs; i++)
        h->x32[i] = (float)h->x[i];
}

static double *list(const cJSON *json, int64_t *count) {
    *count = cJSON_GetArraySize(json);
    double *out = malloc((size_t)*count * sizeof *out);
    const cJSON *item;
    int64_t i = 0;
    cJSON_ArrayForEach(item, json) out[i++] = item->valuedouble;
    return out;
}

void digits(host *h, int32_t dtype, const char *path, int64_t batches) {
    cJSON *json = read_json(path);
    int64_t n, pixels, examples;
    double *w = list(cJSON_GetObjectItemCaseSensitive(json, "weights"), &n);
    double *labels = list(cJSON_GetObjectItemCaseSensitive(json, "labels"), &examples);
    host_begin(h, smooth, dtype);
    h->inputs = 64, h->hidden = 32, h->outputs = 10, h->examples = examples;
    h->x = list(cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(json, "images"), "pixels"), &pixels);
    CHECK(n == 2410 && pixels == examples * 64, "%s: %d weights, %d pixels", path, (int)n, (int)pixels);
    for (int64_t i = 0; i < pixels; i++)
        h->x[i] /= 16;
    h->labels = malloc((size_t)examples * sizeof *h->labels);
    for (int64_t i = 0; i < examples; i++)
        h->labels[i] = (int64_t)labels[i];
    host_tensor(h, "fc1.weight", 2, 32, 64, w);
    host_tensor(h, "fc1.bias", 1, 32, 1, w + 2048);
    host_tensor(h, "fc2.weight", 2, 10, 32, w + 2080);
    host_tensor(h, "fc2.bias", 1, 10, 1, w + 2400);
    h->objective.batches = batches, h->objective.examples = examples, h->objective.outputs = 10;
    for (int64_t b = 0; b < batches; b++)
        h->batch_examples[b] = examples * (b + 1) / batches - examples * b / batches;
    h->objective.batch_examples = h->batch_examples;
    h->objective.classes = 10, h->objective.class_examples = h->class_examples;
    for (int64_t b = 0; b < (batches ? batches : 1); b++)
        for (int64_t i = batches ? examples * b / batches : 0; i < (batches ? examples * (b + 1) / batches : examples); i++)
            h->class_examples[b * 10 + h->labels[i]] += 1;
    keep_single(h);
    host_product(h, PRODUCT);
    free(w), free(labels);
    cJSON_Delete(json);
}

static double *scaled(uint64_t seed, int64_t count, double scale) {
    double *out = malloc((size_t)count * sizeof *out);
    for (int64_t i = 0; i < count; i++)
        out[i] = scale * hashed_normal(seed, (uint64_t)i);
    return out;
}

void made_up_network(host *h, int32_t dtype, int64_t inputs, int64_t hidden, int64_t classes, int64_t examples, uint64_t seed) {
    host_begin(h, smooth, dtype);
    h->inputs = inputs, h->hidden = hidden, h->outputs = classes, h->examples = h->objective.examples = examples;
    double *w1 = scaled(seed, hidden * inputs, sqrt(1.0 / (double)inputs)), *w2 = scaled(seed + 1, classes * hidden, sqrt(1.0 / (double)hidden));
    double *centres = scaled(seed + 2, classes * inputs, 1);
    h->x = scaled(seed + 3, examples * inputs, 0.5);
    h->labels = malloc((size_t)examples * sizeof *h->labels);
    for (int64_t i = 0; i < examples; i++) {
        h->labels[i] = i % classes;
        for (int64_t q = 0; q < inputs; q++)
            h->x[i * inputs + q] += centres[h->labels[i] * inputs + q];
    }
    double *zero = calloc((size_t)(hidden + classes), sizeof *zero);
    host_tensor(h, "fc1.weight", 2, hidden, inputs, w1);
    host_tensor(h, "fc1.bias", 1, hidden, 1, zero);
    host_tensor(h, "fc2.weight", 2, classes, hidden, w2);
    host_tensor(h, "fc2.bias", 1, classes, 1, zero);
    keep_single(h);
    host_product(h, PRODUCT);
    free(w1), free(w2), free(centres), free(zero);
}

void relu_network(host *h, int32_t dtype, double factor) {
    host_begin(h, kinked, dtype);
    h->inputs = 4, h->hidden = 6, h->outputs = 3, h->examples = h->objective.examples = 15;
    double *w1 = scaled(11, 24, factor), *w2 = scaled(12, 18, 1 / factor);
    h->x = scaled(13, 60, 1), h->y = scaled(14, 45, 1);
    host_tensor(h, "first", 2, 6, 4, w1);
    host_tensor(h, "second", 2, 3, 6, w2);
    keep_single(h);
    host_product(h, PRODUCT);
    free(w1), free(w2);
}
