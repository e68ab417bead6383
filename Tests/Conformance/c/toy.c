#include "toy.h"

#include <math.h>
#include <string.h>

/* Example i: 1/2 (x_i' w - y_i)^2 + 1/20 |w|^2, with x_i and y_i by formula. */
static double x_of(int i, int k) { return (double)((i * 31 + k * 17) % 23 - 11) / 16; }
static double y_of(int i) { return (double)(i % 5) - 2; }

static double product_of(const double *v, int i) {
    double sum = 0;
    for (int k = 0; k < TOY_N; k++)
        sum += x_of(i, k) * v[k];
    return sum;
}

static void enter(toy *t) {
    if (t->inside)
        t->inside();
}

static int leave(toy *t) {
    if (t->outside)
        t->outside();
    return 0;
}

/* Whether the query is about example i: batch i mod TOY_BATCHES, class i / TOY_BATCHES mod TOY_CLASSES. */
static int asked(const sam_query *q, int i) {
    if (q->example >= 0)
        return q->example == i;
    return (q->batch < 0 || q->batch == i % TOY_BATCHES) && (q->class_index < 0 || q->class_index == i / TOY_BATCHES % TOY_CLASSES);
}

static double loss_of(toy *t, const sam_query *q, double *g) {
    double sum = 0, count = 0, square = 0;
    for (int i = 0; i < TOY_EXAMPLES; i++)
        count += asked(q, i);
    if (g)
        memset(g, 0, sizeof t->g);
    for (int i = 0; i < TOY_EXAMPLES; i++) {
        if (!asked(q, i))
            continue;
        double r = product_of(t->w, i) - y_of(i);
        sum += r * r / 2 / count;
        for (int k = 0; g && k < TOY_N; k++)
            g[k] += r * x_of(i, k) / count;
    }
    for (int k = 0; k < TOY_N; k++) {
        square += t->w[k] * t->w[k];
        if (g)
            g[k] += t->w[k] / 10;
    }
    return sum + square / 20;
}

static int evaluate(void *context, const sam_query *q, double *loss) {
    toy *t = context;
    enter(t);
    *loss = loss_of(t, q, q->ask & SAM_LOSS_ONLY ? NULL : t->g);
    return leave(t);
}

static int multiply(void *context, const sam_query *q, const void *const *direction, void *const *product) {
    toy *t = context;
    double v[TOY_N], out[TOY_N] = {0}, count = 0;
    enter(t);
    memcpy(v, direction[0], 64 * sizeof *v), memcpy(v + 64, direction[1], 8 * sizeof *v);
    for (int i = 0; i < TOY_EXAMPLES; i++)
        count += asked(q, i);
    for (int i = 0; i < TOY_EXAMPLES; i++)
        for (int k = 0; asked(q, i) && k < TOY_N; k++)
            out[k] += x_of(i, k) * product_of(v, i) / count;
    for (int k = 0; k < TOY_N; k++)
        out[k] += v[k] / 10;
    memcpy(product[0], out, 64 * sizeof *v), memcpy(product[1], out + 64, 8 * sizeof *v);
    return leave(t);
}

static int example_losses(void *context, const sam_query *q, double *losses) {
    toy *t = context;
    int place = 0;
    enter(t);
    for (int i = 0; i < TOY_EXAMPLES; i++)
        if (asked(q, i)) {
            sam_query one = {.batch = -1, .class_index = -1, .example = i};
            losses[place++] = loss_of(t, &one, NULL);
        }
    return leave(t);
}

/* Two logits of an example: its product, and half of the negative. */
static int logits(void *context, const sam_query *q, double *out, int64_t *labels) {
    toy *t = context;
    int place = 0;
    enter(t);
    for (int i = 0; i < TOY_EXAMPLES; i++)
        if (asked(q, i)) {
            out[2 * place] = product_of(t->w, i), out[2 * place + 1] = -out[2 * place] / 2;
            labels[place++] = i % 2;
        }
    return leave(t);
}

static int backpropagate(void *context, const sam_query *q, const double *slopes) {
    toy *t = context;
    int place = 0;
    enter(t);
    memset(t->g, 0, sizeof t->g);
    for (int i = 0; i < TOY_EXAMPLES; i++)
        if (asked(q, i)) {
            for (int k = 0; k < TOY_N; k++)
                t->g[k] += (slopes[2 * place] - slopes[2 * place + 1] / 2) * x_of(i, k);
            place++;
        }
    return leave(t);
}

static int progress(void *context, double fraction, const char *stage) {
    enter(context);
    int wrong = fraction < 0 || !stage;
    return leave(context) + wrong;
}

static int freeze(void *context, int on) { return enter(context), leave(context) + (on < 0); }
static int refresh(void *context) { return enter(context), leave(context); }

static int forward_ones(void *context, double *sum) {
    toy *t = context;
    enter(t), *sum = 0;
    for (int k = 0; k < TOY_N; k++)
        *sum += t->w[k];
    return leave(t);
}

static int train(void *context, int64_t examples, uint64_t seed, double *error) {
    enter(context);
    *error = examples > 6 ? 0.5 : 0;
    return leave(context) + (seed == UINT64_MAX);
}

void toy_open(toy *t) {
    static const int64_t square[] = {TOY_ROWS, TOY_COLUMNS}, line[] = {8}, batch_examples[] = {4, 4, 4}, class_examples[] = {2, 2, 2, 2, 2, 2};
    memset(t, 0, sizeof *t);
    for (int k = 0; k < TOY_N; k++) {
        t->w[k] = (double)(k * 37 % 29 - 14) / 30;
        t->end[k] = t->w[k] + (double)(k * 11 % 7 - 3) / 50;
    }
    t->ends[0] = t->end, t->ends[1] = t->end + 64;
    sam_parameter a = {.struct_size = sizeof a, .name = "a.weight", .dtype = SAM_F64, .role = SAM_WEIGHT, .rank = 2, .shape = square, .data = t->w,
                       .gradient = t->g};
    sam_parameter b = {.struct_size = sizeof b, .name = "a.bias", .dtype = SAM_F64, .role = SAM_BIAS, .rank = 1, .shape = line, .data = t->w + 64,
                       .gradient = t->g + 64};
    sam_parameters_create(&t->parameters);
    sam_parameters_add(t->parameters, &a), sam_parameters_add(t->parameters, &b);
    t->other = (sam_objective){.struct_size = sizeof t->other, .context = t, .evaluate = evaluate, .hessian_product = multiply, .progress = progress,
                               .batches = TOY_BATCHES, .classes = TOY_CLASSES, .examples = TOY_EXAMPLES, .outputs = 2, .batch_examples = batch_examples,
                               .class_examples = class_examples, .gauss_newton_product = multiply, .example_losses = example_losses,
                               .evaluate_example = evaluate, .logits = logits, .backpropagate_logits = backpropagate, .freeze = freeze,
                               .refresh = refresh, .forward_ones = forward_ones, .train = train};
    t->objective = t->other;
    t->objective.other = &t->other;
}

void toy_close(toy *t) { sam_parameters_destroy(t->parameters); }

double toy_evaluate(toy *t) {
    sam_query all = {.ask = SAM_EVALUATE, .batch = -1, .class_index = -1, .example = -1};
    return loss_of(t, &all, t->g);
}

int toy_measure(toy *t, const char *measure, sam_report **report) {
    sam_option option = {.struct_size = sizeof option};
    sam_setting settings[8] = {{0}};
    size_t count = 0;
    for (int i = 0; count < 8 && sam_catalog_option(SAM_MEASURES, measure, i, &option) == SAM_OK; i++)
        if (option.kind == SAM_OPTION_TENSORS)
            settings[count++] = (sam_setting){.name = option.name, .tensors = t->ends};
    return sam_measure(t->parameters, measure, &t->objective, settings, count, report);
}
