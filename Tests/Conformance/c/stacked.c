/* A stacked tensor is stepped as its slices are when they are registered one after the other, bit for bit: every method over every base, every choice
   and flag, the shared options that change how a step goes, 16 bits; and its state is saved and read as one tensor. */
#include "check.h"
#include "refused.h"
#include "variants.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 5 };

static const tensor_spec stacks[] = {
    {"layers.weight", SAM_WEIGHT, 3, {3, 4, 5}, 0, 0, 1},     {"layers.bias", SAM_BIAS, 2, {3, 4}, 60, 0, 1},
    {"norm.weight", SAM_NORM, 2, {2, 3}, 72, 0, 1},           {"embed.weight", SAM_EMBEDDING, 3, {2, 3, 2}, 78, 0, 1},
    {"conv.weight", SAM_WEIGHT, 5, {2, 4, 2, 2, 2}, 90, 0, 1}, {"none.weight", SAM_WEIGHT, 3, {0, 3, 2}, 154, 0, 1},
    {"empty.weight", SAM_WEIGHT, 3, {2, 0, 3}, 154, 0, 1},    {"frozen.weight", SAM_WEIGHT, 3, {2, 2, 2}, 154, 1, 1},
    {"heads.weight", SAM_WEIGHT, 4, {2, 2, 3, 2}, 162, 0, 2}, {"gains", SAM_BIAS, 1, {3}, 186, 0, 1},
    {"fc.weight", SAM_WEIGHT, 2, {4, 6}, 189, 0, 0},
};
static const layout stacked = {sizeof stacks / sizeof *stacks, stacks};

/* The same coordinates with a tensor for each slice. */
static layout apart(void) {
    static tensor_spec pieces[MOST_TENSORS];
    static char names[MOST_TENSORS][32];
    layout l = {0, pieces};
    for (int t = 0; t < stacked.tensors; t++) {
        tensor_spec whole = stacks[t];
        int64_t slices = 1, size = 1;
        for (int i = 0; i < whole.rank; i++)
            *(i < whole.stacked ? &slices : &size) *= whole.shape[i];
        for (int64_t k = 0; k < slices; k++) {
            snprintf(names[l.tensors], sizeof *names, "%s.%d", whole.name, (int)k);
            tensor_spec piece = {names[l.tensors], whole.role, whole.rank - whole.stacked, {0}, whole.start + k * size, whole.frozen, 0, 0};
            memcpy(piece.shape, whole.shape + whole.stacked, (size_t)piece.rank * sizeof *piece.shape);
            pieces[l.tensors++] = piece;
        }
    }
    return l;
}

static size_t width(const host *h) { return h->dtype == SAM_F64 ? 8 : 4; }

/* The averaged weights of all tensors, in their order; NULL where there are none. */
static char *averages(const host *h) {
    char *out = malloc((size_t)(h->n + 1) * 8), *place = out;
    for (int t = 0; t < h->layout->tensors; place += (size_t)h->size[t] * width(h), t++)
        if (sam_optimizer_average(h->optimizer, t, place) != SAM_OK)
            return free(out), NULL;
    return out;
}

static void same_average(const variant *v, const host *a, const host *b) {
    char *x = averages(a), *y = averages(b);
    CHECK(!x == !y && (!x || !memcmp(x, y, (size_t)a->n * width(a))), "%s: other averages", v->title);
    free(x), free(y);
}

static void compare(const variant *v, int32_t dtype, size_t offset) {
    layout pieces = apart();
    host whole, split;
    if (!variant_open_mixed(&whole, v, &stacked, dtype, 0, offset))
        return;
    variant_open(&split, v, &pieces, dtype, 0);
    for (int step = 0; step < STEPS; step++) {
        int answer = host_step(&whole, NULL) | host_step(&split, NULL);
        CHECK(answer == 0, "%s: %s", v->title, sam_error_message());
    }
    CHECK(host_hash(&whole) == host_hash(&split), "%s: stacked is not apart in type %d: %g", v->title, dtype, host_distance(&whole, &split));
    sam_metrics a = {.struct_size = sizeof a}, b = {.struct_size = sizeof b};
    sam_optimizer_metrics(whole.optimizer, &a), sam_optimizer_metrics(split.optimizer, &b);
    CHECK(!memcmp(&a, &b, sizeof a), "%s: other metrics", v->title);
    same_average(v, &whole, &split);
    host_close(&whole), host_close(&split);
}

static void stacked_is_apart(const variant *v) { compare(v, SAM_F32, 0); }
static void stacked_is_apart_in_double(const variant *v) { compare(v, SAM_F64, 3); }

static char *state_of(const host *h, size_t *bytes) {
    CHECK(sam_optimizer_state_size(h->optimizer, bytes) == SAM_OK, "%s", sam_error_message());
    char *state = malloc(*bytes);
    CHECK(sam_optimizer_state_write(h->optimizer, state, *bytes) == SAM_OK, "%s", sam_error_message());
    return state;
}

/* Behind three steps state and weights go to a new set, with an average beside; it goes on as the one that did not stop. */
static void stacked_resumes(const variant *v) {
    host straight, resumed;
    size_t bytes, again;
    if (!variant_open(&straight, v, &stacked, SAM_F32, 0))
        return;
    sam_optimizer_choose(straight.optimizer, -1, "shared.average", "ema");
    for (int step = 0; step < 3; step++)
        CHECK(host_step(&straight, NULL) == 0, "%s: %s", v->title, sam_error_message());
    char *state = state_of(&straight, &bytes);
    variant_open(&resumed, v, &stacked, SAM_F32, 0);
    for (int t = 0; t < stacked.tensors; t++)
        memcpy(resumed.data[t], straight.data[t], (size_t)straight.size[t] * 4);
    resumed.step = straight.step;
    CHECK(sam_optimizer_state_read(resumed.optimizer, state, bytes) == SAM_OK, "%s: %s", v->title, sam_error_message());
    char *same = state_of(&resumed, &again);
    CHECK(again == bytes && !memcmp(state, same, bytes), "%s: what was read is not what was written", v->title);
    for (int step = 0; step < 3; step++)
        host_step(&straight, NULL), host_step(&resumed, NULL);
    CHECK(host_hash(&straight) == host_hash(&resumed), "%s: a resumed run has other bits", v->title);
    same_average(v, &straight, &resumed);
    free(state), free(same);
    host_close(&straight), host_close(&resumed);
}

/* The state's tensor of a stack has its whole shape; a set that does not stack is another set. */
static void state_has_the_whole_shape(void) {
    const variant v = {.method = "none", .base = "adam", .title = "none+adam"};
    tensor_spec plain[MOST_TENSORS];
    memcpy(plain, stacks, sizeof stacks);
    for (int t = 0; t < stacked.tensors; t++)
        plain[t].stacked = 0;
    layout other = {stacked.tensors, plain};
    host h, flat;
    size_t bytes;
    variant_open(&h, &v, &stacked, SAM_F32, 0), variant_open(&flat, &v, &other, SAM_F32, 0);
    host_step(&h, NULL);
    char *state = state_of(&h, &bytes);
    int found = 0;
    static const char wanted[] = ".layers.weight\":{\"dtype\":\"F32\",\"shape\":[3,4,5]";
    for (size_t i = 0; i + sizeof wanted <= bytes; i++)
        found += !memcmp(state + i, wanted, sizeof wanted - 1);
    CHECK(found == 2, "%d moments of layers.weight in the state have its shape", found);
    REFUSED(sam_optimizer_state_read(flat.optimizer, state, bytes), SAM_ERROR_MISMATCH, "stacked along 1");
    free(state);
    host_close(&h), host_close(&flat);
}

/* An element is named by its place in the host's tensor. */
static void faults_name_the_whole(void) {
    const variant v = {.method = "sam", .base = "muon", .title = "sam+muon"};
    host h;
    variant_open(&h, &v, &stacked, SAM_F64, 0);
    fault nan = {NAN_GRADIENT, 1, 0};
    REFUSED(host_step(&h, &nan), SAM_ERROR_NONFINITE, "gradient[59] of \"layers.weight\"");
    host_close(&h);
}

static void a_gradient_missing_for_a_step(const variant *v) {
    layout pieces = apart();
    host whole, split;
    if (!variant_open(&whole, v, &stacked, SAM_F64, 0))
        return;
    variant_open(&split, v, &pieces, SAM_F64, 0);
    for (int step = 0; step < 3; step++) {
        for (int t = 0; t < 3 && step == 1; t++)
            sam_parameters_bind(split.parameters, t, NULL, NULL);
        fault no = {NO_GRADIENT, 0, 0};
        for (int t = 0; t < 3 && step == 2; t++)
            sam_parameters_bind(split.parameters, t, NULL, split.gradient[t]);
        if (step == 1 && whole.most > 1)        /* a host binds it again behind the first evaluation */
            break;
        CHECK((host_step(&whole, step == 1 ? &no : NULL) | host_step(&split, NULL)) == 0, "%s: %s", v->title, sam_error_message());
    }
    CHECK(host_hash(&whole) == host_hash(&split), "%s: a stack without a gradient is not its slices without", v->title);
    host_close(&whole), host_close(&split);
}

static uint16_t bf16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    return (uint16_t)(bits >> 16);
}

/* Three matrices of 3 x 5 in bf16: slices begin at odd places. Gradients in f32, w - 1 with another weight in each column. */
static void halves(const char *method, const char *base, int master, int stochastic, int in_place) {
    uint16_t w[2][45];
    float g[2][45];
    sam_optimizer *optimizer[2];
    for (int which = 0; which < 2; which++) {
        sam_parameters *set;
        sam_parameters_create(&set);
        for (int i = 0; i < 45; i++)
            w[which][i] = bf16((float)sin(i + 1.0));
        for (int k = 0; k < (which ? 3 : 1); k++) {
            char name[] = "w0";
            int64_t shape[3] = {3, 3, 5};
            name[1] = (char)('0' + k);
            sam_parameter p = {sizeof p, name, SAM_BF16, SAM_F32, 0, 0, which ? 2 : 3, shape + which, w[which] + 15 * k, g[which] + 15 * k, 0, which ? 0 : 1};
            ACCEPTED(sam_parameters_add(set, &p));
        }
        ACCEPTED(sam_optimizer_create(set, method, base, &optimizer[which]));
        ACCEPTED(sam_optimizer_set(optimizer[which], -1, "master", master) | sam_optimizer_set(optimizer[which], -1, "in_place", in_place));
        ACCEPTED(sam_optimizer_choose(optimizer[which], -1, "rounding", stochastic ? "stochastic" : "nearest"));
        ACCEPTED(sam_optimizer_choose(optimizer[which], -1, "average", "swa"));
        sam_parameters_destroy(set);
    }
    for (int step = 0; step < STEPS; step++)
        for (int which = 0; which < 2; which++) {
            int ask;
            while ((ask = sam_step(optimizer[which], 1)) > 0)
                for (int i = 0; i < 45; i++) {
                    void *data;
                    int piece = which ? i / 15 : 0;
                    sam_optimizer_point(optimizer[which], piece, &data);
                    uint32_t bits = (uint32_t)((uint16_t *)data)[which ? i % 15 : i] << 16;
                    float x;
                    memcpy(&x, &bits, 4);
                    g[which][i] = (x - 1) * (float)(1 + i % 5);
                }
            CHECK(ask == 0, "%s+%s: %s", method, base, sam_error_message());
        }
    uint16_t average[2][45];
    sam_optimizer_average(optimizer[0], 0, average[0]);
    for (int k = 0; k < 3; k++)
        sam_optimizer_average(optimizer[1], k, average[1] + 15 * k);
    CHECK(!memcmp(w[0], w[1], sizeof *w) && !memcmp(average[0], average[1], sizeof *average), "%s+%s in bf16: master %d, stochastic %d, in place %d",
          method, base, master, stochastic, in_place);
    sam_optimizer_destroy(optimizer[0]), sam_optimizer_destroy(optimizer[1]);
}

static void what_cannot_be(void) {
    sam_parameters *set;
    double data[24], gradient[24];
    int64_t shape[3] = {2, 3, 4}, long_shape[2] = {1 << 21, 0};
    ACCEPTED(sam_parameters_create(&set));
    sam_parameter p = {.struct_size = sizeof p, .name = "w", .dtype = SAM_F64, .rank = 3, .shape = shape, .data = data, .gradient = gradient};
    p.stacked_axes = -1;
    REFUSED(sam_parameters_add(set, &p), SAM_ERROR_ARGUMENT, "stacked_axes = -1 of \"w\"");
    p.stacked_axes = 4;
    REFUSED(sam_parameters_add(set, &p), SAM_ERROR_ARGUMENT, "0 to 3");
    p.trained = 2, p.stacked_axes = 0;
    REFUSED(sam_parameters_add(set, &p), SAM_ERROR_ARGUMENT, "trained = 2 of \"w\"");
    p.trained = 0, p.stacked_axes = 1, p.rank = 2, p.shape = long_shape;
    REFUSED(sam_parameters_add(set, &p), SAM_ERROR_ARGUMENT, "2097152 tensors");
    p.rank = 3, p.shape = shape, p.stacked_axes = 3;            /* 24 scalars */
    ACCEPTED(sam_parameters_add(set, &p));
    CHECK(sam_parameters_count(set) == 1 && sam_parameters_size(set) == 24, "a stack is one tensor of the set");
    sam_parameters_destroy(set);
}

int main(void) {
    each_variant(1, stacked_is_apart);
    each_variant(0, stacked_is_apart_in_double);
    each_pair(stacked_is_apart);
    each_shared_variant(stacked_is_apart);
    each_shared_variant(stacked_is_apart_in_double);
    each_variant(1, stacked_resumes);
    each_variant(0, a_gradient_missing_for_a_step);
    for (int i = 0; i < 8; i++)
        halves("sam", "sgd", i & 1, i >> 1 & 1, i >> 2 & 1), halves("sam_filterwise", "muon", i & 1, i >> 1 & 1, i >> 2 & 1),
            halves("rwp", "adafactor", i & 1, i >> 1 & 1, i >> 2 & 1), halves("none", "soap", i & 1, i >> 1 & 1, i >> 2 & 1);
    state_has_the_whole_shape();
    faults_name_the_whole();
    what_cannot_be();
    return report("stacked");
}
