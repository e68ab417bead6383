/* Gradients that come between the beginning of a step and its first delivery, for weights of every dtype: every method has the bits of a run whose
   gradients were there from the start, and nothing is written beyond a slot. */
#include "check.h"

#include <sam.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TENSORS = 3, COUNT = 61, STEPS = 2 };

typedef struct {
    unsigned char weights[TENSORS][COUNT * 8], gradients[TENSORS][COUNT * 8];
    sam_parameters *parameters;
    sam_optimizer *optimizer;
} set;

static size_t width(int dtype) { return dtype == SAM_F64 ? 8 : dtype == SAM_F32 ? 4 : 2; }

static void put(void *at, int dtype, int i, float x) {
    uint32_t bits;
    double wide = x;
    memcpy(&bits, &x, 4);
    uint16_t upper = (uint16_t)(bits >> 16);
    /* f16 of numbers within its range whose last bits are 0: exponent and fraction moved */
    uint16_t half = (uint16_t)((bits >> 16 & 0x8000) | ((((bits >> 23 & 0xFF) - 112) << 10) | (bits >> 13 & 0x3FF)));
    const void *from[] = {&bits, &wide, &upper, &half};
    memcpy((char *)at + (size_t)i * width(dtype), from[dtype - 1], width(dtype));
}

static int open_set(set *s, const char *method, const char *base, int dtype, int late) {
    static const char *names[] = {"b", "a", "c"};
    int64_t shape[1] = {COUNT};
    CHECK(sam_parameters_create(&s->parameters) == SAM_OK, "%s", sam_error_message());
    for (int t = 0; t < TENSORS; t++) {
        for (int i = 0; i < COUNT; i++) {
            put(s->weights[t], dtype, i, 1 + (float)t + (float)i / 64);
            put(s->gradients[t], dtype, i, 0.5f + (float)t / 8 + (float)i / 32);
        }
        sam_parameter tensor = {.struct_size = sizeof tensor, .name = names[t], .dtype = dtype, .rank = 1, .shape = shape,
                                .data = s->weights[t], .gradient = late >> t & 1 ? NULL : s->gradients[t], .trained = 1};
        CHECK(sam_parameters_add(s->parameters, &tensor) == t, "%s", sam_error_message());
    }
    s->optimizer = NULL;
    return sam_optimizer_create(s->parameters, method, base, &s->optimizer);
}

/* Some steps; tensors of the mask `late` have no gradient when each begins. Returns the status of the last call. */
static int run(set *s, const char *method, const char *base, int dtype, int late, int accumulate) {
    int ask = open_set(s, method, base, dtype, late);
    if (ask == SAM_OK && accumulate > 1)
        ask = sam_optimizer_set(s->optimizer, -1, "accumulate", accumulate);
    for (int step = 0; step < STEPS && ask >= 0; step++) {
        double loss = 0;
        int count = 0;
        while (ask >= 0 && ((ask = sam_step(s->optimizer, loss)) > 0)) {
            if (count == 0)
                for (int t = 0; t < TENSORS; t++)
                    CHECK(sam_parameters_bind(s->parameters, t, NULL, s->gradients[t]) == SAM_OK, "%s", sam_error_message());
            loss = 1 + count++;
        }
        for (int t = 0; t < TENSORS && step + 1 < STEPS; t++)
            if (late >> t & 1)
                sam_parameters_bind(s->parameters, t, NULL, NULL);
    }
    sam_optimizer_destroy(s->optimizer);
    sam_parameters_destroy(s->parameters);
    return ask;
}

static void compare(const sam_entry *method, const char *base, int dtype, int accumulate) {
    /* Its probe is normalized over the tensors that take part when it is drawn, before any delivery. */
    int is_normalized = strcmp(method->name, "zo_recursive") == 0;
    set *there = calloc(1, sizeof *there), *late = calloc(1, sizeof *late);
    int expected = run(there, method->name, base, dtype, 0, accumulate);
    for (int mask = 1; mask < 8; mask++) {
        int found = run(late, method->name, base, dtype, mask, accumulate);
        CHECK(found == expected, "%s, dtype %d, mask %d: %d, with gradients from the start %d", method->name, dtype, mask, found, expected);
        if (!is_normalized)
            for (int t = 0; t < TENSORS; t++)
                CHECK(memcmp(there->weights[t], late->weights[t], COUNT * width(dtype)) == 0,
                      "%s with %s, dtype %d, mask %d, accumulate %d: tensor %d has other bits", method->name, base ? base : "no base", dtype, mask,
                      accumulate, t);
    }
    free(there);
    free(late);
}

int main(int count, char **arguments) {
    int is_short = count > 1 && strcmp(arguments[1], "--short") == 0;
    for (int i = 0; i < sam_catalog_count(SAM_METHODS); i++) {
        sam_entry method = {.struct_size = sizeof method};
        CHECK(sam_catalog_entry(SAM_METHODS, i, &method) == SAM_OK, "%s", sam_error_message());
        int is_alone = (method.needs & SAM_OWN_UPDATE) != 0;
        for (int b = 0; b < (is_alone || is_short ? 1 : sam_catalog_count(SAM_BASES)); b++) {
            sam_entry base = {.struct_size = sizeof base};
            CHECK(sam_catalog_entry(SAM_BASES, b, &base) == SAM_OK, "%s", sam_error_message());
            for (int dtype = SAM_F32; dtype <= SAM_F16; dtype++)
                for (int accumulate = 1; accumulate <= (is_short ? 1 : 2); accumulate++)
                    compare(&method, is_alone ? NULL : base.name, dtype, accumulate);
        }
    }
    return report("late_types");
}
