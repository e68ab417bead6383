/* Golden trajectories through the C interface. Arguments: files of Golden/methods, bases, shared or own; the problem that a case names as
   its layout is read from problems/ beside the file or else beside its folder. Every case is run in f64 and in f32 and compared after
   every recorded step: ask bits and batches exactly; loss of the first evaluation and weights to
   max|x - reference| <= T max(1, max|reference|), T = 1e-10 in f64 and 1e-4 in f32. In f32 the objective is evaluated in double at the f32
   weights and its gradient rounded; a method that divides differences over a width s (its option "mu" or "difference") gets 4 eps / s
   more, which is what rounding the points alone does to its quotients. */
#include "check.h"
#include "golden_problem.h"
#include "variants.h"

#include <float.h>
#include <math.h>
#include <sam.h>
#include <stdlib.h>
#include <string.h>

/* The host's side of one run. */
typedef struct run {
    const problem *problem;
    int32_t dtype;
    double scale;                /* what gradients are multiplied by */
    double tolerance;            /* T */
    double *w, *g;               /* [n], what is evaluated */
    void *data, *gradient;       /* [n] in dtype, registered */
} run;

static double load(const run *h, const void *buffer, int64_t i) {
    return h->dtype == SAM_F64 ? ((const double *)buffer)[i] : (double)((const float *)buffer)[i];
}

static void store(const run *h, void *buffer, int64_t i, double x) {
    if (h->dtype == SAM_F64)
        ((double *)buffer)[i] = x;
    else
        ((float *)buffer)[i] = (float)x;
}

/* An evaluation as asked; the gradient that is not needed is filled with NaN, so that reading it shows. */
static double evaluate(run *h, int ask, int64_t batch) {
    int64_t n = h->problem->n;
    for (int64_t i = 0; i < n; i++)
        h->w[i] = load(h, h->data, i);
    double loss = problem_evaluate(h->problem, h->w, batch, ask & SAM_AUXILIARY, h->g);
    for (int64_t i = 0; i < n; i++)
        store(h, h->gradient, i, ask & SAM_LOSS_ONLY ? NAN : h->scale * h->g[i]);
    return loss;
}

/* Sets every member of a JSON object, each by its full name. */
static void set_options(sam_optimizer *optimizer, const char *method, const cJSON *options, int of_base, run *h) {
    const cJSON *item;
    cJSON_ArrayForEach(item, options) {
        char full[128];
        sam_option option;
        int own = of_base || catalogue_has(SAM_METHODS, method, item->string, &option);
        snprintf(full, sizeof full, "%s.%s", of_base ? "base" : own ? "method" : "shared", item->string);
        int status = cJSON_IsString(item) ? sam_optimizer_choose(optimizer, -1, full, item->valuestring)
                                          : sam_optimizer_set(optimizer, -1, full, item->valuedouble);
        CHECK(status == SAM_OK, "%s: %s", full, sam_error_message());
        if (!own && !strcmp(item->string, "gradient_scale"))
            h->scale = item->valuedouble;
    }
}

/* One step of the loop against one row of the file. */
static int compare_step(sam_optimizer *optimizer, run *h, const cJSON *row, int number, const char *title) {
    const cJSON *asks = cJSON_GetObjectItemCaseSensitive(row, "ask"), *batches = cJSON_GetObjectItemCaseSensitive(row, "batch");
    double loss = 0, tolerance = h->tolerance;
    int ask, count = 0, expected = cJSON_GetArraySize(asks), before = checks_failed;
    while ((ask = sam_step(optimizer, loss)) > 0 && count < expected) {
        int64_t batch = sam_batch(optimizer);
        int ask_row = cJSON_GetArrayItem(asks, count)->valueint, batch_row = cJSON_GetArrayItem(batches, count)->valueint;
        CHECK(ask == ask_row, "%s step %d evaluation %d: %d, expected %d", title, number, count, ask, ask_row);
        CHECK(batch == batch_row, "%s step %d evaluation %d: %d, expected %d", title, number, count, (int)batch, batch_row);
        loss = evaluate(h, ask, batch);
        count++;
    }
    CHECK(ask == 0, "%s step %d: %d after %d evaluations: %s", title, number, ask, count, ask < 0 ? sam_error_message() : "more than expected");
    CHECK(count == expected, "%s step %d: %d evaluations, expected %d", title, number, count, expected);
    sam_metrics metrics = {.struct_size = sizeof metrics};
    double reference = cJSON_GetObjectItemCaseSensitive(row, "loss")->valuedouble;
    CHECK(sam_optimizer_metrics(optimizer, &metrics) == SAM_OK, "%s", sam_error_message());
    CHECK(fabs(metrics.loss - reference) <= tolerance * fmax(1, fabs(reference)), "%s step %d: loss %.17g, expected %.17g", title, number,
          metrics.loss, reference);
    const cJSON *weights = cJSON_GetObjectItemCaseSensitive(row, "w"), *item;
    double error = 0, largest = 1;
    int64_t i = 0;
    cJSON_ArrayForEach(item, weights) {
        double difference = fabs(load(h, h->data, i++) - item->valuedouble);
        error = difference <= error ? error : difference;              /* keeps a NaN */
        largest = fmax(largest, fabs(item->valuedouble));
    }
    if (weights)
        CHECK(i == h->problem->n && error <= tolerance * largest, "%s step %d: weights off by %g", title, number, error / largest);
    return checks_failed == before;
}

/* What one entry's width adds in f32; `options` are its options in the file. */
static double of_differences(int kind, const char *name, const cJSON *options) {
    static const char *const widths[] = {"mu", "difference"};
    double more = 0;
    for (int i = 0; i < 2 && name; i++) {
        sam_option option;
        const cJSON *set = cJSON_GetObjectItemCaseSensitive(options, widths[i]);
        if (catalogue_has(kind, name, widths[i], &option)) {
            double width = set ? set->valuedouble : option.initial;
            more += 4 * FLT_EPSILON / (width > 0 ? width : 0.5 * cbrt(FLT_EPSILON));
        }
    }
    return more;
}

static double tolerance_of(const cJSON *json, int32_t dtype) {
    const char *method = cJSON_GetObjectItemCaseSensitive(json, "method")->valuestring;
    const char *base = cJSON_GetObjectItemCaseSensitive(json, "base")->valuestring;
    return dtype == SAM_F64 ? 1e-10
                            : 1e-4 + of_differences(SAM_METHODS, method, cJSON_GetObjectItemCaseSensitive(json, "options")) +
                                  of_differences(SAM_BASES, base, cJSON_GetObjectItemCaseSensitive(json, "base_options"));
}

static void run_case(const cJSON *json, const problem *p, int32_t dtype, const char *file, int number) {
    const char *method = cJSON_GetObjectItemCaseSensitive(json, "method")->valuestring;
    const char *base = cJSON_GetObjectItemCaseSensitive(json, "base")->valuestring;
    char title[256];
    snprintf(title, sizeof title, "%s case %d (%s, %s, %s)", file, number, method, base ? base : "own update", dtype == SAM_F64 ? "f64" : "f32");
    size_t width = dtype == SAM_F64 ? sizeof(double) : sizeof(float), n = (size_t)p->n;
    run h = {p, dtype, 1, tolerance_of(json, dtype), calloc(n, sizeof(double)), calloc(n, sizeof(double)), calloc(n, width), calloc(n, width)};
    for (int64_t i = 0; i < p->n; i++)
        store(&h, h.data, i, p->start[i]);
    sam_parameters *parameters = NULL;
    sam_optimizer *optimizer = NULL;
    CHECK(sam_parameters_create(&parameters) == SAM_OK, "%s", sam_error_message());
    for (int i = 0; i < p->tensors; i++) {
        const problem_tensor *t = &p->tensor[i];
        sam_parameter one = {sizeof one, t->name, dtype, 0, t->role, 0, t->rank, t->shape,
                             (char *)h.data + (size_t)t->start * width, (char *)h.gradient + (size_t)t->start * width};
        CHECK(sam_parameters_add(parameters, &one) == i, "%s", sam_error_message());
    }
    int status = sam_optimizer_create(parameters, method, base, &optimizer);
    CHECK(status == SAM_OK, "%s: %s", title, sam_error_message());
    if (status == SAM_OK) {
        set_options(optimizer, method, cJSON_GetObjectItemCaseSensitive(json, "options"), 0, &h);
        set_options(optimizer, method, cJSON_GetObjectItemCaseSensitive(json, "base_options"), 1, &h);
        const cJSON *row;
        int step = 0;
        cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(json, "steps"))
            if (!compare_step(optimizer, &h, row, ++step, title))
                break;
    }
    sam_optimizer_destroy(optimizer);
    sam_parameters_destroy(parameters);
    free(h.w), free(h.g), free(h.data), free(h.gradient);
}

static void read_layout(const char *file, const char *layout, problem *out) {
    const char *slash = strrchr(file, '/');
    int folder = slash ? (int)(slash - file + 1) : 0;
    char path[1024];
    snprintf(path, sizeof path, "%.*sproblems/%s.json", folder, file, layout);
    FILE *beside = fopen(path, "r");
    if (beside)
        fclose(beside);
    else
        snprintf(path, sizeof path, "%.*s../problems/%s.json", folder, file, layout);
    problem_read(path, out);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        cJSON *file = read_json(argv[i]);
        const cJSON *json;
        int number = 0;
        cJSON_ArrayForEach(json, cJSON_GetObjectItemCaseSensitive(file, "cases")) {
            problem p;
            read_layout(argv[i], cJSON_GetObjectItemCaseSensitive(json, "layout")->valuestring, &p);
            run_case(json, &p, SAM_F64, argv[i], ++number);
            run_case(json, &p, SAM_F32, argv[i], number);
            problem_free(&p);
        }
        cJSON_Delete(file);
    }
    return report("golden");
}
