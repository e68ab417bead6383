/* Where and how the tensors lie makes no difference: order, splitting, alignment; and neither do threads, where there is enough to share out. */
#include "check.h"
#include "properties.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static int steps_of(host *h, int steps) {
    int answer = 0;
    for (int step = 0; step < steps && answer == 0; step++)
        answer = host_step(h, NULL);
    return answer;
}

/* Runs the variant on both layouts and compares to rounding, 1e-10. */
static void same_result(const variant *v, const layout *other, const char *what) {
    host usual, changed;
    if (!variant_open(&usual, v, &usual_layout, SAM_F64, 0))
        return;
    variant_open(&changed, v, other, SAM_F64, 0);
    CHECK(steps_of(&usual, STEPS) == 0 && steps_of(&changed, STEPS) == 0, "%s: %s", v->title, sam_error_message());
    CHECK(host_distance(&usual, &changed) <= 1e-10, "%s: %s make a difference of %g", v->title, what, host_distance(&usual, &changed));
    host_close(&usual);
    host_close(&changed);
}

void order_of_tensors_is_free(const variant *v) {
    tensor_spec reversed[MOST_TENSORS];
    for (int t = 0; t < usual_layout.tensors; t++)
        reversed[t] = usual_layout.tensor[usual_layout.tensors - 1 - t];
    layout l = {usual_layout.tensors, reversed};
    if (!variant_draws(v))
        same_result(v, &l, "tensors in reverse order");
}

void tensors_can_be_split(const variant *v) {
    tensor_spec pieces[MOST_TENSORS];
    layout l = {0, pieces};
    static char names[MOST_TENSORS][64];
    static const char *const by_tensor[] = {"sam_layerwise", "looklayersam", "zsharp",                       /* by their formulas */
                                            "adafactor", "lars", "lamb", "muon", "normuon", "lanton", "shampoo", "soap"};
    for (size_t i = 0; i < sizeof by_tensor / sizeof *by_tensor; i++)
        if (variant_draws(v) || !strcmp(v->method, by_tensor[i]) || (v->base && !strcmp(v->base, by_tensor[i])))
            return;
    for (int t = 0; t < usual_layout.tensors; t++) {
        tensor_spec whole = usual_layout.tensor[t], *piece = &pieces[l.tensors++];
        *piece = whole;
        if (whole.rank < 2 || whole.shape[0] < 2)
            continue;
        int64_t row = 1;
        for (int axis = 1; axis < whole.rank; axis++)
            row *= whole.shape[axis];
        snprintf(names[t], sizeof names[t], "%s.rest", whole.name);
        piece[0].shape[0] = 1;
        piece[1] = whole, l.tensors++;
        piece[1].name = names[t], piece[1].shape[0] -= 1, piece[1].start += row;
    }
    same_result(v, &l, "tensors split by rows");
}

void alignment_is_free(const variant *v) {
    for (int32_t dtype = SAM_F32; dtype <= SAM_F64; dtype++) {
        uint64_t first = 0;
        for (size_t offset = 0; offset < 8; offset += offset ? 3 : 1) {
            host h;
            if (!variant_open(&h, v, &usual_layout, dtype, offset))
                return;
            CHECK(steps_of(&h, STEPS) == 0, "%s: %s", v->title, sam_error_message());
            first = offset ? first : host_hash(&h);
            CHECK(host_hash(&h) == first, "%s: buffers %d bytes off alignment change bits", v->title, (int)offset);
            host_close(&h);
        }
    }
}

/* The same gradients, all of them f32 numbers, in buffers of f32 and of f64. */
void gradient_dtype_is_free(const variant *v) {
    for (int32_t dtype = SAM_F32; dtype <= SAM_F64; dtype++) {
        uint64_t hash[3] = {0, 0, 0};
        for (int32_t gradient_dtype = SAM_F32; gradient_dtype <= SAM_F64; gradient_dtype++) {
            host h;
            if (!variant_open_mixed(&h, v, &usual_layout, dtype, gradient_dtype, 0))
                return;
            h.round_gradients = 1;
            CHECK(steps_of(&h, STEPS) == 0, "%s: %s", v->title, sam_error_message());
            hash[gradient_dtype] = host_hash(&h);
            host_close(&h);
        }
        CHECK(hash[SAM_F32] == hash[SAM_F64], "%s: weights of type %d: the type of the gradients' buffers changes bits", v->title, (int)dtype);
    }
}

/* 1 111 203 scalars in tensors of uneven sizes: passes are shared out from a million on. */
static const tensor_spec large_tensors[] = {
    {"in.weight", SAM_WEIGHT, 2, {1009, 700}, 0, 0},        {"in.bias", SAM_BIAS, 1, {999}, 706300, 0},
    {"norm.weight", SAM_NORM, 1, {1701}, 707299, 0},        {"out.weight", SAM_EMBEDDING, 2, {401, 1003}, 709000, 0},
};
static const layout large = {4, large_tensors};

static uint64_t large_hash(const variant *v, int threads) {
    host h;
    CHECK(sam_set_threads(threads) == SAM_OK, "%s", sam_error_message());
    if (!variant_open(&h, v, &large, SAM_F32, 0))
        return 0;
    CHECK(steps_of(&h, v->evaluations > 8 ? 1 : 2) == 0, "%s: %s", v->title, sam_error_message());
    uint64_t hash = host_hash(&h);
    host_close(&h);
    return hash;
}

/* Each method with sgd, each base with sam: the passes are the same for all pairs. */
static int worth_a_large_run(const variant *v) { return !v->base || !strcmp(v->base, "sgd") || !strcmp(v->method, "sam"); }

void threads_change_no_bit(const variant *v) {
    if (!worth_a_large_run(v))
        return;
    uint64_t one = large_hash(v, 1);
    for (int threads = 2; threads <= 3; threads++)
        CHECK(large_hash(v, threads) == one, "%s: %d threads change bits", v->title, threads);
    sam_set_threads(1);
}

void threads_start(void) {
    variant v = {.method = "sam", .base = "sgd", .title = "sam+sgd"};
    large_hash(&v, 3);
    int tasks = 0;
    DIR *folder = opendir("/proc/self/task");
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        tasks += entry->d_name[0] != '.';
    if (folder)
        closedir(folder);
    CHECK(!folder || tasks == 3, "%d threads run after sam_set_threads(3): %s", tasks, sam_build_info());
    sam_set_threads(1);
}

void print_hash(const variant *v) {
    for (int32_t dtype = SAM_F32; dtype <= SAM_F64; dtype++) {
        host h;
        if (!variant_open(&h, v, &usual_layout, dtype, 0))
            return;
        CHECK(steps_of(&h, STEPS) == 0, "%s: %s", v->title, sam_error_message());
        printf("%s %s %016llx\n", v->title, dtype == SAM_F32 ? "f32" : "f64", (unsigned long long)host_hash(&h));
        host_close(&h);
    }
}

void print_large_hash(const variant *v) {
    if (worth_a_large_run(v))
        printf("%s large %016llx\n", v->title, (unsigned long long)large_hash(v, 2));
}
