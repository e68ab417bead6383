/* Options: names, bounds, kinds, groups; every option of the catalogue is tried outside its bounds. */
#include "refused.h"

#include <math.h>
#include <string.h>

static void names(void) {
    pair p;
    double value;
    const char *word;
    make_pair(&p, "asam", "sgd");
    REFUSED(sam_optimizer_set(p.optimizer, -1, NULL, 1), SAM_ERROR_ARGUMENT, "option", "NULL");
    REFUSED(sam_optimizer_get(p.optimizer, -1, NULL, &value), SAM_ERROR_ARGUMENT, "option", "NULL");
    REFUSED(sam_optimizer_choose(p.optimizer, -1, NULL, "none"), SAM_ERROR_ARGUMENT, "option", "NULL");
    REFUSED(sam_optimizer_choice(p.optimizer, -1, NULL, &word), SAM_ERROR_ARGUMENT, "option", "NULL");
    REFUSED(sam_optimizer_schedule(p.optimizer, -1, NULL, NULL), SAM_ERROR_ARGUMENT, "option", "NULL");
    REFUSED(sam_optimizer_get(p.optimizer, -1, "lr", NULL), SAM_ERROR_ARGUMENT, "value", "NULL");
    REFUSED(sam_optimizer_choose(p.optimizer, -1, "scaling", NULL), SAM_ERROR_ARGUMENT, "choice", "NULL");
    REFUSED(sam_optimizer_choice(p.optimizer, -1, "scaling", NULL), SAM_ERROR_ARGUMENT, "choice", "NULL");
    REFUSED(sam_optimizer_set(p.optimizer, -1, "roh", 1), SAM_ERROR_NAME, "roh", "rho");
    REFUSED(sam_optimizer_set(p.optimizer, -1, "method.rhoo", 1), SAM_ERROR_NAME, "rhoo", "rho");
    REFUSED(sam_optimizer_set(p.optimizer, -1, "base.momentun", 1), SAM_ERROR_NAME, "momentun", "momentum");
    REFUSED(sam_optimizer_set(p.optimizer, -1, "shared.sed", 1), SAM_ERROR_NAME, "sed", "seed");
    REFUSED(sam_optimizer_set(p.optimizer, -1, "base.rho", 1), SAM_ERROR_NAME, "rho");
    REFUSED(sam_optimizer_set(p.optimizer, -1, "method.lr", 1), SAM_ERROR_NAME, "lr");
    REFUSED(sam_optimizer_set(p.optimizer, -1, "other.rho", 1), SAM_ERROR_NAME, "other.rho");
    REFUSED(sam_optimizer_set(p.optimizer, -1, "method.", 1), SAM_ERROR_NAME, "method.");
    REFUSED(sam_optimizer_set(p.optimizer, -1, "", 1), SAM_ERROR_NAME, "option");
    REFUSED(sam_optimizer_get(p.optimizer, -1, "learning_rate", &value), SAM_ERROR_NAME, "learning_rate");
    REFUSED(sam_optimizer_choice(p.optimizer, -1, "scalin", &word), SAM_ERROR_NAME, "scalin", "scaling");
    REFUSED(sam_optimizer_choose(p.optimizer, -1, "scaling", "elemnt"), SAM_ERROR_NAME, "elemnt", "element");
    REFUSED(sam_optimizer_choose(p.optimizer, -1, "rho", "element"), SAM_ERROR_ARGUMENT, "rho");
    REFUSED(sam_optimizer_choice(p.optimizer, -1, "rho", &word), SAM_ERROR_ARGUMENT, "rho");
    REFUSED(sam_optimizer_set(p.optimizer, -1, "scaling", 1), SAM_ERROR_ARGUMENT, "scaling");
    REFUSED(sam_optimizer_get(p.optimizer, -1, "scaling", &value), SAM_ERROR_ARGUMENT, "scaling");
    REFUSED(sam_optimizer_set(p.optimizer, -2, "lr", 1), SAM_ERROR_ARGUMENT, "group", "-2");
    REFUSED(sam_optimizer_set(p.optimizer, 1, "lr", 1), SAM_ERROR_ARGUMENT, "group", "1");
    REFUSED(sam_optimizer_get(p.optimizer, 1, "lr", &value), SAM_ERROR_ARGUMENT, "group", "1");
    REFUSED(sam_optimizer_set(p.optimizer, 0, "seed", 1), SAM_ERROR_ARGUMENT, "group", "0", "seed");
    REFUSED(sam_optimizer_get(p.optimizer, 0, "seed", &value), SAM_ERROR_ARGUMENT, "group", "0", "seed");
    REFUSED(sam_optimizer_choose(p.optimizer, 0, "nonfinite", "skip"), SAM_ERROR_ARGUMENT, "group", "0", "nonfinite");
    ACCEPTED(sam_optimizer_set(p.optimizer, 0, "lr", 1));
    destroy_pair(&p);
}

/* A name that method and base both have is refused plain; a method's own goes before a shared one. */
static void two_meanings(void) {
    sam_entry method = {.struct_size = sizeof method}, base = {.struct_size = sizeof base};
    for (int i = 0; sam_catalog_entry(SAM_METHODS, i, &method) == SAM_OK; i++)
        for (int j = 0; !(method.needs & SAM_OWN_UPDATE) && sam_catalog_entry(SAM_BASES, j, &base) == SAM_OK; j++) {
            sam_option own = {.struct_size = sizeof own}, other = own;
            pair p;
            if (base.evaluations && !strcmp(method.name, "lookbehind_sam")) {
                sam_optimizer *none;
                make_pair(&p, method.name, "sgd");
                REFUSED(sam_optimizer_create(p.parameters, method.name, base.name, &none), SAM_ERROR_UNSUPPORTED, method.name, base.name);
                destroy_pair(&p);
                continue;
            }
            make_pair(&p, method.name, base.name);
            for (int k = 0; sam_catalog_option(SAM_METHODS, method.name, k, &own) == SAM_OK; k++)
                for (int l = 0; sam_catalog_option(SAM_BASES, base.name, l, &other) == SAM_OK; l++) {
                    char of_method[96], of_base[96];
                    double value;
                    snprintf(of_method, sizeof of_method, "method.%s", own.name);
                    snprintf(of_base, sizeof of_base, "base.%s", other.name);
                    if (!strcmp(own.name, other.name) && own.kind != SAM_OPTION_CHOICE)
                        REFUSED(sam_optimizer_get(p.optimizer, -1, own.name, &value), SAM_ERROR_NAME, of_method, of_base);
                }
            destroy_pair(&p);
        }
}

/* One option outside its bounds; the refused value is not taken. */
static void outside(sam_optimizer *optimizer, const char *full, const sam_option *option) {
    double wrong[8], before = -1, after = -2;
    int count = 0;
    if (option->kind == SAM_OPTION_CHOICE) {
        REFUSED(sam_optimizer_choose(optimizer, -1, full, "no such word"), SAM_ERROR_NAME, option->name, "no such word", option->choices);
        return;
    }
    wrong[count++] = NAN, wrong[count++] = -INFINITY;
    if (isfinite(option->initial))
        wrong[count++] = INFINITY;
    if (isfinite(option->low))
        wrong[count++] = option->open & 1 ? option->low : option->low - 1;
    if (isfinite(option->high))
        wrong[count++] = option->open & 2 ? option->high : option->high + 2;
    if (option->kind == SAM_OPTION_INTEGER || option->kind == SAM_OPTION_FLAG)
        wrong[count++] = option->initial + 0.5;
    if (option->kind == SAM_OPTION_FLAG)
        wrong[count++] = 2;
    ACCEPTED(sam_optimizer_get(optimizer, -1, full, &before));
    CHECK(before == option->initial, "%s is %g at first, the catalogue says %g", full, before, option->initial);
    for (int i = 0; i < count; i++)
        REFUSED(sam_optimizer_set(optimizer, -1, full, wrong[i]), SAM_ERROR_RANGE, option->name, "expected");
    ACCEPTED(sam_optimizer_get(optimizer, -1, full, &after));
    CHECK(before == after, "%s took a refused value: %g", full, after);
    int ends = SAM_ERROR_UNSUPPORTED;       /* the bounds themselves, where they belong to the range */
    if (isfinite(option->low) && !(option->open & 1)) {
        int status = sam_optimizer_set(optimizer, -1, full, option->low);
        CHECK(status == SAM_OK || status == ends, "%s = %g: %s", full, option->low, sam_error_message());
    }
    ACCEPTED(sam_optimizer_set(optimizer, -1, full, before));
}

static void section(int kind, const char *name, const char *prefix, sam_optimizer *optimizer) {
    sam_option option = {.struct_size = sizeof option};
    for (int i = 0; sam_catalog_option(kind, name, i, &option) == SAM_OK; i++) {
        char full[96];
        snprintf(full, sizeof full, "%s.%s", prefix, option.name);
        outside(optimizer, full, &option);
    }
}

static void bounds(void) {
    sam_entry entry = {.struct_size = sizeof entry};
    pair p;
    for (int i = 0; sam_catalog_entry(SAM_METHODS, i, &entry) == SAM_OK; i++) {
        make_pair(&p, entry.name, entry.needs & SAM_OWN_UPDATE ? NULL : "sgd");
        section(SAM_METHODS, entry.name, "method", p.optimizer);
        destroy_pair(&p);
    }
    for (int i = 0; sam_catalog_entry(SAM_BASES, i, &entry) == SAM_OK; i++) {
        make_pair(&p, "none", entry.name);
        section(SAM_BASES, entry.name, "base", p.optimizer);
        section(SAM_SHARED, NULL, "shared", p.optimizer);
        destroy_pair(&p);
    }
}

/* Values at the ends of what a number can be: taken or refused, and then a step or a refusal of it; never a fault. */
static void extreme_values(void) {
    static const double values[] = {1e300, 9.3e18, 9223372036854775808.0, 2147483648.0, 4294967296.0, 5e-324, -0.0};
    sam_entry entry = {.struct_size = sizeof entry};
    sam_option option = {.struct_size = sizeof option};
    for (int i = 0; sam_catalog_entry(SAM_METHODS, i, &entry) == SAM_OK; i++)
        for (int section = 0; section < 2; section++)
            for (int k = 0; sam_catalog_option(section ? SAM_SHARED : SAM_METHODS, entry.name, k, &option) == SAM_OK; k++)
                for (size_t v = 0; v < sizeof values / sizeof *values && option.kind != SAM_OPTION_CHOICE; v++) {
                    pair p;
                    char full[96];
                    double value = 0, loss = 0;
                    snprintf(full, sizeof full, "%s.%s", section ? "shared" : "method", option.name);
                    make_pair(&p, entry.name, entry.needs & SAM_OWN_UPDATE ? NULL : "sgd");
                    int status = sam_optimizer_set(p.optimizer, -1, full, values[v]), most = sam_optimizer_evaluations(p.optimizer), count = 0;
                    CHECK(status == SAM_OK || status == SAM_ERROR_RANGE || status == SAM_ERROR_UNSUPPORTED, "%s %s = %g answers %d: %s", entry.name,
                          full, values[v], status, sam_error_message());
                    CHECK(most >= 1, "%s: %d evaluations with %s = %g", entry.name, most, full, values[v]);
                    ACCEPTED(sam_optimizer_get(p.optimizer, -1, full, &value));
                    CHECK(status == SAM_OK ? value == values[v] : value == option.initial, "%s %s = %g is %g", entry.name, full, values[v], value);
                    while (count < 12 && sam_step(p.optimizer, loss) > 0)
                        p.gradient[0] = p.data[0], p.gradient[1] = p.data[1], loss = 1, count++;
                    ACCEPTED(sam_cancel(p.optimizer));
                    destroy_pair(&p);
                }
}

static void combinations(void) {
    pair p;
    make_pair(&p, "sam", "sgd");
    ACCEPTED(sam_optimizer_set(p.optimizer, -1, "accumulate", 2));
    REFUSED(sam_optimizer_set(p.optimizer, -1, "micro_batches", 2), SAM_ERROR_UNSUPPORTED, "micro_batches", "accumulate");
    ACCEPTED(sam_optimizer_set(p.optimizer, -1, "accumulate", 1));
    ACCEPTED(sam_optimizer_set(p.optimizer, -1, "micro_batches", 2));
    REFUSED(sam_optimizer_set(p.optimizer, -1, "accumulate", 2), SAM_ERROR_UNSUPPORTED, "micro_batches", "accumulate");
    destroy_pair(&p);
    make_pair(&p, "friendly_sam", "sgd");
    REFUSED(sam_optimizer_set(p.optimizer, -1, "micro_batches", 2), SAM_ERROR_UNSUPPORTED, "micro_batches", "friendly_sam");
    destroy_pair(&p);
}

void misuse_options(void) {
    names();
    two_meanings();
    bounds();
    extreme_values();
    combinations();
}
