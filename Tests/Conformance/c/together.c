/* Options of which each is right and two together are not: the second is refused when it is set, chosen or given a course, whatever the order and
   the group, and a step that begins after sets that were all accepted is never refused. All pairs of settings of every method and every base. */
#include "check.h"
#include "refused.h"

#include <sam.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { SET, CHOOSE, COURSE, MOST = 256 };

/* One thing that a host can say about an option. */
typedef struct saying {
    int kind, group;
    char name[80], word[48];
    double value, initial;
    const char *first_word;
} saying;

static saying list[MOST];
static int count, refusals, pairs;
static double w[6] = {1, -2, 3, 0.5, 1, 1}, g[6] = {1, 1, 1, 1, 1, 1};
static sam_parameters *set;
static sam_optimizer *o;
static char title[160];

static void add(int kind, int group, const char *section, const sam_option *option, double value, const char *word) {
    saying *s = &list[count];
    if (count == MOST)
        return;
    s->kind = kind, s->group = group, s->value = value, s->initial = option->initial, s->first_word = option->choices;
    snprintf(s->name, sizeof s->name, "%s.%s", section, option->name);
    snprintf(s->word, sizeof s->word, "%s", word);
    count++;
}

static void sayings(int kind, const char *section, const char *entry) {
    sam_option option = {.struct_size = sizeof option};
    for (int i = 0; sam_catalog_option(kind, entry, i, &option) == SAM_OK; i++) {
        int group = option.per_group ? 1 : -1;
        if (option.kind == SAM_OPTION_CHOICE) {
            char words[512], *rest = words, *word;
            snprintf(words, sizeof words, "%s", option.choices);
            for (int k = 0; (word = strsep(&rest, ",")); k++)
                if (k != (int)option.initial)
                    add(CHOOSE, group, section, &option, k, word);
        } else if (option.kind == SAM_OPTION_REAL) {
            double value = option.initial == 0.25 ? 0.3 : 0.25;
            add(SET, group, section, &option, value, "");
            add(COURSE, option.per_group ? 0 : -1, section, &option, value, "");
        } else {
            add(SET, group, section, &option, option.kind == SAM_OPTION_FLAG ? 1 - option.initial : option.initial == 2 ? 3 : 2, "");
        }
    }
}

static int say(const saying *s) {
    sam_schedule course = {sizeof course, "linear", s->initial, s->value, 0, 50, 0, 0};
    return s->kind == SET      ? sam_optimizer_set(o, s->group, s->name, s->value)
           : s->kind == CHOOSE ? sam_optimizer_choose(o, s->group, s->name, s->word)
                               : sam_optimizer_schedule(o, s->group, s->name, &course);
}

static void unsay(const saying *s) {
    if (s->kind == CHOOSE) {
        char words[512], *rest = words, *word = words;
        snprintf(words, sizeof words, "%s", s->first_word);
        for (int k = 0; k <= (int)s->initial; k++)
            word = strsep(&rest, ",");
        ACCEPTED(sam_optimizer_choose(o, -1, s->name, word));
    } else if (sam_optimizer_set(o, -1, s->name, s->initial) != SAM_OK) {
        CHECK(0, "%s: %s cannot be set back: %s", title, s->name, sam_error_message());
    }
}

static void begins(const saying *a, const saying *b) {
    int answer = sam_step(o, 0);
    CHECK(answer > 0 || answer == SAM_ERROR_MEMORY, "%s: %s (%d), then %s (%d): the step answers %d: %s", title, a->name, a->kind, b->name, b->kind, answer,
          sam_error_message());
    sam_cancel(o);
}

static void all_pairs(const char *method, const char *base) {
    snprintf(title, sizeof title, "%s/%s", method, base ? base : "");
    ACCEPTED(sam_optimizer_create(set, method, base, &o));
    for (int i = 0; i < count; i++) {
        int first = say(&list[i]);
        if (first != SAM_OK) {                  /* bounds that 0.25 or 2 are not in; options that do not act on this method */
            CHECK(first == SAM_ERROR_RANGE || first == SAM_ERROR_UNSUPPORTED, "%s: %s: %s", title, list[i].name, sam_error_message());
            continue;
        }
        for (int k = 0; k < count; k++) {
            if (!strcmp(list[i].name, list[k].name))
                continue;
            int second = say(&list[k]);
            pairs++;
            if (second != SAM_OK) {
                refusals++;
                CHECK(second == SAM_ERROR_RANGE || second == SAM_ERROR_UNSUPPORTED, "%s: %s, then %s: %d %s", title, list[i].name, list[k].name, second, sam_error_message());
                continue;
            }
            begins(&list[i], &list[k]);
            unsay(&list[k]);
        }
        unsay(&list[i]);
    }
    sam_optimizer_destroy(o);
}

/* The known ones: refused from either side, with both named, and the refused one is as it was. */
static void known(void) {
    static const struct { const char *method, *option; double value; const char *word; } all[] = {
        {"rwp", "eta", 0.5, NULL}, {"normalized_gd", "average", 0.5, NULL}, {"sam", "accumulate", 2, NULL}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        double value = -1, was = -1;
        sam_schedule late = {sizeof late, "linear", 0, all[i].value, 5, 50, 0, 0}, back = {sizeof back, "linear", all[i].value, 0, 0, 50, 0, 0};
        ACCEPTED(sam_optimizer_create(set, all[i].method, "sgd", &o));
        ACCEPTED(sam_optimizer_get(o, -1, all[i].option, &was));
        ACCEPTED(sam_optimizer_set(o, -1, "micro_batches", 2));
        REFUSED(sam_optimizer_set(o, -1, all[i].option, all[i].value), SAM_ERROR_UNSUPPORTED, all[i].option, "micro_batches", "expected");
        ACCEPTED(sam_optimizer_get(o, -1, all[i].option, &value));
        CHECK(value == was, "%s = %g", all[i].option, value);
        if (i < 2) {
            REFUSED(sam_optimizer_schedule(o, -1, all[i].option, &late), SAM_ERROR_UNSUPPORTED, all[i].option, "micro_batches");
            REFUSED(sam_optimizer_schedule(o, -1, all[i].option, &back), SAM_ERROR_UNSUPPORTED, all[i].option, "micro_batches");
        }
        ACCEPTED(sam_optimizer_set(o, -1, "micro_batches", 1));
        ACCEPTED(sam_optimizer_set(o, -1, all[i].option, all[i].value));
        REFUSED(sam_optimizer_set(o, -1, "micro_batches", 2), SAM_ERROR_UNSUPPORTED, "micro_batches", "expected");
        if (i < 2) {
            ACCEPTED(sam_optimizer_schedule(o, -1, all[i].option, &late));          /* 0 now, and not for ever */
            REFUSED(sam_optimizer_set(o, -1, "micro_batches", 2), SAM_ERROR_UNSUPPORTED, "micro_batches");
            ACCEPTED(sam_optimizer_set(o, -1, all[i].option, 0));
            ACCEPTED(sam_optimizer_set(o, -1, "micro_batches", 2));
        }
        sam_optimizer_destroy(o);
    }
}

int main(void) {
    static const int64_t square[2] = {2, 2}, two = 2;
    struct rlimit limit = {(rlim_t)3 << 30, (rlim_t)3 << 30};
    setrlimit(RLIMIT_AS, &limit);
    sam_parameter a = {sizeof a, "a", SAM_F64, 0, SAM_WEIGHT, 0, 2, square, w, g}, b = {sizeof b, "b", SAM_F64, 0, SAM_WEIGHT, 1, 1, &two, w + 4, g + 4};
    ACCEPTED(sam_parameters_create(&set));
    ACCEPTED(sam_parameters_add_group(set, "second"));
    ACCEPTED(sam_parameters_add(set, &a));
    ACCEPTED(sam_parameters_add(set, &b));
    known();
    sam_entry entry = {.struct_size = sizeof entry};
    for (int i = 0; sam_catalog_entry(SAM_METHODS, i, &entry) == SAM_OK; i++) {
        count = 0;
        sayings(SAM_METHODS, "method", entry.name);
        sayings(SAM_SHARED, "shared", "");
        all_pairs(entry.name, entry.needs & SAM_OWN_UPDATE ? NULL : "sgd");
    }
    for (int i = 0; sam_catalog_entry(SAM_BASES, i, &entry) == SAM_OK; i++) {
        count = 0;
        sayings(SAM_BASES, "base", entry.name);
        sayings(SAM_SHARED, "shared", "");
        all_pairs("rwp", entry.name);
    }
    sam_parameters_destroy(set);
    printf("%d pairs, %d of them refused\n", pairs, refusals);
    CHECK(refusals > 0 && pairs > 50000, "%d pairs, %d refused", pairs, refusals);
    return report("together");
}
