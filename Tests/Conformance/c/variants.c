#include "variants.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

int catalogue_has(int kind, const char *name, const char *option, sam_option *out) {
    out->struct_size = sizeof *out;
    for (int i = 0; sam_catalog_option(kind, name, i, out) == SAM_OK; i++)
        if (!strcmp(out->name, option))
            return 1;
    return 0;
}

int variant_draws(const variant *v) {
    sam_option option;
    return catalogue_has(SAM_METHODS, v->method, "seed", &option) || (v->base && catalogue_has(SAM_BASES, v->base, "difference", &option));
}

static void run(variant v, void (*test)(const variant *)) {
    char number[16];
    snprintf(number, sizeof number, "%g", v.value);
    snprintf(v.title, sizeof v.title, "%s%s%s%s%s%s%s", v.method, v.base ? "+" : "", v.base ? v.base : "", v.option ? " " : "",
             v.option ? v.option : "", v.option ? "=" : "", v.option ? (*v.word ? v.word : number) : "");
    test(&v);
}

/* Each word of each choice and each flag of one entry, but for the defaults. */
static void turn_options(variant v, int kind, const char *name, void (*test)(const variant *)) {
    sam_option option = {.struct_size = sizeof option};
    v.section = kind == SAM_BASES ? "base" : "method";
    for (int i = 0; sam_catalog_option(kind, name, i, &option) == SAM_OK; i++) {
        v.option = option.name;
        v.word[0] = 0;
        if (option.kind == SAM_OPTION_FLAG) {
            v.value = 1 - option.initial;
            run(v, test);
        } else if (option.kind == SAM_OPTION_CHOICE) {
            const char *word = option.choices;
            for (int place = 0; word; place++) {
                snprintf(v.word, sizeof v.word, "%.*s", (int)strcspn(word, ","), word);
                if (place != (int)option.initial)
                    run(v, test);
                word = strchr(word, ',');
                word = word ? word + 1 : NULL;
            }
        }
    }
}

void each_variant(int with_options, void (*test)(const variant *)) {
    sam_entry method = {.struct_size = sizeof method}, base = {.struct_size = sizeof base};
    for (int i = 0; sam_catalog_entry(SAM_METHODS, i, &method) == SAM_OK; i++) {
        variant v = {.method = method.name, .needs = method.needs, .evaluations = method.evaluations, .exactness = method.exactness};
        if (method.needs & SAM_OWN_UPDATE) {
            run(v, test);
            if (with_options)
                turn_options(v, SAM_METHODS, v.method, test);
            continue;
        }
        int plain = !strcmp(v.method, "none") || !strcmp(v.method, "sam");
        for (int j = 0; sam_catalog_entry(SAM_BASES, j, &base) == SAM_OK; j++) {
            v.base = base.name;
            if (plain || !strcmp(v.base, "sgd") || (!with_options && (!strcmp(v.base, "adam") || !strcmp(v.base, "adamw"))))
                run(v, test);
            if (with_options && !strcmp(v.method, "sam"))
                turn_options(v, SAM_BASES, v.base, test);
        }
        v.base = "sgd";
        if (with_options)
            turn_options(v, SAM_METHODS, v.method, test);
    }
}

static void pairs(const char *only, void (*test)(const variant *)) {
    sam_entry method = {.struct_size = sizeof method}, base = {.struct_size = sizeof base};
    for (int i = 0; sam_catalog_entry(SAM_METHODS, i, &method) == SAM_OK; i++) {
        variant v = {.method = method.name, .needs = method.needs, .evaluations = method.evaluations, .exactness = method.exactness};
        if (method.needs & SAM_OWN_UPDATE && !only)
            run(v, test);
        for (int j = 0; !(method.needs & SAM_OWN_UPDATE) && sam_catalog_entry(SAM_BASES, j, &base) == SAM_OK; j++) {
            v.base = base.name;
            if (!only || !strcmp(only, base.name))
                run(v, test);
        }
    }
}

void each_pair(void (*test)(const variant *)) { pairs(NULL, test); }
void each_with_base(const char *base, void (*test)(const variant *)) { pairs(base, test); }

void each_shared_variant(void (*test)(const variant *)) {
    static const struct { const char *option; double value; } turned[] = {{"accumulate", 2}, {"micro_batches", 2}, {"maximize", 1}, {"in_place", 0}};
    sam_entry method = {.struct_size = sizeof method};
    for (int i = 0; sam_catalog_entry(SAM_METHODS, i, &method) == SAM_OK; i++)
        for (size_t k = 0; k < sizeof turned / sizeof *turned; k++) {
            variant v = {.method = method.name, .base = method.needs & SAM_OWN_UPDATE ? NULL : "sgd", .needs = method.needs,
                         .evaluations = method.evaluations, .exactness = method.exactness, .section = "shared",
                         .option = turned[k].option, .value = turned[k].value};
            run(v, test);
        }
}

int variant_open(host *h, const variant *v, const layout *layout, int32_t dtype, size_t offset) {
    return variant_open_mixed(h, v, layout, dtype, 0, offset);
}

int variant_open_mixed(host *h, const variant *v, const layout *layout, int32_t dtype, int32_t gradient_dtype, size_t offset) {
    host_open(h, layout, dtype, gradient_dtype, offset);
    int status = sam_optimizer_create(h->parameters, v->method, v->base, &h->optimizer);
    CHECK(status == SAM_OK || status == SAM_ERROR_UNSUPPORTED, "%s: %s", v->title, sam_error_message());
    if (status != SAM_OK) {
        host_close(h);
        return 0;
    }
    sam_option option;
    if (v->base && catalogue_has(SAM_BASES, v->base, "momentum", &option) && option.initial == 0)
        status |= sam_optimizer_set(h->optimizer, -1, "base.momentum", 0.9);
    if (v->base && catalogue_has(SAM_BASES, v->base, "weight_decay", &option) && option.initial == 0)
        status |= sam_optimizer_set(h->optimizer, -1, "base.weight_decay", 0.01);
    char full[96];
    snprintf(full, sizeof full, "%s.%s", v->option ? v->section : "", v->option ? v->option : "");
    CHECK(status == SAM_OK, "%s: %s", v->title, sam_error_message());
    if (v->option)
        status = *v->word ? sam_optimizer_choose(h->optimizer, -1, full, v->word) : sam_optimizer_set(h->optimizer, -1, full, v->value);
    CHECK(status == SAM_OK || (status == SAM_ERROR_UNSUPPORTED && !strcmp(full, "shared.micro_batches")), "%s: %s", v->title, sam_error_message());
    h->in_place = strcmp(full, "shared.in_place") != 0;
    if (status != SAM_OK)
        host_close(h);
    return status == SAM_OK;
}
