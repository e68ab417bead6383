/* Parameter sets: handles, members, shapes, overlap, order of destruction. */
#include "refused.h"

#include <string.h>

static void handles(void) {
    static const int64_t two = 2;
    double data[2], gradient[2];
    sam_parameter w = vector("w", &two, data, gradient);
    pair alive;
    void *foreign[FOREIGN];
    make_pair(&alive, "sam", "sgd");
    foreign_handles(alive.optimizer, foreign);
    REFUSED(sam_parameters_create(NULL), SAM_ERROR_ARGUMENT, "out", "NULL");
    for (int i = 0; i < FOREIGN; i++) {
        const char *what = foreign[i] ? "handle" : "NULL";
        REFUSED(sam_parameters_add(foreign[i], &w), SAM_ERROR_ARGUMENT, "parameters", what);
        REFUSED(sam_parameters_add_group(foreign[i], "g"), SAM_ERROR_ARGUMENT, "parameters", what);
        REFUSED(sam_parameters_bind(foreign[i], 0, NULL, NULL), SAM_ERROR_ARGUMENT, "parameters", what);
        REFUSED(sam_parameters_count(foreign[i]), SAM_ERROR_ARGUMENT, "parameters", what);
        REFUSED(sam_parameters_size(foreign[i]), SAM_ERROR_ARGUMENT, "parameters", what);
        sam_parameters_destroy(foreign[i]);
    }
    CHECK(sam_parameters_count(alive.parameters) == 1, "the living set lost its tensor");
    CHECK(sam_step(alive.optimizer, 0) > 0, "a foreign handle destroyed the living optimizer: %s", sam_error_message());
    destroy_pair(&alive);
    destroy_pair(&alive);
}

static void members(void) {
    static const int64_t two = 2;
    double data[8], gradient[8];
    sam_parameters *set;
    sam_parameter good = vector("w", &two, data, gradient), p;
    ACCEPTED(sam_parameters_create(&set));
    REFUSED(sam_parameters_add(set, NULL), SAM_ERROR_ARGUMENT, "parameter", "NULL");
#define WITH(member, wrong) (p = good, p.name = "other", p.data = data + 4, p.gradient = gradient + 4, p.member = wrong, sam_parameters_add(set, &p))
    ACCEPTED(sam_parameters_add(set, &good));
    REFUSED(WITH(name, NULL), SAM_ERROR_ARGUMENT, "name", "NULL");
    REFUSED(WITH(name, ""), SAM_ERROR_ARGUMENT, "name");
    REFUSED(WITH(name, "w"), SAM_ERROR_ARGUMENT, "name", "\"w\"");
    REFUSED(WITH(dtype, 0), SAM_ERROR_ARGUMENT, "dtype", "0", "SAM_F64", "SAM_F16");
    REFUSED(WITH(dtype, 5), SAM_ERROR_ARGUMENT, "dtype", "5");
    REFUSED(WITH(dtype, -1), SAM_ERROR_ARGUMENT, "dtype", "-1");
    REFUSED(WITH(gradient_dtype, 7), SAM_ERROR_ARGUMENT, "gradient_dtype", "7");
    REFUSED(WITH(role, 4), SAM_ERROR_ARGUMENT, "role", "4", "SAM_EMBEDDING");
    REFUSED(WITH(role, -1), SAM_ERROR_ARGUMENT, "role", "-1");
    REFUSED(WITH(group, 1), SAM_ERROR_ARGUMENT, "group", "1");
    REFUSED(WITH(group, -1), SAM_ERROR_ARGUMENT, "group", "-1");
    REFUSED(WITH(rank, -1), SAM_ERROR_ARGUMENT, "rank", "-1", "8");
    REFUSED(WITH(rank, 9), SAM_ERROR_ARGUMENT, "rank", "9", "8");
    REFUSED(WITH(shape, NULL), SAM_ERROR_ARGUMENT, "shape", "NULL");
    REFUSED(WITH(data, NULL), SAM_ERROR_ARGUMENT, "data", "NULL");
    REFUSED(WITH(data, data), SAM_ERROR_ARGUMENT, "data", "other", "\"w\"");
    REFUSED(WITH(data, data + 1), SAM_ERROR_ARGUMENT, "data", "overlap");
    REFUSED(WITH(data, (char *)data + 15), SAM_ERROR_ARGUMENT, "data", "overlap");
    REFUSED(WITH(data, (void *)(UINTPTR_MAX - 7)), SAM_ERROR_ARGUMENT, "data");
    CHECK(sam_parameters_count(set) == 1 && sam_parameters_size(set) == 2, "a refused tensor was registered");
    ACCEPTED(WITH(data, data + 2));
    REFUSED(sam_parameters_bind(set, -1, NULL, gradient), SAM_ERROR_ARGUMENT, "index", "-1");
    REFUSED(sam_parameters_bind(set, 2, NULL, gradient), SAM_ERROR_ARGUMENT, "index", "2", "1");
    REFUSED(sam_parameters_bind(set, 0, data + 3, gradient), SAM_ERROR_ARGUMENT, "data", "overlap");
    ACCEPTED(sam_parameters_bind(set, 0, data, NULL));
    ACCEPTED(sam_parameters_bind(set, 0, (char *)data + 1 - 1, gradient));
    p = good, p.name = "frozen", p.data = data + 6, p.gradient = NULL;
    ACCEPTED(sam_parameters_add(set, &p));
    REFUSED(sam_parameters_bind(set, 2, NULL, gradient), SAM_ERROR_STATE, "frozen");
    ACCEPTED(sam_parameters_bind(set, 2, NULL, NULL));
    CHECK(sam_parameters_size(set) == 4, "frozen scalars count: %lld", (long long)sam_parameters_size(set));
    REFUSED(sam_parameters_add_group(set, NULL), SAM_ERROR_ARGUMENT, "name", "NULL");
    REFUSED(sam_parameters_add_group(set, ""), SAM_ERROR_ARGUMENT, "name");
    CHECK(sam_parameters_add_group(set, "head") == 1, "the first group is not 1");
    REFUSED(sam_parameters_add_group(set, "head"), SAM_ERROR_ARGUMENT, "name", "head");
    CHECK(sam_parameters_add_group(set, "tail") == 2, "the second group is not 2");
    p = good, p.name = "grouped", p.data = data + 4, p.gradient = gradient + 6, p.group = 2;
    ACCEPTED(sam_parameters_add(set, &p));
    sam_parameters_destroy(set);
    sam_parameters_destroy(set);
    sam_parameters_destroy(NULL);
}

void misuse_parameters(void) {
    handles();
    members();
}

void misuse_shapes(void) {
    static const int64_t negative[2] = {3, -1}, huge[1] = {INT64_MAX}, wide[2] = {INT64_MAX, 2}, wrapping[3] = {1 << 30, 1 << 30, 16},
                         bytes[1] = {INT64_C(1) << 61}, empty[3] = {INT64_MAX, 0, INT64_MAX}, ones[8] = {1, 1, 2, 1, 1, 1, 1, 1};
    double data[4] = {0}, gradient[4] = {0};
    sam_parameters *set;
    ACCEPTED(sam_parameters_create(&set));
    sam_parameter p = vector("w", negative, data, gradient);
#define SHAPE(axes, lengths) (p.rank = axes, p.shape = lengths, sam_parameters_add(set, &p))
    REFUSED(SHAPE(2, negative), SAM_ERROR_ARGUMENT, "shape", "-1");
    REFUSED(SHAPE(1, huge), SAM_ERROR_ARGUMENT, "shape");
    REFUSED(SHAPE(2, wide), SAM_ERROR_ARGUMENT, "shape", "overflow");
    REFUSED(SHAPE(3, wrapping), SAM_ERROR_ARGUMENT, "shape", "overflow");
    REFUSED(SHAPE(1, bytes), SAM_ERROR_ARGUMENT, "shape");
    CHECK(sam_parameters_count(set) == 0 && sam_parameters_size(set) == 0, "a refused tensor was registered");
    p.name = "scalar";
    ACCEPTED(SHAPE(0, NULL));
    p.name = "eight", p.data = data + 1, p.gradient = gradient + 1;
    ACCEPTED(SHAPE(8, ones));
    p.name = "empty", p.data = NULL;
    ACCEPTED(SHAPE(3, empty));
    p.name = "empty within", p.data = (char *)data + 12;        /* no element, so no overlap */
    ACCEPTED(SHAPE(3, empty));
    p.name = "frozen, empty", p.gradient = NULL, p.data = data;
    ACCEPTED(SHAPE(3, empty));
    CHECK(sam_parameters_count(set) == 5 && sam_parameters_size(set) == 3, "%lld tensors, %lld scalars", (long long)sam_parameters_count(set),
          (long long)sam_parameters_size(set));
    sam_optimizer *optimizer;
    ACCEPTED(sam_optimizer_create(set, "sam", "adamw", &optimizer));
    CHECK(sam_step(optimizer, 0) == 1 && sam_step(optimizer, 1) == 3 && sam_step(optimizer, 1) == 0, "%s", sam_error_message());
    sam_parameters_destroy(set);
    sam_optimizer_destroy(optimizer);
    ACCEPTED(sam_parameters_create(&set));
    REFUSED(sam_optimizer_create(set, "sam", "sgd", &optimizer), SAM_ERROR_ARGUMENT, "parameters", "tensor");
    p.name = "frozen", p.data = data, p.shape = ones, p.rank = 8;
    ACCEPTED(sam_parameters_add(set, &p));
    REFUSED(sam_optimizer_create(set, "sam", "sgd", &optimizer), SAM_ERROR_ARGUMENT, "gradient = NULL", "trained = 1");
    p.name = "nothing", p.gradient = gradient, p.shape = empty, p.rank = 3;
    ACCEPTED(sam_parameters_add(set, &p));                      /* not frozen, and nothing to move */
    ACCEPTED(sam_optimizer_create(set, "sam", "sgd", &optimizer));
    CHECK(sam_step(optimizer, 0) == 1 && sam_step(optimizer, 1) == 3 && sam_step(optimizer, 1) == 0, "%s", sam_error_message());
    sam_optimizer_destroy(optimizer);
    sam_parameters_destroy(set);
}
