/* Options, groups, schedules and metrics: what is set is what is used, checked against formulas on a quadratic of four scalars. */
#include "check.h"

#include <math.h>
#include <sam.h>
#include <string.h>

/* Two tensors of two f64 scalars, the second in group 1; loss 1/2 |w|^2, so that the gradient is w. */
typedef struct quadratic {
    double w[4], g[4], seen[8][4];      /* seen: the points of the last step's evaluations */
    int asks, group;
    sam_parameters *parameters;
    sam_optimizer *optimizer;
} quadratic;

static const double start[4] = {3, -4, 12, 84};        /* of length 85 */
#define OK(call) CHECK((call) >= 0, "%s: %s", #call, sam_error_message())

static void begin(quadratic *q, const char *method, const char *base) {
    static const int64_t two = 2;
    memset(q, 0, sizeof *q);
    memcpy(q->w, start, sizeof start);
    OK(sam_parameters_create(&q->parameters));
    q->group = sam_parameters_add_group(q->parameters, "second");
    sam_parameter first = {sizeof first, "a", SAM_F64, 0, SAM_WEIGHT, 0, 1, &two, q->w, q->g}, second = first;
    second.name = "b", second.group = q->group, second.data = q->w + 2, second.gradient = q->g + 2;
    OK(sam_parameters_add(q->parameters, &first));
    OK(sam_parameters_add(q->parameters, &second));
    OK(sam_optimizer_create(q->parameters, method, base, &q->optimizer));
}

static void end(quadratic *q) {
    sam_parameters_destroy(q->parameters);
    sam_optimizer_destroy(q->optimizer);
}

static int step(quadratic *q) {
    double loss = 0;
    int ask;
    q->asks = 0;
    while ((ask = sam_step(q->optimizer, loss)) > 0 && q->asks < 8) {
        memcpy(q->seen[q->asks++], q->w, sizeof q->w);
        memcpy(q->g, q->w, sizeof q->w);
        loss = 0.5 * (q->w[0] * q->w[0] + q->w[1] * q->w[1] + q->w[2] * q->w[2] + q->w[3] * q->w[3]);
    }
    return ask;
}

static double get(const quadratic *q, int group, const char *option) {
    double value = NAN;
    OK(sam_optimizer_get(q->optimizer, group, option, &value));
    return value;
}

static int near(double a, double b, double tolerance) { return fabs(a - b) <= tolerance * fmax(1, fabs(b)); }

static void shared_defaults(void) {
    static const struct { const char *name; double initial; int kind; } expected[] = {
        {"maximize", 0, 2}, {"clip_value", 0, 0}, {"clip_norm", 0, 0}, {"gradient_scale", 1, 0}, {"zero_gradient", 0, 2}, {"accumulate", 1, 1},
        {"micro_batches", 1, 1}, {"nonfinite", 0, 3}, {"every", 1, 1}, {"start_step", 1, 1}, {"in_place", 1, 2}, {"seed", 0, 1},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        sam_option option = {.struct_size = sizeof option};
        int found = 0;
        for (int k = 0; !found && sam_catalog_option(SAM_SHARED, NULL, k, &option) == SAM_OK;)
            strcmp(option.name, expected[i].name) ? k++ : (found = 1);
        CHECK(found && option.initial == expected[i].initial && option.kind == expected[i].kind && !option.per_group,
              "shared option %s: found %d, default %g, kind %d", expected[i].name, found, option.initial, (int)option.kind);
    }
}

/* Every entry and option of the catalogue is complete and in itself right. */
static void catalogue_is_whole(void) {
    for (int kind = SAM_METHODS; kind <= SAM_SHARED; kind++)
        for (int i = 0; i < sam_catalog_count(kind); i++) {
            sam_entry entry = {.struct_size = sizeof entry};
            OK(sam_catalog_entry(kind, i, &entry));
            CHECK(entry.name && *entry.name && entry.summary && strlen(entry.summary) > 8 && entry.reference, "kind %d entry %d lacks text", kind, i);
            int count = kind == SAM_SHARED ? 0 : entry.options;
            for (int k = 0; k < count; k++) {
                sam_option o = {.struct_size = sizeof o};
                OK(sam_catalog_option(kind, entry.name, k, &o));
                CHECK(o.name && *o.name && o.summary && strlen(o.summary) > 8, "%s: option %d lacks text", entry.name, k);
                CHECK((o.kind == SAM_OPTION_CHOICE) == (o.choices != NULL), "%s.%s: choices of kind %d", entry.name, o.name, (int)o.kind);
                int words = 1;
                for (const char *c = o.choices; c && *c; c++)
                    words += *c == ',';
                int optional = o.kind == SAM_OPTION_LIST || o.kind == SAM_OPTION_TENSORS ||     /* NaN: absent unless given, or to be given */
                    (kind == SAM_MEASURES && o.kind == SAM_OPTION_REAL);
                CHECK((optional && isnan(o.initial)) ||
                          (o.kind == SAM_OPTION_CHOICE ? o.initial >= 0 && o.initial < words : o.low <= o.initial && o.initial <= o.high),
                      "%s.%s: the default %g is outside its bounds", entry.name, o.name, o.initial);
            }
            sam_option behind = {.struct_size = sizeof behind};
            CHECK(kind == SAM_SHARED || sam_catalog_option(kind, entry.name, count, &behind) == SAM_ERROR_ARGUMENT, "%s has more options than %d",
                  entry.name, count);
        }
}

static void addresses(void) {
    quadratic q;
    const char *word = NULL, *again = NULL;
    begin(&q, "asam", "sgd");
    OK(sam_optimizer_set(q.optimizer, -1, "rho", 0.25));
    OK(sam_optimizer_set(q.optimizer, -1, "base.lr", 0.125));
    OK(sam_optimizer_set(q.optimizer, -1, "shared.seed", 77));
    CHECK(get(&q, -1, "method.rho") == 0.25 && get(&q, -1, "lr") == 0.125 && get(&q, -1, "seed") == 77, "plain and full names differ");
    OK(sam_optimizer_choose(q.optimizer, -1, "scaling", "tensor"));
    OK(sam_optimizer_choice(q.optimizer, -1, "method.scaling", &word));
    OK(sam_optimizer_choice(q.optimizer, 0, "scaling", &again));
    CHECK(word && !strcmp(word, "tensor") && word == again, "the choice is %s", word);
    OK(sam_optimizer_set(q.optimizer, q.group, "lr", 0.5));
    CHECK(get(&q, 0, "lr") == 0.125 && get(&q, q.group, "lr") == 0.5 && get(&q, -1, "lr") == 0.125, "lr of group 1 is not its own");
    OK(sam_optimizer_set(q.optimizer, -1, "lr", 0.25));
    CHECK(get(&q, 0, "lr") == 0.25 && get(&q, q.group, "lr") == 0.25, "group -1 is not all");
    end(&q);
}

/* e of a group = its rho times g / |g| with the norm over everything; w' = w - lr (w + e). */
static void groups(void) {
    quadratic q;
    static const double rho[2] = {0.5, 2}, lr[2] = {0.125, 0.25};
    begin(&q, "sam", "sgd");
    for (int group = 0; group < 2; group++) {
        OK(sam_optimizer_set(q.optimizer, group, "rho", rho[group]));
        OK(sam_optimizer_set(q.optimizer, group, "lr", lr[group]));
    }
    CHECK(step(&q) == 0 && q.asks == 2, "%s", sam_error_message());
    for (int i = 0; i < 4; i++) {
        double point = start[i] + rho[i / 2] * start[i] / 85;
        CHECK(near(q.seen[1][i], point, 1e-12), "perturbed weight %d is %.17g, expected %.17g", i, q.seen[1][i], point);
        CHECK(near(q.w[i], start[i] - lr[i / 2] * point, 1e-12), "weight %d is %.17g", i, q.w[i]);
    }
    end(&q);
}

static void clipping(void) {
    quadratic q;
    begin(&q, "none", "sgd");
    OK(sam_optimizer_set(q.optimizer, -1, "lr", 1));
    OK(sam_optimizer_set(q.optimizer, -1, "clip_norm", 17));
    CHECK(step(&q) == 0, "%s", sam_error_message());
    for (int i = 0; i < 4; i++)
        CHECK(near(q.w[i], start[i] * (1 - 0.2), 1e-14), "clip_norm: weight %d is %.17g", i, q.w[i]);
    memcpy(q.w, start, sizeof start);
    OK(sam_optimizer_set(q.optimizer, -1, "clip_norm", 0));
    OK(sam_optimizer_set(q.optimizer, -1, "clip_value", 3.5));
    CHECK(step(&q) == 0 && q.w[0] == 0 && q.w[1] == -0.5 && q.w[2] == 8.5 && q.w[3] == 80.5, "clip_value: %g %g %g %g", q.w[0], q.w[1], q.w[2], q.w[3]);
    end(&q);
}

static double course(const sam_schedule *s, int64_t t) {
    int64_t t0 = s->warmup > 1 ? s->warmup : 1, length = s->steps - t0;
    if (t < t0)
        return s->initial * (double)t / (double)t0;
    double x = t - t0 >= length ? 1 : (double)(t - t0) / (double)length;
    if (s->period)
        x = (double)((t - t0) % s->period) / (double)s->period;
    return !strcmp(s->kind, "constant") ? s->initial
           : !strcmp(s->kind, "linear") ? s->initial + (s->final - s->initial) * x
                                        : s->final + (s->initial - s->final) * (1 + cos(acos(-1) * x)) / 2;
}

static void schedules(void) {
    static const sam_schedule all[] = {
        {sizeof *all, "constant", 0.25, 0, 4, 9, 0, 0}, {sizeof *all, "linear", 0.5, 0.125, 0, 9, 0, 0}, {sizeof *all, "linear", 0.125, 0.5, 3, 9, 0, 0},
        {sizeof *all, "cosine", 0.5, 0.125, 0, 9, 0, 0}, {sizeof *all, "cosine", 0.5, 0.0625, 3, 10, 0, 0}, {sizeof *all, "cosine", 0.5, 0.125, 2, 9, 0, 3},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (int behind = 0; behind < 6; behind += 5) {              /* set before the first step, and after five */
            quadratic q;
            begin(&q, "none", "sgd");
            for (int k = 0; k < behind; k++)
                step(&q);
            OK(sam_optimizer_schedule(q.optimizer, -1, "lr", &all[i]));
            for (int64_t t = 1; t <= 14; t++) {
                double lr = get(&q, -1, "lr"), before = q.w[0];
                CHECK(near(lr, course(&all[i], t), 1e-14), "%s: step %d has %.17g, expected %.17g", all[i].kind, (int)t, lr, course(&all[i], t));
                if (t == 3 || t == 6) {
                    CHECK(sam_step(q.optimizer, 0) == 1 && (t == 3 ? sam_cancel(q.optimizer) == 0 : sam_step(q.optimizer, NAN) < 0), "%s",
                          sam_error_message());
                    CHECK(get(&q, -1, "lr") == lr, "a step that was given up moved the schedule");
                }
                CHECK(step(&q) == 0 && near(q.w[0], before * (1 - lr), 1e-15), "the step did not use %g", lr);
            }
            double last = get(&q, -1, "lr");
            OK(i % 2 ? sam_optimizer_schedule(q.optimizer, -1, "lr", NULL) : sam_optimizer_set(q.optimizer, -1, "lr", last / 2));
            for (int k = 0; k < 3; k++)
                CHECK(get(&q, -1, "lr") == (i % 2 ? last : last / 2) && step(&q) == 0, "the schedule goes on after it was removed");
            end(&q);
        }
}

static void metrics(void) {
    quadratic q;
    sam_metrics m = {.struct_size = sizeof m};
    begin(&q, "sam", "sgd");
    OK(sam_optimizer_metrics(q.optimizer, &m));
    CHECK(m.steps == 0 && m.evaluations == 0 && m.skipped == 0 && isnan(m.loss) && isnan(m.perturbed_loss) && isnan(m.gradient_norm),
          "metrics before the first step: loss %g", m.loss);
    OK(sam_optimizer_set(q.optimizer, -1, "rho", 0.5));
    OK(sam_optimizer_set(q.optimizer, -1, "lr", 0.25));
    CHECK(step(&q) == 0, "%s", sam_error_message());
    OK(sam_optimizer_metrics(q.optimizer, &m));
    double up = 85.5;                                                    /* |w + e| */
    CHECK(m.steps == 1 && m.evaluations == 2 && m.loss == 3612.5, "steps %d, evaluations %d, loss %.17g", (int)m.steps, (int)m.evaluations, m.loss);
    CHECK(near(m.perturbed_loss, up * up / 2, 1e-12), "perturbed loss %.17g", m.perturbed_loss);
    CHECK(near(m.gradient_norm, 85, 1e-12) && near(m.perturbation_norm, 0.5, 1e-12), "norms %.17g, %.17g", m.gradient_norm, m.perturbation_norm);
    CHECK(isnan(m.update_norm) || near(m.update_norm, 0.25 * up, 1e-10), "update norm %.17g", m.update_norm);
    CHECK(isnan(m.perturbed_gradient_norm) || near(m.perturbed_gradient_norm, up, 1e-12), "perturbed gradient norm %.17g", m.perturbed_gradient_norm);
    CHECK(isnan(m.cosine) || near(m.cosine, 1, 1e-12), "cosine %.17g", m.cosine);
    CHECK(isnan(m.effective_radius) || near(m.effective_radius, 0.5, 1e-9), "effective radius %.17g", m.effective_radius);
    end(&q);
    begin(&q, "none", "sgd");
    CHECK(step(&q) == 0, "%s", sam_error_message());
    OK(sam_optimizer_metrics(q.optimizer, &m));
    CHECK(isnan(m.perturbed_loss) && m.perturbation_norm == 0, "a step without perturbation has %g, %g", m.perturbed_loss, m.perturbation_norm);
    end(&q);
}

int main(void) {
    shared_defaults();
    catalogue_is_whole();
    addresses();
    groups();
    clipping();
    schedules();
    metrics();
    return report("options");
}
