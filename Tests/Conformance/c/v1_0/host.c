/* A host that was compiled against the header of 1.0: its structs are of the sizes of that version, with something else right behind them. */
#include <math.h>
#include <sam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition)                                                                                                    \
    do {                                                                                                                   \
        if (!(condition)) {                                                                                                \
            printf("FAILED %s:%d: %s: %s\n", __FILE__, __LINE__, #condition, sam_error_message());                         \
            exit(1);                                                                                                       \
        }                                                                                                                  \
    } while (0)

/* Sizes that programs have been compiled with. */
_Static_assert(sizeof(sam_parameter) == 64 && sizeof(sam_schedule) == 64 && sizeof(sam_metrics) == 96 && sizeof(sam_entry) == 56, "the header of 1.0 was changed");
_Static_assert(sizeof(sam_option) == 72 && sizeof(sam_objective) == 176 && sizeof(sam_query) == 32 && sizeof(sam_setting) == 48, "the header of 1.0 was changed");

static double w[6] = {1, -2, 3, 0.5, 1, 2}, g[6];

static double evaluated(void) {
    double loss = 0;
    for (int i = 0; i < 6; i++) {
        g[i] = (i + 1) * (w[i] - 1);
        loss += 0.5 * (i + 1) * (w[i] - 1) * (w[i] - 1);
    }
    return loss;
}

static int evaluate(void *context, const sam_query *query, double *loss) {
    (void)context, (void)query;
    *loss = evaluated();
    return 0;
}

/* A struct in a block of its own, with bytes after it that are no zeros: a member that 1.0 did not have is not read there. */
static void *in_block(const void *value, size_t size) {
    char *block = malloc(size + 64);
    MUST(block != NULL);
    memset(block, 0x5A, size + 64);
    return memcpy(block, value, size);
}

static void untouched(const void *block, size_t size) {
    for (size_t i = size; i < size + 64; i++)
        MUST(((const char *)block)[i] == 0x5A);
}

int main(void) {
    static const int64_t square[2] = {2, 2}, two = 2;
    sam_parameters *set;
    sam_optimizer *o;
    sam_parameter a = {sizeof a, "a", SAM_F64, 0, SAM_WEIGHT, 0, 2, square, w, g}, b = {sizeof b, "b", SAM_F64, 0, SAM_BIAS, 0, 1, &two, w + 4, g + 4};
    sam_parameter *first = in_block(&a, sizeof a), *second = in_block(&b, sizeof b), *small = in_block(&b, sizeof b);
    MUST(sam_abi_version() == SAM_ABI_VERSION);
    MUST(sam_parameters_create(&set) == SAM_OK && sam_parameters_add(set, first) == 0 && sam_parameters_add(set, second) == 1);
    small->struct_size = sizeof b - 1;
    MUST(sam_parameters_add(set, small) == SAM_ERROR_ARGUMENT && strstr(sam_error_message(), "struct_size"));
    MUST(sam_parameters_size(set) == 6 && sam_optimizer_create(set, "sam", "adamw", &o) == SAM_OK);

    sam_schedule course = {sizeof course, "cosine", 0.1, 0.01, 2, 60, 0, 0}, *schedule = in_block(&course, sizeof course);
    MUST(sam_optimizer_schedule(o, -1, "lr", schedule) == SAM_OK);
    schedule->struct_size = sizeof course - 8;
    MUST(sam_optimizer_schedule(o, -1, "lr", schedule) == SAM_ERROR_ARGUMENT);
    double begin = evaluated(), loss = 0;
    for (int step = 0; step < 60; step++) {
        int ask;
        while ((ask = sam_step(o, loss)) > 0)
            loss = evaluated();
        MUST(ask == 0);
    }
    MUST(evaluated() < 0.05 * begin);
    sam_metrics metrics = {.struct_size = sizeof metrics}, *filled = in_block(&metrics, sizeof metrics);
    MUST(sam_optimizer_metrics(o, filled) == SAM_OK && filled->steps == 60 && filled->evaluations == 120 && filled->effective_radius > 0);
    untouched(filled, sizeof metrics);

    sam_entry entry = {.struct_size = sizeof entry}, *found = in_block(&entry, sizeof entry);
    sam_option option = {.struct_size = sizeof option}, *known = in_block(&option, sizeof option);
    for (int kind = SAM_METHODS; kind <= SAM_SHARED; kind++) {
        for (int i = 0; i < sam_catalog_count(kind); i++) {
            MUST(sam_catalog_entry(kind, i, found) == SAM_OK && found->name[0] && found->summary[0]);
            untouched(found, sizeof entry);
            for (int k = 0; kind != SAM_SHARED && k < found->options; k++)
                MUST(sam_catalog_option(kind, found->name, k, known) == SAM_OK && known->name[0]);
            untouched(known, sizeof option);
        }
    }
    sam_objective objective = {.struct_size = sizeof objective, .evaluate = evaluate}, *host = in_block(&objective, sizeof objective);
    sam_setting settings[2] = {sam_number("seed", 7), sam_choice("hessian", "central")};
    sam_report *report;
    double value = 0;
    MUST(sam_measure(set, "lambda_max", host, settings, 2, &report) == SAM_OK && sam_report_value(report, "value", &value) == SAM_OK);
    MUST(fabs(value - 6) < 1e-3);
    sam_report_destroy(report);
    size_t size;
    MUST(sam_optimizer_state_size(o, &size) == SAM_OK);
    void *state = malloc(size);
    MUST(sam_optimizer_state_write(o, state, size) == SAM_OK && sam_optimizer_state_read(o, state, size) == SAM_OK);
    free(state), free(first), free(second), free(small), free(schedule), free(filled), free(found), free(known), free(host);
    sam_optimizer_destroy(o);
    sam_parameters_destroy(set);
    printf("a host of 1.0 runs with %s\n", sam_version());
    return 0;
}
