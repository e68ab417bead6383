/* Memory that runs out in a step: for every method and every base. A step that begins finds all that it needs or answers SAM_ERROR_MEMORY, and the
   weights are the iterate; what follows within the step, and every later step, asks the system for nothing. sam_step of host.c is starved_step here. */
#include "check.h"
#include "host.h"
#include "starving.h"
#include "variants.h"

#include <stdlib.h>
#include <string.h>

#undef sam_step
int sam_step(sam_optimizer *, double);

static int under_way, begin_how = NONE_FAILS, later_how = NONE_FAILS;
static long begin_at, begun, later;

int starved_step(sam_optimizer *, double);
int starved_step(sam_optimizer *optimizer, double loss) {
    int begins = !under_way;
    starve(begins ? begin_how : later_how, begins ? begin_at : 0);
    int answer = sam_step(optimizer, loss);
    long asked = feed();
    *(begins ? &begun : &later) += asked;
    under_way = answer > 0;
    return answer;
}

/* Steps whose deliveries find every request refused, and of which the later ones make none at all. */
static void steady(const variant *v) {
    host h;
    if (!variant_open(&h, v, &usual_layout, SAM_F32, 0))
        return;
    later_how = ALL_FAIL;
    begun = later = 0;
    trying("%s: deliveries of a first step without memory", v->title);
    CHECK(host_step(&h, NULL) == 0, "%s: %s", v->title, sam_error_message());
    long inFirst = later;
    begun = later = 0;
    for (int i = 0; i < 5; i++)
        CHECK(host_step(&h, NULL) == 0, "%s, step %d: %s", v->title, i + 2, sam_error_message());
    CHECK(inFirst == 0, "%s: %ld requests while the first step is delivered", v->title, inFirst);
    CHECK(begun + later == 0, "%s: %ld requests in five later steps", v->title, begun + later);
    later_how = NONE_FAILS;
    host_close(&h);
}

/* A first step that finds no memory once, and then does. */
static void hungry(const variant *v) {
    host h;
    if (!variant_open(&h, v, &usual_layout, SAM_F32, 0))
        return;
    begun = 0;
    host_step(&h, NULL);
    long requests = begun;
    uint64_t expected = host_hash(&h);
    host_close(&h);
    for (long i = 0; i < requests; i += 1 + requests / 12)
        for (int how = ONE_FAILS; how <= ALL_FAIL; how++) {
            variant_open(&h, v, &usual_layout, SAM_F32, 0);
            void *before = host_snapshot(&h);
            begin_how = how, begin_at = i;
            trying("%s: request %ld of a first step, %s", v->title, i, how == ONE_FAILS ? "alone" : "and all behind it");
            int answer = host_step(&h, NULL);
            begin_how = NONE_FAILS;
            CHECK(answer == 0 || answer == SAM_ERROR_MEMORY, "%s: %d, %s", v->title, answer, sam_error_message());
            if (answer != 0) {
                CHECK(host_equals(&h, before), "%s: the weights are not the iterate", v->title);
                CHECK(host_step(&h, NULL) == 0, "%s: the next step: %s", v->title, sam_error_message());
            }
            CHECK(host_hash(&h) == expected, "%s: request %ld changes bits", v->title, i);
            free(before);
            host_close(&h);
        }
}

/* The shared options that need memory of their own, together. */
static void shared_with(const variant *v, int dtype, double master) {
    host h;
    if (!variant_open_mixed(&h, v, &usual_layout, dtype, SAM_F32, 0))
        return;
    sam_optimizer_set(h.optimizer, -1, "master", master);
    sam_optimizer_choose(h.optimizer, -1, "rounding", "stochastic");
    void *before = host_snapshot(&h);
    sam_optimizer_choose(h.optimizer, -1, "average", "ema");
    sam_optimizer_set(h.optimizer, -1, "accumulate", 2);
    sam_optimizer_set(h.optimizer, -1, "shared.clip_coordinates", 0.1);
    sam_optimizer_set(h.optimizer, -1, "shared.clip_norm", 1);
    later_how = ALL_FAIL;
    begun = later = 0;
    trying("%s with shared options: without memory behind the beginning", v->title);
    int answer = host_step(&h, NULL);
    CHECK(answer == 0, "%s: %s", v->title, sam_error_message());
    if (answer != 0)
        CHECK(host_equals(&h, before), "%s: the weights are not the iterate", v->title);
    free(before);
    begun = 0;
    for (int i = 0; i < 3; i++)
        CHECK(host_step(&h, NULL) == 0, "%s: %s", v->title, sam_error_message());
    CHECK(begun + later == 0, "%s: %ld requests with shared options", v->title, begun + later);
    later_how = NONE_FAILS;
    host_close(&h);
}

static void shared(const variant *v) {
    shared_with(v, SAM_F32, 0);
    shared_with(v, SAM_BF16, 1);
    shared_with(v, SAM_BF16, 0);
}

/* Choices and flags decide how many tables a step makes: a delivery asks for none. */
static void turned(const variant *v) {
    host h;
    if (!variant_open(&h, v, &usual_layout, SAM_F32, 0))
        return;
    void *before = host_snapshot(&h);
    later_how = ALL_FAIL;
    begun = later = 0;
    trying("%s: without memory after the beginning", v->title);
    int status = host_step(&h, NULL);
    CHECK(status != SAM_ERROR_MEMORY && later == 0, "%s: %ld requests while the first step is delivered, status %d", v->title, later, status);
    if (status < 0)
        CHECK(host_equals(&h, before), "%s: the weights are not the iterate", v->title);
    later_how = NONE_FAILS;
    free(before);
    host_close(&h);
}

int main(void) {
    each_variant(0, steady);
    each_variant(1, turned);
    each_pair(turned);
    each_variant(0, shared);
    each_variant(0, hungry);
    return report("starved");
}
