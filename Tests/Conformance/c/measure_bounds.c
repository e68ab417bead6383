/* Sizes that settings and the objective say: every number of every measure at its bounds, and at 10^6 and 2^31 - 1; batches, examples and outputs as
   large as can be said. A child with 2 GB of memory for each measure: it never dies, and no call takes long where progress cancels. */
#include "measure_any.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 20, CALLS = 100 };
static struct shared { char where[256]; int64_t runs, memory; int passed, failed; } *seen;

static const int64_t sizes[] = {4, 3, 0};

static void run(const char *measure, const sam_setting *more, int count, int64_t batches, int64_t examples, int64_t outputs) {
    any h;
    sam_setting s[ANY_SETTINGS + 64];
    sam_report *report = NULL;
    any_make(&h, sizes, SAM_F64, SAM_F64, ANY_BOWL, 1);
    int n = 0, first = any_settings(&h, measure, s);
    for (int i = 0; i < first; i++) {                       /* what is given once is not given twice */
        int twice = 0;
        for (int k = 0; k < count; k++)
            twice |= !strcmp(more[k].name, s[i].name);
        if (!twice)
            s[n++] = s[i];
    }
    for (int k = 0; k < count; k++)
        s[n++] = more[k];
    h.limit = CALLS;
    if (batches || examples || outputs) {
        h.writes = 0;
        h.objective.batch_examples = NULL, h.objective.class_examples = NULL, h.objective.classes = 0, h.objective.other = NULL;
        if (batches)
            h.objective.batches = batches;
        if (examples)
            h.objective.examples = examples;
        if (outputs)
            h.objective.outputs = outputs;
    }
    any_keep(&h);
    alarm(SECONDS);
    int status = any_measure(&h, measure, s, n, &report);
    alarm(0);
    CHECK(status <= 0 && status >= SAM_ERROR_UNSUPPORTED && (status == SAM_OK) == (report != NULL), "%s: %d", seen->where, status);
    CHECK(status != SAM_ERROR_MEMORY || (strstr(sam_error_message(), "bytes") && strpbrk(sam_error_message(), "0123456789")), "%s: \"%s\"", seen->where, sam_error_message());
    CHECK(any_is_kept(&h), "%s: the weights after %d", seen->where, status);
    seen->runs++, seen->memory += status == SAM_ERROR_MEMORY;
    sam_report_destroy(report);
    any_free(&h);
}

/* The least and the largest whole numbers or reals that the setting takes, and a few between. */
static int numbers(const sam_option *o, double *x) {
    double low = fmax(o->low, -2147483647.0), high = fmin(o->high, 2147483647.0), all[5] = {low, high, 1e6, 65537, 1e3};
    int n = 0, whole = o->kind == SAM_OPTION_INTEGER;
    if (isfinite(o->high) && o->high > high)
        all[1] = o->high;
    for (int i = 0; i < 5; i++) {
        double value = all[i];
        if (i == 0 && o->open & 1)
            value = whole ? value + 1 : value == 0 ? 5e-324 : nextafter(value, INFINITY);
        if (i == 1 && o->open & 2)
            value = whole ? value - 1 : nextafter(value, -INFINITY);
        if (value >= o->low && value <= o->high)
            x[n++] = value;
    }
    return n;
}

static void settings(const char *measure) {
    sam_option o = {.struct_size = sizeof o};
    sam_setting high[64];
    int highs = 0;
    for (int i = 0; sam_catalog_option(SAM_MEASURES, measure, i, &o) == SAM_OK; i++) {
        double x[5];
        if (o.kind != SAM_OPTION_INTEGER && o.kind != SAM_OPTION_REAL && o.kind != SAM_OPTION_LIST)
            continue;
        for (int k = 0, n = numbers(&o, x); k < n; k++) {
            sam_setting s = sam_number(o.name, x[k]);
            snprintf(seen->where, sizeof seen->where, "%s %s = %g", measure, o.name, x[k]);
            run(measure, &s, 1, 0, 0, 0);
            if (k == 1 && o.kind == SAM_OPTION_INTEGER && strcmp(o.name, "seed") && strcmp(o.name, "batch") && strcmp(o.name, "class_index") &&
                strcmp(o.name, "max_evaluations") && strcmp(o.name, "tensor") && highs < 64)
                high[highs++] = s;
        }
    }
    snprintf(seen->where, sizeof seen->where, "%s, all whole numbers at their most", measure);
    run(measure, high, highs, 0, 0, 0);
}

static void objectives(const char *measure) {
    static const int64_t huge[] = {INT64_C(1) << 20, INT64_C(1) << 31, INT64_C(1) << 40, INT64_MAX};
    enum { COUNT = sizeof huge / sizeof *huge };
    for (int i = 0; i < COUNT; i++)
        for (int loss = 0; loss < 2; loss++) {
            sam_setting s = sam_choice("loss", loss ? "cross_entropy" : "host");
            for (int k = 0; k < 4; k++) {
                int64_t batches = k == 0 || k == 3 ? huge[i] : 0, examples = k == 1 || k == 3 ? huge[i] : 0, outputs = k == 2 ? huge[i] : 0;
                if (loss && i == 0)                         /* lists of zeros that can be had: only slow */
                    continue;
                snprintf(seen->where, sizeof seen->where, "%s batches %lld examples %lld outputs %lld", measure, (long long)batches, (long long)examples, (long long)outputs);
                run(measure, &s, 1, batches, examples, outputs);
            }
        }
}

static void in_a_child(const char *measure) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit = {(rlim_t)2 << 30, (rlim_t)2 << 30};
        setrlimit(RLIMIT_AS, &limit);
        checks_passed = checks_failed = 0;
        settings(measure);
        objectives(measure);
        seen->passed += checks_passed, seen->failed += checks_failed;
        fflush(stdout);
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: the process ended, %s %d", seen->where,
          WIFSIGNALED(status) ? "by signal" : "with", WIFSIGNALED(status) ? WTERMSIG(status) : status);
}

int main(int count, char **arguments) {
    seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sam_entry entry = {.struct_size = sizeof entry};
    for (int i = 0; i < sam_catalog_count(SAM_MEASURES); i++) {
        CHECK(sam_catalog_entry(SAM_MEASURES, i, &entry) == SAM_OK, "%s", sam_error_message());
        if (count < 2 || !strcmp(arguments[1], entry.name))
            in_a_child(entry.name);
    }
    checks_passed += seen->passed, checks_failed += seen->failed;
    CHECK(seen->memory > 0, "nothing was refused for want of memory");
    printf("%d runs, %d without memory\n", (int)seen->runs, (int)seen->memory);
    return report("measure_bounds");
}
