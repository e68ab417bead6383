/* Schedules: members outside their range, options that can have none, the longest and the shortest. */
#include "refused.h"

#include <math.h>

void misuse_schedules(void) {
    pair p;
    double value;
    make_pair(&p, "asam", "sgd");
    const sam_schedule good = {sizeof good, "linear", 1, 0.5, 0, 10, 0, 0};
    sam_schedule s;
#define SCHEDULE(option, member, wrong) (s = good, s.member = wrong, sam_optimizer_schedule(p.optimizer, -1, option, &s))
    ACCEPTED(SCHEDULE("lr", steps, 10));
    REFUSED(SCHEDULE("lr", kind, NULL), SAM_ERROR_ARGUMENT, "kind", "NULL");
    REFUSED(SCHEDULE("lr", kind, "liner"), SAM_ERROR_NAME, "liner", "linear");
    REFUSED(SCHEDULE("lr", kind, ""), SAM_ERROR_NAME, "kind");
    REFUSED(SCHEDULE("lr", initial, -1), SAM_ERROR_RANGE, "lr", "-1");
    REFUSED(SCHEDULE("lr", initial, NAN), SAM_ERROR_RANGE, "initial");
    REFUSED(SCHEDULE("lr", final, -2), SAM_ERROR_RANGE, "lr", "-2");
    REFUSED(SCHEDULE("lr", final, INFINITY), SAM_ERROR_RANGE, "final");
    REFUSED(SCHEDULE("momentum", final, 1), SAM_ERROR_RANGE, "momentum", "1");
    REFUSED(SCHEDULE("lr", steps, 0), SAM_ERROR_RANGE, "steps", "0");
    REFUSED(SCHEDULE("lr", steps, -5), SAM_ERROR_RANGE, "steps", "-5");
    REFUSED(SCHEDULE("lr", warmup, -1), SAM_ERROR_RANGE, "warmup", "-1");
    REFUSED(SCHEDULE("lr", period, -1), SAM_ERROR_RANGE, "period", "-1");
    REFUSED(SCHEDULE("lrr", steps, 10), SAM_ERROR_NAME, "lrr", "lr");
    REFUSED(SCHEDULE("seed", steps, 10), SAM_ERROR_ARGUMENT, "seed");
    REFUSED(SCHEDULE("nesterov", steps, 10), SAM_ERROR_ARGUMENT, "nesterov");
    REFUSED(SCHEDULE("scaling", steps, 10), SAM_ERROR_ARGUMENT, "scaling");
    REFUSED(sam_optimizer_schedule(p.optimizer, 3, "lr", &good), SAM_ERROR_ARGUMENT, "group", "3");
    REFUSED(sam_optimizer_schedule(p.optimizer, 0, "clip_norm", &good), SAM_ERROR_ARGUMENT, "group", "0");
    static const char *const kinds[] = {"constant", "linear", "cosine"};
    ACCEPTED(sam_optimizer_get(p.optimizer, -1, "lr", &value));
    CHECK(value == 1, "a refused schedule changed lr to %g", value);
    for (int i = 0; i < 12; i++) {                                   /* as long as a number can say; 1 step alone */
        s = good, s.kind = kinds[i % 3], s.steps = i < 6 ? INT64_MAX : 1, s.warmup = i & 1 ? INT64_MAX : 0, s.period = i % 4 ? 0 : INT64_MAX;
        ACCEPTED(sam_optimizer_schedule(p.optimizer, -1, "lr", &s));
        for (int step = 0; step < 3; step++) {
            for (int ask = sam_step(p.optimizer, 0); ask > 0;)
                ask = sam_step(p.optimizer, 1);
            ACCEPTED(sam_optimizer_get(p.optimizer, -1, "lr", &value));
            CHECK(value >= 0 && value <= 1, "lr %g of a schedule from 1 to 0.5", value);
        }
    }
    ACCEPTED(sam_optimizer_schedule(p.optimizer, -1, "lr", NULL));
    ACCEPTED(sam_optimizer_schedule(p.optimizer, -1, "lr", NULL));
    destroy_pair(&p);
}
