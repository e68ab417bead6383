/* Numbers at the ends of their types. Norms of what moved neither overflow nor vanish where the numbers are f32's; and state that decays ends at 0: no
   number below the normal range is kept, by any base or method. */
#include "check.h"
#include "host.h"
#include "variants.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double truth(const float *w, const float *old, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += ((double)w[i] - old[i]) * ((double)w[i] - old[i]);
    return sqrt(sum);
}

static int near(double a, double b) { return fabs(a - b) <= 1e-6 * b; }

/* Weights of 0, one gradient everywhere; a and b: lengths of the two tensors. */
static void norms(const char *method, const char *base, int a, int b, double g, double lr, double rho, int in_place) {
    static float w[2][9000], slope[2][9000], before[2][9000];
    int64_t length[2] = {a, b};
    sam_parameters *set;
    sam_optimizer *o;
    CHECK(sam_parameters_create(&set) == SAM_OK, "%s", sam_error_message());
    for (int t = 0; t < 2; t++) {
        for (int i = 0; i < 9000; i++)
            w[t][i] = before[t][i] = 0, slope[t][i] = (float)g;
        sam_parameter p = {sizeof p, t ? "b" : "a", SAM_F32, 0, SAM_WEIGHT, 0, 1, &length[t], w[t], slope[t]};
        CHECK(sam_parameters_add(set, &p) == t, "%s", sam_error_message());
    }
    CHECK(sam_optimizer_create(set, method, base, &o) == SAM_OK, "%s", sam_error_message());
    CHECK(sam_optimizer_set(o, -1, "lr", lr) == SAM_OK && sam_optimizer_set(o, -1, "rho", rho) == SAM_OK, "%s", sam_error_message());
    CHECK(sam_optimizer_set(o, -1, "in_place", in_place) == SAM_OK, "%s", sam_error_message());
    int ask;
    while ((ask = sam_step(o, 1)) > 0)
        ;
    sam_metrics m = {.struct_size = sizeof m};
    CHECK(ask == 0 && sam_optimizer_metrics(o, &m) == SAM_OK, "%s", sam_error_message());
    double moved = hypot(truth(w[0], before[0], a), truth(w[1], before[1], b)), size = fabs(g) * sqrt(a + b);
    CHECK(near(m.gradient_norm, size), "%s+%s, g = %g: gradient_norm %g, expected %g", method, base, g, m.gradient_norm, size);
    CHECK(near(m.update_norm, moved) && moved > 0, "%s+%s, g = %g: update_norm %g, expected %g", method, base, g, m.update_norm, moved);
    /* e = rho g / (|g| + 1e-12) */
    double radius = rho * size / (size + 1e-12);
    CHECK(near(m.perturbation_norm, radius), "%s+%s, g = %g: perturbation_norm %g, expected %g", method, base, g, m.perturbation_norm, radius);
    CHECK(near(m.effective_radius, radius), "%s+%s, g = %g: effective_radius %g, expected %g", method, base, g, m.effective_radius, radius);
    sam_optimizer_destroy(o);
    sam_parameters_destroy(set);
}

static void all_norms(void) {
    static const int lengths[][2] = {{1, 1}, {17, 5}, {64, 1000}, {4096, 4097}, {8999, 3}};
    for (int i = 0; i < 5; i++)
        for (int in_place = 0; in_place < 2; in_place++) {
            int a = lengths[i][0], b = lengths[i][1];
            norms("sam", "sgd", a, b, 1e25, 1, 1e22, in_place);
            norms("sam", "sgd", a, b, 1e-10, 1e-13, 1e-22, in_place);
            norms("sam", "sgd", a, b, -1e-3, 1e-26, 1e-30, in_place);
            norms("sam", "adamw", a, b, 1e15, 1e20, 1e30, in_place);
            norms("sam", "lion", a, b, 1e-6, 1e-25, 1e-25, in_place);
            norms("sam", "muon", a, b, 1e-6, 1e-25, 1e-25, in_place);
            norms("friendly_sam", "sgd", a, b, 1e-6, 1e-20, 1e-25, in_place);
        }
}

/* What in a state is f32 and below the normal range, but not 0. */
static int small_numbers(const unsigned char *state, size_t bytes) {
    uint64_t length;
    memcpy(&length, state, 8);
    char *text = calloc(length + 1, 1);
    memcpy(text, state + 8, length);
    int count = 0;
    for (const char *at = text; (at = strstr(at, "\"dtype\":\"F32\"")); at++) {
        unsigned long long from = 0, to = 0;
        const char *name = at, *offsets = strstr(at, "\"data_offsets\":[");
        CHECK(offsets && sscanf(offsets, "\"data_offsets\":[%llu,%llu]", &from, &to) == 2 && 8 + length + to <= bytes, "the header is not read: %.40s", at);
        for (unsigned long long i = from; i + 4 <= to; i += 4) {
            uint32_t x;
            memcpy(&x, state + 8 + length + i, 4);
            count += (x & 0x7F800000) == 0 && x & 0x7FFFFF;
        }
        (void)name;
    }
    free(text);
    return count;
}

/* Gradients of about 1e-16, then of 0: the squares of the small ones decay through the least normal number, and what is linear in them as well. */
static void state_decays_to_zero(const variant *v) {
    static const double scales[] = {1e-12, 1e-18, 1e-31};
    for (int i = 0; i < 3; i++) {
        host h;
        if (!variant_open(&h, v, &usual_layout, SAM_F32, 0))
            return;
        int subnormal = 0, most = strstr(v->method, "newton") || strstr(v->method, "zo") ? 40 : 130;
        for (int step = 0; step < most; step++) {
            h.scale = step < 4 ? scales[i] : 0;
            if (host_step(&h, NULL) != 0)
                break;                                      /* some divide by the gradient */
            if (step % 10 == 9 || step < 8) {
                size_t bytes;
                CHECK(sam_optimizer_state_size(h.optimizer, &bytes) == SAM_OK, "%s", sam_error_message());
                unsigned char *state = malloc(bytes);
                CHECK(sam_optimizer_state_write(h.optimizer, state, bytes) == SAM_OK, "%s", sam_error_message());
                subnormal += small_numbers(state, bytes);
                free(state);
            }
        }
        CHECK(subnormal == 0, "%s: %d numbers below the normal range were kept, gradients of %g", v->title, subnormal, scales[i]);
        host_close(&h);
    }
}

int main(void) {
    all_norms();
    each_variant(0, state_decays_to_zero);
    return report("extremes");
}
