/* Radius 0 is the base, as exactly as the catalogue's entry declares; another radius is not; evaluations are as many as declared. */
#include "check.h"
#include "properties.h"

#include <stdlib.h>
#include <string.h>

/* The options that the catalogue's rows name as the radius of one method or another. */
static const char *const radii[] = {"rho", "rho_norm", "sigma", "divergence", "gamma1", "rho_min", "rho_max"};

static int set_radii(host *h, const variant *v, double value, int all) {
    int found = 0;
    sam_option option;
    for (size_t i = 0; i < sizeof radii / sizeof *radii; i++)
        if (catalogue_has(SAM_METHODS, v->method, radii[i], &option) && (all || option.initial == 0)) {
            char full[96];
            snprintf(full, sizeof full, "method.%s", radii[i]);
            CHECK(sam_optimizer_set(h->optimizer, -1, full, value) == SAM_OK, "%s: %s", v->title, sam_error_message());
            found++;
        }
    return found;
}

static void compare_with_base(const variant *v, int32_t dtype) {
    variant alone = {.method = "none", .base = v->base, .title = "the base alone"};
    host method, base;
    if (!variant_open(&method, v, &usual_layout, dtype, 0))
        return;
    if (variant_open(&base, &alone, &usual_layout, dtype, 0)) {
        CHECK(set_radii(&method, v, 0, 1) > 0, "%s declares exactness %d and has no radius", v->title, (int)v->exactness);
        double tolerance = v->exactness == 2 ? 0 : dtype == SAM_F64 ? 1e-6 : 1e-3;      /* a quotient of rounding noise: 1e-8 per step */
        for (int step = 1; step <= STEPS; step++) {
            int answer = host_step(&method, NULL) | host_step(&base, NULL);
            double distance = host_distance(&method, &base);
            CHECK(answer == 0, "%s: %s", v->title, sam_error_message());
            CHECK(distance <= tolerance && (v->exactness < 2 || host_hash(&method) == host_hash(&base)),
                  "%s, %s: step %d is off the base by %g", v->title, dtype == SAM_F64 ? "f64" : "f32", step, distance);
        }
        host_close(&base);
    }
    host_close(&method);
}

void radius_zero_is_the_base(const variant *v) {
    if (!v->base || !v->exactness || !strcmp(v->method, "none"))
        return;
    compare_with_base(v, SAM_F64);
    compare_with_base(v, SAM_F32);
}

/* A method that does nothing would pass the property above. */
void radius_moves_the_result(const variant *v) {
    variant alone = {.method = "none", .base = v->base, .title = "the base alone"};
    host method, base;
    if (!v->base || !strcmp(v->method, "none") || !variant_open(&method, v, &usual_layout, SAM_F64, 0))
        return;
    if (variant_open(&base, &alone, &usual_layout, SAM_F64, 0)) {
        set_radii(&method, v, 0.1, 0);                      /* where the default is 0 */
        for (int step = 0; step < STEPS; step++)
            host_step(&method, NULL), host_step(&base, NULL);
        CHECK(host_distance(&method, &base) > 1e-6, "%s with its radius is the base", v->title);
        host_close(&base);
    }
    host_close(&method);
}

void evaluations_stay_declared(const variant *v) {
    host h;
    if (!variant_open(&h, v, &usual_layout, SAM_F64, 0))
        return;
    int most = sam_optimizer_evaluations(h.optimizer);
    CHECK(most >= v->evaluations && v->evaluations >= 1, "%s: at most %d, the catalogue says %d", v->title, most, (int)v->evaluations);
    CHECK(!v->base || strcmp(v->base, "sgd") || most == v->evaluations, "%s: at most %d, the catalogue says %d", v->title, most,
          (int)v->evaluations);
    for (int step = 0; step < STEPS; step++)
        CHECK(host_step(&h, NULL) == 0, "%s: %s", v->title, sam_error_message());
    CHECK(h.most <= most && (most > 4 || h.most == most), "%s: %d evaluations in the longest of %d steps, declared %d", v->title, h.most,
          (int)STEPS, most);                                /* more than 4: some refresh only every so many steps, or end early */
    sam_metrics metrics = {.struct_size = sizeof metrics};
    CHECK(sam_optimizer_metrics(h.optimizer, &metrics) == SAM_OK && metrics.steps == STEPS && metrics.evaluations == h.evaluations &&
              metrics.skipped == 0,
          "%s: metrics count %d steps, %d evaluations, %d skipped", v->title, (int)metrics.steps, (int)metrics.evaluations, (int)metrics.skipped);
    CHECK(sam_optimizer_set(h.optimizer, -1, "shared.accumulate", 3) == SAM_OK && sam_optimizer_evaluations(h.optimizer) == 3 * most,
          "%s: accumulate 3 asks %d at most, one asks %d", v->title, sam_optimizer_evaluations(h.optimizer), most);
    h.most = 0;
    h.same_batch = 1;
    host_step(&h, NULL);
    CHECK(h.most % 3 == 0 && h.most > 0, "%s: %d evaluations with accumulate 3", v->title, h.most);
    host_close(&h);
}
