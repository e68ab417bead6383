/* Optimizers: creation, handles, calls in the wrong order, destruction in any order. */
#include "refused.h"

#include <math.h>
#include <string.h>

static void creation(void) {
    pair p;
    void *foreign[FOREIGN];
    sam_optimizer *out = NULL;
    make_pair(&p, "sam", "sgd");
    foreign_handles(p.optimizer, foreign);
    for (int i = 0; i < FOREIGN; i++)
        REFUSED(sam_optimizer_create(foreign[i], "sam", "sgd", &out), SAM_ERROR_ARGUMENT, "parameters", foreign[i] ? "handle" : "NULL");
    out = p.optimizer;
    REFUSED(sam_optimizer_create(p.parameters, NULL, "sgd", &out), SAM_ERROR_ARGUMENT, "method", "NULL");
    CHECK(out == NULL, "a refused creation leaves *out %p", (void *)out);
    REFUSED(sam_optimizer_create(p.parameters, "asma", "sgd", &out), SAM_ERROR_NAME, "asma", "asam");
    REFUSED(sam_optimizer_create(p.parameters, "", "sgd", &out), SAM_ERROR_NAME, "method");
    REFUSED(sam_optimizer_create(p.parameters, "SAM", "sgd", &out), SAM_ERROR_NAME, "SAM", "\"sam\"");
    REFUSED(sam_optimizer_create(p.parameters, "sam", NULL, &out), SAM_ERROR_ARGUMENT, "base", "NULL");
    REFUSED(sam_optimizer_create(p.parameters, "sam", "adamv", &out), SAM_ERROR_NAME, "adamv", "adamw");
    REFUSED(sam_optimizer_create(p.parameters, "sam", "sam", &out), SAM_ERROR_NAME, "base", "sam");
    REFUSED(sam_optimizer_create(p.parameters, "sam", "sgd", NULL), SAM_ERROR_ARGUMENT, "out", "NULL");
    char longest[4001];
    memset(longest, 'x', sizeof longest - 1), longest[4000] = 0;
    REFUSED(sam_optimizer_create(p.parameters, longest, "sgd", &out), SAM_ERROR_NAME, "xxx");
    REFUSED(sam_optimizer_set(p.optimizer, -1, longest, 0), SAM_ERROR_NAME, "xxx");
    destroy_pair(&p);
}

static void handles(void) {
    pair p;
    void *foreign[FOREIGN], *data;
    const char *word;
    double value;
    sam_metrics metrics = {.struct_size = sizeof metrics};
    sam_schedule schedule = {.struct_size = sizeof schedule, .kind = "constant", .initial = 1, .steps = 1};
    make_pair(&p, "asam", "sgd");
    foreign_handles(p.parameters, foreign);
    for (int i = 0; i < FOREIGN; i++) {
        const char *what = foreign[i] ? "handle" : "NULL";
        REFUSED(sam_step(foreign[i], 0), SAM_ERROR_ARGUMENT, "optimizer", what);
        REFUSED(sam_batch(foreign[i]), SAM_ERROR_ARGUMENT, "optimizer", what);
        REFUSED(sam_optimizer_point(foreign[i], 0, &data), SAM_ERROR_ARGUMENT, "optimizer", what);
        REFUSED(sam_cancel(foreign[i]), SAM_ERROR_ARGUMENT, "optimizer", what);
        REFUSED(sam_optimizer_evaluations(foreign[i]), SAM_ERROR_ARGUMENT, "optimizer", what);
        REFUSED(sam_optimizer_metrics(foreign[i], &metrics), SAM_ERROR_ARGUMENT, "optimizer", what);
        REFUSED(sam_optimizer_set(foreign[i], -1, "lr", 0), SAM_ERROR_ARGUMENT, "optimizer", what);
        REFUSED(sam_optimizer_get(foreign[i], -1, "lr", &value), SAM_ERROR_ARGUMENT, "optimizer", what);
        REFUSED(sam_optimizer_choose(foreign[i], -1, "scaling", "none"), SAM_ERROR_ARGUMENT, "optimizer", what);
        REFUSED(sam_optimizer_choice(foreign[i], -1, "scaling", &word), SAM_ERROR_ARGUMENT, "optimizer", what);
        REFUSED(sam_optimizer_schedule(foreign[i], -1, "lr", &schedule), SAM_ERROR_ARGUMENT, "optimizer", what);
        sam_optimizer_destroy(foreign[i]);
    }
    REFUSED(sam_optimizer_point(p.optimizer, -1, &data), SAM_ERROR_ARGUMENT, "index", "-1");
    REFUSED(sam_optimizer_point(p.optimizer, 1, &data), SAM_ERROR_ARGUMENT, "index", "1", "0");
    REFUSED(sam_optimizer_point(p.optimizer, 0, NULL), SAM_ERROR_ARGUMENT, "data", "NULL");
    REFUSED(sam_optimizer_metrics(p.optimizer, NULL), SAM_ERROR_ARGUMENT, "metrics", "NULL");
    CHECK(sam_cancel(p.optimizer) == SAM_OK && sam_cancel(p.optimizer) == SAM_OK, "cancel between steps: %s", sam_error_message());
    sam_optimizer_destroy(NULL);
    destroy_pair(&p);
}

void misuse_stepping(void) {
    creation();
    handles();
}

/* Between the evaluations of a step. */
static void in_the_middle(pair *p) {
    static const int64_t two = 2;
    double other[2], value;
    const char *word;
    void *data;
    sam_metrics metrics = {.struct_size = sizeof metrics};
    sam_schedule schedule = {.struct_size = sizeof schedule, .kind = "constant", .initial = 1, .steps = 1};
    sam_parameter w = vector("late", &two, other, other);
    REFUSED(sam_optimizer_set(p->optimizer, -1, "lr", 1), SAM_ERROR_STATE, "step");
    REFUSED(sam_optimizer_choose(p->optimizer, -1, "shared.nonfinite", "skip"), SAM_ERROR_STATE, "step");
    REFUSED(sam_optimizer_schedule(p->optimizer, -1, "lr", &schedule), SAM_ERROR_STATE, "step");
    REFUSED(sam_optimizer_schedule(p->optimizer, -1, "lr", NULL), SAM_ERROR_STATE, "step");
    REFUSED(sam_parameters_bind(p->parameters, 0, other, p->gradient), SAM_ERROR_STATE, "data", "step");
    REFUSED(sam_parameters_add(p->parameters, &w), SAM_ERROR_STATE, "optimizer");
    ACCEPTED(sam_parameters_bind(p->parameters, 0, NULL, p->gradient));
    ACCEPTED(sam_optimizer_get(p->optimizer, -1, "lr", &value));
    ACCEPTED(sam_optimizer_choice(p->optimizer, -1, "shared.nonfinite", &word));
    ACCEPTED(sam_optimizer_metrics(p->optimizer, &metrics));
    ACCEPTED(sam_optimizer_point(p->optimizer, 0, &data));
    ACCEPTED(sam_optimizer_evaluations(p->optimizer));
    ACCEPTED(sam_batch(p->optimizer));
}

void misuse_order(void) {
    static const int64_t two = 2;
    double other[2] = {0}, other_gradient[2] = {0};
    pair p;
    sam_optimizer *second;
    sam_parameter late = vector("late", &two, other, other_gradient);
    make_pair(&p, "sam", "sgd");
    REFUSED(sam_parameters_add(p.parameters, &late), SAM_ERROR_STATE, "optimizer");
    REFUSED(sam_parameters_add_group(p.parameters, "late"), SAM_ERROR_STATE, "optimizer");
    ACCEPTED(sam_optimizer_create(p.parameters, "none", "adamw", &second));
    CHECK(sam_step(p.optimizer, 0) == 1, "%s", sam_error_message());
    in_the_middle(&p);
    CHECK(sam_step(p.optimizer, 1) == 3, "%s", sam_error_message());
    in_the_middle(&p);
    REFUSED(sam_step(second, 0), SAM_ERROR_STATE, "optimizer", "step");
    REFUSED(sam_step(p.optimizer, NAN), SAM_ERROR_NONFINITE, "loss");
    CHECK(p.data[0] == 1 && p.data[1] == -2, "weights %g %g after an error", p.data[0], p.data[1]);
    ACCEPTED(sam_optimizer_set(p.optimizer, -1, "lr", 1));
    CHECK(sam_step(second, 0) == 1 && sam_step(second, 1) == 0, "%s", sam_error_message());
    CHECK(sam_step(p.optimizer, NAN) == 1, "the loss of the call that begins a step is ignored: %s", sam_error_message());
    CHECK(sam_step(p.optimizer, 1) == 3, "%s", sam_error_message());
    double iterate[2];
    CHECK(sam_cancel(p.optimizer) == SAM_OK, "%s", sam_error_message());
    memcpy(iterate, p.data, sizeof iterate);
    sam_step(p.optimizer, 0), sam_step(p.optimizer, 1);
    CHECK(memcmp(iterate, p.data, sizeof iterate), "sam does not perturb");
    sam_optimizer_destroy(p.optimizer);
    CHECK(!memcmp(iterate, p.data, sizeof iterate), "destroying an optimizer in a step leaves the weights perturbed");
    REFUSED(sam_step(p.optimizer, 0), SAM_ERROR_ARGUMENT, "optimizer", "handle");
    sam_parameters_destroy(p.parameters);
    REFUSED(sam_parameters_count(p.parameters), SAM_ERROR_ARGUMENT, "parameters", "handle");
    CHECK(sam_step(second, 0) == 1 && sam_step(second, 1) == 0, "the optimizer does not keep the set alive: %s", sam_error_message());
    sam_optimizer_destroy(second);
    sam_optimizer_destroy(second);
}
