/* Whatever set, choose and schedule accept is saved and read back with the same bits: every option of every method, every base and the shared ones
   at extreme values, every kind of schedule with extreme members; a run goes on the same. */
#include "check.h"
#include "refused.h"

#include <math.h>
#include <sam.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const double values[] = {0, -0.0, 1, -1, 2, 0.5, 0.1, 1.0 / 3, 5e-324, 2.2250738585072014e-308, 1e-300, 1e300, -1e300, 1.7976931348623157e308, INFINITY, -INFINITY,
                                2147483647, 2147483648, 9007199254740991, 9007199254740992, 0.99999999999999989, 1.0000000000000002, 123456789.12345679, 1e22};
enum { VALUES = sizeof values / sizeof *values, WORDS = 8 };
static const int64_t counts[] = {1, 0, 2147483647, ((int64_t)1 << 53) + 1, INT64_MAX - 1, INT64_MAX, 999999999999999999};
static const double powers[] = {0, 5e-324, 0.1, 1, 1e300, 1.7976931348623157e308};

typedef struct run {
    double w[6], g[6];
    sam_parameters *set;
    sam_optimizer *o;
} run;
static int kept, options_set;
static char title[160];

static void open_run(run *r, const char *method, const char *base) {
    static const int64_t square[2] = {2, 2}, two = 2;
    static const double begin[6] = {1, -2, 3, 0.5, 1, 1};
    memcpy(r->w, begin, sizeof begin);
    for (int i = 0; i < 6; i++)
        r->g[i] = 0.1 * (i + 1);
    sam_parameter a = {sizeof a, "a", SAM_F64, 0, SAM_WEIGHT, 0, 2, square, r->w, r->g}, b = {sizeof b, "b", SAM_F64, 0, SAM_BIAS, 1, 1, &two, r->w + 4, r->g + 4};
    ACCEPTED(sam_parameters_create(&r->set));
    ACCEPTED(sam_parameters_add_group(r->set, "second"));
    ACCEPTED(sam_parameters_add(r->set, &a));
    ACCEPTED(sam_parameters_add(r->set, &b));
    ACCEPTED(sam_optimizer_create(r->set, method, base, &r->o));
    snprintf(title, sizeof title, "%s/%s", method, base ? base : "");
}

static void close_run(run *r) {
    sam_optimizer_destroy(r->o);
    sam_parameters_destroy(r->set);
}

static char *state_of(run *r, size_t *bytes) {
    ACCEPTED(sam_optimizer_state_size(r->o, bytes));
    char *state = malloc(*bytes);
    ACCEPTED(sam_optimizer_state_write(r->o, state, *bytes));
    return state;
}

/* A few steps; what the first one that fails answers. */
static int go_on(run *r, int steps) {
    for (int step = 0; step < steps; step++) {
        double loss = 0;
        int ask, evaluations = 0;
        while ((ask = sam_step(r->o, loss)) > 0) {
            for (int i = 0; i < 6; i++)
                r->g[i] = 0.3 * r->w[i] + 0.1 * i;
            loss = 1;
            if (++evaluations > 64)
                return sam_cancel(r->o);
        }
        if (ask < 0)
            return ask;
    }
    return 0;
}

/* A new handle that reads r's state has the same state, and steps the same. */
static void reads_back(run *r, const char *method, const char *base, int steps, const char *what) {
    run other;
    size_t bytes, again;
    char *state = state_of(r, &bytes);
    open_run(&other, method, base);
    int answer = sam_optimizer_state_read(other.o, state, bytes);
    if (answer == SAM_ERROR_MEMORY) {           /* as the next step would answer */
        CHECK(sam_step(r->o, 0) == SAM_ERROR_MEMORY, "%s, %s: read answers %d, the step does not", title, what, answer);
        sam_cancel(r->o);
    } else if (answer != SAM_OK) {
        CHECK(0, "%s, %s: read answers %d: %s", title, what, answer, sam_error_message());
    } else {
        char *same = state_of(&other, &again);
        kept++;
        CHECK(again == bytes && !memcmp(state, same, bytes), "%s, %s: another state behind the read", title, what);
        free(same);
        memcpy(other.w, r->w, sizeof r->w);
        if (steps) {
            int one = go_on(r, steps), two = go_on(&other, steps);
            CHECK(one == two && !memcmp(r->w, other.w, sizeof r->w), "%s, %s: the runs differ: %d, %d", title, what, one, two);
        }
    }
    free(state);
    close_run(&other);
}

/* Every option of a section to the value (or the word) number k, where it is accepted. */
static void set_all(run *r, int kind, const char *section, const char *entry, int k) {
    sam_option option = {.struct_size = sizeof option};
    char name[100];
    for (int i = 0; sam_catalog_option(kind, entry, i, &option) == SAM_OK; i++) {
        snprintf(name, sizeof name, "%s.%s", section, option.name);
        if (option.kind == SAM_OPTION_CHOICE) {
            char words[512], *rest = words, *word = NULL;
            snprintf(words, sizeof words, "%s", option.choices);
            for (int n = 0; n <= k % WORDS && rest; n++)
                word = strsep(&rest, ",");
            options_set += sam_optimizer_choose(r->o, option.per_group ? k % 2 : -1, name, word) == SAM_OK;
            continue;
        }
        double bounds[] = {option.low, option.high, nextafter(option.low, INFINITY), nextafter(option.high, -INFINITY)};
        double value = k < VALUES ? values[k] : bounds[k - VALUES], got;
        if (sam_optimizer_set(r->o, option.per_group ? k % 2 : -1, name, value) != SAM_OK)
            continue;
        options_set++;
        ACCEPTED(sam_optimizer_get(r->o, option.per_group ? k % 2 : -1, name, &got));
        CHECK(!memcmp(&got, &value, sizeof got), "%s: %s = %.17g is %.17g", title, name, value, got);
        const char *word = "";
        REFUSED(sam_optimizer_choice(r->o, -1, name, &word), SAM_ERROR_ARGUMENT, option.name, "no choice");
        REFUSED(sam_optimizer_choose(r->o, -1, name, "none"), SAM_ERROR_ARGUMENT, option.name, "no choice");
    }
}

static void extremes(int kind, const char *section, const char *entry, const char *method, const char *base) {
    for (int k = 0; k < VALUES + 4; k++) {
        run r;
        char what[60];
        open_run(&r, method, base);
        set_all(&r, kind, section, entry, k);
        snprintf(what, sizeof what, "values %d", k);
        reads_back(&r, method, base, 0, what);
        close_run(&r);
    }
}

static void courses(const char *method, const char *base, int kind, const char *section, const char *name) {
    sam_entry entry = {.struct_size = sizeof entry};
    sam_option option = {.struct_size = sizeof option};
    enum { COUNTS = sizeof counts / sizeof *counts, POWERS = sizeof powers / sizeof *powers };
    for (int s = 0; sam_catalog_entry(SAM_SCHEDULES, s, &entry) == SAM_OK; s++) {
        for (int k = 0; k < COUNTS; k++) {
            run r;
            char full[100], what[100];
            open_run(&r, method, base);
            CHECK(go_on(&r, 2) == 0, "%s", sam_error_message());
            for (int i = 0; sam_catalog_option(kind, name, i, &option) == SAM_OK; i++) {
                if (option.kind != SAM_OPTION_REAL)
                    continue;
                double value = isfinite(option.initial) ? option.initial : 0.5;
                sam_schedule course = {sizeof course, entry.name, value, 0.75 * value, counts[(k + 2 + i) % COUNTS], counts[k], powers[(k + i) % POWERS], counts[(k + 1) % COUNTS]};
                snprintf(full, sizeof full, "%s.%s", section, option.name);
                options_set += sam_optimizer_schedule(r.o, option.per_group ? i % 2 : -1, full, &course) == SAM_OK;
            }
            snprintf(what, sizeof what, "%s, counts %d", entry.name, k);
            reads_back(&r, method, base, 3, what);
            close_run(&r);
        }
    }
}

int main(void) {
    struct rlimit limit = {(rlim_t)2 << 30, (rlim_t)2 << 30};
    setrlimit(RLIMIT_AS, &limit);
    sam_entry entry = {.struct_size = sizeof entry};
    for (int i = 0; sam_catalog_entry(SAM_METHODS, i, &entry) == SAM_OK; i++) {
        const char *base = entry.needs & SAM_OWN_UPDATE ? NULL : "sgd";
        extremes(SAM_METHODS, "method", entry.name, entry.name, base);
        courses(entry.name, base, SAM_METHODS, "method", entry.name);
    }
    for (int i = 0; sam_catalog_entry(SAM_BASES, i, &entry) == SAM_OK; i++) {
        extremes(SAM_BASES, "base", entry.name, "sam", entry.name);
        courses("sam", entry.name, SAM_BASES, "base", entry.name);
    }
    extremes(SAM_SHARED, "shared", "", "sam", "sgd");
    extremes(SAM_SHARED, "shared", "", "none", "adamw");
    courses("sam", "sgd", SAM_SHARED, "shared", "");
    printf("%d options set, %d states\n", options_set, kept);
    CHECK(options_set > 5000 && kept > 1000, "%d options, %d states", options_set, kept);
    return report("accepted");
}
