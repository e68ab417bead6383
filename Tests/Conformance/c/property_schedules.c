/* A schedule is nothing but its values set by hand before each step: for every real option of method, base and optimizer, from its lower
   bound (where that is a number and allowed) to its default and on. */
#include "check.h"
#include "properties.h"

#include <math.h>
#include <string.h>

static void scheduled(const variant *v, const char *section, const sam_option *option) {
    char full[96];
    double high = isfinite(option->initial) ? option->initial : option->low + 1;
    double low = isfinite(option->low) && !(option->open & 1) ? option->low : isfinite(option->low) ? (option->low + high) / 2 : high / 2;
    sam_schedule schedule = {sizeof schedule, "linear", low, high ? high : isfinite(option->high) && option->high <= 0 ? low : 0.25, 0, 4, 0, 0};
    host course, hand;
    if (!variant_open(&course, v, &usual_layout, SAM_F64, 0))
        return;
    variant_open(&hand, v, &usual_layout, SAM_F64, 0);
    snprintf(full, sizeof full, "%s.%s", section, option->name);
    int status = sam_optimizer_schedule(course.optimizer, -1, full, &schedule);
    CHECK(status == SAM_OK || (status == SAM_ERROR_UNSUPPORTED && !v->base), "%s, %s: %s", v->title, full, sam_error_message());
    for (int step = 1; step <= 6 && status == SAM_OK; step++) {
        double value = NAN;
        CHECK(sam_optimizer_get(course.optimizer, -1, full, &value) == SAM_OK, "%s", sam_error_message());
        CHECK(sam_optimizer_set(hand.optimizer, -1, full, value) == SAM_OK, "%s, %s = %g: %s", v->title, full, value, sam_error_message());
        CHECK(host_step(&course, NULL) == 0 && host_step(&hand, NULL) == 0, "%s, %s: %s", v->title, full, sam_error_message());
        CHECK(host_hash(&course) == host_hash(&hand), "%s: a schedule of %s is not %g set by hand at step %d", v->title, full, value, step);
    }
    host_close(&course);
    host_close(&hand);
}

void schedules_are_settings(const variant *v) {
    static const char *const sections[] = {"method", "base", "shared"};
    const int kinds[] = {SAM_METHODS, SAM_BASES, SAM_SHARED};
    const char *const names[] = {v->method, v->base, NULL};
    for (int s = 0; s < 3; s++) {
        sam_option option = {.struct_size = sizeof option};
        if (s == 1 && !v->base)
            continue;
        for (int i = 0; sam_catalog_option(kinds[s], names[s], i, &option) == SAM_OK; i++)
            if (option.kind == SAM_OPTION_REAL)
                scheduled(v, sections[s], &option);
    }
}
