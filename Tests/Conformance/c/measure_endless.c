/* Measures of hosts whose curvature is no pleasure end: every measure, every word of every choice, small sets of every type. An alarm is the
   detector of a hang; a callback that hangs shows that it detects one. Then every measure at every limit of 1 to 40 evaluations. */
#include "measure_any.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 15, HUNG = 3 };
static char where[256];

static void hung(int signal) {
    (void)signal;
    static const char text[] = "FAILED: hangs in ";
    if (write(1, text, sizeof text - 1) < 0 || write(1, where, strlen(where)) < 0 || write(1, "\n", 1) < 0)
        _exit(HUNG + 1);
    _exit(HUNG);
}

static const int64_t layouts[][4] = {{1}, {2}, {3, 1}, {3, 1, 6}, {4, 3}, {1, 1, 1}};
static const int32_t types[][2] = {{SAM_F32, SAM_BF16}, {SAM_BF16, SAM_BF16}, {SAM_F64, SAM_F64}, {SAM_F16, SAM_F32}, {SAM_F32, SAM_F32}};
enum { LAYOUTS = sizeof layouts / sizeof *layouts, TYPES = sizeof types / sizeof *types };

static int is_status(int status) { return status <= 0 && status >= SAM_ERROR_UNSUPPORTED; }

/* The measure with these settings, over every layout, and a type and a loss that go round. */
static void over_hosts(const char *measure, const sam_setting *more, int count) {
    static unsigned turn;
    for (int l = 0; l < LAYOUTS; l++)
        for (int k = 0; k < ANY_LOSSES; k++) {
            unsigned t = turn++;
            any h;
            any_make(&h, layouts[l], types[t % TYPES][0], types[t % TYPES][1], k, (int)(t / TYPES) % 2);
            sam_setting s[ANY_SETTINGS];
            int n = any_settings(&h, measure, s);
            for (int i = 0; i < count; i++)
                s[n++] = more[i];
            h.limit = 600;
            any_keep(&h);
            snprintf(where, sizeof where, "%s %s=%s layout %d loss %d types %u", measure, count ? more[0].name : "", count && more[0].choice ? more[0].choice : "", l, k, t % TYPES);
            alarm(SECONDS);
            sam_report *report = NULL;
            int status = any_measure(&h, measure, s, n, &report);
            alarm(0);
            CHECK(is_status(status) && (status == SAM_OK) == (report != NULL), "%s: %d", where, status);
            CHECK(any_is_kept(&h), "%s: the weights after %d", where, status);
            CHECK(h.calls <= h.limit + 3, "%s: %d callbacks after the one that cancelled", where, (int)(h.calls - h.limit));
            sam_report_destroy(report);
            any_free(&h);
        }
}

/* Word k of a choice; 0 behind the last. */
static int word(const sam_option *o, int k, char *to, size_t room) {
    const char *from = o->choices;
    for (; from && k > 0; k--)
        from = strchr(from, ',') ? strchr(from, ',') + 1 : NULL;
    if (!from)
        return 0;
    size_t count = strcspn(from, ",");
    snprintf(to, room, "%.*s", (int)count, from);
    return 1;
}

static void every_choice(const char *measure) {
    sam_option o = {.struct_size = sizeof o};
    char text[64];
    over_hosts(measure, NULL, 0);
    for (int i = 0; sam_catalog_option(SAM_MEASURES, measure, i, &o) == SAM_OK; i++) {
        for (int k = 0; o.kind == SAM_OPTION_CHOICE && word(&o, k, text, sizeof text); k++) {
            sam_setting s = sam_choice(o.name, text);
            over_hosts(measure, &s, 1);
        }
        if (o.kind == SAM_OPTION_FLAG) {
            sam_setting s = sam_number(o.name, 1);
            over_hosts(measure, &s, 1);
        }
    }
}

/* LOBPCG with several pairs wanted, more than there are directions. */
static void blocks(void) {
    for (int count = 1; count <= 12; count++)
        for (int which = 0; which < 4; which++) {
            sam_setting s[3] = {sam_choice("method", "lobpcg"), sam_number("count", count), sam_number("which", which)};
            over_hosts("eigenpairs", s, 3);
        }
}

/* A limit of evaluations is a status or a report: with a value, not converged where the limit came first. */
static void limits(const char *measure, const char *inner) {
    any h;
    sam_setting s[ANY_SETTINGS];
    sam_report *whole = NULL, *report;
    any_make(&h, layouts[3], SAM_F64, SAM_F64, ANY_BOWL, 1);
    int n = any_settings(&h, measure, s);
    if (inner)
        s[n++] = sam_choice("measure", inner);
    h.limit = 4000;
    any_keep(&h);
    any_measure(&h, measure, s, n, &whole);
    double all = INFINITY, limited, made, converged;
    if (whole)
        sam_report_value(whole, "evaluations", &all);
    for (int limit = 1; limit <= 40; limit++) {
        s[n] = sam_number("max_evaluations", limit);
        snprintf(where, sizeof where, "%s %s limit %d", measure, inner ? inner : "", limit);
        alarm(SECONDS);
        int status = any_measure(&h, measure, s, n + 1, &report);
        alarm(0);
        CHECK(is_status(status) && any_is_kept(&h), "%s: %d %s", where, status, sam_error_message());
        if (status != SAM_OK)
            continue;
        CHECK(sam_report_value(report, "value", &limited) == SAM_OK && sam_report_value(report, "evaluations", &made) == SAM_OK &&
                  sam_report_value(report, "converged", &converged) == SAM_OK, "%s: %s", where, sam_error_message());
        CHECK(made <= limit && (made >= all || converged == 0), "%s: %g evaluations of %g, converged %g", where, made, all, converged);
        const double *part, *full;
        const int64_t *shape, *fullShape;
        int rank, fullRank;
        /* of each tensor by itself: what the whole has, or not a number */
        if (whole && !strcmp(measure, "layerwise") && !strcmp(inner, "trace") && sam_report_array(report, "values", &part, &rank, &shape) == SAM_OK &&
            sam_report_array(whole, "values", &full, &fullRank, &fullShape) == SAM_OK) {
            double most = NAN;
            for (int64_t i = 0; i < shape[0]; i++) {
                CHECK(isnan(part[i]) || part[i] == full[i], "%s: values[%d] = %g of %g", where, (int)i, part[i], full[i]);
                most = isnan(most) || part[i] > most ? part[i] : most;
            }
            CHECK(limited == most || (isnan(limited) && isnan(most)), "%s: value %g, the largest is %g", where, limited, most);
        }
        sam_report_destroy(report);
    }
    sam_report_destroy(whole);
    any_free(&h);
}

static void every_limit(const char *measure) {
    sam_option o = {.struct_size = sizeof o};
    char text[64];
    int has_inner = 0;
    for (int i = 0; sam_catalog_option(SAM_MEASURES, measure, i, &o) == SAM_OK; i++)
        for (int k = 0; !strcmp(o.name, "measure") && o.kind == SAM_OPTION_CHOICE && word(&o, k, text, sizeof text); k++) {
            has_inner = 1;
            limits(measure, text);
        }
    if (!has_inner)
        limits(measure, NULL);
}

/* A callback that hangs is seen by the alarm. */
static void hangs(void) {
    for (;;)
        pause();
}

static void control(void) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        any h;
        close(1);
        any_make(&h, layouts[3], SAM_F64, SAM_F64, ANY_BOWL, 1);
        h.jump_kind = ANY_EVALUATE, h.jump_at = 1, h.leave = hangs;
        alarm(1);
        sam_report *r;
        any_measure(&h, "lambda_max", NULL, 0, &r);
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) >= HUNG, "a callback that hangs is not detected: %d", status);
}

int main(int count, char **arguments) {                     /* a measure's name: that one alone */
    signal(SIGALRM, hung);
    control();
    sam_entry entry = {.struct_size = sizeof entry};
    for (int i = 0; i < sam_catalog_count(SAM_MEASURES); i++) {
        CHECK(sam_catalog_entry(SAM_MEASURES, i, &entry) == SAM_OK, "%s", sam_error_message());
        if (count > 1 && strcmp(arguments[1], entry.name))
            continue;
        every_choice(entry.name);
        every_limit(entry.name);
    }
    if (count < 2)
        blocks();
    return report("measure_endless");
}
