/* Buffers that overlap where it cannot be meant: weights with weights, gradients with weights, gradients with each other; when a tensor is added, when a
   buffer is bound, and, of gradients with each other, before they are read: two tensors can exchange theirs. */
#include "refused.h"

static double room[64];

static sam_parameter at(const char *name, const int64_t *n, int data, int gradient) {
    return vector(name, n, room + data, gradient < 0 ? NULL : room + gradient);
}

static void added(void) {
    static const int64_t four = 4, none = 0;
    sam_parameters *set;
    sam_parameter p;
#define ADD(name, data, gradient) (p = at(name, &four, data, gradient), sam_parameters_add(set, &p))
    ACCEPTED(sam_parameters_create(&set));
    for (int shift = -3; shift <= 3; shift++)
        REFUSED(ADD("w", 8, 8 + shift), SAM_ERROR_ARGUMENT, "gradient", "\"w\"", "data");
    ACCEPTED(ADD("w", 8, 12));
    for (int shift = -3; shift <= 3; shift++) {
        REFUSED(ADD("v", 20, 8 + shift), SAM_ERROR_ARGUMENT, "gradient", "\"v\"", "\"w\"");
        REFUSED(ADD("v", 20, 12 + shift), SAM_ERROR_ARGUMENT, "gradient", "\"v\"", "\"w\"");
        REFUSED(ADD("v", 8 + shift, 40), SAM_ERROR_ARGUMENT, "data", "\"v\"", "\"w\"");
        REFUSED(ADD("v", 12 + shift, 40), SAM_ERROR_ARGUMENT, "data", "\"v\"", "\"w\"");
        REFUSED(ADD("f", 12 + shift, -1), SAM_ERROR_ARGUMENT, "data", "\"f\"", "\"w\"");
    }
    ACCEPTED(ADD("frozen", 20, -1));
    REFUSED(ADD("v", 30, 23), SAM_ERROR_ARGUMENT, "gradient", "\"v\"", "\"frozen\"");
    CHECK(sam_parameters_count(set) == 2 && sam_parameters_size(set) == 4, "a refused tensor was registered");
    p = at("empty", &none, 8, 9);
    ACCEPTED(sam_parameters_add(set, &p));
    ACCEPTED(ADD("v", 16, 4));                      /* beside the others on both sides */
    p = at("w", &four, 8, 12);
    sam_parameters *other;
    ACCEPTED(sam_parameters_create(&other));
    ACCEPTED(sam_parameters_add(other, &p));        /* two sets over the same weights */
    sam_parameters_destroy(set);
    sam_parameters_destroy(other);
}

static int step(sam_optimizer *o) {
    int ask;
    while ((ask = sam_step(o, 1)) > 0)
        ;
    return ask;
}

static void bound(void) {
    static const int64_t four = 4;
    sam_parameters *set;
    sam_optimizer *o;
    sam_parameter p;
    ACCEPTED(sam_parameters_create(&set));
    ACCEPTED(ADD("a", 0, 8));
    ACCEPTED(ADD("b", 4, 12));
    ACCEPTED(ADD("frozen", 16, -1));
    ACCEPTED(sam_optimizer_create(set, "sam", "sgd", &o));
    for (int shift = -3; shift <= 3; shift++) {
        REFUSED(sam_parameters_bind(set, 0, NULL, room + 16 + shift), SAM_ERROR_ARGUMENT, "gradient", "\"a\"", "\"frozen\"");
        if (shift >= 0)
            REFUSED(sam_parameters_bind(set, 0, NULL, room + shift), SAM_ERROR_ARGUMENT, "gradient", "\"a\"", "own");
        REFUSED(sam_parameters_bind(set, 0, room + 12 + shift, room + 8), SAM_ERROR_ARGUMENT, "data", "\"a\"");
    }
    REFUSED(sam_parameters_bind(set, 0, NULL, room + 6), SAM_ERROR_ARGUMENT, "gradient", "\"a\"", "\"b\"");
    REFUSED(sam_parameters_bind(set, 1, room + 10, room + 40), SAM_ERROR_ARGUMENT, "data", "\"b\"", "gradient", "\"a\"");
    REFUSED(sam_parameters_bind(set, 0, room + 20, room + 21), SAM_ERROR_ARGUMENT, "gradient", "\"a\"", "own");
    CHECK(step(o) == 0, "a refused buffer was bound: %s", sam_error_message());
    ACCEPTED(sam_parameters_bind(set, 0, NULL, room + 12));         /* exchanged by two calls */
    ACCEPTED(sam_parameters_bind(set, 1, NULL, room + 8));
    CHECK(step(o) == 0, "%s", sam_error_message());
    ACCEPTED(sam_parameters_bind(set, 0, room + 24, room));         /* the old weights' place is free */
    ACCEPTED(sam_parameters_bind(set, 0, room, room + 12));
    ACCEPTED(sam_parameters_bind(set, 0, NULL, room + 9));          /* left so */
    for (int i = 0; i < 64; i++)
        room[i] = i;
    REFUSED(sam_step(o, 0), SAM_ERROR_ARGUMENT, "gradient", "\"a\"", "\"b\"");
    ACCEPTED(sam_parameters_bind(set, 0, NULL, room + 12));
    CHECK(sam_step(o, 0) > 0, "%s", sam_error_message());
    ACCEPTED(sam_parameters_bind(set, 1, NULL, room + 9));          /* in the middle of a step: it ends */
    REFUSED(sam_step(o, 1), SAM_ERROR_ARGUMENT, "gradient", "\"a\"", "\"b\"");
    CHECK(room[0] == 0 && room[3] == 3 && room[4] == 4 && room[7] == 7, "the weights are not the iterate");
    ACCEPTED(sam_parameters_bind(set, 1, NULL, NULL));
    CHECK(step(o) == 0, "%s", sam_error_message());
    CHECK(sam_step(o, 0) > 0 && sam_step(o, 1) > 0, "%s", sam_error_message());
    ACCEPTED(sam_parameters_bind(set, 1, NULL, room + 12));
    REFUSED(sam_step(o, 1), SAM_ERROR_ARGUMENT, "gradient", "\"a\"", "\"b\"");
    sam_optimizer_destroy(o);
    sam_parameters_destroy(set);
}

void misuse_overlap(void) {
    added();
    bound();
}
