#include "host.h"

#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const tensor_spec usual_tensors[] = {
    {"conv.weight", SAM_WEIGHT, 4, {3, 2, 2, 2}, 0, 0},  {"conv.bias", SAM_BIAS, 1, {3}, 24, 0},
    {"norm.weight", SAM_NORM, 1, {4}, 27, 0},            {"norm.bias", SAM_NORM, 1, {4}, 31, 0},
    {"embed.weight", SAM_EMBEDDING, 2, {5, 3}, 35, 0},   {"empty.weight", SAM_WEIGHT, 2, {0, 4}, 50, 0},
    {"temperature", SAM_BIAS, 0, {0}, 50, 0},            {"frozen.weight", SAM_WEIGHT, 2, {2, 3}, 51, 1},
    {"fc.weight", SAM_WEIGHT, 2, {4, 6}, 57, 0},         {"fc.bias", SAM_BIAS, 1, {4}, 81, 0},
};
const layout usual_layout = {10, usual_tensors};

enum { LARGE = 100000 };

/* Uniform in [0, 1), a hash of the three numbers. */
static double constant(int64_t coordinate, int64_t batch, int64_t which) {
    uint64_t x = (uint64_t)coordinate * 0x9E3779B97F4A7C15u + (uint64_t)batch * 0xC2B2AE3D27D4EB4Fu + (uint64_t)which * 0x165667B19E3779F9u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

static double load(int32_t dtype, const void *buffer, int64_t i) {
    double d;
    float f;
    if (dtype == SAM_F64)
        return memcpy(&d, (const char *)buffer + 8 * i, 8), d;
    if (dtype == SAM_BF16) {
        uint32_t bits = (uint32_t)((const uint16_t *)buffer)[i] << 16;
        return memcpy(&f, &bits, 4), (double)f;
    }
    return memcpy(&f, (const char *)buffer + 4 * i, 4), (double)f;
}

static void store(int32_t dtype, void *buffer, int64_t i, double x) {
    float f = (float)x;
    if (dtype == SAM_F64)
        memcpy((char *)buffer + 8 * i, &x, 8);
    else if (dtype == SAM_BF16)
        memcpy((char *)buffer + 2 * i, (char *)&f + 2, 2);      /* cut, the upper half of a little-endian number */
    else
        memcpy((char *)buffer + 4 * i, &f, 4);
}

static size_t width_of(int32_t dtype) { return dtype == SAM_F64 ? 8 : dtype == SAM_BF16 ? 2 : 4; }

static size_t width(const host *h) { return width_of(h->dtype); }

void host_open(host *h, const layout *layout, int32_t dtype, int32_t gradient_dtype, size_t offset) {
    memset(h, 0, sizeof *h);
    h->layout = layout, h->dtype = dtype, h->gradient_dtype = gradient_dtype ? gradient_dtype : dtype, h->scale = 1, h->in_place = 1;
    CHECK(sam_parameters_create(&h->parameters) == SAM_OK, "%s", sam_error_message());
    for (int t = 0; t < layout->tensors; t++) {
        const tensor_spec *spec = &layout->tensor[t];
        h->size[t] = 1;
        for (int axis = 0; axis < spec->rank; axis++)
            h->size[t] *= spec->shape[axis];
        if (spec->start + h->size[t] > h->n)
            h->n = spec->start + h->size[t];
        size_t bytes = (size_t)h->size[t] * width(h) + offset;
        h->memory[t] = malloc(bytes + 1);
        h->gradient_memory[t] = calloc((size_t)h->size[t] * width_of(h->gradient_dtype) + offset + 1, 1);
        h->data[t] = (char *)h->memory[t] + offset, h->gradient[t] = (char *)h->gradient_memory[t] + offset;
        for (int64_t i = 0; i < h->size[t]; i++)
            store(dtype, h->data[t], i, 2 * constant(spec->start + i, 0, 9) - 1);
        sam_parameter parameter = {sizeof parameter, spec->name, dtype, gradient_dtype, spec->role, 0, spec->rank, spec->shape, h->data[t],
                                   spec->frozen || spec->late ? NULL : h->gradient[t], spec->late, spec->stacked};
        CHECK(sam_parameters_add(h->parameters, &parameter) == t, "%s: %s", spec->name, sam_error_message());
    }
    h->w = calloc((size_t)h->n, sizeof(double)), h->g = calloc((size_t)h->n, sizeof(double));
    h->constants = calloc(5 * (size_t)h->n, sizeof(double));
    for (int64_t i = 0; i < h->n && h->n <= LARGE; i++) {
        double *c = h->constants + 5 * i;
        c[0] = 0.2 + 1.8 * constant(i, 0, 3), c[1] = 0.5 + 2.5 * constant(i, 0, 1), c[2] = 4 * constant(i, 0, 2) - 2;
        c[3] = 0.1 + 3 * constant(i, 0, 4), c[4] = 2 * constant(i, 0, 5) - 1;
    }
}

void host_close(host *h) {
    sam_parameters_destroy(h->parameters);
    sam_optimizer_destroy(h->optimizer);
    for (int t = 0; t < h->layout->tensors; t++)
        free(h->memory[t]), free(h->gradient_memory[t]);
    free(h->w), free(h->g), free(h->constants);
}

/* The objective of more than LARGE coordinates, whose c_bi are sixteenths; straight from and to the buffers. */
static double evaluate_large(host *h, int64_t batch) {
    double loss = 0;
    for (int t = 0; t < h->layout->tensors; t++)
        for (int64_t i = 0; i < h->size[t]; i++) {
            uint32_t place = (uint32_t)(h->layout->tensor[t].start + i), mixed = (place + (uint32_t)batch * 40503u) * 2654435761u;
            double r = load(h->dtype, h->data[t], i) - ((double)(mixed >> 27) - 16) / 16, d = 1 + place % 8;
            loss += 0.5 * d * r * r;
            store(h->gradient_dtype, h->gradient[t], i, d * r / (double)h->n);
        }
    return loss / (double)h->n;
}

static double evaluate(host *h, int ask) {
    int64_t n = h->n, batch = ask & SAM_AUXILIARY ? -1 : 1 + 64 * h->step + (h->same_batch ? 0 : h->batch_in_step);
    if (n > LARGE)
        return evaluate_large(h, batch);
    for (int t = 0; t < h->layout->tensors; t++) {
        void *point = NULL;
        int status = sam_optimizer_point(h->optimizer, t, &point);
        int own = status == SAM_OK && point == h->data[t];
        if (status != SAM_OK || (!own && (h->in_place || !(ask & SAM_PERTURBED) || h->layout->tensor[t].frozen)))
            CHECK(0, "tensor %d stands at %p, not in the host's buffer: %s", t, point, sam_error_message());
        for (int64_t i = 0; i < h->size[t]; i++)
            h->w[h->layout->tensor[t].start + i] = load(h->dtype, point, i);
    }
    double loss = 0, slope = 0;
    for (int64_t i = 0; i < n; i++) {
        const double *c = h->constants + 5 * i;             /* a, k, p, d, s */
        double r = h->w[i] - 2 * constant(i, batch, 0) + 1, u = c[1] * h->w[i] + c[2], bump = 1 / (1 + u * u);
        if (ask & SAM_AUXILIARY) {
            loss += 0.5 * r * r, h->g[i] = r / (double)n;
            continue;
        }
        loss += c[0] * bump + 0.5 * c[3] * r * r;
        slope += c[4] * r;
        h->g[i] = (c[3] * r - 2 * c[0] * c[1] * u * bump * bump) / (double)n;
    }
    for (int64_t i = 0; i < n && slope != 0; i++)
        h->g[i] += slope * h->constants[5 * i + 4] / (double)n;
    for (int t = 0; t < h->layout->tensors; t++)
        for (int64_t i = 0; i < h->size[t] && !(h->adds && ask & SAM_LOSS_ONLY); i++) {
            double x = ask & SAM_LOSS_ONLY ? NAN : h->scale * h->g[h->layout->tensor[t].start + i];
            x = h->round_gradients ? (float)x : x;
            store(h->gradient_dtype, h->gradient[t], i, h->adds ? load(h->gradient_dtype, h->gradient[t], i) + x : x);
        }
    loss = (loss + 0.5 * slope * slope) / (double)n;
    return h->scale < 0 ? -loss : loss;
}

void *host_snapshot(const host *h) {
    char *copy = malloc((size_t)(h->n + 1) * 8), *place = copy;
    for (int t = 0; t < h->layout->tensors; t++)
        place = (char *)memcpy(place, h->data[t], (size_t)h->size[t] * width(h)) + (size_t)h->size[t] * width(h);
    return copy;
}

static int same_weights(const host *h, const void *snapshot) {
    const char *place = snapshot;
    for (int t = 0; t < h->layout->tensors; place += (size_t)h->size[t] * width(h), t++)
        if (memcmp(place, h->data[t], (size_t)h->size[t] * width(h)))
            return 0;
    return 1;
}

int host_equals(const host *h, const void *snapshot) {
    for (int t = 0; t < h->layout->tensors; t++) {
        void *point = NULL;
        if (sam_optimizer_point(h->optimizer, t, &point) != SAM_OK || point != h->data[t])
            return 0;
    }
    return same_weights(h, snapshot);
}

/* The batch to evaluate, counted from the step's first: the next one behind those seen where it is asked for, else one of them. */
static void name_batch(host *h, int ask, int64_t begin) {
    int64_t *seen = &h->further_batches;
    h->batch_in_step = sam_batch(h->optimizer) - begin;
    *seen += ask & SAM_NEXT_BATCH ? 1 : 0;
    if (ask & SAM_NEXT_BATCH ? h->batch_in_step != *seen : h->batch_in_step < 0 || h->batch_in_step > *seen)
        CHECK(0, "ask %d for batch %d of the step, %d were seen", ask, (int)h->batch_in_step, (int)*seen);
}

static void bind(host *h, int tensor, void *gradient) {
    CHECK(sam_parameters_bind(h->parameters, tensor, NULL, gradient) == SAM_OK, "%s", sam_error_message());
}

/* Spoils what the evaluation left behind; a missing gradient comes back with the next answer. */
static void spoil(host *h, const fault *f, double *loss) {
    if (f->kind == NAN_LOSS)
        *loss = NAN;
    if (f->kind == NAN_GRADIENT || f->kind == INFINITE_GRADIENT)
        store(h->gradient_dtype, h->gradient[f->tensor], h->size[f->tensor] - 1, f->kind == NAN_GRADIENT ? NAN : -INFINITY);
    for (int64_t i = 0; i < h->size[f->tensor] && f->kind == ZERO_GRADIENT; i++)
        store(h->gradient_dtype, h->gradient[f->tensor], i, 0);
    if (f->kind == NO_GRADIENT || f->kind == LEAVES)
        bind(h, f->tensor, NULL);
    if (f->kind == JOINS)
        bind(h, f->tensor, h->gradient[f->tensor]);
}

int host_step(host *h, const fault *f) {
    int ask, count = 0, most = sam_optimizer_evaluations(h->optimizer), missing = f && f->kind == NO_GRADIENT && f->evaluation == 0;
    double loss = 0;
    int64_t begin = sam_batch(h->optimizer);
    h->further_batches = 0;
    void *iterate = h->in_place ? NULL : host_snapshot(h);
    if (missing || (f && f->kind == JOINS))
        bind(h, f->tensor, NULL);
    while ((ask = sam_step(h->optimizer, loss)) > 0) {
        if (missing && count)
            bind(h, f->tensor, h->gradient[f->tensor]), missing = 0;
        if (!(ask & SAM_EVALUATE) || ask > 63 || count >= most || count >= MOST_EVALUATIONS || (!count && ask & SAM_NEXT_BATCH))
            CHECK(0, "evaluation %d of at most %d asks %d", count, most, ask);
        name_batch(h, ask, begin);
        if (iterate && !same_weights(h, iterate))
            CHECK(0, "evaluation %d: in_place is 0 and the host's weights are not the iterate", count);
        if (f && f->evaluation == count && f->kind == CANCEL) {
            ask = sam_cancel(h->optimizer);
            break;
        }
        h->last_ask = h->asked[count < MOST_EVALUATIONS ? count : 0] = ask;
        loss = evaluate(h, ask);
        for (int t = 0; t < h->layout->tensors && !h->made_gradients; t++)
            if (h->layout->tensor[t].late)
                bind(h, t, h->gradient[t]);
        h->made_gradients = 1;
        if (f && f->evaluation == count) {
            spoil(h, f, &loss);
            missing = f->kind == NO_GRADIENT || f->kind == LEAVES;
        }
        count++, h->evaluations++;
    }
    if (missing)
        bind(h, f->tensor, h->gradient[f->tensor]);
    free(iterate);
    h->most = count > h->most ? count : h->most;
    h->step += ask == 0 && (!f || f->kind >= NO_GRADIENT);
    return ask;
}

uint64_t host_hash(const host *h) {
    uint64_t hash = 0xCBF29CE484222325u;
    for (int t = 0; t < h->layout->tensors; t++)
        for (int64_t i = 0; i < h->size[t]; i++) {
            uint64_t bits = 0;
            memcpy(&bits, (const char *)h->data[t] + (size_t)i * width(h), width(h));
            hash = (hash ^ bits) * 0x100000001B3u;
            hash ^= hash >> 29;
        }
    return hash;
}

double host_weight(const host *h, int64_t coordinate) {
    for (int t = 0; t < h->layout->tensors; t++)
        if (coordinate >= h->layout->tensor[t].start && coordinate < h->layout->tensor[t].start + h->size[t])
            return load(h->dtype, h->data[t], coordinate - h->layout->tensor[t].start);
    return 0;
}

double host_distance(const host *a, const host *b) {
    double distance = 0, largest = 1;
    for (int64_t i = 0; i < a->n; i++) {
        double x = host_weight(a, i), y = host_weight(b, i), difference = fabs(x - y);
        distance = difference <= distance ? distance : difference == difference ? difference : INFINITY;
        largest = fmax(largest, fabs(x));
    }
    return distance / largest;
}
