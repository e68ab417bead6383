/* Gradients that come later: sam_parameter.trained. Every method over every base. */
#include "check.h"
#include "refused.h"
#include "variants.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 4, LATE = 9 };

static layout with(tensor_spec *memory, int all) {
    layout l = {usual_layout.tensors, memory};
    memcpy(memory, usual_layout.tensor, (size_t)l.tensors * sizeof *memory);
    for (int t = 0; t < l.tensors; t++)
        memory[t].late = !memory[t].frozen && (all || t == LATE);
    return l;
}

/* Gradients that the first evaluation makes, as llm.c's backward pass does: as if they had been there from the start. */
static void first_backward_makes_them(const variant *v) {
    tensor_spec memory[MOST_TENSORS];
    layout l = with(memory, 1);
    host late, usual;
    if (!variant_open(&late, v, &l, SAM_F32, 0))
        return;
    variant_open(&usual, v, &usual_layout, SAM_F32, 0);
    CHECK(sam_parameters_size(late.parameters) == sam_parameters_size(usual.parameters), "%s: tensors that are late are frozen", v->title);
    for (int step = 0; step < STEPS; step++)
        CHECK((host_step(&late, NULL) | host_step(&usual, NULL)) == 0, "%s: %s", v->title, sam_error_message());
    CHECK(host_hash(&late) == host_hash(&usual), "%s: gradients made by the first evaluation: %g", v->title, host_distance(&late, &usual));
    host_close(&late), host_close(&usual);
}

/* One of them among others: left out until it is bound, between two steps, and in it from then on. */
static void one_is_missing_until_bound(const variant *v) {
    tensor_spec memory[MOST_TENSORS], gone[MOST_TENSORS];
    layout l = with(memory, 0), frozen = {usual_layout.tensors, gone};
    memcpy(gone, usual_layout.tensor, sizeof *gone * (size_t)frozen.tensors);
    gone[LATE].frozen = 1;
    host late, without;
    if (!variant_open(&late, v, &l, SAM_F64, 0))
        return;
    variant_open(&without, v, &frozen, SAM_F64, 0);
    late.made_gradients = 1;                            /* not yet */
    double before = host_weight(&late, usual_layout.tensor[LATE].start);
    CHECK((host_step(&late, NULL) | host_step(&without, NULL)) == 0, "%s: %s", v->title, sam_error_message());
    CHECK(host_weight(&late, usual_layout.tensor[LATE].start) == before, "%s: moved without a gradient", v->title);
    CHECK(host_distance(&late, &without) <= 1e-12, "%s: late is not left out: %g", v->title, host_distance(&late, &without));
    ACCEPTED(sam_parameters_bind(late.parameters, LATE, NULL, late.gradient[LATE]));
    for (int step = 0; step < 3; step++)
        CHECK(host_step(&late, NULL) == 0, "%s: %s", v->title, sam_error_message());
    CHECK(host_weight(&late, usual_layout.tensor[LATE].start) != before, "%s: does not move when its gradient is there", v->title);
    host_close(&late), host_close(&without);
}

/* None ever: a step that asks for a gradient says so, and nothing moved; losses alone need none. */
static void none_ever(const variant *v) {
    tensor_spec memory[MOST_TENSORS];
    layout l = with(memory, 1);
    host h;
    if (!variant_open(&h, v, &l, SAM_F64, 0))
        return;
    void *before = host_snapshot(&h);
    h.made_gradients = 1;
    int asks_gradients = 0, answer = host_step(&h, NULL);
    for (int i = 0; i < h.evaluations && i < MOST_EVALUATIONS; i++)
        asks_gradients |= !(h.asked[i] & SAM_LOSS_ONLY);
    if (asks_gradients) {
        CHECK(answer == SAM_ERROR_STATE && strstr(sam_error_message(), "gradient of \"conv.weight\" = NULL"), "%s: %d: %s", v->title, answer,
              sam_error_message());
        CHECK(host_equals(&h, before), "%s: a step without any gradient moved the weights", v->title);
        h.made_gradients = 0;
        for (int t = 0; t < l.tensors; t++)
            if (!l.tensor[t].frozen)
                ACCEPTED(sam_parameters_bind(h.parameters, t, NULL, h.gradient[t]));
        CHECK(host_step(&h, NULL) == 0, "%s: the step after it: %s", v->title, sam_error_message());
    } else {
        CHECK(answer == 0, "%s: %s", v->title, sam_error_message());
        host_step(&h, NULL);
        CHECK(!host_equals(&h, before), "%s asks for losses alone and did not move", v->title);
    }
    free(before);
    host_close(&h);
}

static void nothing_can_be_trained(const variant *v) {
    static const tensor_spec frozen[] = {{"a", SAM_WEIGHT, 1, {3}, 0, 1}, {"b", SAM_WEIGHT, 2, {2, 0}, 3, 1}};
    static const layout l = {2, frozen};
    host h;
    host_open(&h, &l, SAM_F32, 0, 0);
    sam_optimizer *optimizer = (sam_optimizer *)&h;
    REFUSED(sam_optimizer_create(h.parameters, v->method, v->base, &optimizer), SAM_ERROR_ARGUMENT, "trained = 1");
    CHECK(!optimizer, "an optimizer was made");
    host_close(&h);
}

/* Of sam_measure: where a gradient is wanted and was never there. */
static double point[2] = {0.5, -1}, slope[2];
static sam_parameters *measured;
static int binds;

static int evaluate(void *context, const sam_query *query, double *loss) {
    (void)context, (void)query;
    if (binds)
        sam_parameters_bind(measured, 0, NULL, slope);
    slope[0] = 3 * point[0], slope[1] = 8 * point[1];
    *loss = (3 * point[0] * point[0] + 8 * point[1] * point[1]) / 2;
    return 0;
}

static int product(void *context, const sam_query *query, const void *const *direction, void *const *out) {
    (void)context, (void)query;
    ((double *)out[0])[0] = 3 * ((const double *)direction[0])[0], ((double *)out[0])[1] = 8 * ((const double *)direction[0])[1];
    return 0;
}

static void measures(void) {
    int64_t two = 2;
    double value = 0;
    sam_report *report;
    sam_parameter p = {.struct_size = sizeof p, .name = "w", .dtype = SAM_F64, .rank = 1, .shape = &two, .data = point, .trained = 1};
    sam_objective objective = {.struct_size = sizeof objective, .evaluate = evaluate};
    ACCEPTED(sam_parameters_create(&measured));
    ACCEPTED(sam_parameters_add(measured, &p));
    static const char *const gradients[] = {"gradient_norm", "lambda_max", "trace",     "sam_gap",
                                            "worst_case",    "first_order_flatness", "check", "layerwise"};
    for (size_t i = 0; i < sizeof gradients / sizeof *gradients; i++)
        REFUSED(sam_measure(measured, gradients[i], &objective, NULL, 0, &report), SAM_ERROR_STATE, "gradient of \"w\" = NULL");
    CHECK(point[0] == 0.5 && point[1] == -1, "the weights moved");
    ACCEPTED(sam_measure(measured, "average_case", &objective, NULL, 0, &report));              /* losses alone */
    sam_report_destroy(report);
    binds = 1;                                                                                  /* in the callback */
    ACCEPTED(sam_measure(measured, "lambda_max", &objective, NULL, 0, &report));
    sam_report_value(report, "value", &value);
    CHECK(value > 7.99 && value < 8.01, "lambda_max = %g", value);
    sam_report_destroy(report);
    objective.hessian_product = product;
    ACCEPTED(sam_measure(measured, "lambda_max", &objective, NULL, 0, &report));
    sam_report_destroy(report);
    sam_parameters_destroy(measured);
}

/* The struct of version 1.0, which ends behind gradient; what lies behind it is not read. */
static void the_first_struct(void) {
    double w[4] = {1, 2, 3, 4}, g[4];
    int64_t shape[2] = {2, 2};
    sam_parameters *set;
    sam_parameter p = {64, "w", SAM_F64, 0, SAM_WEIGHT, 0, 2, shape, w, g, 77, -5};
    _Static_assert(offsetof(sam_parameter, trained) == 64, "version 1.0 had 64 bytes");
    char *exact = malloc(64);
    ACCEPTED(sam_parameters_create(&set));
    memcpy(exact, &p, 64);
    ACCEPTED(sam_parameters_add(set, (const sam_parameter *)(void *)exact));
    p.struct_size = 63, p.name = "x";
    REFUSED(sam_parameters_add(set, &p), SAM_ERROR_ARGUMENT, "struct_size");
    p.struct_size = 71, p.data = w + 2, p.shape = shape + 1, p.rank = 0, p.trained = 1;         /* trained and a part of stacked_axes */
    REFUSED(sam_parameters_add(set, &p), SAM_ERROR_ARGUMENT, "overlaps");
    free(exact);
    sam_parameters_destroy(set);
}

int main(void) {
    each_variant(1, first_backward_makes_them);
    each_pair(first_backward_makes_them);
    each_shared_variant(first_backward_makes_them);
    each_variant(0, one_is_missing_until_bound);
    each_variant(0, none_ever);
    each_shared_variant(none_ever);
    each_variant(0, nothing_can_be_trained);
    measures();
    the_first_struct();
    return report("late");
}
