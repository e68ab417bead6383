/* The first delivery of a step decides which tensors take part. A tensor whose gradient is missing when the step begins and there at the first delivery
   joins, one whose gradient goes in between is left out: whatever was kept or left in memory by earlier steps, the run has the bits of one that was
   resumed just before; and where the step begins at the iterate, those of a run in which the gradient was there, or missing, from the beginning. */
#include "check.h"
#include "host.h"
#include "variants.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_of(const host *h) {
    size_t bytes;
    CHECK(sam_optimizer_state_size(h->optimizer, &bytes) == SAM_OK, "%s", sam_error_message());
    unsigned char *state = malloc(bytes);
    CHECK(sam_optimizer_state_write(h->optimizer, state, bytes) == SAM_OK, "%s", sam_error_message());
    uint64_t hash = host_hash(h);
    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ state[i]) * 0x100000001B3u;
    free(state);
    return hash;
}

static const tensor_spec one[] = {{"fc.weight", SAM_WEIGHT, 2, {4, 6}, 0, 0}};
static const layout single = {1, one};

static void resume(host *h, const variant *v) {
    host next;
    size_t bytes;
    CHECK(sam_optimizer_state_size(h->optimizer, &bytes) == SAM_OK, "%s", sam_error_message());
    void *state = malloc(bytes);
    CHECK(sam_optimizer_state_write(h->optimizer, state, bytes) == SAM_OK, "%s", sam_error_message());
    variant_open(&next, v, h->layout, SAM_F32, 0);
    for (int t = 0; t < h->layout->tensors; t++)
        memcpy(next.data[t], h->data[t], (size_t)h->size[t] * 4);
    next.step = h->step;
    CHECK(sam_optimizer_state_read(next.optimizer, state, bytes) == SAM_OK, "%s: %s", v->title, sam_error_message());
    free(state);
    host_close(h);
    *h = next;
}

/* Some steps, one with the fault, two more. The first ask of that step in *asked. */
static uint64_t run(const variant *v, const layout *l, int before, const fault *f, int resumes, int *asked) {
    host h;
    variant_open(&h, v, l, SAM_F32, 0);
    for (int step = 0; step < before; step++)
        CHECK(host_step(&h, NULL) == 0, "%s: %s", v->title, sam_error_message());
    if (resumes)
        resume(&h, v);
    CHECK(host_step(&h, f) == 0, "%s: %s", v->title, sam_error_message());
    *asked = h.asked[0];
    for (int step = 0; step < 2; step++)
        CHECK(host_step(&h, NULL) == 0, "%s: %s", v->title, sam_error_message());
    uint64_t hash = hash_of(&h);
    host_close(&h);
    return hash;
}

static void tensors_join_and_leave(const variant *v) {
    static const int tensors[] = {0, 8, 0}, befores[] = {0, 3};
    host h;
    if (!variant_open(&h, v, &usual_layout, SAM_F32, 0))
        return;
    host_close(&h);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 2; k++)
            for (int kind = JOINS; kind <= LEAVES; kind++) {
                fault f = {kind, 0, tensors[i]}, missing = {NO_GRADIENT, 0, tensors[i]};
                int asked, same;
                const layout *l = i == 2 ? &single : &usual_layout;         /* alone: then nothing takes part */
                uint64_t straight = run(v, l, befores[k], &f, 0, &asked), resumed = run(v, l, befores[k], &f, 1, &same);
                CHECK(straight == resumed, "%s: tensor %d of %d %s step %d: a resumed run has other bits", v->title, tensors[i], l->tensors,
                      kind == JOINS ? "joins" : "leaves", befores[k] + 1);
                if (!(asked & SAM_PERTURBED))
                    CHECK(straight == run(v, l, befores[k], kind == JOINS ? NULL : &missing, 0, &same),
                          "%s: tensor %d of %d %s step %d, which begins at the iterate: not as from its beginning", v->title, tensors[i], l->tensors,
                          kind == JOINS ? "joins" : "leaves", befores[k] + 1);
            }
}

int main(void) {
    each_variant(0, tensors_join_and_leave);
    each_with_base("adahessian", tensors_join_and_leave);
    each_shared_variant(tensors_join_and_leave);
    return report("joins");
}
