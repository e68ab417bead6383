/* A callback of a measure that writes the weights, whichever and whenever, freeze after the last evaluation too: SAM_ERROR_STATE, and the weights are
   those before the measure, bit for bit. Every measure that needs no more than losses and gradients. */
#include "check.h"

#include <sam.h>
#include <string.h>

enum { N = 4, CALLS = 40 };

static float weights[N], gradients[N];
static const float start[N] = {1, -2, 3, 0.5f};
/* The call that writes, counted over all callbacks; LAST: freeze(0). */
enum { LAST = -1 };
static int writes_at, calls, has_written;

static void note(int is_last) {
    calls++;
    if (writes_at == LAST ? is_last : calls == writes_at) {
        weights[1] = 99;
        has_written = 1;
    }
}

static int evaluate(void *context, const sam_query *query, double *loss) {
    (void)context, (void)query;
    *loss = 0;
    for (int i = 0; i < N; i++) {
        *loss += (i + 1) * weights[i] * weights[i];
        gradients[i] = 2 * (float)(i + 1) * weights[i];
    }
    note(0);
    return 0;
}

static int freeze(void *context, int on) {
    (void)context;
    note(!on);
    return 0;
}

static int progress(void *context, double fraction, const char *stage) {
    (void)context, (void)fraction, (void)stage;
    note(0);
    return 0;
}

static int run(sam_parameters *set, const char *name, int plain) {
    sam_objective objective = {.struct_size = sizeof objective, .evaluate = evaluate, .freeze = freeze, .progress = progress};
    sam_report *report = NULL;
    memcpy(weights, start, sizeof start);
    calls = has_written = 0;
    int status = sam_measure(set, name, &objective, NULL, 0, &report);
    if (has_written && plain >= 0)
        CHECK(status == SAM_ERROR_STATE, "%s, written at call %d: %d", name, writes_at, status);
    CHECK(memcmp(weights, start, sizeof start) == 0, "%s, written at call %d: the weights are others", name, writes_at);
    sam_report_destroy(report);
    return status;
}

int main(void) {
    const int64_t shape[] = {N};
    sam_parameter tensor = {.struct_size = sizeof tensor, .name = "w", .dtype = SAM_F32, .rank = 1, .shape = shape, .data = weights, .gradient = gradients};
    sam_parameters *set;
    CHECK(sam_parameters_create(&set) == SAM_OK && sam_parameters_add(set, &tensor) == 0, "%s", sam_error_message());
    for (int i = 0; i < sam_catalog_count(SAM_MEASURES); i++) {
        sam_entry measure = {.struct_size = sizeof measure};
        CHECK(sam_catalog_entry(SAM_MEASURES, i, &measure) == SAM_OK, "%s", sam_error_message());
        writes_at = 1 << 30;
        int plain = run(set, measure.name, 0);          /* without settings some are refused whatever is written */
        for (writes_at = LAST; writes_at <= CALLS; writes_at++)
            run(set, measure.name, plain);
    }
    sam_parameters_destroy(set);
    return report("measure_writes");
}
