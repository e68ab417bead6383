/* Memory that runs out in every call but sam_step: a status or success, nothing lost, and the same again afterwards. */
#include "check.h"
#include "starving.h"
#include "variants.h"

#include <sam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 3000, STATE = 8 << 20 };
static int tensors;
static float w[MOST][4], g[MOST][4];
static char name[MOST][16], path[64], *state;
static size_t bytes;
static sam_parameters *set, *other;
static sam_optimizer *optimizer, *second, *made;
static sam_report *measured;
static const char *method = "sam", *base = "adamw";
static size_t most_drawn, most_used;

static int add(sam_parameters *to, int i) {
    int64_t shape[2] = {2, 2};
    sam_parameter p = {.struct_size = sizeof p, .name = name[i], .dtype = SAM_F32, .rank = 2, .shape = shape, .data = w[i], .gradient = g[i]};
    return sam_parameters_add(to, &p);
}

static int steps(sam_optimizer *o) {
    double loss = 0;
    int ask;
    while ((ask = sam_step(o, loss)) > 0) {
        loss = 0;
        for (int i = 0; i < tensors; i++)
            for (int k = 0; k < 4; k++) {
                g[i][k] = w[i][k] - (float)i / MOST;
                loss += 0.5 * g[i][k] * g[i][k];
            }
    }
    return ask;
}

static int quadratic(void *context, const sam_query *query, double *loss) {
    (void)context, (void)query;
    *loss = 0;
    for (int i = 0; i < tensors; i++)
        for (int k = 0; k < 4; k++)
            g[i][k] = w[i][k], *loss += 0.5 * w[i][k] * w[i][k];
    return 0;
}

static int call_create_set(void) { return sam_parameters_create(&other); }
static int call_add(void) { return add(other, tensors); }
static int call_group(void) { return sam_parameters_add_group(other, "biases"); }
static int call_create(void) { return sam_optimizer_create(set, method, base, &made); }
static int call_set(void) { return sam_optimizer_set(optimizer, -1, "lr", 0.01); }
static int call_choose(void) { return sam_optimizer_choose(optimizer, -1, "nonfinite", "error"); }
static int call_choice(void) { const char *c; return sam_optimizer_choice(optimizer, -1, "rounding", &c); }
static int call_get(void) { double v; return sam_optimizer_get(optimizer, -1, "lr", &v); }
static int call_schedule(void) {
    sam_schedule s = {.struct_size = sizeof s, .kind = "cosine", .initial = 0.01, .final = 0, .steps = 10};
    return sam_optimizer_schedule(optimizer, -1, "lr", &s);
}
static int call_step(void) { return steps(optimizer); }
static int call_size(void) { size_t n; return sam_optimizer_state_size(optimizer, &n); }
static int call_write(void) { return sam_optimizer_state_write(optimizer, state, bytes); }
static int call_read(void) { return sam_optimizer_state_read(second, state, bytes); }
static int call_save(void) { return sam_optimizer_save(optimizer, path); }
static int call_load(void) { return sam_optimizer_load(second, path); }
static int call_memory(void) { int64_t n; return sam_optimizer_memory(optimizer, &n); }
static int call_average(void) { float out[4]; return sam_optimizer_average(optimizer, 0, out); }
static int call_metrics(void) { sam_metrics m = {.struct_size = sizeof m}; return sam_optimizer_metrics(optimizer, &m); }
static int call_entry(void) { sam_entry e = {.struct_size = sizeof e}; return sam_catalog_entry(SAM_METHODS, 3, &e); }
static int call_option(void) { sam_option o = {.struct_size = sizeof o}; return sam_catalog_option(SAM_BASES, "soap", 3, &o); }
static int call_unknown(void) { return sam_optimizer_set(optimizer, -1, "roh", 1) == SAM_ERROR_NAME ? 0 : -1; }
static int call_nobody(void) { return sam_optimizer_create(set, "smm", base, &made) == SAM_ERROR_NAME ? 0 : -1; }
static int call_measure(void) {
    sam_objective o = {.struct_size = sizeof o, .evaluate = quadratic};
    sam_report *r = NULL;
    int answer = sam_measure(set, "lambda_max", &o, NULL, 0, &r);
    sam_report_destroy(r);
    return answer;
}
static int call_scheduled(void) {
    int answer = call_schedule();
    for (int i = 0; i < 3 && answer == 0; i++)
        answer = steps(optimizer);
    return answer;
}
static int call_cancel(void) {
    int ask = sam_step(optimizer, 0);
    return ask < 0 ? ask : sam_cancel(optimizer);
}
static int call_bind(void) { return sam_parameters_bind(set, 0, w[0], g[0]); }
static int call_point(void) { void *p; return sam_optimizer_point(optimizer, 0, &p); }
static int call_numbers(void) {
    return sam_batch(optimizer) >= 0 && sam_optimizer_evaluations(optimizer) >= 0 && sam_parameters_count(set) == tensors &&
           sam_parameters_size(set) == 4 * tensors && sam_threads() > 0 ? sam_set_threads(sam_threads()) : -1;
}
static int call_names(void) { return sam_version() && sam_build_info() && sam_status_name(-4)[0] == 'S' && sam_error_message() ? 0 : -1; }
static int call_counts(void) { int n = 0; for (int kind = SAM_METHODS; kind <= SAM_SCHEDULES; kind++) n += sam_catalog_count(kind); return n > 170 ? 0 : n; }
static int call_key(void) { const char *key; return sam_report_key(measured, 0, &key); }
static int call_value(void) { double v; return sam_report_value(measured, "value", &v); }
static int call_no_key(void) { double v; int s = sam_report_value(measured, "valeu", &v); return s == SAM_ERROR_NAME ? 0 : s; }
static int call_array(void) {
    const double *v; const int64_t *shape; int rank, s = sam_report_array(measured, "no such", &v, &rank, &shape);
    return s == SAM_ERROR_NAME ? 0 : s;
}
/* What is refused, by calls that need no memory: each with its own status. */
static int call_refused(void) {
    sam_metrics m = {.struct_size = 3};
    void *p;
    return sam_step(NULL, 0) == SAM_ERROR_ARGUMENT && sam_batch(NULL) == SAM_ERROR_ARGUMENT && sam_cancel(NULL) == SAM_ERROR_ARGUMENT &&
           sam_optimizer_metrics(optimizer, &m) == SAM_ERROR_ARGUMENT && sam_optimizer_point(optimizer, 1 << 20, &p) < 0 &&
           sam_parameters_count(NULL) == SAM_ERROR_ARGUMENT ? 0 : -1;
}
static int call_destroy(void) {
    sam_optimizer_destroy(second), sam_parameters_destroy(other), sam_report_destroy(measured);
    second = NULL, other = NULL, measured = NULL;
    return 0;
}

static const struct call { const char *title; int (*make)(void); int takes; } calls[] = {
    {"sam_parameters_create", call_create_set, 0}, {"sam_parameters_add", call_add, 0}, {"sam_parameters_add_group", call_group, 0},
    {"sam_optimizer_create", call_create, 0}, {"sam_optimizer_set", call_set, 0}, {"sam_optimizer_choose", call_choose, 0},
    {"sam_optimizer_choice", call_choice, 0}, {"sam_optimizer_get", call_get, 0}, {"sam_optimizer_schedule", call_schedule, 0},
    {"sam_step", call_step, 0}, {"sam_optimizer_state_size", call_size, 0}, {"sam_optimizer_state_write", call_write, 0},
    {"sam_optimizer_state_read", call_read, 0}, {"sam_optimizer_save", call_save, 1}, {"sam_optimizer_load", call_load, 0},
    {"sam_optimizer_memory", call_memory, 0}, {"sam_optimizer_average", call_average, 0}, {"sam_optimizer_metrics", call_metrics, 0},
    {"sam_catalog_entry", call_entry, 0}, {"sam_catalog_option", call_option, 0}, {"an unknown option", call_unknown, 0},
    {"an unknown method", call_nobody, 0}, {"sam_measure", call_measure, 0},
    {"steps with a schedule", call_scheduled, 0}, {"sam_cancel", call_cancel, 0}, {"sam_parameters_bind", call_bind, 0},
    {"sam_optimizer_point", call_point, 0}, {"what answers a number", call_numbers, 0}, {"names", call_names, 0}, {"sam_catalog_count", call_counts, 0},
    {"sam_report_key", call_key, 0}, {"sam_report_value", call_value, 0}, {"an unknown key", call_no_key, 0}, {"an unknown array", call_array, 0},
    {"calls that are refused", call_refused, 0}, {"what destroys", call_destroy, 0},
};

static void begin(void) {
    for (int i = 0; i < tensors; i++)
        for (int k = 0; k < 4; k++)
            w[i][k] = 0.01f * (float)(i + k) / (float)tensors;
    sam_parameters_create(&set);
    sam_parameters_create(&other);
    for (int i = 0; i < tensors; i++)
        add(set, i), add(other, i);
    sam_optimizer_create(set, method, base, &optimizer);
    sam_optimizer_create(set, method, base, &second);
    sam_optimizer_choose(optimizer, -1, "average", "ema");
    sam_optimizer_choose(second, -1, "average", "ema");
    steps(optimizer);
    sam_optimizer_state_size(optimizer, &bytes);
    CHECK(bytes <= STATE && sam_optimizer_state_write(optimizer, state, bytes) == 0, "%zu", bytes);
    CHECK(sam_optimizer_save(optimizer, path) == 0, "%s", sam_error_message());
    made = NULL;
    sam_objective o = {.struct_size = sizeof o, .evaluate = quadratic};
    CHECK(sam_measure(set, "gradient_norm", &o, NULL, 0, &measured) == 0, "%s", sam_error_message());
}

static void end(void) {
    sam_optimizer_destroy(made), sam_optimizer_destroy(optimizer), sam_optimizer_destroy(second);
    sam_parameters_destroy(set), sam_parameters_destroy(other), sam_report_destroy(measured);
}

/* What a call took of its reserve: a half at most of what it was found to have. */
static void drawn_within(const char *title, size_t taken) {
    size_t half = ((2 << 20) + (size_t)tensors * (8 << 10)) / 2;
    if (taken > most_drawn)
        most_drawn = taken;
    CHECK(taken <= half, "%s of %s over %s with %d tensors: %zu bytes of the reserve, more than the half, %zu", title, method, base ? base : "itself", tensors,
          taken, half);
}

/* One call with some requests refused; then, with memory, it succeeds, and a step as well. */
static void refuse(const struct call *c, int how, long at) {
    static float kept[MOST][4];
    begin();
    memcpy(kept, w, sizeof kept);
    trying("%s with %d tensors, request %ld, way %d", c->title, tensors, at, how);
    size_t bytes = 0;
    int answer;
    if (how == OBJECTS_FAIL) {
        answer = draw(c->make, &bytes);
        drawn_within(c->title, bytes);
    } else {
        starve(how, at);
        answer = c->make();
        feed();
    }
    CHECK(answer >= 0 || answer == SAM_ERROR_MEMORY, "%s, request %ld, way %d: %d, %s", c->title, at, how, answer, sam_error_message());
    CHECK(how != OBJECTS_FAIL || answer >= 0 || c->takes, "%s with %d tensors: the reserve is too small? %s", c->title, tensors, sam_error_message());
    if (answer < 0) {
        CHECK(memcmp(kept, w, sizeof kept) == 0, "%s: weights changed", c->title);
        CHECK(c->make() >= 0, "%s again: %s", c->title, sam_error_message());
    }
    CHECK(steps(optimizer) == 0, "a step after %s: %s", c->title, sam_error_message());
    end();
}

static int call_all(void) {
    int answer = steps(optimizer);
    CHECK(answer == 0, "a step: %s", sam_error_message());
    CHECK(sam_optimizer_state_size(optimizer, &bytes) == 0 && call_write() == 0, "writing: %s", sam_error_message());
    CHECK(call_read() == 0, "reading: %s", sam_error_message());
    return answer;
}

/* Creating and keeping every method and base, from the reserve alone; the objects of its steps, from its arena alone. */
static void of_variant(const variant *v) {
    method = v->method, base = v->base;
    sam_optimizer *first = NULL;
    tensors = 121;
    size_t arena = (256 << 10) + 512 * (size_t)tensors, taken = 0;
    sam_parameters_create(&set);
    for (int i = 0; i < tensors; i++)
        add(set, i);
    trying("%s with %d tensors", v->title, tensors);
    watch(arena, arena + 64);
    if (sam_optimizer_create(set, method, base, &optimizer) == 0) {
        CHECK(steps(optimizer) == 0, "%s: %s", v->title, sam_error_message());
        starve(ALL_FAIL, 0);
        CHECK(steps(optimizer) == 0 && steps(optimizer) == 0, "%s: %s", v->title, sam_error_message());
        long requests = feed();
        CHECK(requests == 0, "%s: %ld requests in steps of %d tensors", v->title, requests, tensors);
        taken = touched();
        if (taken > most_used)
            most_used = taken;
        CHECK(taken > 0 && taken <= arena / 2, "%s: %zu bytes of the arena's %zu", v->title, taken, arena);
        watch(SIZE_MAX, 0);
        call_schedule();                        /* where it has a rate: steps are then prepared anew */
        CHECK(draw(call_create, &taken) == 0, "%s: %s", v->title, sam_error_message());
        drawn_within("sam_optimizer_create", taken);
        second = made;
        CHECK(draw(call_all, &taken) >= 0, "%s: %s", v->title, sam_error_message());
        drawn_within("steps, writing and reading", taken);
        CHECK(steps(second) == 0, "%s: %s", v->title, sam_error_message());
        first = optimizer;
    }
    sam_optimizer_destroy(first), sam_optimizer_destroy(made), sam_parameters_destroy(set);
    optimizer = second = made = NULL;
}

int main(void) {
    state = malloc(STATE);
    snprintf(path, sizeof path, "starved-%ld.state", (long)getpid());
    for (int i = 0; i < MOST; i++)
        snprintf(name[i], sizeof name[i], "tensor %d", i);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        tensors = 3;
        begin();
        starve(NONE_FAILS, 0);
        calls[i].make();
        long requests = feed();
        end();
        for (long at = 0; at < requests; at += 1 + requests / 60)
            refuse(&calls[i], ONE_FAILS, at), refuse(&calls[i], ALL_FAIL, at);
        for (tensors = 1; tensors < MOST; tensors = 20 * tensors + 1)
            refuse(&calls[i], OBJECTS_FAIL, 0);
    }
    bytes = 0;
    each_variant(0, of_variant);
    printf("at most %zu bytes of a reserve, %zu of an arena\n", most_drawn, most_used);
    unlink(path);
    free(state);
    return report("starved_calls");
}
