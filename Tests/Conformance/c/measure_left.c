/* Callbacks that never return: by longjmp out of every kind of callback, of every measure, at its first, middle and last call. The set is locked until
   sam_parameters_recover; then the weights' bits are back, the measure has the value it has without, and its memory is given back. */
#include "measure_any.h"

#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static jmp_buf home;
static void jump(void) { longjmp(home, 1); }

/* 1: the callback was left. */
static int left(any *h, const char *measure, const sam_setting *s, int n, int *status) {
    sam_report *report = NULL;
    if (setjmp(home))
        return 1;
    *status = any_measure(h, measure, s, n, &report);
    sam_report_destroy(report);
    return 0;
}

static int same(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

static void each(const char *measure, int refresh) {
    static const int64_t sizes[] = {4, 3, 1, 0};
    static any h;
    static sam_setting s[ANY_SETTINGS];
    static int n, status;
    static double value, again;
    sam_report *report = NULL;
    any_make(&h, sizes, SAM_F32, SAM_F32, ANY_BOWL, 1);
    n = any_settings(&h, measure, s);
    if (refresh)
        s[n++] = sam_number("refresh", 1);
    h.limit = 3000;
    any_keep(&h);
    status = any_measure(&h, measure, s, n, &report);
    CHECK(status == SAM_OK || status == SAM_ERROR_CANCELLED, "%s: %s", measure, sam_error_message());
    value = NAN;
    if (report)
        sam_report_value(report, "value", &value);
    sam_report_destroy(report);
    int64_t seen[ANY_KINDS];
    memcpy(seen, h.seen, sizeof seen);
    sam_optimizer *optimizer;
    CHECK(sam_optimizer_create(h.set, "sam", "sgd", &optimizer) == SAM_OK, "%s", sam_error_message());
    for (int kind = 0; kind < ANY_KINDS; kind++)
        for (int turn = 0; turn < 3 && seen[kind] > 0; turn++) {
            h.jump_kind = kind, h.jump_at = turn == 0 ? 0 : turn == 1 ? seen[kind] / 2 : seen[kind] - 1, h.leave = jump;
            CHECK(left(&h, measure, s, n, &status) == 1, "%s: callback %d was not left", measure, kind);
            h.jump_kind = -1;
            CHECK(sam_measure(h.set, measure, &h.objective, s, (size_t)n, &report) == SAM_ERROR_STATE && sam_step(optimizer, 0) == SAM_ERROR_STATE,
                  "%s: the set is not in the middle of its measure", measure);
            char message[256];
            snprintf(message, sizeof message, "%s", sam_error_message());
            CHECK(sam_parameters_recover(h.set) == SAM_OK && sam_parameters_recover(h.set) == SAM_OK, "%s: %s", measure, sam_error_message());
            CHECK(!strcmp(message, sam_error_message()), "%s: recovering leaves the message \"%s\"", measure, sam_error_message());
            CHECK(any_is_kept(&h), "%s left in callback %d: the weights are not the iterate", measure, kind);
        }
    status = any_measure(&h, measure, s, n, &report);
    again = NAN;
    if (report)
        sam_report_value(report, "value", &again);
    sam_report_destroy(report);
    CHECK(same(again, value) || !strcmp(measure, "hessian_coherence"), "%s: %g, %g before callbacks were left", measure, again, value);
    CHECK(sam_step(optimizer, 0) > 0 && sam_cancel(optimizer) == SAM_OK, "%s: %s", measure, sam_error_message());
    sam_optimizer_destroy(optimizer);
    any_free(&h);
}

/* Nothing of a thousand measures stays. */
static int large_evaluate(void *context, const sam_query *q, double *loss) {
    (void)q;
    int *calls = context;
    *loss = 1;
    if (++*calls == 4)
        jump();
    return 0;
}

static void memory(void) {
    enum { N = 40000, TURNS = 1000 };
    static int calls, turn;
    static double *w, *g;
    static sam_parameters *set;
    static sam_objective objective;
    static size_t before;
    w = calloc(N, 8), g = calloc(N, 8);
    for (int i = 0; i < N; i++)
        w[i] = g[i] = 1;
    int64_t shape = N;
    sam_parameter t = {sizeof t, "w", SAM_F64, 0, SAM_WEIGHT, 0, 1, &shape, w, g};
    CHECK(sam_parameters_create(&set) == SAM_OK && sam_parameters_add(set, &t) == 0, "%s", sam_error_message());
    objective.struct_size = sizeof objective, objective.context = &calls, objective.evaluate = large_evaluate;
    for (turn = 0; turn < TURNS; turn++) {
        sam_report *report;
        calls = 0;
        if (!setjmp(home))
            CHECK(sam_measure(set, "lambda_max", &objective, NULL, 0, &report) == 12345, "not left");
        CHECK(sam_parameters_recover(set) == SAM_OK, "%s", sam_error_message());
        struct mallinfo2 now = mallinfo2();
        if (turn == 10)
            before = now.uordblks + now.hblkhd;
        CHECK(turn <= 10 || now.uordblks + now.hblkhd <= before + 4096, "%d bytes more after %d measures that were left",
              (int)(now.uordblks + now.hblkhd - before), turn);
    }
    sam_parameters_destroy(set);
    free(w), free(g);
}

/* A callback that recovers its own measure and returns: the measure has ended. One of another set that is left in a callback: the outer goes on. */
static any *inner_host;
static sam_parameters *own;
static void recover_own(void) { CHECK(sam_parameters_recover(own) == SAM_OK, "%s", sam_error_message()); }

static jmp_buf within;
static void jump_within(void) { longjmp(within, 1); }
static void leave_inner(void) {
    sam_report *report;
    inner_host->jump_kind = ANY_PRODUCT, inner_host->jump_at = 1, inner_host->leave = jump_within;
    if (!setjmp(within)) {
        any_measure(inner_host, "lambda_max", NULL, 0, &report);
        CHECK(0, "the inner measure was not left");
    }
}

static void nested(void) {
    static const int64_t sizes[] = {4, 3, 0};
    static any h, other;
    sam_report *report = NULL;
    any_make(&h, sizes, SAM_F64, SAM_F64, ANY_BOWL, 1);
    any_make(&other, sizes, SAM_F64, SAM_F64, ANY_BOWL, 1);
    any_keep(&h), any_keep(&other);
    own = h.set;
    h.jump_kind = ANY_PRODUCT, h.jump_at = 1, h.leave = recover_own, h.stops = 1;
    CHECK(any_measure(&h, "lambda_max", NULL, 0, &report) == SAM_ERROR_STATE && !report && strstr(sam_error_message(), "sam_parameters_recover"), "%s", sam_error_message());
    CHECK(any_is_kept(&h), "the weights after a callback that recovered");
    h.leave = leave_inner, h.stops = 0, inner_host = &other;
    CHECK(any_measure(&h, "lambda_max", NULL, 0, &report) == SAM_OK, "%s", sam_error_message());
    CHECK(any_is_kept(&h) && sam_parameters_recover(other.set) == SAM_OK && any_is_kept(&other), "the weights of two measures");
    sam_report_destroy(report);
    any_free(&h), any_free(&other);
    CHECK(sam_parameters_recover(NULL) == SAM_ERROR_ARGUMENT, "NULL");
}

int main(void) {
    sam_entry entry = {.struct_size = sizeof entry};
    for (int i = 0; i < sam_catalog_count(SAM_MEASURES); i++) {
        sam_option o = {.struct_size = sizeof o};
        int refreshes = 0;
        CHECK(sam_catalog_entry(SAM_MEASURES, i, &entry) == SAM_OK, "%s", sam_error_message());
        for (int k = 0; sam_catalog_option(SAM_MEASURES, entry.name, k, &o) == SAM_OK; k++)
            refreshes += !strcmp(o.name, "refresh");
        each(entry.name, 0);
        if (refreshes)
            each(entry.name, 1);
    }
    nested();
    memory();
    return report("measure_left");
}
