/* struct_size: too small, never set, larger than this version knows, and filling up to it. */
#include "refused.h"

#include <stddef.h>
#include <string.h>

static const size_t wrong[] = {0, 1, 65537, (size_t)-1};

static void read_by_the_library(void) {
    static const int64_t two = 2;
    struct { sam_parameter known; char tail[64]; } parameter;
    struct { sam_schedule known; char tail[64]; } schedule;
    pair p;
    double data[2], gradient[2];
    sam_parameters *set;
    make_pair(&p, "sam", "sgd");
    ACCEPTED(sam_parameters_create(&set));
    memset(&parameter, 0x5A, sizeof parameter), memset(&schedule, 0x5A, sizeof schedule);
    parameter.known = vector("w", &two, data, gradient);
    const sam_schedule constant = {sizeof constant, "constant", 0.5, 0.5, 0, 1, 0, 0};
    schedule.known = constant;
    for (size_t i = 0; i <= sizeof wrong / sizeof *wrong; i++) {
        size_t last = i == sizeof wrong / sizeof *wrong;
        parameter.known.struct_size = last ? offsetof(sam_parameter, trained) - 1 : wrong[i];        /* the struct of 1.0 is enough */
        schedule.known.struct_size = last ? sizeof(sam_schedule) - 1 : wrong[i];
        REFUSED(sam_parameters_add(set, &parameter.known), SAM_ERROR_ARGUMENT, "struct_size");
        REFUSED(sam_optimizer_schedule(p.optimizer, -1, "lr", &schedule.known), SAM_ERROR_ARGUMENT, "struct_size");
    }
    parameter.known.struct_size = sizeof parameter, schedule.known.struct_size = sizeof schedule;
    ACCEPTED(sam_parameters_add(set, &parameter.known));
    ACCEPTED(sam_optimizer_schedule(p.optimizer, -1, "lr", &schedule.known));
    sam_parameters_destroy(set);
    destroy_pair(&p);
}

/* All bytes from `from` on are 0x5A still. */
static int untouched(const void *memory, size_t from, size_t size) {
    for (size_t i = from; i < size; i++)
        if (((const unsigned char *)memory)[i] != 0x5A)
            return 0;
    return 1;
}

static pair filled;

static int fill(int which, void *out) {
    return which == 0   ? sam_optimizer_metrics(filled.optimizer, out)
           : which == 1 ? sam_catalog_entry(SAM_METHODS, 0, out)
                        : sam_catalog_option(SAM_BASES, "sgd", 0, out);
}

static void filled_by_the_library(void) {
    static const size_t sizes[] = {sizeof(sam_metrics), sizeof(sam_entry), sizeof(sam_option)},
                        some[] = {offsetof(sam_metrics, loss), offsetof(sam_entry, evaluations), offsetof(sam_option, initial)};
    _Alignas(16) unsigned char memory[512], whole[512];
    make_pair(&filled, "sam", "sgd");
    for (int which = 0; which < 3; which++) {
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            memset(memory, 0x5A, sizeof memory);
            memcpy(memory, &wrong[i], sizeof wrong[i]);
            REFUSED(fill(which, memory), SAM_ERROR_ARGUMENT, "struct_size");
            CHECK(untouched(memory, sizeof(size_t), sizeof memory), "struct %d was filled in spite of its struct_size", which);
        }
        const size_t tries[] = {sizes[which], sizes[which] + 40, some[which], some[which] + 3};
        for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
            size_t known = tries[i] < sizes[which] ? some[which] : sizes[which];
            memset(memory, 0x5A, sizeof memory);
            memcpy(memory, &tries[i], sizeof tries[i]);
            ACCEPTED(fill(which, memory));
            CHECK(untouched(memory, known, sizeof memory), "struct %d of %zu bytes: filled behind byte %zu", which, tries[i], known);
            CHECK(!memcmp(memory, &tries[i], sizeof(size_t)), "struct %d: struct_size was changed", which);
            if (i == 0)
                memcpy(whole, memory, sizeof whole);
            CHECK(!memcmp(memory + sizeof(size_t), whole + sizeof(size_t), some[which] - sizeof(size_t)), "struct %d of %zu bytes: other contents",
                  which, tries[i]);                      /* up to there without padding, whose bytes are nobody's */
        }
    }
    destroy_pair(&filled);
}

void misuse_structs(void) {
    read_by_the_library();
    filled_by_the_library();
}
