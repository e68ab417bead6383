/* Memory: whatever is created and destroyed again, also by way of failing calls, leaves the process as large as it was. */
#include "refused.h"

#include <malloc.h>
#include <math.h>

static void one_round(void) {
    pair p;
    sam_optimizer *none;
    make_pair(&p, "looksam", "adamw");
    sam_optimizer_create(p.parameters, "asma", "sgd", &none);
    sam_optimizer_create(p.parameters, "sam", "sdg", &none);
    sam_optimizer_create(p.parameters, "sam", NULL, &none);
    sam_optimizer_set(p.optimizer, -1, "roh", 1);
    sam_optimizer_set(p.optimizer, -1, "lr", -1);
    sam_parameters_add_group(p.parameters, "late");
    for (int step = 0; step < 3; step++)
        for (int ask = sam_step(p.optimizer, 0); ask > 0;)
            ask = sam_step(p.optimizer, step == 1 ? NAN : 1);
    sam_step(p.optimizer, 0);                       /* destroyed in the middle of a step */
    destroy_pair(&p);
}

void misuse_memory(void) {
    size_t held[2] = {0, 0};
    for (int half = 0; half < 2; half++) {
        for (int round = 0; round < 500; round++)
            one_round();
        struct mallinfo2 info = mallinfo2();        /* all 0 under valgrind and AddressSanitizer, which look themselves */
        held[half] = info.uordblks + info.hblkhd;
    }
    CHECK(held[1] < held[0] + 500 * 8, "500 rounds hold %zu bytes more", held[1] - held[0]);
}
