/* Sentences about long and odd arguments, at every entry that takes a string: at most 1023 bytes, UTF-8, the argument's beginning and end in them, and
   what was wrong always. */
#include "check.h"
#include "refused.h"

#include <sam.h>
#include <stdlib.h>
#include <string.h>

static pair p;
static sam_report *report_handle;

/* Every entry with the string; the words its sentence must hold. */
static int call(int which, const char *text, const char **word) {
    static const int64_t one = 1;
    static double data[1], gradient[1], number;
    const char *choice;
    const double *values;
    const int64_t *shape;
    int rank;
    sam_schedule course = {sizeof course, text, 0.1, 0.1, 0, 5, 0, 0};
    sam_option option = {.struct_size = sizeof option};
    sam_optimizer *o;
    sam_report *r;
    sam_parameters *set;
    sam_parameter odd = {sizeof odd, text, 99, 0, 0, 0, 1, &one, data, gradient};
    sam_setting setting = {text, 1, NULL, NULL, 0, NULL}, words = {"norm", 0, text, NULL, 0, NULL};
    int answer = 0;
    switch (which) {
    case 0: *word = "has none of that name"; return sam_optimizer_set(p.optimizer, -1, text, 1);
    case 1: *word = "has none of that name"; return sam_optimizer_get(p.optimizer, -1, text, &number);
    case 2: *word = "has none of that name"; return sam_optimizer_choose(p.optimizer, -1, text, "x");
    case 3: *word = "expected one of"; return sam_optimizer_choose(p.optimizer, -1, "scaling", text);
    case 4: *word = "has none of that name"; return sam_optimizer_choice(p.optimizer, -1, text, &choice);
    case 5: *word = "has none of that name"; return sam_optimizer_schedule(p.optimizer, -1, text, NULL);
    case 6: *word = "did you mean"; return sam_optimizer_schedule(p.optimizer, -1, "lr", &course);
    case 7: *word = "cannot be written: "; return sam_optimizer_save(p.optimizer, text);
    case 8: *word = "cannot be read: "; return sam_optimizer_load(p.optimizer, text);
    case 9: *word = "did you mean"; return sam_optimizer_create(p.parameters, text, "sgd", &o);
    case 10: *word = "did you mean"; return sam_optimizer_create(p.parameters, "sam", text, &o);
    case 11: *word = "did you mean"; return sam_catalog_option(SAM_METHODS, text, 0, &option);
    case 12: *word = "did you mean"; return sam_measure(p.parameters, text, NULL, NULL, 0, &r);
    case 13: *word = ""; return sam_measure(p.parameters, "weight_norms", NULL, &setting, 1, &r);
    case 14: *word = ""; return sam_measure(p.parameters, "weight_norms", NULL, &words, 1, &r);
    case 15: *word = "did you mean"; return sam_report_value(report_handle, text, &number);
    case 16: *word = "did you mean"; return sam_report_array(report_handle, text, &values, &rank, &shape);
    case 17:
        sam_parameters_create(&set);
        answer = sam_parameters_add(set, &odd);
        *word = "expected SAM_F32 1, SAM_F64 2, SAM_BF16 3 or SAM_F16 4";
        sam_parameters_destroy(set);
        return answer;
    case 18:
        sam_parameters_create(&set);
        sam_parameters_add_group(set, text);
        answer = sam_parameters_add_group(set, text);
        *word = "names are unique";
        sam_parameters_destroy(set);
        return answer;
    case 19:
        sam_parameters_create(&set);
        odd.dtype = SAM_F64;
        sam_parameters_add(set, &odd);
        answer = sam_parameters_add(set, &odd);
        *word = "names are unique";
        sam_parameters_destroy(set);
        return answer;
    case 20:
        *word = "expected NULL";
        sam_parameters_create(&set);
        odd.dtype = SAM_F64, odd.data = NULL;
        answer = sam_parameters_add(set, &odd);
        *word = "expected the tensor's buffer";
        sam_parameters_destroy(set);
        return answer;
    default: return 1;
    }
}

static int is_unicode(const unsigned char *s) {
    while (*s) {
        int more = *s < 0x80 ? 0 : *s < 0xC2 ? -1 : *s < 0xE0 ? 1 : *s < 0xF0 ? 2 : *s < 0xF5 ? 3 : -1;
        unsigned first = *s;
        if (more < 0)
            return 0;
        s++;
        if ((first == 0xE0 && *s < 0xA0) || (first == 0xED && *s > 0x9F) || (first == 0xF0 && *s < 0x90) || (first == 0xF4 && *s > 0x8F))
            return 0;
        for (; more; more--, s++)
            if ((*s & 0xC0) != 0x80)
                return 0;
    }
    return 1;
}

/* A state whose method, base and tensors have other long names: three of them in one sentence. */
static void of_states(const char *text) {
    static const int64_t two = 2;
    char *longer = malloc(strlen(text) + 2), *bytes;
    size_t count;
    double data[2] = {0}, gradient[2] = {0};
    sam_parameters *a, *b;
    sam_optimizer *x, *y;
    sprintf(longer, "%s2", text);
    sam_parameter one = vector(text, &two, data, gradient), other = vector(longer, &two, data, gradient);
    ACCEPTED(sam_parameters_create(&a));
    ACCEPTED(sam_parameters_create(&b));
    ACCEPTED(sam_parameters_add(a, &one));
    ACCEPTED(sam_parameters_add(b, &other));
    ACCEPTED(sam_optimizer_create(a, "sam", "adam", &x));
    ACCEPTED(sam_optimizer_create(b, "sam", "adam", &y));
    ACCEPTED(sam_optimizer_state_size(x, &count));
    bytes = malloc(count);
    ACCEPTED(sam_optimizer_state_write(x, bytes, count));
    REFUSED(sam_optimizer_state_read(y, bytes, count), SAM_ERROR_MISMATCH, "the state's parameter 0 is \"", "this set's is \"", "2\"");
    CHECK(strlen(sam_error_message()) <= 1023 && is_unicode((const unsigned char *)sam_error_message()), "%s", sam_error_message());
    sam_optimizer_destroy(x), sam_optimizer_destroy(y);
    sam_parameters_destroy(a), sam_parameters_destroy(b);
    free(longer), free(bytes);
}

int main(void) {
    static const size_t lengths[] = {1, 20, 49, 100, 255, 256, 257, 480, 481, 482, 483, 900, 1000, 1020, 1021, 1022, 1023, 1024, 1025, 1999, 5000, 70000};
    static const char *const units[] = {"x", "\303\274", "\342\202\254", "\360\237\231\202", "\377", "\303", "\355\240\200", "a\200", "\342\202\254\377"};
    make_pair(&p, "sam", "sgd");
    ACCEPTED(sam_measure(p.parameters, "weight_norms", NULL, NULL, 0, &report_handle));
    int entries = 0;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            size_t size = strlen(units[u]);
            char *text = malloc(lengths[l] + 12);
            for (size_t i = 0; i < lengths[l]; i++)
                text[i] = units[u][i % size];
            memcpy(text, "/dev", lengths[l] < 4 ? lengths[l] : 4);       /* as a path: of nothing that can be made */
            if (lengths[l] > 8)
                memcpy(text, "/dev/no/", 8);
            text[lengths[l]] = 0;
            const char *word = "";
            for (int which = 0; call(which, "q", &word) <= 0; which++) {
                other_message();
                int answer = call(which, text, &word);
                const char *message = sam_error_message();
                entries++;
                CHECK(answer < 0 && !strstr(message, "-98765"), "entry %d answers %d: %s", which, answer, message);
                CHECK(strstr(message, word), "entry %d, %zu bytes: the sentence does not hold \"%s\": \"%s\"", which, lengths[l], word, message);
                CHECK(strlen(message) <= 1023 && is_unicode((const unsigned char *)message), "entry %d: %zu bytes, or no UTF-8: \"%s\"", which, strlen(message), message);
                CHECK(lengths[l] <= 8 || which == 14 || strstr(message, "/dev/no/"), "entry %d: the argument is not in \"%s\"", which, message);
            }
            of_states(text);
            free(text);
        }
    }
    CHECK(entries > 3000, "%d sentences", entries);
    sam_report_destroy(report_handle);
    destroy_pair(&p);
    return report("messages");
}
