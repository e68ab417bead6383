/* Shared options where their result is known: neutral values change no bit of a run, start_step and every hand steps to the base alone,
   zero_gradient leaves zeros. */
#include "check.h"
#include "properties.h"

#include <stdlib.h>
#include <string.h>

/* The hash after a run with one more option; 0 where the optimizer refuses it as unsupported. */
static uint64_t run_with(const variant *v, const char *option, double value, const char *word, double host_scale) {
    host h;
    if (!variant_open(&h, v, &usual_layout, SAM_F64, 0))
        return 0;
    h.scale = host_scale;
    h.same_batch = 1;
    h.adds = !strcmp(option, "shared.zero_gradient");
    h.in_place = strcmp(option, "shared.in_place") != 0;
    int status = word ? sam_optimizer_choose(h.optimizer, -1, option, word) : sam_optimizer_set(h.optimizer, -1, option, value);
    CHECK(status == SAM_OK || status == SAM_ERROR_UNSUPPORTED, "%s, %s: %s", v->title, option, sam_error_message());
    for (int step = 0; step < STEPS && status == SAM_OK; step++)
        CHECK(host_step(&h, NULL) == 0, "%s, %s: %s", v->title, option, sam_error_message());
    uint64_t hash = status == SAM_OK ? host_hash(&h) : 0;
    host_close(&h);
    return hash;
}

static void neutral(const variant *v, const char *option, double value, const char *word, double host_scale, uint64_t plain, int refused) {
    uint64_t hash = run_with(v, option, value, word, host_scale);
    CHECK(hash == plain || (refused && hash == 0), "%s: %s = %s%g %s", v->title, option, word ? word : "", value,
          hash ? "changes bits" : "is unsupported");
}

void neutral_options_change_no_bit(const variant *v) {
    uint64_t plain = run_with(v, "shared.nonfinite", 0, "error", 1);
    int own = v->base == NULL;
    if (!plain)
        return;
    neutral(v, "shared.nonfinite", 0, "propagate", 1, plain, 0);
    neutral(v, "shared.nonfinite", 0, "skip", 1, plain, 0);
    neutral(v, "shared.in_place", 0, NULL, 1, plain, 0);
    neutral(v, "shared.zero_gradient", 1, NULL, 1, plain, 0);
    neutral(v, "shared.gradient_scale", 1024, NULL, 1024, plain, 0);
    neutral(v, "shared.maximize", 1, NULL, -1, plain, 0);
    neutral(v, "shared.clip_norm", 1e30, NULL, 1, plain, own);
    neutral(v, "shared.clip_value", 1e30, NULL, 1, plain, own);
    neutral(v, "shared.every", 1, NULL, 1, plain, own);
    neutral(v, "shared.accumulate", 2, NULL, 1, plain, 0);
    neutral(v, "shared.micro_batches", 2, NULL, 1, plain, 1);
}

/* Steps that are not the method's: one evaluation of the iterate and the base alone, with the evaluations of its own. */
void method_rests_between(const variant *v) {
    variant alone = {.method = "none", .base = v->base, .title = "the base alone"};
    host method, base;
    sam_entry of_base = {.struct_size = sizeof of_base};
    if (!v->base || !variant_open(&method, v, &usual_layout, SAM_F64, 0))
        return;
    variant_open(&base, &alone, &usual_layout, SAM_F64, 0);
    CHECK(sam_optimizer_set(method.optimizer, -1, "shared.start_step", 4) == SAM_OK, "%s", sam_error_message());
    CHECK(sam_optimizer_set(method.optimizer, -1, "shared.every", 3) == SAM_OK, "%s", sam_error_message());
    for (int i = 0; sam_catalog_entry(SAM_BASES, i, &of_base) == SAM_OK && strcmp(of_base.name, v->base);)
        i++;
    for (int step = 1; step <= STEPS; step++) {
        int64_t before = method.evaluations;
        int resting = step < 4 || (step - 4) % 3;
        CHECK(host_step(&method, NULL) == 0, "%s: %s", v->title, sam_error_message());
        int count = (int)(method.evaluations - before);
        CHECK(!resting || (count >= 1 && count <= 1 + of_base.evaluations && method.asked[0] == SAM_EVALUATE), "%s: step %d is not the method's and takes %d evaluations, asks %d",
              v->title, step, count, method.asked[0]);
        if (step < 4)
            CHECK(host_step(&base, NULL) == 0 && host_hash(&method) == host_hash(&base), "%s: step %d is not the base's", v->title, step);
    }
    CHECK(method.most <= sam_optimizer_evaluations(method.optimizer), "%s: %d evaluations in the longest step, declared %d", v->title,
          method.most, sam_optimizer_evaluations(method.optimizer));
    host_close(&method);
    host_close(&base);
}

static int gradients_are_zero(const host *h) {
    for (int t = 0; t < h->layout->tensors; t++)
        for (size_t i = 0; i < (size_t)h->size[t] * (h->dtype == SAM_F64 ? 8 : 4) && !h->layout->tensor[t].frozen; i++)
            if (((const char *)h->gradient[t])[i])
                return 0;
    return 1;
}

void gradients_are_cleared(const variant *v) {
    for (int32_t dtype = SAM_F32; dtype <= SAM_F64; dtype++) {
        host h;
        if (!variant_open(&h, v, &usual_layout, dtype, 0))
            return;
        CHECK(sam_optimizer_set(h.optimizer, -1, "shared.zero_gradient", 1) == SAM_OK, "%s", sam_error_message());
        for (int step = 0; step < STEPS; step++) {
            CHECK(host_step(&h, NULL) == 0, "%s: %s", v->title, sam_error_message());
            CHECK(h.last_ask & SAM_LOSS_ONLY || gradients_are_zero(&h), "%s: step %d leaves gradients behind", v->title, step + 1);
        }
        host_close(&h);
    }
}
