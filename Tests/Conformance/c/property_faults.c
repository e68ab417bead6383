/* A step that is cancelled, or given up for a NaN or an infinity, leaves no trace: weights, addresses and the rest of the run are those of a
   run that never saw it. At the evaluations of three steps, as it is by default in both dtypes. */
#include "check.h"
#include "properties.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int places[] = {0, 1, 10};      /* completed steps before the faulty one */

/* The k-th tensor that has a gradient and elements. */
static int trainable(const layout *l, int k) {
    for (int t = 0;; t = (t + 1) % l->tensors)
        if (!l->tensor[t].frozen && strcmp(l->tensor[t].name, "empty.weight") && k-- == 0)
            return t;
}

static void one_fault(const variant *v, int32_t dtype, int place, const fault *f, int skip, uint64_t undisturbed) {
    host h;
    variant_open(&h, v, &usual_layout, dtype, 0);
    if (skip)
        CHECK(sam_optimizer_choose(h.optimizer, -1, "shared.nonfinite", "skip") == SAM_OK, "%s", sam_error_message());
    while (h.step < place)
        host_step(&h, NULL);
    void *iterate = host_snapshot(&h);
    int64_t batch = sam_batch(h.optimizer);
    int answer = host_step(&h, f), expected = f->kind == CANCEL || skip ? SAM_OK : SAM_ERROR_NONFINITE;
    const char *tensor = h.layout->tensor[f->tensor].name, *culprit = f->kind == NAN_LOSS ? "loss" : tensor;
    CHECK(answer == expected, "%s step %d: fault %d (%s) at evaluation %d answers %d", v->title, place + 1, f->kind, tensor, f->evaluation, answer);
    CHECK(expected == SAM_OK || strstr(sam_error_message(), culprit), "\"%s\" does not name %s", sam_error_message(), culprit);
    CHECK(host_equals(&h, iterate), "%s step %d: weights moved by fault %d at evaluation %d", v->title, place + 1, f->kind, f->evaluation);
    CHECK(sam_batch(h.optimizer) == batch + 1 + h.further_batches, "%s: batch %d after a fault in the step that began with %d and saw %d more", v->title,
          (int)sam_batch(h.optimizer), (int)batch, (int)h.further_batches);
    sam_metrics metrics = {.struct_size = sizeof metrics};
    CHECK(sam_optimizer_metrics(h.optimizer, &metrics) == SAM_OK && metrics.steps == place && metrics.skipped == skip &&
              metrics.evaluations == h.evaluations,
          "%s: after the fault %d steps, %d skipped, %d evaluations of %d", v->title, (int)metrics.steps, (int)metrics.skipped,
          (int)metrics.evaluations, (int)h.evaluations);
    h.step = place;
    while (h.step < STEPS && answer >= SAM_ERROR_NONFINITE)
        if (host_step(&h, NULL) != 0)
            break;
    CHECK(host_hash(&h) == undisturbed, "%s: fault %d (%s) at step %d evaluation %d, %s, shows in the rest of the run", v->title, f->kind, tensor,
          place + 1, f->evaluation, skip ? "skip" : "error");
    free(iterate);
    host_close(&h);
}

static void faults_in(const variant *v, int32_t dtype) {
    host h;
    int evaluations[STEPS], asked[STEPS][MOST_EVALUATIONS];
    if (!variant_open(&h, v, &usual_layout, dtype, 0))
        return;
    for (int step = 0; step < STEPS; step++) {
        int64_t before = h.evaluations;
        CHECK(host_step(&h, NULL) == 0, "%s: %s", v->title, sam_error_message());
        evaluations[step] = (int)(h.evaluations - before);
        memcpy(asked[step], h.asked, sizeof h.asked);
    }
    uint64_t undisturbed = host_hash(&h);
    host_close(&h);
    for (size_t p = 0; p < sizeof places / sizeof *places; p++)
        for (int e = 0; e < evaluations[places[p]]; e++)
            for (int kind = CANCEL; kind <= INFINITE_GRADIENT; kind++) {
                if (e == 3 && evaluations[places[p]] > 8)
                    e = evaluations[places[p]] - 3;                 /* the first and the last three of many */
                fault f = {kind, e, trainable(&usual_layout, (int)p + 3 * e + kind)};
                if (kind >= NAN_GRADIENT && asked[places[p]][e] & SAM_LOSS_ONLY)
                    continue;
                one_fault(v, dtype, places[p], &f, 0, undisturbed);
                if (kind != CANCEL)
                    one_fault(v, dtype, places[p], &f, 1, undisturbed);
            }
}

void faults_leave_no_trace(const variant *v) {
    faults_in(v, SAM_F64);
    if (!v->option)
        faults_in(v, SAM_F32);
}

void propagate_does_not_look(const variant *v) {
    host h;
    if (!variant_open(&h, v, &usual_layout, SAM_F32, 0))
        return;
    CHECK(sam_optimizer_choose(h.optimizer, -1, "shared.nonfinite", "propagate") == SAM_OK, "%s", sam_error_message());
    for (int kind = NAN_LOSS; kind <= INFINITE_GRADIENT; kind++) {
        fault f = {kind, 0, 0};
        int answer = host_step(&h, &f);
        CHECK(answer == 0, "%s: propagate answers %d: %s", v->title, answer, sam_error_message());
    }
    if (!strcmp(v->method, "none"))
        CHECK(isnan(host_weight(&h, h.size[0] - 1)), "%s: the NaN did not reach the weight", v->title);
    host_close(&h);
}

/* 1e30 squared is not a number in f32; it is in double, where norms are made. */
void large_gradients_are_finite(const variant *v) {
    host h;
    if (!variant_open(&h, v, &usual_layout, SAM_F32, 0))
        return;
    h.scale = 1e30;
    int ask = sam_optimizer_set(h.optimizer, -1, "shared.gradient_scale", 1e30);
    CHECK(ask == SAM_OK, "%s", sam_error_message());
    for (int step = 0; step < 3; step++) {
        ask = host_step(&h, NULL);
        CHECK(ask == 0, "%s: %s", v->title, sam_error_message());
    }
    CHECK(isfinite(host_weight(&h, 0)), "%s: weights are not finite", v->title);
    host_close(&h);
}
