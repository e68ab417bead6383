/* What being safe costs: a step that is skipped at most twice an ordinary one, one that ends in an error at most four times, wherever the number that is
   not finite stands; state that has decayed at most 1.3 times; and sets of very many tensors. */
#include "check.h"

#include <sam.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* 100000 tensors are added, moved and stepped in a few seconds, in any order of their addresses. */
static void many(void) {
    enum { MANY = 100000 };
    static const int64_t one = 1;
    double *memory = calloc(2 * MANY, sizeof *memory), begin = seconds();
    char name[16];
    sam_parameters *set;
    sam_optimizer *o;
    CHECK(sam_parameters_create(&set) == SAM_OK, "%s", sam_error_message());
    int status = 0;
    for (int i = 0; i < MANY && status >= 0; i++) {
        int place = (int)((long long)i * 70001 % MANY);
        snprintf(name, sizeof name, "w%d", i);
        sam_parameter p = {sizeof p, name, SAM_F64, 0, SAM_WEIGHT, 0, 1, &one, memory + 2 * place, memory + 2 * place + 1};
        status = sam_parameters_add(set, &p);
    }
    CHECK(status == MANY - 1, "%s", sam_error_message());
    CHECK(sam_optimizer_create(set, "none", "sgd", &o) == SAM_OK, "%s", sam_error_message());
    for (int i = 0; i < MANY && status >= 0; i++)
        status = sam_parameters_bind(set, i, NULL, memory + 2 * ((long long)i * 70003 % MANY) + 1);
    CHECK(status >= 0 && sam_step(o, 1) > 0 && sam_step(o, 1) == 0, "%s", sam_error_message());
    double spent = seconds() - begin;
    CHECK(spent < 10, "%d tensors took %g s", MANY, spent);
    sam_optimizer_destroy(o);
    sam_parameters_destroy(set);
    free(memory);
}


typedef struct problem {
    void *w, *g;
    int64_t n;
    sam_parameters *set;
    sam_optimizer *optimizer;
} problem;

static size_t width(int dtype) { return dtype == SAM_F64 ? 8 : dtype == SAM_F32 ? 4 : 2; }

static void put(int dtype, void *buffer, int64_t i, double x) {
    float f = (float)x;
    uint32_t u;
    uint16_t h;
    memcpy(&u, &f, 4);
    h = dtype == SAM_F16 ? (uint16_t)(isnan(x) ? 0x7E00 : isinf(x) ? 0x7C00 : x == 0 ? 0 : 0x2E66) : (uint16_t)(u >> 16);
    memcpy((char *)buffer + (size_t)i * width(dtype), dtype == SAM_F64 ? (void *)&x : dtype == SAM_F32 ? (void *)&f : (void *)&h, width(dtype));
}

static void open_problem(problem *p, int dtype, int64_t n, const char *method, const char *base) {
    p->n = n, p->w = calloc((size_t)n, width(dtype)), p->g = calloc((size_t)n, width(dtype));
    for (int64_t i = 0; i < n; i++)
        put(dtype, p->w, i, 0.1), put(dtype, p->g, i, 0.1);
    sam_parameter t = {sizeof t, "w", dtype, 0, SAM_WEIGHT, 0, 1, &p->n, p->w, p->g};
    CHECK(sam_parameters_create(&p->set) == SAM_OK && sam_parameters_add(p->set, &t) == 0, "%s", sam_error_message());
    CHECK(sam_optimizer_create(p->set, method, base, &p->optimizer) == SAM_OK, "%s", sam_error_message());
}

static void close_problem(problem *p) {
    sam_optimizer_destroy(p->optimizer);
    sam_parameters_destroy(p->set);
    free(p->w), free(p->g);
}

/* The least time of some steps; the last answer. */
static double least(problem *p, int tries, int *answer) {
    double best = INFINITY;
    for (int i = 0; i < tries; i++) {
        double begin = seconds();
        while ((*answer = sam_step(p->optimizer, 1)) > 0)
            ;
        best = fmin(best, seconds() - begin);
    }
    return best;
}

static void failing(int dtype, int accumulate, double wrong) {
    enum { N = 3000000 };
    static const int64_t places[] = {0, N / 2 + 1, N - 1};
    problem p;
    int answer;
    open_problem(&p, dtype, N, "none", "sgd");
    CHECK(sam_optimizer_set(p.optimizer, -1, "accumulate", accumulate) == SAM_OK, "%s", sam_error_message());
    double good = least(&p, 7, &answer);
    CHECK(answer == 0, "%s", sam_error_message());
    for (int k = 0; k < 3; k++) {
        put(dtype, p.g, places[k], wrong);
        CHECK(sam_optimizer_choose(p.optimizer, -1, "nonfinite", "skip") == SAM_OK, "%s", sam_error_message());
        double skipped = least(&p, 5, &answer);
        for (int again = 0; again < 10 && skipped >= 2 * good; again++)     /* another process may have had the processor */
            skipped = fmin(skipped, least(&p, 5, &answer));
        CHECK(answer == 0 && skipped < 2 * good, "dtype %d, accumulate %d: a skipped step takes %.2f times an ordinary one", dtype, accumulate, skipped / good);
        CHECK(sam_optimizer_choose(p.optimizer, -1, "nonfinite", "error") == SAM_OK, "%s", sam_error_message());
        double failed = least(&p, 5, &answer);
        for (int again = 0; again < 10 && failed >= 4 * good; again++)
            failed = fmin(failed, least(&p, 5, &answer));
        CHECK(answer == SAM_ERROR_NONFINITE && failed < 4 * good, "dtype %d, accumulate %d: an error takes %.2f times an ordinary step", dtype, accumulate,
              failed / good);
        char names[64];
        snprintf(names, sizeof names, "gradient[%lld] of \"w\" = %s", (long long)places[k], isnan(wrong) ? "nan" : "inf");
        CHECK(strstr(sam_error_message(), names), "%s: expected %s", sam_error_message(), names);
        put(dtype, p.g, places[k], 0.1);
    }
    close_problem(&p);
}

/* Every square is finite and their sum is not: all elements are looked at. */
static void beyond(void) {
    enum { N = 1000000 };
    problem p;
    int answer;
    open_problem(&p, SAM_F64, N, "none", "sgd");
    double good = least(&p, 7, &answer);
    for (int i = 0; i < N; i++)
        put(SAM_F64, p.g, i, 1e200);
    double failed = least(&p, 5, &answer);
    CHECK(answer == SAM_ERROR_NONFINITE && strstr(sam_error_message(), "norm"), "%d: %s", answer, sam_error_message());
    CHECK(failed < 4 * good, "an error takes %.2f times an ordinary step", failed / good);
    close_problem(&p);
}

/* Beside another optimizer whose gradients go on, in turns, so that both see the same processor; the least of several ratios. */
static void decayed(const char *base, const char *option, double value) {
    enum { N = 100000 };
    problem p, other;
    int answer, goes_on;
    open_problem(&p, SAM_F32, N, "none", base);
    open_problem(&other, SAM_F32, N, "none", base);
    CHECK(!option || sam_optimizer_set(p.optimizer, -1, option, value) == SAM_OK, "%s", sam_error_message());
    CHECK(!option || sam_optimizer_set(other.optimizer, -1, option, value) == SAM_OK, "%s", sam_error_message());
    least(&p, 60, &answer);
    memset(p.g, 0, 4 * N);
    for (int i = 0; i < 1000; i++)
        least(&p, 1, &answer);
    double ratio = INFINITY;
    for (int i = 0; i < 20 && ratio >= 1.3; i++) {
        double late = least(&p, 30, &answer);
        ratio = fmin(ratio, late / least(&other, 30, &goes_on));
    }
    CHECK(answer == 0 && goes_on == 0 && ratio < 1.3, "%s: %.2f times the time where the gradients have been 0 for a thousand steps", base, ratio);
    close_problem(&p);
    close_problem(&other);
}

int main(void) {
    for (int dtype = SAM_F32; dtype <= SAM_F16; dtype++)
        failing(dtype, 1, NAN);
    failing(SAM_F32, 2, INFINITY);
    failing(SAM_BF16, 3, NAN);
    beyond();
    decayed("adamw", NULL, 0);
    decayed("sgd", "momentum", 0.9);
    decayed("rmsprop", "momentum", 0.9);
    many();
    return report("costs");
}
