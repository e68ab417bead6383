/* A run that is resumed has the bits of one that never stopped: every method over every base, and every choice and flag of the catalogue. Six
   steps; state and weights are taken over into new buffers, a new set and a new optimizer behind steps 1 and 4, each time with another
   number of threads. And what sam_optimizer_memory says before the first step is what is held behind it, in every pair.
   --hash: a line per pair with the hash of weights and state instead, for comparison between instruction sets. */
#include "check.h"
#include "host.h"
#include "variants.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 6 };

/* Settings that make the state rich: an average, a schedule that is under way, a seed. */
static void settle(host *h, const variant *v) {
    sam_schedule course = {sizeof course, "one_cycle", 0.02, 0.001, 2, 20, 0, 0};
    sam_option option;
    int status = sam_optimizer_set(h->optimizer, -1, "shared.seed", 5) | sam_optimizer_choose(h->optimizer, -1, "shared.average", "ema");
    status |= sam_optimizer_set(h->optimizer, -1, "shared.average_decay", 0.7) | sam_optimizer_set(h->optimizer, -1, "shared.average_start", 1);
    if (v->base || catalogue_has(SAM_METHODS, v->method, "lr", &option))
        status |= sam_optimizer_schedule(h->optimizer, -1, v->base ? "base.lr" : "method.lr", &course);
    CHECK(status == SAM_OK, "%s: %s", v->title, sam_error_message());
}

static void *state_of(const host *h, size_t *bytes) {
    CHECK(sam_optimizer_state_size(h->optimizer, bytes) == SAM_OK, "%s", sam_error_message());
    char *state = malloc(*bytes + 1);
    state[*bytes] = 77;
    CHECK(sam_optimizer_state_write(h->optimizer, state, *bytes) == SAM_OK, "%s", sam_error_message());
    CHECK(state[*bytes] == 77, "a byte behind the buffer was written");
    return state;
}

static int64_t memory_of(const host *h) {
    int64_t bytes = -1;
    CHECK(sam_optimizer_memory(h->optimizer, &bytes) == SAM_OK, "%s", sam_error_message());
    return bytes;
}

/* A second host with the first one's weights and state; the first ends. */
static void take_over(host *h, const variant *v, int32_t dtype, size_t offset) {
    host next;
    size_t bytes, width = dtype == SAM_F64 ? 8 : 4;
    void *state = state_of(h, &bytes);
    variant_open(&next, v, &usual_layout, dtype, offset);
    for (int t = 0; t < h->layout->tensors; t++)
        memcpy(next.data[t], h->data[t], (size_t)h->size[t] * width);
    next.step = h->step;
    CHECK(sam_optimizer_state_read(next.optimizer, state, bytes) == SAM_OK, "%s: %s", v->title, sam_error_message());
    CHECK(memory_of(&next) == memory_of(h), "%s: %lld bytes are held behind a resume, %lld before", v->title, (long long)memory_of(&next),
          (long long)memory_of(h));
    size_t again;
    void *same = state_of(&next, &again);
    CHECK(again == bytes && !memcmp(state, same, bytes), "%s: what was read is not what was written", v->title);
    free(state), free(same);
    host_close(h);
    *h = next;
}

/* Weights, averages and state. */
static uint64_t hash_of(const host *h) {
    size_t bytes;
    unsigned char *state = state_of(h, &bytes);
    uint64_t hash = host_hash(h);
    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ state[i]) * 0x100000001B3u;
    free(state);
    return hash;
}

static int begin(host *h, const variant *v, int32_t dtype) {
    if (!variant_open(h, v, &usual_layout, dtype, 0))
        return 0;
    settle(h, v);
    return 1;
}

static void resumes(const variant *v) {
    for (int32_t dtype = SAM_F32; dtype <= SAM_F64; dtype++) {
        host straight, resumed;
        if (!begin(&straight, v, dtype))
            return;
        begin(&resumed, v, dtype);
        int64_t planned = memory_of(&straight);
        for (int step = 1; step <= STEPS; step++) {
            CHECK(host_step(&straight, NULL) == 0 && host_step(&resumed, NULL) == 0, "%s: %s", v->title, sam_error_message());
            if (step == 1)
                CHECK(memory_of(&straight) == planned, "%s: %lld bytes were planned, %lld are held", v->title, (long long)planned,
                      (long long)memory_of(&straight));
            if (step == 1 || step == 4) {
                sam_set_threads(step == 1 ? 2 : 1);
                take_over(&resumed, v, dtype, step == 1 ? 4 : 0);
            }
        }
        CHECK(hash_of(&straight) == hash_of(&resumed), "%s (%s): a resumed run has other bits", v->title, dtype == SAM_F64 ? "f64" : "f32");
        host_close(&straight);
        host_close(&resumed);
    }
}

static void print_hash(const variant *v) {
    host h;
    if (!begin(&h, v, SAM_F32))
        return;
    for (int step = 0; step < STEPS; step++)
        host_step(&h, NULL);
    printf("%s %016llx\n", v->title, (unsigned long long)hash_of(&h));
    host_close(&h);
}

int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "--hash")) {
        fprintf(stderr, "%s\n", sam_build_info());
        each_pair(print_hash);
        return checks_failed != 0;
    }
    each_pair(resumes);
    each_variant(1, resumes);
    each_shared_variant(resumes);
    return report("resume");
}
