#include "refused.h"

#include <string.h>

void other_message(void) { sam_catalog_count(-98765); }

void refused(const char *file, int line, const char *call, long long answer, int status, const char *const *holds, size_t count) {
    const char *message = sam_error_message();
    if (answer != status || strstr(message, "-98765") || strlen(message) < 16) {
        checks_failed++;
        printf("FAILED %s:%d: %s answers %lld (%s), expected %s: \"%s\"\n", file, line, call, answer, sam_status_name((int)answer),
               sam_status_name(status), strstr(message, "-98765") ? "no message" : message);
        return;
    }
    checks_passed++;
    for (size_t i = 0; i < count; i++)
        if (strstr(message, holds[i])) {
            checks_passed++;
        } else {
            checks_failed++;
            printf("FAILED %s:%d: the message of %s does not hold \"%s\": \"%s\"\n", file, line, call, holds[i], message);
        }
}

sam_parameter vector(const char *name, const int64_t *length, void *data, void *gradient) {
    sam_parameter p = {sizeof p, name, SAM_F64, 0, SAM_WEIGHT, 0, 1, length, data, gradient};
    return p;
}

void make_pair(pair *p, const char *method, const char *base) {
    static const int64_t two = 2;
    pair empty = {{1, -2}, {0.5, 0.25}, NULL, NULL};
    *p = empty;
    sam_parameter w = vector("w", &two, p->data, p->gradient);
    ACCEPTED(sam_parameters_create(&p->parameters));
    ACCEPTED(sam_parameters_add(p->parameters, &w));
    ACCEPTED(sam_optimizer_create(p->parameters, method, base, &p->optimizer));
}

void destroy_pair(pair *p) {
    sam_optimizer_destroy(p->optimizer);
    sam_parameters_destroy(p->parameters);
}

void foreign_handles(void *other_kind, void *out[FOREIGN]) {
    static char block[64];
    pair gone;
    make_pair(&gone, "sam", "sgd");
    destroy_pair(&gone);
    void *all[FOREIGN] = {NULL, (void *)(uintptr_t)1, (void *)(uintptr_t)4096, block, out, gone.parameters, gone.optimizer, other_kind};
    memcpy(out, all, sizeof all);
}
