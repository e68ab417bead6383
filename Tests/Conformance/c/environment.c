/* The host's floating-point environment decides no bit, is back after every call with its flags, and stands in callbacks; one that traps everything
   is not killed. Every method, base and measure, and states, in each environment against the usual one. */
#include "check.h"
#include "toy.h"

#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct mode {
    const char *name;
    int rounding, traps;
    unsigned mxcsr;             /* bits more */
    unsigned short x87;         /* bits less */
} mode;

static const mode modes[] = {
    {"usual", FE_TONEAREST, 0, 0, 0},        {"upward", FE_UPWARD, 0, 0, 0},           {"downward", FE_DOWNWARD, 0, 0, 0},
    {"toward zero", FE_TOWARDZERO, 0, 0, 0}, {"trapping", FE_TONEAREST, FE_ALL_EXCEPT, 0, 0},
#if defined(__x86_64__)
    {"flushing", FE_TONEAREST, 0, 0x8040, 0}, {"x87 in single", FE_TONEAREST, 0, 0, 0x300},
    {"all at once", FE_UPWARD, FE_ALL_EXCEPT, 0x8040, 0x300},
#endif
};
enum { MODES = sizeof modes / sizeof *modes };

typedef struct words { unsigned mxcsr; unsigned short control, status; int rounding, traps; } words;

static words look(void) {
    words w = {0};
#if defined(__x86_64__)
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1\n\tfnstsw %2" : "=m"(w.mxcsr), "=m"(w.control), "=m"(w.status));
    w.status &= 0x3F;
#else
    w.rounding = fegetround(), w.traps = fegetexcept();
#endif
    return w;
}

static void set(const mode *m) {
    fesetenv(FE_DFL_ENV);
    fesetround(m->rounding);
#if defined(__x86_64__)
    unsigned mxcsr;
    unsigned short control;
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(control));
    mxcsr |= m->mxcsr, control &= (unsigned short)~m->x87;
    __asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(mxcsr), "m"(control));
#endif
    feenableexcept(m->traps);
}

static void usual(void) { fesetenv(FE_DFL_ENV); }
static const mode *mode_now;

static words expected;
static long inside_wrong, inside_seen;

/* In callbacks: the host's words as they were at the call. It computes in the usual environment and goes back. */
static void callback(void) {
    words w = look();
    usual();
    inside_seen++;
    inside_wrong += memcmp(&w, &expected, sizeof w) != 0;
}

static void callback_ends(void) { set(mode_now); }

/* CALL(who, expression): in the mode, and the words behind it are those before it. */
#define CALL(who, ...)                                                                                                                      \
    do {                                                                                                                                     \
        set(mode_now);                                                                                                                       \
        expected = look();                                                                                                                   \
        (void)(__VA_ARGS__);                                                                                                                 \
        words behind_ = look();                                                                                                              \
        usual();                                                                                                                             \
        CHECK(!memcmp(&behind_, &expected, sizeof behind_), "%s, %s: mxcsr %x, x87 %x %x behind the call, %x, %x %x before", who, mode_now->name, \
              behind_.mxcsr, behind_.control, behind_.status, expected.mxcsr, expected.control, expected.status);                           \
    } while (0)

static uint64_t mixed(uint64_t hash, const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001B3u;
    return hash;
}

enum { PLAIN, TINY, ZERO, HUGE_ONES, KINDS };       /* gradients: usual; so small that moments are subnormal; none; such that squares overflow in f32 */

static double factor(int kind) { return kind == TINY ? 1e-300 : kind == ZERO ? 0 : kind == HUGE_ONES ? 1e30 : 1; }

static uint64_t trained(const char *method, const char *base, int kind) {
    static toy t;
    sam_optimizer *o = NULL, *twin = NULL;
    uint64_t hash = 0xCBF29CE484222325u;
    size_t bytes = 0;
    int status = 0;
    toy_open(&t);
    CALL(method, status = sam_optimizer_create(t.parameters, method, base, &o));
    for (int step = 0; status == 0 && step < 3; step++) {
        double loss = 0;
        do {
            CALL(method, status = sam_step(o, loss));
            loss = status > 0 ? toy_evaluate(&t) * factor(kind) : 0;
            for (int k = 0; k < TOY_N; k++)
                t.g[k] *= factor(kind);
        } while (status > 0);
    }
    hash = mixed(hash, &status, sizeof status);
    if (o && status == 0 && sam_optimizer_create(t.parameters, method, base, &twin) == SAM_OK) {
        CALL(method, status = sam_optimizer_state_size(o, &bytes));
        void *state = malloc(bytes), *again = malloc(bytes);
        CALL(method, status = sam_optimizer_state_write(o, state, bytes));
        hash = mixed(hash, state, bytes);
        CALL(method, status = sam_optimizer_state_read(twin, state, bytes));
        CHECK(status == SAM_OK, "%s, %s: %s", method, mode_now->name, sam_error_message());
        CALL(method, status = sam_optimizer_state_write(twin, again, bytes));
        CHECK(!memcmp(state, again, bytes), "%s, %s: a state changes as it is read and written", method, mode_now->name);
        free(state), free(again);
    }
    sam_metrics metrics = {.struct_size = sizeof metrics};
    if (o)
        CALL(method, sam_optimizer_metrics(o, &metrics));
    hash = mixed(mixed(hash, &metrics, sizeof metrics), t.w, sizeof t.w);
    CALL(method, sam_optimizer_destroy(o));
    sam_optimizer_destroy(twin);
    toy_close(&t);
    return hash;
}

static uint64_t measured(const char *name, const char *unused, int kind) {
    static toy t;
    sam_report *report = NULL;
    uint64_t hash = 0xCBF29CE484222325u;
    int status;
    (void)unused;
    toy_open(&t);
    for (int k = 0; kind == ZERO && k < TOY_N; k++)
        t.w[k] = 0;
    t.inside = callback, t.outside = callback_ends;
    inside_wrong = 0;
    CALL(name, status = toy_measure(&t, name, &report));
    CHECK(inside_wrong == 0, "%s, %s: another environment in %ld callbacks", name, mode_now->name, inside_wrong);
    hash = mixed(hash, &status, sizeof status);
    const char *key;
    for (int i = 0; report && sam_report_key(report, i, &key) == 1; i++) {
        const double *values;
        const int64_t *shape;
        int32_t rank;
        size_t count = 1;
        if (!strcmp(key, "seconds") || sam_report_array(report, key, &values, &rank, &shape) != SAM_OK)
            continue;
        for (int axis = 0; axis < rank; axis++)
            count *= (size_t)shape[axis];
        hash = mixed(hash, values, count * sizeof *values);
    }
    sam_report_destroy(report);
    hash = mixed(hash, t.w, sizeof t.w);
    toy_close(&t);
    return hash;
}

static void same(uint64_t (*run)(const char *, const char *, int), const char *a, const char *b, int kind) {
    mode_now = &modes[0];
    uint64_t first = run(a, b, kind);
    for (int i = 1; i < MODES; i++) {
        mode_now = &modes[i];
        CHECK(run(a, b, kind) == first, "%s %s, kind %d: other bits where the host's environment is %s", a, b ? b : "", kind, modes[i].name);
    }
}

int main(void) {
    sam_entry entry = {.struct_size = sizeof entry};
    for (int kind = 0; kind < KINDS; kind++) {
        for (int i = 0; sam_catalog_entry(SAM_BASES, i, &entry) == SAM_OK; i++)
            same(trained, "sam", entry.name, kind);
        for (int i = 0; sam_catalog_entry(SAM_METHODS, i, &entry) == SAM_OK; i++)
            same(trained, entry.name, entry.needs & SAM_OWN_UPDATE ? NULL : "sgd", kind);
    }
    for (int i = 0; sam_catalog_entry(SAM_MEASURES, i, &entry) == SAM_OK; i++)
        for (int kind = PLAIN; kind <= ZERO; kind += ZERO)
            same(measured, entry.name, NULL, kind);
    CHECK(inside_seen > 1000, "%ld callbacks", inside_seen);
    return report("environment");
}
