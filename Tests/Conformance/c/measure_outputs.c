/* One output: the library's cross-entropy is the logistic loss, its Fisher measures are those of two classes, and labels that nothing can be looked up
   by are refused, for every measure that asks for logits. */
#include "measure_any.h"

#include <math.h>
#include <string.h>

enum { M = 8, N = 3 };
typedef struct line { double x[M][N], w[N], g[N]; int64_t label[M]; } line;

static double output(const line *h, int i) {
    double f = 0;
    for (int k = 0; k < N; k++)
        f += h->x[i][k] * h->w[k];
    return f;
}

static int evaluate(void *context, const sam_query *q, double *loss) {
    line *h = context;
    int first = q->example >= 0 ? (int)q->example : 0, end = q->example >= 0 ? first + 1 : M;
    *loss = 0;
    memset(h->g, 0, sizeof h->g);
    for (int i = first; i < end; i++) {
        double f = output(h, i), y = (double)h->label[i], p = 1 / (1 + exp(-f)), share = 1.0 / (end - first);
        *loss += share * (log1p(exp(-fabs(f))) + fmax(f, 0) - y * f);
        for (int k = 0; k < N; k++)
            h->g[k] += share * (p - y) * h->x[i][k];
    }
    return 0;
}

static int logits(void *context, const sam_query *q, double *f, int64_t *labels) {
    line *h = context;
    (void)q;
    for (int i = 0; i < M; i++)
        f[i] = output(h, i), labels[i] = h->label[i];
    return 0;
}

static int back(void *context, const sam_query *q, const double *slopes) {
    line *h = context;
    (void)q;
    for (int k = 0; k < N; k++) {
        h->g[k] = 0;
        for (int i = 0; i < M; i++)
            h->g[k] += slopes[i] * h->x[i][k];
    }
    return 0;
}

static double value_of(sam_parameters *set, const sam_objective *o, const char *measure, const sam_setting *s, size_t n, const char *key) {
    sam_report *report = NULL;
    double value = NAN;
    int status = sam_measure(set, measure, o, s, n, &report);
    CHECK(status == SAM_OK && sam_report_value(report, key, &value) == SAM_OK, "%s: %d %s", measure, status, sam_error_message());
    sam_report_destroy(report);
    return value;
}

static int checks(void) { return report("measure_outputs"); }
static void near(double a, double b, const char *what) { CHECK(fabs(a - b) <= 1e-12 * (1 + fabs(b)), "%s: %.17g, expected %.17g", what, a, b); }

int main(void) {
    static line h;
    for (int i = 0; i < M; i++) {
        h.label[i] = i % 2;
        for (int k = 0; k < N; k++)
            h.x[i][k] = sin(1.0 + 3 * i + k * k);
    }
    for (int k = 0; k < N; k++)
        h.w[k] = 0.5 * k - 0.7;
    int64_t shape = N;
    sam_parameters *set;
    sam_parameter t = {sizeof t, "w", SAM_F64, 0, SAM_WEIGHT, 0, 1, &shape, h.w, h.g};
    CHECK(sam_parameters_create(&set) == SAM_OK && sam_parameters_add(set, &t) == 0, "%s", sam_error_message());
    sam_objective o = {.struct_size = sizeof o, .context = &h, .evaluate = evaluate, .evaluate_example = evaluate, .examples = M, .outputs = 1,
                       .logits = logits, .backpropagate_logits = back};
    sam_setting own = sam_choice("loss", "cross_entropy");
    static const char *const both[] = {"gradient_norm", "coherence", "stiffness", "gsnr", "noise_scale", "gradient_covariance", "fisher_trace", "sam_gap", "worst_case"};
    for (size_t k = 0; k < sizeof both / sizeof *both; k++)
        near(value_of(set, &o, both[k], &own, 1, "value"), value_of(set, &o, both[k], NULL, 0, "value"), both[k]);
    near(value_of(set, &o, "gradient_norm", &own, 1, "loss"), value_of(set, &o, "gradient_norm", NULL, 0, "loss"), "the loss");
    sam_setting exact = sam_choice("labels", "exact");
    double trace = 0;
    for (int i = 0; i < M; i++) {
        double p = 1 / (1 + exp(-output(&h, i)));
        for (int k = 0; k < N; k++)
            trace += p * (1 - p) * h.x[i][k] * h.x[i][k] / M;
    }
    near(value_of(set, &o, "fisher_trace", &exact, 1, "value"), trace, "fisher_trace, exact");
    CHECK(value_of(set, &o, "igs", NULL, 0, "value") > 0, "igs of one output");
    sam_report *report;
    for (int k = 1; k <= 2; k++) {
        sam_setting s = sam_number("normalize_logits", k);
        CHECK(sam_measure(set, "gradient_norm", &o, &s, 1, &report) == SAM_ERROR_UNSUPPORTED && strstr(sam_error_message(), "outputs = 1"), "%s", sam_error_message());
    }
    /* labels that are no classes: every measure answers, and none reads or writes by them */
    static const int64_t wrong[] = {2, -1, 35, 100000, INT64_MAX, INT64_MIN};
    const void *there[1] = {h.w};
    sam_entry entry = {.struct_size = sizeof entry};
    for (size_t l = 0; l < sizeof wrong / sizeof *wrong; l++) {
        h.label[M - 1] = wrong[l];
        for (int i = 0; i < sam_catalog_count(SAM_MEASURES); i++) {
            sam_setting s[3] = {own, exact, sam_tensors("to", (const void *const *)there)};
            CHECK(sam_catalog_entry(SAM_MEASURES, i, &entry) == SAM_OK, "%s", sam_error_message());
            int fisher = !strcmp(entry.name, "fisher_trace"), n = fisher ? 2 : 1;
            if (!strcmp(entry.name, "trajectory_kl") || !strcmp(entry.name, "barrier"))
                s[n++] = sam_tensors("to", (const void *const *)there);
            if (!(entry.needs & (SAM_NEEDS_LOGITS | SAM_NEEDS_EVALUATE_EXAMPLE | SAM_NEEDS_GRADIENT)))
                continue;
            int status = sam_measure(set, entry.name, &o, s, (size_t)n, &report);
            int looks = strcmp(entry.name, "surrogate_sensitivity");
            CHECK(status == SAM_ERROR_ARGUMENT || status == SAM_ERROR_UNSUPPORTED || (status == SAM_OK && !looks), "%s with label %lld: %d", entry.name,
                  (long long)wrong[l], status);
            if (!strcmp(entry.name, "gradient_norm") || !strcmp(entry.name, "coherence"))
                CHECK(strstr(sam_error_message(), "labels[7]") && strstr(sam_error_message(), "0 to 1"), "%s: \"%s\"", entry.name, sam_error_message());
            if (status == SAM_OK)
                sam_report_destroy(report);
        }
    }
    sam_parameters_destroy(set);
    return checks();
}
