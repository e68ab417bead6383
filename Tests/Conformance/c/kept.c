/* What an option says and what memory holds are two things. Every option of every method, base and of all optimizers that changes what is kept is
   changed between two steps, in both directions: then the state that is written, the memory that is named, a run that goes on and one that is
   resumed agree, bit for bit; also where the option is set back before the next step. Under valgrind: nothing is read that was not allocated. */
#include "check.h"
#include "host.h"
#include "variants.h"

#include <stdlib.h>
#include <string.h>

static int turned;      /* pairs of values between which what is kept differs */

typedef struct setting {
    const char *full;           /* of the option, with its section */
    int is_choice;
    char word[64];
    double value;
} setting;

static int set(host *h, const setting *s) {
    return s->is_choice ? sam_optimizer_choose(h->optimizer, -1, s->full, s->word) : sam_optimizer_set(h->optimizer, -1, s->full, s->value);
}

static void *state_of(const host *h, size_t *bytes) {
    CHECK(sam_optimizer_state_size(h->optimizer, bytes) == SAM_OK, "%s", sam_error_message());
    char *state = malloc(*bytes + 1);
    state[*bytes] = 77;
    CHECK(sam_optimizer_state_write(h->optimizer, state, *bytes) == SAM_OK, "%s", sam_error_message());
    CHECK(state[*bytes] == 77, "a byte behind the buffer was written");
    return state;
}

static uint64_t hash_of(const host *h) {
    size_t bytes;
    unsigned char *state = state_of(h, &bytes);
    uint64_t hash = host_hash(h);
    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ state[i]) * 0x100000001B3u;
    free(state);
    return hash;
}

static int64_t memory_of(const host *h) {
    int64_t bytes = -1;
    CHECK(sam_optimizer_memory(h->optimizer, &bytes) == SAM_OK, "%s", sam_error_message());
    return bytes;
}

/* Three steps with `from`. 0: the option cannot be so here. */
static int begin(host *h, const variant *v, const setting *from) {
    if (!variant_open(h, v, &usual_layout, SAM_F32, 0))
        return 0;
    if (sam_optimizer_set(h->optimizer, -1, "shared.seed", 3) != SAM_OK || set(h, from) != SAM_OK) {
        host_close(h);
        return 0;
    }
    for (int step = 0; step < 3; step++)
        CHECK(host_step(h, NULL) == 0, "%s: %s", v->title, sam_error_message());
    return 1;
}

static void resume(host *h, const variant *v) {
    host next;
    size_t bytes;
    void *state = state_of(h, &bytes);
    variant_open(&next, v, &usual_layout, SAM_F32, 0);
    for (int t = 0; t < h->layout->tensors; t++)
        memcpy(next.data[t], h->data[t], (size_t)h->size[t] * 4);
    next.step = h->step;
    CHECK(sam_optimizer_state_read(next.optimizer, state, bytes) == SAM_OK, "%s: %s", v->title, sam_error_message());
    free(state);
    host_close(h);
    *h = next;
}

enum { GOES_ON, LOOKED_AT, RESUMED, WAYS };

/* Three steps; the option is set, and set back where `back`; then as the way says; three more. */
static uint64_t run(const variant *v, const setting *from, const setting *to, int back, int way) {
    host h;
    begin(&h, v, from);
    int status = set(&h, to);
    if (status == SAM_OK && back)
        status = set(&h, from);
    CHECK(status == SAM_OK || status == SAM_ERROR_UNSUPPORTED, "%s %s: %s", v->title, to->full, sam_error_message());
    h.in_place = strcmp(to->full, "shared.in_place") != 0;
    if (way == RESUMED)
        resume(&h, v);
    int64_t planned = way == GOES_ON ? -1 : memory_of(&h);
    for (int look = 0; look < 2 && way == LOOKED_AT; look++) {
        size_t bytes;
        free(state_of(&h, &bytes));
        planned = memory_of(&h);
    }
    for (int step = 0; step < 3; step++) {
        CHECK(host_step(&h, NULL) == 0, "%s %s: %s", v->title, to->full, sam_error_message());
        if (step == 0 && way != GOES_ON)
            CHECK(memory_of(&h) == planned, "%s %s: %lld bytes were named, %lld are held", v->title, to->full, (long long)planned, (long long)memory_of(&h));
    }
    uint64_t hash = hash_of(&h);
    host_close(&h);
    return hash;
}

static void change(const variant *v, const setting *from, const setting *to) {
    host h;
    if (!begin(&h, v, from))
        return;
    int64_t before = memory_of(&h);
    size_t bytes, old;
    free(state_of(&h, &old));
    int status = set(&h, to);
    int64_t after = memory_of(&h);
    free(state_of(&h, &bytes));
    host_close(&h);
    if (status != SAM_OK || (before == after && old == bytes))
        return;
    turned++;
    for (int back = 0; back < 2; back++) {
        uint64_t straight = run(v, from, to, back, GOES_ON);
        for (int way = LOOKED_AT; way < WAYS; way++)
            CHECK(run(v, from, to, back, way) == straight, "%s: %s %s%g to %s%g%s, %s: other bits", v->title, to->full, from->word, from->value, to->word,
                  to->value, back ? " and back" : "", way == RESUMED ? "resumed" : "looked at");
    }
}

/* Values of an option that may differ in what they keep. */
static int values_of(const sam_option *option, const char *full, setting *out, int most) {
    static const double numbers[] = {0, 0.3, 0.7, 1, 2, 3, 5};
    int n = 0;
    if (option->kind == SAM_OPTION_CHOICE) {
        for (const char *word = option->choices; word && n < most; word = strchr(word, ',') ? strchr(word, ',') + 1 : NULL) {
            out[n] = (setting){full, 1, "", 0};
            snprintf(out[n++].word, sizeof out->word, "%.*s", (int)strcspn(word, ","), word);
        }
        return n;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && n < most; i++)
        if (option->kind == SAM_OPTION_REAL || (numbers[i] == (int)numbers[i] && (option->kind != SAM_OPTION_FLAG || numbers[i] <= 1)))
            out[n++] = (setting){full, 0, "", numbers[i]};
    return n;
}

/* Whether any two values of an option keep different memory in a new optimizer. */
static int matters(const variant *v, const setting *values, int n) {
    host h;
    if (!variant_open(&h, v, &usual_layout, SAM_F32, 0))
        return 0;
    int64_t first = -1;
    int differ = 0;
    for (int i = 0; i < n; i++)
        if (set(&h, &values[i]) == SAM_OK) {
            differ |= first >= 0 && memory_of(&h) != first;
            first = memory_of(&h);
        }
    host_close(&h);
    return differ;
}

static void each_option(const variant *v, int kind, const char *name, const char *section) {
    sam_option option = {.struct_size = sizeof option};
    for (int i = 0; sam_catalog_option(kind, name, i, &option) == SAM_OK; i++) {
        setting values[12];
        char full[96];
        snprintf(full, sizeof full, "%s.%s", section, option.name);
        int n = values_of(&option, full, values, 12);
        if (!matters(v, values, n))
            continue;
        for (int a = 0; a < n; a++)
            for (int b = 0; b < n; b++)
                if (a != b && (a == 0 || b == 0 || a + 1 == b || b + 1 == a))
                    change(v, &values[a], &values[b]);
    }
}

static void options_of(const variant *v) {
    each_option(v, SAM_METHODS, v->method, "method");
    if (v->base && (!strcmp(v->method, "none") || !strcmp(v->method, "sam")))
        each_option(v, SAM_BASES, v->base, "base");
    if ((!strcmp(v->method, "sam") && !strcmp(v->base, "sgd")) || (!strcmp(v->method, "friendly_sam") && !strcmp(v->base, "adamw")) || !strcmp(v->method, "zo_sgd"))
        each_option(v, SAM_SHARED, NULL, "shared");
}

int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "--short")) {          /* under valgrind */
        static const char *const bases[] = {"shampoo", "rmsprop"};
        for (int i = 0; i < 2; i++) {
            variant v = {.method = "none", .base = bases[i]};
            snprintf(v.title, sizeof v.title, "none+%s", v.base);
            each_option(&v, SAM_BASES, v.base, "base");
        }
    } else {
        each_variant(0, options_of);
    }
    CHECK(turned > 10, "only %d changes of what is kept were found", turned);
    return report("kept");
}
