/* A NaN has one sign and no payload in weights, metrics, states and reports, whatever the host's was and whichever instruction set made it: every
   method and base in every type under nonfinite = propagate. --hash: a line for each, for sets.sh. */
#include "check.h"
#include "toy.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { N = 96 };
static const int32_t types[] = {SAM_F32, SAM_F64, SAM_BF16, SAM_F16};
static int prints;

static size_t width(int32_t type) { return type == SAM_F64 ? 8 : type == SAM_F32 ? 4 : 2; }

/* Number i of a buffer by its bits: 1, infinities, NaN of both signs with a payload, among small ones; round -1: only 1 and small ones. */
static void put(void *at, int32_t type, int i, int round) {
    static const uint64_t f64[] = {0x3FF0000000000000, 0x7FF0000000000000, 0xFFF0000000000000, 0xFFF8000000000007, 0x7FFC000000000000, 0x3FB0000000000000};
    static const uint32_t f32[] = {0x3F800000, 0x7F800000, 0xFF800000, 0xFFC00007, 0x7FE00000, 0x3D800000};
    static const uint16_t bf16[] = {0x3F80, 0x7F80, 0xFF80, 0xFFC3, 0x7FE0, 0x3D80}, f16[] = {0x3C00, 0x7C00, 0xFC00, 0xFE03, 0x7F00, 0x2C00};
    int k = round < 0 ? 5 * (i % 2) : (i * 7 + round * 5) % 11;
    k = k > 5 ? 5 : k;
    memcpy((char *)at + (size_t)i * width(type),
           type == SAM_F64 ? (const void *)&f64[k] : type == SAM_F32 ? (const void *)&f32[k] : type == SAM_BF16 ? (const void *)&bf16[k] : (const void *)&f16[k],
           width(type));
}

/* NaN whose bits are others than those of the plain one. */
static int odd(const void *at, int32_t type, int i) {
    uint64_t x = 0;
    memcpy(&x, (const char *)at + (size_t)i * width(type), width(type));
    if (type == SAM_F64)
        return (x & INT64_MAX) > 0x7FF0000000000000 && x != 0x7FF8000000000000;
    if (type == SAM_F32)
        return (x & INT32_MAX) > 0x7F800000 && x != 0x7FC00000;
    return type == SAM_BF16 ? (x & 0x7FFF) > 0x7F80 && x != 0x7FC0 : (x & 0x7FFF) > 0x7C00 && x != 0x7E00;
}

static uint64_t mixed(uint64_t hash, const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001B3u;
    return hash;
}

/* stacked: the tensor is two of half its rows. */
static void run(const char *method, const char *base, int32_t type, int stacked) {
    const int64_t matrix[] = {8, 12}, stack[] = {2, 4, 12};
    double w[N], g[N], loss = 0;
    sam_parameters *set;
    sam_optimizer *o;
    int ask = 0;
    for (int i = 0; i < N; i++)
        put(w, type, i, -1);
    memset(g, 0, sizeof g);
    sam_parameter tensor = {.struct_size = sizeof tensor, .name = "w", .dtype = type, .role = SAM_WEIGHT, .rank = stacked ? 3 : 2,
                            .shape = stacked ? stack : matrix, .data = w, .gradient = g, .stacked_axes = stacked};
    sam_parameters_create(&set);
    sam_parameters_add(set, &tensor);
    if (sam_optimizer_create(set, method, base, &o) != SAM_OK) {
        sam_parameters_destroy(set);
        return;
    }
    CHECK(sam_optimizer_choose(o, -1, "nonfinite", "propagate") == SAM_OK, "%s", sam_error_message());
    uint64_t hash = 0xCBF29CE484222325u;
    for (int step = 0; step < 3; step++) {
        while ((ask = sam_step(o, loss)) > 0) {
            for (int i = 0; i < N; i++)
                put(g, type, i, step);
            loss = step == 1 ? -NAN : 1;
        }
        sam_metrics m = {.struct_size = sizeof m};
        sam_optimizer_metrics(o, &m);
        const double numbers[] = {m.loss, m.perturbed_loss, m.gradient_norm, m.perturbation_norm, m.update_norm, m.perturbed_gradient_norm, m.cosine,
                                  m.effective_radius};
        int in_weights = 0, in_metrics = 0;
        for (int i = 0; i < N && ask == 0; i++)
            in_weights += odd(w, type, i);
        for (int i = 0; i < 8; i++)
            in_metrics += odd(numbers, SAM_F64, i);
        CHECK(in_weights == 0 && in_metrics == 0, "%s+%s, type %d, step %d: %d weights and %d metrics are another NaN", method, base ? base : "", type, step,
              in_weights, in_metrics);
        hash = mixed(mixed(hash, numbers, sizeof numbers), w, N * width(type));
        if (ask < 0)
            break;
    }
    size_t bytes = 0;
    if (ask == 0 && sam_optimizer_state_size(o, &bytes) == SAM_OK) {
        void *state = malloc(bytes);
        CHECK(sam_optimizer_state_write(o, state, bytes) == SAM_OK, "%s", sam_error_message());
        hash = mixed(hash, state, bytes);
        free(state);
    }
    if (prints)
        printf("%s %s %d %d %016llx\n", method, base ? base : "", type, ask, (unsigned long long)hash);
    sam_optimizer_destroy(o);
    sam_parameters_destroy(set);
}

int main(int argc, char **argv) {
    sam_entry entry = {.struct_size = sizeof entry};
    prints = argc > 1 && !strcmp(argv[1], "--hash");
    for (int k = 0; k < 8; k++) {
        for (int i = 0; sam_catalog_entry(SAM_BASES, i, &entry) == SAM_OK; i++)
            run("sam", entry.name, types[k / 2], k % 2);
        for (int i = 0; sam_catalog_entry(SAM_METHODS, i, &entry) == SAM_OK; i++)
            run(entry.name, entry.needs & SAM_OWN_UPDATE ? NULL : "adam", types[k / 2], k % 2);
    }
    if (prints)
        return fprintf(stderr, "%s\n", sam_build_info()), checks_failed != 0;
    return report("nan");
}
