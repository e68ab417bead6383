/* What sam_measure and the reports refuse, and the catalogue of measures. */
#include "measure_host.h"
#include "refused.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static void refused_settings(void) {
    host h;
    least_squares(&h, SAM_F64, 12, 20, 3, 2, 4);
    const double list[2] = {0.1, -1};
    double ones[12] = {0};
    const void *tensors[1] = {ones}, *none[1] = {NULL};
    REFUSED(measure_status(&h, "lambda_maxi", 0), SAM_ERROR_NAME, "lambda_maxi", "lambda_max");
    REFUSED(measure_status(&h, "worst_case", 1, sam_number("rhoo", 1)), SAM_ERROR_NAME, "rhoo", "\"rho\"");
    REFUSED(measure_status(&h, "worst_case", 1, sam_number(NULL, 1)), SAM_ERROR_ARGUMENT, "name");
    REFUSED(measure_status(&h, "worst_case", 2, sam_number("rho", 1), sam_number("rho", 2)), SAM_ERROR_ARGUMENT, "rho", "twice");
    REFUSED(measure_status(&h, "worst_case", 1, sam_number("rho", -1)), SAM_ERROR_RANGE, "rho", "-1");
    REFUSED(measure_status(&h, "worst_case", 1, sam_number("rho", NAN)), SAM_ERROR_RANGE, "rho");
    REFUSED(measure_status(&h, "worst_case", 1, sam_number("steps", 2.5)), SAM_ERROR_RANGE, "steps", "2.5");
    REFUSED(measure_status(&h, "worst_case", 1, sam_list("rho", list, 2)), SAM_ERROR_RANGE, "rho", "-1");
    REFUSED(measure_status(&h, "worst_case", 1, sam_list("rho", list, 0)), SAM_ERROR_ARGUMENT, "rho");
    REFUSED(measure_status(&h, "worst_case", 1, sam_list("rho", NULL, 2)), SAM_ERROR_ARGUMENT, "rho");
    REFUSED(measure_status(&h, "worst_case", 1, sam_list("steps", list, 1)), SAM_ERROR_ARGUMENT, "steps");
    REFUSED(measure_status(&h, "worst_case", 1, sam_choice("rho", "big")), SAM_ERROR_ARGUMENT, "rho", "big");
    REFUSED(measure_status(&h, "worst_case", 1, sam_choice("steps", "many")), SAM_ERROR_ARGUMENT, "steps", "many");
    REFUSED(measure_status(&h, "worst_case", 1, sam_choice("scaling", "elements")), SAM_ERROR_NAME, "scaling", "element");
    REFUSED(measure_status(&h, "worst_case", 1, sam_number("scaling", 6)), SAM_ERROR_RANGE, "scaling", "6");
    REFUSED(measure_status(&h, "worst_case", 1, sam_tensors("rho", tensors)), SAM_ERROR_ARGUMENT, "rho", "tensors");
    REFUSED(measure_status(&h, "worst_case", 1, sam_number("scaling_values", 1)), SAM_ERROR_ARGUMENT, "scaling_values", "tensors");
    REFUSED(measure_status(&h, "worst_case", 2, sam_number("scaling", 5), sam_tensors("scaling_values", none)), SAM_ERROR_ARGUMENT, "scaling_values", "\"w\"");
    REFUSED(measure_status(&h, "worst_case", 1, sam_choice("scaling", "custom")), SAM_ERROR_ARGUMENT, "scaling_values");
    REFUSED(measure_status(&h, "worst_case", 1, sam_number("batch", 3)), SAM_ERROR_RANGE, "batch", "3");
    REFUSED(measure_status(&h, "worst_case", 1, sam_number("class_index", 2)), SAM_ERROR_RANGE, "class_index");
    REFUSED(measure_status(&h, "worst_case", 1, sam_number("tensor", 1)), SAM_ERROR_RANGE, "tensor");
    REFUSED(measure_status(&h, "worst_case", 1, sam_number("seed", 1.5)), SAM_ERROR_RANGE, "seed");
    REFUSED(sam_measure(h.parameters, "worst_case", &h.objective, NULL, 1, (sam_report *[]){NULL}), SAM_ERROR_ARGUMENT, "settings");
    REFUSED(sam_measure(h.parameters, "worst_case", &h.objective, NULL, 0, NULL), SAM_ERROR_ARGUMENT, "out");
    REFUSED(sam_measure(h.parameters, NULL, &h.objective, NULL, 0, (sam_report *[]){NULL}), SAM_ERROR_ARGUMENT, "measure");
    REFUSED(sam_measure(NULL, "worst_case", &h.objective, NULL, 0, (sam_report *[]){NULL}), SAM_ERROR_ARGUMENT, "parameters");
    CHECK(h.losses + h.gradients + h.products == 0, "the host was asked before a setting was refused");
    CHECK(measure_status(&h, "worst_case", 2, sam_number("scaling", 5), sam_tensors("scaling_values", tensors)) == SAM_OK, "%s", sam_error_message());
    host_product(&h, NO_PRODUCT);
    REFUSED(measure_status(&h, "lambda_max", 1, sam_choice("hessian", "product")), SAM_ERROR_UNSUPPORTED, "lambda_max", "hessian_product");
    REFUSED(measure_status(&h, "lambda_max", 1, sam_choice("operator", "gauss_newton")), SAM_ERROR_UNSUPPORTED, "gauss_newton_product");
    REFUSED(sam_measure(h.parameters, "sam_gap", NULL, NULL, 0, (sam_report *[]){NULL}), SAM_ERROR_UNSUPPORTED, "evaluate");
    host_free(&h);
}

/* A choice by its name is the choice by its code; a scale of ones is none. */
static void same_settings(void) {
    host h;
    least_squares(&h, SAM_F64, 12, 20, 3, 2, 4);
    double ones[12];
    for (int i = 0; i < 12; i++)
        ones[i] = 1;
    const void *tensors[1] = {ones};
    NEAR(value_of(&h, "worst_case", 1, sam_choice("norm", "linf")), value_of(&h, "worst_case", 1, sam_number("norm", 1)), 0);
    NEAR(value_of(&h, "worst_case", 2, sam_choice("scaling", "custom"), sam_tensors("scaling_values", tensors)), value_of(&h, "worst_case", 0), 0);
    NEAR(value_of(&h, "worst_case", 0), value_of(&h, "worst_case", 1, sam_number("seed", 24301)), 0);
    host_free(&h);
}

static void objectives(void) {
    host h;
    least_squares(&h, SAM_F64, 12, 20, 3, 2, 4);
    static const size_t wrong[] = {0, 8, offsetof(sam_objective, classes), offsetof(sam_objective, examples) + 4, 65537};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        h.objective.struct_size = wrong[i];
        REFUSED(measure_status(&h, "sam_gap", 0), SAM_ERROR_ARGUMENT, "struct_size");
    }
    /* up to a member: what lies behind is not there. The gap is then that of equal batches */
    h.objective.struct_size = offsetof(sam_objective, batch_examples);
    double equal = value_of(&h, "sam_gap", 0);
    h.objective.struct_size = sizeof h.objective;
    NEAR(value_of(&h, "sam_gap", 1, sam_choice("combine", "batches")), equal, 0);
    CHECK(value_of(&h, "sam_gap", 0) != equal, "batch_examples change nothing");
    int64_t kept = h.batch_examples[1];
    h.batch_examples[1] = 0;
    REFUSED(measure_status(&h, "sam_gap", 0), SAM_ERROR_ARGUMENT, "batch_examples[1]");
    h.batch_examples[1] = kept;
    double weights[3] = {0, 0, 0};
    h.objective.batch_weights = weights;
    REFUSED(measure_status(&h, "sam_gap", 0), SAM_ERROR_ARGUMENT, "batch_weights");
    weights[1] = NAN;
    REFUSED(measure_status(&h, "sam_gap", 0), SAM_ERROR_ARGUMENT, "batch_weights[1]");
    h.objective.batch_weights = NULL;
    h.objective.batches = -1;
    REFUSED(measure_status(&h, "sam_gap", 0), SAM_ERROR_ARGUMENT, "batches");
    host_free(&h);
}

/* Nothing that moves; an optimizer in the middle of a step. */
static void states(void) {
    host h;
    host_begin(&h, NULL, SAM_F64);
    host_frozen(&h, "frozen", 3);
    REFUSED(measure_status(&h, "sam_gap", 0), SAM_ERROR_ARGUMENT, "frozen");
    host_free(&h);
    least_squares(&h, SAM_F64, 12, 20, 0, 0, 4);
    sam_optimizer *optimizer;
    ACCEPTED(sam_optimizer_create(h.parameters, "sam", "sgd", &optimizer));
    ACCEPTED(sam_step(optimizer, 0));
    REFUSED(measure_status(&h, "sam_gap", 0), SAM_ERROR_STATE, "step");
    ACCEPTED(sam_cancel(optimizer));
    CHECK(measure_status(&h, "sam_gap", 0) == SAM_OK, "%s", sam_error_message());
    sam_optimizer_destroy(optimizer);
    host_free(&h);
}

static void reports(void) {
    host h;
    least_squares(&h, SAM_F64, 12, 20, 0, 0, 4);
    sam_report *r = measure(&h, "lambda_max", 0);
    double value;
    const double *values;
    const int64_t *shape;
    int rank, keys = 0;
    const char *key;
    for (; sam_report_key(r, keys, &key) == 1; keys++) {
        ACCEPTED(sam_report_array(r, key, &values, &rank, &shape));
        CHECK(rank == 0 ? sam_report_value(r, key, &value) == SAM_OK && (value == values[0]) : sam_report_value(r, key, &value) == SAM_ERROR_ARGUMENT, "key %s", key);
    }
    CHECK(keys > 12 && sam_report_key(r, 0, &key) == 1 && !strcmp(key, "value"), "%d keys, the first %s", keys, key);
    REFUSED(sam_report_key(r, -1, &key), SAM_ERROR_ARGUMENT, "index");
    REFUSED(sam_report_key(r, 0, NULL), SAM_ERROR_ARGUMENT, "key");
    REFUSED(sam_report_value(r, "residul", &value), SAM_ERROR_NAME, "residul", "residual");
    REFUSED(sam_report_value(r, "eigenvector", &value), SAM_ERROR_ARGUMENT, "eigenvector", "sam_report_array");
    REFUSED(sam_report_value(r, NULL, &value), SAM_ERROR_ARGUMENT, "key");
    REFUSED(sam_report_value(r, "value", NULL), SAM_ERROR_ARGUMENT, "value");
    REFUSED(sam_report_array(r, "value", NULL, &rank, &shape), SAM_ERROR_ARGUMENT, "values");
    void *foreign[FOREIGN];
    foreign_handles(h.parameters, foreign);
    for (int i = 0; i < FOREIGN; i++) {
        REFUSED(sam_report_value(foreign[i], "value", &value), SAM_ERROR_ARGUMENT, "report");
        sam_report_destroy(foreign[i]);
    }
    host_free(&h);
    CHECK(sam_report_value(r, "value", &value) == SAM_OK, "a report without its set");
    sam_report_destroy(r), sam_report_destroy(r);
    REFUSED(sam_report_value(r, "value", &value), SAM_ERROR_ARGUMENT, "report");
}

/* Every measure of the catalogue: its settings are declared, and their defaults are what absence means. */
static void catalogue(void) {
    int count = sam_catalog_count(SAM_MEASURES);
    CHECK(count >= 10, "%d measures", count);
    for (int m = 0; m < count; m++) {
        sam_entry entry = {.struct_size = sizeof entry};
        ACCEPTED(sam_catalog_entry(SAM_MEASURES, m, &entry));
        CHECK(entry.name[0] && entry.summary[0] && entry.needs < 16384, "%s", entry.name);
        for (int i = 0; i < entry.options; i++) {
            sam_option o = {.struct_size = sizeof o}, other = {.struct_size = sizeof other};
            ACCEPTED(sam_catalog_option(SAM_MEASURES, entry.name, i, &o));
            CHECK(o.summary[0] && o.kind >= 0 && o.kind <= SAM_OPTION_TENSORS && (o.kind == SAM_OPTION_CHOICE) == (o.choices != NULL), "%s.%s", entry.name, o.name);
            CHECK(isnan(o.initial) || (o.initial >= o.low && o.initial <= o.high), "%s.%s: default %g", entry.name, o.name, o.initial);
            for (int k = 0; k < i; k++) {
                ACCEPTED(sam_catalog_option(SAM_MEASURES, entry.name, k, &other));
                CHECK(strcmp(o.name, other.name), "%s.%s is declared twice", entry.name, o.name);
            }
        }
    }
}

void measure_settings(void) {
    refused_settings();
    same_settings();
    objectives();
    states();
    reports();
    catalogue();
}
