/* An option that decides how much is kept is changed between two steps, and the state is written and read before, after or not at all: the same bits
   go on, for every base and method that keeps more or less with one of its whole numbers, flags or words. */
#include "check.h"
#include "refused.h"

#include <sam.h>
#include <stdlib.h>
#include <string.h>

enum { NEVER, BEFORE, AFTER, BOTH };

typedef struct run {
    double w[12], g[12];
    sam_parameters *set;
    sam_optimizer *o;
} run;

static void open_run(run *r, const char *method, const char *base) {
    static const int64_t matrix[2] = {2, 3}, three = 3;
    for (int i = 0; i < 12; i++)
        r->w[i] = 1 - 0.3 * i, r->g[i] = 0;
    sam_parameter a = {sizeof a, "a", SAM_F64, 0, SAM_WEIGHT, 0, 2, matrix, r->w, r->g}, b = {sizeof b, "b", SAM_F64, 0, SAM_BIAS, 0, 1, &three, r->w + 6, r->g + 6};
    ACCEPTED(sam_parameters_create(&r->set));
    ACCEPTED(sam_parameters_add(r->set, &a));
    ACCEPTED(sam_parameters_add(r->set, &b));
    ACCEPTED(sam_optimizer_create(r->set, method, base, &r->o));
}

static void close_run(run *r) {
    sam_optimizer_destroy(r->o);
    sam_parameters_destroy(r->set);
}

static int steps(run *r, int count) {
    for (int step = 0; step < count; step++) {
        double loss = 0;
        int ask, evaluations = 0;
        while ((ask = sam_step(r->o, loss)) > 0) {
            for (int i = 0; i < 12; i++)
                r->g[i] = 0.1 * (i + 1) * (r->w[i] - 0.5) + 0.02 * ((i * 7 + step * 5) % 11);
            loss = 1 + 0.1 * step;
            if (++evaluations > 200)
                return sam_cancel(r->o), -100;
        }
        if (ask < 0)
            return ask;
    }
    return 0;
}

/* Goes on in a handle that reads the state. */
static void move(run *r, const char *method, const char *base) {
    size_t count = 0;
    sam_optimizer *next;
    ACCEPTED(sam_optimizer_state_size(r->o, &count));
    char *state = malloc(count);
    ACCEPTED(sam_optimizer_state_write(r->o, state, count));
    ACCEPTED(sam_optimizer_create(r->set, method, base, &next));
    ACCEPTED(sam_optimizer_state_read(next, state, count));
    sam_optimizer_destroy(r->o);
    r->o = next;
    free(state);
}

static int say(run *r, const char *name, const sam_option *option, int value) {
    char words[512], *rest = words, *word = NULL;
    if (option->kind != SAM_OPTION_CHOICE)
        return sam_optimizer_set(r->o, -1, name, value);
    snprintf(words, sizeof words, "%s", option->choices);
    for (int i = 0; i <= value && rest; i++)
        word = strsep(&rest, ",");
    return sam_optimizer_choose(r->o, -1, name, word);
}

static int compared;

static void one(const char *method, const char *base, const char *name, const sam_option *option, int from, int to) {
    double w[12] = {0};
    int first = 0;
    for (int when = NEVER; when <= BOTH; when++) {
        run r;
        open_run(&r, method, base);
        int said = say(&r, name, option, from), answer = said == SAM_OK ? steps(&r, 3) : said;
        if (answer == 0 && (when & BEFORE))
            move(&r, method, base);
        if (answer == 0)
            answer = say(&r, name, option, to);
        if (answer == 0 && (when & AFTER))
            move(&r, method, base);
        if (answer == 0)
            answer = steps(&r, 4);
        if (when == NEVER) {
            memcpy(w, r.w, sizeof w);
            first = answer;
        }
        CHECK(answer == first && !memcmp(w, r.w, sizeof w), "%s/%s, %s from %d to %d: other bits with a state written %s: %d, %d", method, base ? base : "", name, from, to,
              when == BEFORE ? "before" : when == AFTER ? "after" : "before and after", first, answer);
        compared += answer == 0;
        close_run(&r);
        if (said != SAM_OK)
            return;
    }
}

static void options(int kind, const char *section, const char *entry, const char *method, const char *base) {
    sam_option option = {.struct_size = sizeof option};
    char name[100];
    for (int i = 0; sam_catalog_option(kind, entry, i, &option) == SAM_OK; i++) {
        snprintf(name, sizeof name, "%s.%s", section, option.name);
        int most = option.kind == SAM_OPTION_CHOICE ? (int)option.high : option.kind == SAM_OPTION_INTEGER ? 3 : 1;
        if (option.kind == SAM_OPTION_REAL)
            continue;
        for (int from = 0; from <= most; from++)
            for (int to = 0; to <= most; to++)
                if (from != to)
                    one(method, base, name, &option, from, to);
    }
}

int main(void) {
    sam_entry entry = {.struct_size = sizeof entry};
    for (int i = 0; sam_catalog_entry(SAM_METHODS, i, &entry) == SAM_OK; i++)
        options(SAM_METHODS, "method", entry.name, entry.name, entry.needs & SAM_OWN_UPDATE ? NULL : "sgd");
    for (int i = 0; sam_catalog_entry(SAM_BASES, i, &entry) == SAM_OK; i++)
        options(SAM_BASES, "base", entry.name, "sam", entry.name);
    printf("%d runs\n", compared);
    CHECK(compared > 1000, "%d runs", compared);
    return report("resized");
}
