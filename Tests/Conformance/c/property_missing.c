/* A gradient that is missing at the first evaluation leaves its tensor out of that step; one missing later counts as zero there. */
#include "check.h"
#include "properties.h"

#include <stdlib.h>
#include <string.h>

enum { LAST = 9 };      /* the last tensor of the usual layout: leaving it out moves no index of a random draw */

/* The usual layout with one tensor frozen. */
static layout with_frozen(tensor_spec *memory, int tensor) {
    layout l = {usual_layout.tensors, memory};
    memcpy(memory, usual_layout.tensor, (size_t)l.tensors * sizeof *memory);
    memory[tensor].frozen = 1;
    return l;
}

static void leave_out(const variant *v, int tensor, int place) {
    tensor_spec memory[MOST_TENSORS];
    layout frozen = with_frozen(memory, tensor);
    host missing, reduced;
    if (!variant_open(&missing, v, &usual_layout, SAM_F64, 0))
        return;
    variant_open(&reduced, v, &frozen, SAM_F64, 0);
    fault f = {NO_GRADIENT, 0, tensor};
    for (int step = 0; step < place; step++)
        host_step(&missing, NULL);
    double before = host_weight(&missing, usual_layout.tensor[tensor].start);
    int answer = host_step(&missing, &f), other = host_step(&reduced, NULL);
    CHECK(answer == 0 && other == 0, "%s: %s", v->title, sam_error_message());
    CHECK(host_weight(&missing, usual_layout.tensor[tensor].start) == before, "%s: %s has no gradient at step %d and moved", v->title,
          usual_layout.tensor[tensor].name, place + 1);
    if (place == 0)
        CHECK(host_distance(&missing, &reduced) <= 1e-12, "%s: left out for a step is not frozen for it: %g", v->title,
              host_distance(&missing, &reduced));
    host_step(&missing, NULL), host_step(&missing, NULL);       /* some methods move by what they found a step before */
    CHECK(host_weight(&missing, usual_layout.tensor[tensor].start) != before, "%s: %s does not move when its gradient is there again", v->title,
          usual_layout.tensor[tensor].name);
    host_close(&missing);
    host_close(&reduced);
}

void missing_first_is_left_out(const variant *v) {
    leave_out(v, LAST, 0);
    leave_out(v, LAST, 3);
    if (variant_draws(v))
        return;
    for (int t = 0; t < LAST; t++)
        if (!usual_layout.tensor[t].frozen && strcmp(usual_layout.tensor[t].name, "empty.weight"))
            leave_out(v, t, t % 2);
}

void missing_later_is_zero(const variant *v) {
    for (int evaluation = 1; evaluation < v->evaluations && evaluation < 6; evaluation++)
        for (int t = 0; t <= LAST; t += 3) {                /* a convolution, a norm, an unfrozen scalar, the last bias */
            host missing, zero;
            if (!variant_open(&missing, v, &usual_layout, SAM_F64, 0))
                return;
            variant_open(&zero, v, &usual_layout, SAM_F64, 0);
            fault no = {NO_GRADIENT, evaluation, t}, nought = {ZERO_GRADIENT, evaluation, t};
            for (int step = 0; step < STEPS; step++) {
                int answer = host_step(&missing, step == 1 ? &no : NULL) | host_step(&zero, step == 1 ? &nought : NULL);
                CHECK(answer == 0, "%s: %s", v->title, sam_error_message());
            }
            CHECK(host_hash(&missing) == host_hash(&zero), "%s: %s missing at evaluation %d is not a gradient of zero", v->title,
                  usual_layout.tensor[t].name, evaluation);
            host_close(&missing);
            host_close(&zero);
        }
}

/* A tensor that comes in at the second step is stepped as by an optimizer that begins there. */
void bases_count_per_tensor(const variant *v) {
    static const tensor_spec one[] = {{"fc.weight", SAM_WEIGHT, 2, {4, 6}, 0, 0}};
    static const layout single = {1, one};
    if (strcmp(v->method, "none") || variant_draws(v))
        return;
    host late, fresh;
    variant_open(&late, v, &single, SAM_F64, 0);
    variant_open(&fresh, v, &single, SAM_F64, 0);
    fault no = {NO_GRADIENT, 0, 0};
    CHECK(host_step(&late, &no) == 0, "%s: %s", v->title, sam_error_message());
    fresh.step = 1;
    CHECK(host_hash(&late) == host_hash(&fresh), "%s: moved a tensor without a gradient", v->title);
    for (int step = 1; step < STEPS; step++)
        host_step(&late, NULL), host_step(&fresh, NULL);
    CHECK(host_hash(&late) == host_hash(&fresh), "%s: the base counted a step for a tensor that had no gradient", v->title);
    host_close(&late);
    host_close(&fresh);
}
