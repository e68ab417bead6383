/* A call uses at most 16 KiB of the caller's stack: every entry of the catalogue, states, sentences, the first use of everything. A thread paints
   its stack below a frame, makes one call, and looks how far the paint is gone. Below the stack is memory that no call may touch. Argument: a folder. */
#include "check.h"
#include "toy.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { LIMIT = 16384, STACK = 1 << 20, PAINTED = 128 * 1024, LARGE = 1 << 20 };

static char path[4096];
static long deepest;
static char deepest_name[128];

/* The paint is laid by a frame that is gone when the call is made: it stands below the caller's frame. */
static __attribute__((noinline)) void paint(void) {
    volatile unsigned char below[PAINTED];
    for (long i = 0; i < PAINTED; i++)
        below[i] = 0xA5;
    __asm__ volatile("" : : "r"(below) : "memory");
}

static __attribute__((noinline)) long gone(void) {
    volatile unsigned char below[PAINTED];
    long i = 64;                                /* its own canary and what the loader left at the far end */
    while (i < PAINTED && below[i] == 0xA5)
        i++;
    return PAINTED - i;
}

static void note(const char *what, const char *name, long used) {
    CHECK(used <= LIMIT, "%s %s uses %ld bytes of stack, %d at the most", what, name, used, LIMIT);
    if (used > deepest) {
        deepest = used;
        snprintf(deepest_name, sizeof deepest_name, "%s %s", what, name);
    }
}

/* CALL(what, name, expression) */
#define CALL(what, name, ...) (paint(), (void)(__VA_ARGS__), note(what, name, gone()))

static void steps(const char *method, const char *base) {
    static toy t;
    sam_optimizer *o = NULL, *twin = NULL;
    char title[128];
    snprintf(title, sizeof title, "%s+%s", method, base ? base : "");
    toy_open(&t);
    CALL("sam_optimizer_create", title, sam_optimizer_create(t.parameters, method, base, &o));
    for (int step = 0; o && step < 3; step++) {
        int ask;
        double loss = 0;
        do {
            CALL("sam_step", title, ask = sam_step(o, loss));
            loss = ask > 0 ? toy_evaluate(&t) : 0;
        } while (ask > 0);
        CHECK(ask == 0, "%s: %d %s", title, ask, sam_error_message());
    }
    if (o && sam_optimizer_create(t.parameters, method, base, &twin) == SAM_OK) {
        size_t bytes = 0;
        int status;
        CALL("sam_optimizer_state_size", title, sam_optimizer_state_size(o, &bytes));
        void *state = malloc(bytes);
        CALL("sam_optimizer_state_write", title, status = sam_optimizer_state_write(o, state, bytes));
        CHECK(status == SAM_OK, "%s: %s", title, sam_error_message());
        CALL("sam_optimizer_state_read", title, status = sam_optimizer_state_read(twin, state, bytes));
        CHECK(status == SAM_OK, "%s: %s", title, sam_error_message());
        CALL("sam_optimizer_save", title, status = sam_optimizer_save(o, path));
        CHECK(status == SAM_OK, "%s: %s", title, sam_error_message());
        CALL("sam_optimizer_load", title, status = sam_optimizer_load(twin, path));
        CHECK(status == SAM_OK, "%s: %s", title, sam_error_message());
        sam_metrics metrics = {.struct_size = sizeof metrics};
        int64_t memory;
        CALL("sam_optimizer_metrics", title, sam_optimizer_metrics(o, &metrics));
        CALL("sam_optimizer_memory", title, sam_optimizer_memory(o, &memory));
        sam_step(o, 0);
        CALL("sam_cancel", title, sam_cancel(o));
        free(state);
    }
    CALL("sam_optimizer_destroy", title, sam_optimizer_destroy(o));
    sam_optimizer_destroy(twin);
    toy_close(&t);
}

static void options(void) {
    static toy t;
    sam_optimizer *o;
    double value;
    toy_open(&t);
    sam_optimizer_create(t.parameters, "sam", "adamw", &o);
    sam_schedule schedule = {.struct_size = sizeof schedule, .kind = "cosine", .initial = 0.1, .steps = 10};
    CALL("sam_optimizer_set", "lr", sam_optimizer_set(o, -1, "lr", 0.3));
    CALL("sam_optimizer_set", "refused", sam_optimizer_set(o, -1, "lr", -1.2345678901234567e-300));
    CALL("sam_optimizer_set", "unknown", sam_optimizer_set(o, -1, "learning_rate_of_a_long_name", 1));
    CALL("sam_optimizer_get", "lr", sam_optimizer_get(o, -1, "lr", &value));
    CALL("sam_optimizer_schedule", "lr", sam_optimizer_schedule(o, -1, "lr", &schedule));
    CALL("sam_optimizer_choose", "unknown", sam_optimizer_choose(o, -1, "scaling", "elements"));
    CALL("sam_optimizer_load", "missing", sam_optimizer_load(o, "/nowhere/at/all"));
    CALL("sam_optimizer_save", "missing", sam_optimizer_save(o, "/nowhere/at/all"));
    sam_optimizer_destroy(o);
    toy_close(&t);
}

static void measure(const char *name) {
    static toy t;
    sam_report *report = NULL;
    int status;
    toy_open(&t);
    CALL("sam_measure", name, status = toy_measure(&t, name, &report));
    CHECK(status == SAM_OK || !report, "%s: %d", name, status);
    CALL("sam_report_destroy", name, sam_report_destroy(report));
    toy_close(&t);
}

/* Large passes, on two threads. */
static void large(void) {
    static float w[LARGE], g[LARGE];
    const int64_t shape[] = {LARGE};
    sam_parameters *set;
    sam_optimizer *o;
    int ask;
    sam_parameter tensor = {.struct_size = sizeof tensor, .name = "w", .dtype = SAM_F32, .rank = 1, .shape = shape, .data = w, .gradient = g};
    sam_parameters_create(&set);
    CALL("sam_parameters_add", "", sam_parameters_add(set, &tensor));
    sam_optimizer_create(set, "sam", "adamw", &o);
    sam_set_threads(2);
    do
        CALL("sam_step", "of a million scalars", ask = sam_step(o, 1));
    while (ask > 0);
    CHECK(ask == 0, "%s", sam_error_message());
    sam_set_threads(1);
    sam_optimizer_destroy(o);
    sam_parameters_destroy(set);
}

static void *all(void *unused) {
    sam_entry entry = {.struct_size = sizeof entry};
    CALL("sam_build_info", "", sam_build_info());
    CALL("sam_catalog_entry", "", sam_catalog_entry(SAM_METHODS, 0, &entry));
    for (int i = 0; sam_catalog_entry(SAM_BASES, i, &entry) == SAM_OK; i++)
        steps("sam", entry.name);
    for (int i = 0; sam_catalog_entry(SAM_METHODS, i, &entry) == SAM_OK; i++)
        steps(entry.name, entry.needs & SAM_OWN_UPDATE ? NULL : "sgd");
    for (int i = 0; sam_catalog_entry(SAM_MEASURES, i, &entry) == SAM_OK; i++)
        measure(entry.name);
    options();
    large();
    return unused;
}

/* A step on a thread of 32 KiB whose stack lies behind bytes of the host's: they stay. */
static void *small(void *t) {
    sam_optimizer *o = *(sam_optimizer **)((void **)t + 1);
    double loss = 0;
    for (int ask; (ask = sam_step(o, loss)) > 0;)
        loss = toy_evaluate(*(toy **)t);
    return NULL;
}

static void canary(void) {
    enum { SMALL = 32768, BYTES = 131072 };
    static toy t;
    sam_optimizer *o;
    unsigned char *memory = mmap(NULL, BYTES + SMALL, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(memory, 0x5A, BYTES);
    toy_open(&t);
    sam_optimizer_create(t.parameters, "sam", "adamw", &o);
    void *given[] = {&t, o};
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    CHECK(pthread_attr_setstack(&attributes, memory + BYTES, SMALL) == 0, "no stack of %d bytes", SMALL);
    CHECK(pthread_create(&thread, &attributes, small, given) == 0, "no thread of %d bytes", SMALL);
    pthread_join(thread, NULL);
    long changed = 0;
    for (long i = 0; i < BYTES; i++)
        changed += memory[i] != 0x5A;
    CHECK(changed == 0, "a step on a stack of %d bytes changed %ld bytes below it", SMALL, changed);
    sam_optimizer_destroy(o);
    toy_close(&t);
}

int main(int argc, char **argv) {
    pthread_attr_t attributes;
    pthread_t thread;
    if (argc < 2)
        return 2;
    mkdir(argv[1], 0700);
    snprintf(path, sizeof path, "%s/stack.state", argv[1]);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    CHECK(pthread_create(&thread, &attributes, all, NULL) == 0, "no thread");
    pthread_join(thread, NULL);
    canary();
    printf("%ld bytes at the most: %s\n", deepest, deepest_name);
    return report("stack");
}
