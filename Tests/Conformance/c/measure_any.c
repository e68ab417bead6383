#include "measure_any.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t bytes_of(int32_t dtype) { return dtype == SAM_F64 ? 8 : dtype == SAM_F32 ? 4 : 2; }

static double half_value(uint16_t bits, int32_t dtype) {
    if (dtype == SAM_BF16) {
        uint32_t word = (uint32_t)bits << 16;
        float x;
        memcpy(&x, &word, 4);
        return x;
    }
    int exponent = bits >> 10 & 31;
    double x = exponent ? ldexp(1024 + (bits & 1023), exponent - 25) : ldexp(bits & 1023, -24);
    return bits & 0x8000 ? -x : x;
}

static uint16_t half_bits(double x, int32_t dtype) {
    if (dtype == SAM_BF16) {
        float f = (float)x;
        uint32_t word;
        memcpy(&word, &f, 4);
        return (uint16_t)((word + 0x7FFF + (word >> 16 & 1)) >> 16);
    }
    uint16_t sign = signbit(x) ? 0x8000 : 0;
    double size = fmin(fabs(x), 65504);
    if (size < ldexp(1, -14))
        return (uint16_t)(sign | (uint16_t)nearbyint(ldexp(size, 24)));
    int exponent;
    double share = frexp(size, &exponent);                  /* in [1/2, 1) */
    return (uint16_t)(sign | (uint16_t)(((exponent + 14) << 10) + (int)nearbyint(ldexp(share, 11)) - 1024));
}

static double get(const void *from, int32_t dtype, int64_t i) {
    return dtype == SAM_F64 ? ((const double *)from)[i] : dtype == SAM_F32 ? ((const float *)from)[i] : half_value(((const uint16_t *)from)[i], dtype);
}

static void put(void *to, int32_t dtype, int64_t i, double x) {
    if (dtype == SAM_F64)
        ((double *)to)[i] = x;
    else if (dtype == SAM_F32)
        ((float *)to)[i] = (float)x;
    else
        ((uint16_t *)to)[i] = half_bits(x, dtype);
}

static double hash(uint64_t x) {
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return (double)((x ^ x >> 31) >> 11) * 0x1p-52 - 1;
}

static int came(any *h, int kind) {
    h->calls++;
    if (h->seen[kind]++ == h->jump_at && kind == h->jump_kind) {
        h->leave();
        return h->stops;
    }
    return 0;
}

static void read_weights(any *h) {
    int64_t k = 0;
    for (int t = 0; t < h->tensors; t++)
        for (int64_t i = 0; i < h->size[t]; i++)
            h->w[k++] = get(h->data[t], h->dtype, i);
}

static double part(const sam_query *q) { return 1 + 0.1 * (double)(q->batch + 1) + 0.05 * (double)(q->class_index + 1) + 0.03 * (double)(q->example + 1); }

static double value(any *h, double c) {
    double loss = 1;
    read_weights(h);
    for (int64_t i = 0; i < h->n; i++) {
        double a = (double)(i % 7) - 1.5, w = h->w[i];
        uint64_t bits;
        memcpy(&bits, &w, 8);
        switch (h->loss) {
        case ANY_BOWL: loss += 0.5 * c * a * w * w, h->g[i] = c * a * w; break;
        case ANY_FLAT: h->g[i] = i == 0 ? c * w : 0, loss += i == 0 ? 0.5 * c * w * w : 0; break;
        case ANY_TURNED: h->g[i] = c * h->w[(i + 1) % h->n], loss += 0.5 * c * w * h->w[(i + 1) % h->n]; break;
        case ANY_JUNK: h->g[i] = c * hash(bits + (uint64_t)i), loss += 0.1 * hash(bits ^ 77); break;
        default: h->g[i] = 0; break;
        }
    }
    return loss;
}

static int evaluate(any *h, const sam_query *q, double *loss) {
    *loss = value(h, part(q));
    int64_t k = 0;
    for (int t = 0; t < h->tensors && !(q->ask & SAM_LOSS_ONLY); t++)
        for (int64_t i = 0; i < h->size[t]; i++)
            put(h->gradient[t], h->gradient_dtype, i, h->g[k++]);
    return 0;
}

static int on_evaluate(void *c, const sam_query *q, double *loss) { return came(c, ANY_EVALUATE) || evaluate(c, q, loss); }
static int on_example(void *c, const sam_query *q, double *loss) { return came(c, ANY_EXAMPLE) || evaluate(c, q, loss); }

static int multiply(any *h, const sam_query *q, const void *const *direction, void *const *out) {
    double v[ANY_MOST];
    int64_t k = 0;
    for (int t = 0; t < h->tensors; t++)
        for (int64_t i = 0; i < h->size[t]; i++)
            v[k++] = get(direction[t], h->gradient_dtype, i);
    k = 0;
    for (int t = 0; t < h->tensors; t++)
        for (int64_t i = 0; i < h->size[t]; i++, k++) {
            double x = h->loss == ANY_BOWL ? ((double)(k % 7) - 1.5) * v[k] : h->loss == ANY_FLAT ? (k == 0 ? v[0] : 0) :
                       h->loss == ANY_TURNED ? (k + 1 < h->n ? v[k + 1] : 0) : h->loss == ANY_JUNK ? hash((uint64_t)k * 31 + (uint64_t)h->calls) : 0;
            put(out[t], h->gradient_dtype, i, part(q) * x);
        }
    return 0;
}

static int on_product(void *c, const sam_query *q, const void *const *v, void *const *out) { return came(c, ANY_PRODUCT) || multiply(c, q, v, out); }
static int on_gauss_newton(void *c, const sam_query *q, const void *const *v, void *const *out) { return came(c, ANY_GAUSS_NEWTON) || multiply(c, q, v, out); }

static int on_progress(void *c, double fraction, const char *stage) {
    any *h = c;
    (void)fraction, (void)stage;
    came(h, ANY_PROGRESS);
    return h->limit && h->calls > h->limit ? 9 : 0;
}

static int64_t examples_of(const any *h, const sam_query *q) {
    if (q->class_index >= 0)
        return h->class_examples[(q->batch < 0 ? 0 : q->batch) * ANY_CLASSES + q->class_index];
    return q->batch >= 0 ? h->batch_examples[q->batch] : ANY_EXAMPLES;
}

static int on_losses(void *c, const sam_query *q, double *losses) {
    any *h = c;
    came(h, ANY_EXAMPLE_LOSSES);
    for (int64_t i = 0; h->writes && i < examples_of(h, q); i++)
        losses[i] = 1 + 0.1 * (double)i + 0.01 * value(h, 1);
    return 0;
}

static int on_logits(void *c, const sam_query *q, double *logits, int64_t *labels) {
    any *h = c;
    came(h, ANY_LOGITS);
    read_weights(h);
    for (int64_t i = 0; h->writes && i < examples_of(h, q); i++) {
        for (int64_t k = 0; k < h->objective.outputs; k++)
            logits[i * h->objective.outputs + k] = h->w[(i + k) % h->n] + 0.1 * (double)k;
        labels[i] = i % (h->objective.outputs > 1 ? h->objective.outputs : 2);
    }
    return 0;
}

static int on_back(void *c, const sam_query *q, const double *slopes) {
    any *h = c;
    came(h, ANY_BACK);
    double g[ANY_MOST] = {0};
    for (int64_t i = 0; h->writes && i < examples_of(h, q); i++)
        for (int64_t k = 0; k < h->objective.outputs; k++)
            g[(i + k) % h->n] += slopes[i * h->objective.outputs + k];
    int64_t at = 0;
    for (int t = 0; t < h->tensors; t++)
        for (int64_t i = 0; i < h->size[t]; i++)
            put(h->gradient[t], h->gradient_dtype, i, g[at++]);
    return 0;
}

static int on_freeze(void *c, int on) { return (void)on, came(c, ANY_FREEZE); }
static int on_refresh(void *c) { return came(c, ANY_REFRESH); }
static int on_ones(void *c, double *sum) { return came(c, ANY_ONES) || (*sum = 1, 0); }
static int on_train(void *c, int64_t examples, uint64_t seed, double *error) {
    (void)seed;
    return came(c, ANY_TRAIN) || (*error = examples > 40 ? 1 : 0, 0);
}

void any_make(any *h, const int64_t *sizes, int32_t dtype, int32_t gradient_dtype, int loss, int with_product) {
    memset(h, 0, sizeof *h);
    h->dtype = dtype, h->gradient_dtype = gradient_dtype, h->loss = loss, h->jump_kind = -1, h->writes = 1;
    CHECK(sam_parameters_create(&h->set) == SAM_OK, "%s", sam_error_message());
    for (; h->tensors < ANY_TENSORS && sizes[h->tensors]; h->tensors++) {
        int t = h->tensors;
        int64_t count = sizes[t], shape[2] = {count % 2 == 0 && count > 2 ? 2 : count, count / 2};
        char name[16];
        snprintf(name, sizeof name, "w%d", t);
        h->size[t] = count, h->n += count;
        h->data[t] = calloc((size_t)count, bytes_of(dtype)), h->gradient[t] = calloc((size_t)count, bytes_of(gradient_dtype));
        for (int p = 0; p < 3; p++)
            h->points[p][t] = calloc((size_t)count, bytes_of(dtype));
        for (int64_t i = 0; i < count; i++) {
            put(h->data[t], dtype, i, 0.5 + 0.25 * hash((uint64_t)(t * 100 + i)));
            for (int p = 0; p < 3; p++)
                put(h->points[p][t], dtype, i, 1 + 0.5 * hash((uint64_t)(p * 1000 + t * 100 + i) + 7));
        }
        sam_parameter tensor = {sizeof tensor, name, dtype, gradient_dtype, SAM_WEIGHT, 0, shape[0] == 2 && count > 2 ? 2 : 1, shape, h->data[t], h->gradient[t]};
        CHECK(sam_parameters_add(h->set, &tensor) == t, "%s", sam_error_message());
    }
    for (int b = 0; b < ANY_BATCHES; b++) {
        h->batch_examples[b] = 2;
        h->class_examples[2 * b] = h->class_examples[2 * b + 1] = 1;
    }
    sam_objective *o = &h->objective;
    o->struct_size = sizeof *o, o->context = h;
    o->evaluate = on_evaluate, o->hessian_product = with_product ? on_product : NULL, o->gauss_newton_product = on_gauss_newton, o->progress = on_progress;
    o->batches = ANY_BATCHES, o->classes = ANY_CLASSES, o->examples = ANY_EXAMPLES, o->outputs = ANY_OUTPUTS;
    o->batch_examples = h->batch_examples, o->class_examples = h->class_examples;
    o->example_losses = on_losses, o->evaluate_example = on_example, o->logits = on_logits, o->backpropagate_logits = on_back;
    o->freeze = on_freeze, o->refresh = on_refresh, o->forward_ones = on_ones, o->train = on_train;
    h->second = *o;
    o->other = &h->second;
}

void any_free(any *h) {
    for (int t = 0; t < h->tensors; t++) {
        free(h->data[t]), free(h->gradient[t]);
        for (int p = 0; p < 3; p++)
            free(h->points[p][t]);
    }
    sam_parameters_destroy(h->set);
}

int any_settings(any *h, const char *measure, sam_setting *s) {
    static const double two[2] = {1, 2}, other[2] = {2, 1};
    const void *const *points[3] = {(const void *const *)h->points[0], (const void *const *)h->points[1], (const void *const *)h->points[2]};
    int n = 0;
#define IS(name) (!strcmp(measure, name))
    if (IS("barrier") || IS("bezier") || IS("path_profile") || IS("trajectory_kl"))
        s[n++] = sam_tensors("to", points[0]);
    if (IS("plane") || IS("pca_plane") || IS("trajectory"))
        for (int p = 0; p < 3; p++)
            s[n++] = sam_tensors("point", points[p]);
    if (IS("eigen_residual") || IS("directional_sharpness"))
        s[n++] = sam_tensors("direction", points[0]);
    if (IS("stability_ratio"))
        s[n++] = sam_number("lr", 0.1);
    if (IS("relative_flatness"))
        s[n++] = sam_number("tensor", 0);
    if (IS("measure_correlation"))
        s[n++] = sam_list("measure", two, 2), s[n++] = sam_list("generalization", other, 2);
    if (IS("psp_entropy"))
        s[n++] = sam_list("values", two, 2);
    if (IS("sharpness_transfer"))
        s[n++] = sam_list("values", two, 2), s[n++] = sam_list("values", other, 2);
    return n;
}

int any_measure(any *h, const char *measure, const sam_setting *settings, int count, sam_report **out) {
    h->calls = 0;
    memset(h->seen, 0, sizeof h->seen);
    return sam_measure(h->set, measure, &h->objective, settings, (size_t)count, out);
}

void any_keep(any *h) {
    for (int t = 0; t < h->tensors; t++)
        memcpy(h->before[t], h->data[t], (size_t)h->size[t] * bytes_of(h->dtype));
}

int any_is_kept(const any *h) {
    for (int t = 0; t < h->tensors; t++)
        if (memcmp(h->before[t], h->data[t], (size_t)h->size[t] * bytes_of(h->dtype)))
            return 0;
    return 1;
}
