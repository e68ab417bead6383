/* Weights of 16 bits are the iterate, bit for bit, behind every step that does not end: cancelled, not finite, skipped; whatever was changed since they
   were rounded: master, rounding, seed, in_place, average; from every such setting to every other. And a run that is resumed there goes on alike. */
#include "check.h"

#include <sam.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { N = 70, ROUNDINGS = 2, SEEDS = 2, SETTINGS = 2 * ROUNDINGS * SEEDS * 2 * 2 };

typedef struct run {
    uint16_t w[2][N], g[2][N];
    sam_parameters *set;
    sam_optimizer *optimizer;
} run;

static uint16_t bits(int dtype, float x) {
    uint32_t u;
    memcpy(&u, &x, 4);
    if (dtype == SAM_BF16)
        return (uint16_t)(u >> 16);
    int exponent = (int)(u >> 23 & 255) - 112;              /* f16, of numbers that are normal there */
    return (uint16_t)((u >> 16 & 0x8000) | (uint32_t)exponent << 10 | (u >> 13 & 0x3FF));
}

static void set_all(run *r, int setting) {
    static const char *const words[] = {"nearest", "stochastic"};
    int status = sam_optimizer_choose(r->optimizer, -1, "rounding", words[setting % 2]);
    status |= sam_optimizer_set(r->optimizer, -1, "seed", setting / 2 % 2 ? 5 : 0);
    status |= sam_optimizer_set(r->optimizer, -1, "master", setting / 4 % 2);
    status |= sam_optimizer_set(r->optimizer, -1, "in_place", setting / 8 % 2);
    status |= sam_optimizer_choose(r->optimizer, -1, "average", setting / 16 % 2 ? "swa" : "none");
    CHECK(status == SAM_OK, "%s", sam_error_message());
}

static void open_run(run *r, int dtype, const char *method, const char *base) {
    static const int64_t n = N;
    CHECK(sam_parameters_create(&r->set) == SAM_OK, "%s", sam_error_message());
    for (int t = 0; t < 2; t++)
        for (int i = 0; i < N; i++)
            r->w[t][i] = bits(dtype, (i % 2 ? -1.f : 1.f) * (0.3f + 0.0137f * (float)(i + 7 * t))), r->g[t][i] = 0;
    for (int t = 0; t < 2; t++) {
        sam_parameter p = {sizeof p, t ? "b" : "a", dtype, 0, SAM_WEIGHT, 0, 1, &n, r->w[t], r->g[t]};
        CHECK(sam_parameters_add(r->set, &p) == t, "%s", sam_error_message());
    }
    CHECK(sam_optimizer_create(r->set, method, base, &r->optimizer) == SAM_OK, "%s", sam_error_message());
    CHECK(sam_optimizer_set(r->optimizer, -1, "lr", 0.003) == SAM_OK, "%s", sam_error_message());
}

static void close_run(run *r) {
    sam_optimizer_destroy(r->optimizer);
    sam_parameters_destroy(r->set);
}

static void evaluate(run *r, int dtype, int step) {
    for (int t = 0; t < 2; t++)
        for (int i = 0; i < N; i++)
            r->g[t][i] = bits(dtype, (float)((i * 7 + step * 3 + t) % 11) / 8 - 0.5f + 0.01f);
}

static int step(run *r, int dtype, int number) {
    int ask;
    while ((ask = sam_step(r->optimizer, 1)) > 0)
        evaluate(r, dtype, number);
    return ask;
}

static void *state_of(run *r, size_t *bytes) {
    CHECK(sam_optimizer_state_size(r->optimizer, bytes) == SAM_OK, "%s", sam_error_message());
    void *state = malloc(*bytes);
    CHECK(sam_optimizer_state_write(r->optimizer, state, *bytes) == SAM_OK, "%s", sam_error_message());
    return state;
}

static void change(int dtype, const char *method, const char *base, int from, int to) {
    static const char *const ends[] = {"cancelled at once", "cancelled later", "not finite", "skipped"};
    run r;
    open_run(&r, dtype, method, base);
    set_all(&r, from);
    for (int k = 0; k < 3; k++)
        CHECK(step(&r, dtype, k) == 0, "%s", sam_error_message());
    set_all(&r, to);
    run resumed;
    size_t bytes;
    void *state = state_of(&r, &bytes);
    open_run(&resumed, dtype, method, base);
    memcpy(resumed.w, r.w, sizeof r.w);
    CHECK(sam_optimizer_state_read(resumed.optimizer, state, bytes) == SAM_OK, "%s", sam_error_message());
    free(state);
    uint16_t before[2][N];
    memcpy(before, r.w, sizeof before);
    for (int end = 0; end < 4; end++)
        for (int which = 0; which < 2; which++) {
            run *one = which ? &resumed : &r;
            CHECK(sam_optimizer_choose(one->optimizer, -1, "nonfinite", end == 3 ? "skip" : "error") == SAM_OK, "%s", sam_error_message());
            CHECK(sam_step(one->optimizer, 0) > 0, "%s", sam_error_message());
            evaluate(one, dtype, 3);
            if (end > 0)
                CHECK(sam_step(one->optimizer, 1) > 0, "%s", sam_error_message());
            int64_t held;
            CHECK(sam_optimizer_memory(one->optimizer, &held) == SAM_OK, "%s", sam_error_message());
            if (end < 2) {
                CHECK(sam_cancel(one->optimizer) == 0, "%s", sam_error_message());
            } else {
                one->g[1][N - 1] = bits(dtype, 0) | (dtype == SAM_BF16 ? 0x7F80 : 0x7C00);
                int answer = sam_step(one->optimizer, 1);
                CHECK(answer == (end == 3 ? 0 : SAM_ERROR_NONFINITE), "%d: %s", answer, sam_error_message());
            }
            CHECK(!memcmp(before, one->w, sizeof before), "%s+%s, dtype %d, settings %d to %d, %s%s: the weights are not the iterate", method, base, dtype,
                  from, to, ends[end], which ? ", resumed" : "");
        }
    for (int k = 3; k < 5; k++)
        CHECK(step(&r, dtype, k) == 0 && step(&resumed, dtype, k) == 0, "%s", sam_error_message());
    CHECK(!memcmp(r.w, resumed.w, sizeof r.w), "%s+%s, dtype %d, settings %d to %d: a resumed run has other bits", method, base, dtype, from, to);
    close_run(&r);
    close_run(&resumed);
}

/* What was averaged before the average was switched off does not count when it is on again. */
static void averages_begin_anew(void) {
    static const int64_t one = 1;
    double w = 1, g = 1, mean;
    sam_parameters *set;
    sam_optimizer *o;
    sam_parameter p = {sizeof p, "w", SAM_F64, 0, SAM_WEIGHT, 0, 1, &one, &w, &g};
    CHECK(sam_parameters_create(&set) == SAM_OK && sam_parameters_add(set, &p) == 0, "%s", sam_error_message());
    CHECK(sam_optimizer_create(set, "none", "sgd", &o) == SAM_OK, "%s", sam_error_message());
    CHECK(sam_optimizer_set(o, -1, "lr", 0.25) == SAM_OK && sam_optimizer_choose(o, -1, "average", "swa") == SAM_OK, "%s", sam_error_message());
    for (int k = 0; k < 4; k++)
        CHECK(sam_step(o, 1) > 0 && sam_step(o, 1) == 0, "%s", sam_error_message());
    CHECK(sam_optimizer_choose(o, -1, "average", "none") == SAM_OK && sam_optimizer_choose(o, -1, "average", "swa") == SAM_OK, "%s", sam_error_message());
    double sum = 0;
    for (int k = 0; k < 3; k++) {
        CHECK(sam_step(o, 1) > 0 && sam_step(o, 1) == 0, "%s", sam_error_message());
        sum += w;
    }
    CHECK(sam_optimizer_average(o, 0, &mean) == SAM_OK && fabs(mean - sum / 3) < 1e-12, "the mean of three weights is %g, not %g", mean, sum / 3);
    sam_optimizer_destroy(o);
    sam_parameters_destroy(set);
}

int main(void) {
    for (int dtype = SAM_BF16; dtype <= SAM_F16; dtype++)
        for (int from = 0; from < SETTINGS; from++)
            for (int to = 0; to < SETTINGS; to++) {
                change(dtype, "sam", "sgd", from, to);
                if ((from ^ to) < 8)
                    change(dtype, "friendly_sam", "adamw", from, to);
            }
    averages_begin_anew();
    return report("rounding");
}
