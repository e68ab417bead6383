/* Numbers as text and back: what the C library says in the "C" locale and to the nearest, in any locale and under any rounding mode; and states and
   sentences of the library likewise. Argument: a folder, for locales that localedef makes. */
#include "SAMState.h"
#include "check.h"
#include "refused.h"

#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <sam.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252u;
static uint64_t draw(void) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

static double of_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Of every kind: any bits, subnormals, whole numbers, few digits, floats, beside powers of two and of ten. */
static double number(int i) {
    uint64_t x = draw();
    char text[40];
    switch (i % 8) {
    case 0: return of_bits(x);
    case 1: return of_bits((x & 0x000fffffffffffff) >> draw() % 52 | (x & (uint64_t)1 << 63));
    case 2: return (double)(int64_t)(x >> draw() % 60);
    case 3: return (double)(x % 100000) / 1000;
    case 4: return (float)((double)(x % 1000003) * 1e-9);
    case 5: return of_bits((x % 2047 << 52) + draw() % 3 - 1);
    case 6: return of_bits((uint64_t)(973 + draw() % 100) << 52 | x >> 12);
    default: snprintf(text, sizeof text, "%de%d", (int)(x % 1000), (int)(draw() % 640) - 330); return strtod(text, NULL);
    }
}

enum { COUNT = 6000 };
static double value[COUNT], parsed[COUNT];
static char shortest[COUNT][40], digits[COUNT][48];

/* With what the C library says as it is right: "C", to the nearest. */
static void prepare(void) {
    static const double extremes[] = {0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 2.2250738585072009e-308, 1.7976931348623157e308, 1, 0.1, 100, 1e22, 1e23,
                                      9007199254740992, 9007199254740993e0, 1e-5, 1e-4, 123456, 5e-5, 9.5, 0.30000000000000004};
    for (int i = 0; i < COUNT; i++) {
        double v = i < (int)(sizeof extremes / sizeof *extremes) ? extremes[i] : number(i);
        value[i] = v != v || v - v != 0 ? i : v;
        for (int n = 1; n <= 17; n++) {
            snprintf(shortest[i], sizeof shortest[i], "%.*g", n, value[i]);
            if (bits_of(strtod(shortest[i], NULL)) == bits_of(value[i]))
                break;
        }
        if (i % 3 == 0)
            snprintf(digits[i], sizeof digits[i], "%.*g", (int)(1 + draw() % 30), value[i]);
        else                                    /* halfway cases and others, by their digits */
            snprintf(digits[i], sizeof digits[i], "%llu.%lluE%+d", (unsigned long long)(draw() >> draw() % 64), (unsigned long long)draw() % 1000000000, (int)(draw() % 720) - 370);
        parsed[i] = strtod(digits[i], NULL);
    }
}

static void all(const char *where) {
    int wrong = 0;
    for (int i = 0; i < COUNT; i++) {
        char text[SAM_NUMBER_BYTES];
        const char *end;
        int count = sam_number_text(value[i], text);
        wrong += strcmp(text, shortest[i]) != 0 || count != (int)strlen(text);
        wrong += bits_of(sam_number_read(text, &end)) != bits_of(value[i]) || *end;
        wrong += bits_of(sam_number_read(digits[i], &end)) != bits_of(parsed[i]) || *end;
    }
    CHECK(wrong == 0, "%s: %d of %d numbers are wrong", where, wrong, COUNT);
}

static void others(void) {
    char text[SAM_NUMBER_BYTES];
    const char *end;
    static const char *const none[] = {"", "-", "+", ".", "e5", "x", "-x", ".e1", "1111111111111111111111111111111111111111"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        sam_number_read(none[i], &end);
        CHECK(end == none[i], "\"%s\" is a number", none[i]);
    }
    CHECK(sam_number_text(INFINITY, text) == 3 && !strcmp(text, "inf") && sam_number_text(-INFINITY, text) == 4 && !strcmp(text, "-inf"), "%s", text);
    CHECK(sam_number_text(NAN, text) == 3 && !strcmp(text, "nan"), "%s", text);
    CHECK(sam_number_read("-inf,2", &end) == -INFINITY && *end == ',' && sam_number_read("nan", &end) != 0 && !*end, "%s", end);
    CHECK(sam_number_read("1e", &end) == 1 && *end == 'e' && sam_number_read("1.5.5", &end) == 1.5 && *end == '.', "%s", end);
    CHECK(sam_integer_text(INT64_MIN, text) == 20 && !strcmp(text, "-9223372036854775808") && sam_integer_text(0, text) == 1, "%s", text);
}

static char right[4096], sentence[1024];
static size_t right_bytes;

/* The library's own state and sentence: the same bytes as in "C" and to the nearest, and read the same. */
static void of_the_library(pair *p, pair *fresh, const char *where) {
    char bytes[4096];
    size_t count = 0;
    double lr = 0;
    ACCEPTED(sam_optimizer_state_size(p->optimizer, &count));
    ACCEPTED(sam_optimizer_state_write(p->optimizer, bytes, sizeof bytes));
    int refused_now = sam_optimizer_set(p->optimizer, -1, "lr", -0.30000000000000004);
    if (!right_bytes) {
        memcpy(right, bytes, right_bytes = count);
        strcpy(sentence, sam_error_message());
    }
    CHECK(count == right_bytes && !memcmp(bytes, right, count), "%s: another state", where);
    CHECK(refused_now == SAM_ERROR_RANGE && !strcmp(sam_error_message(), sentence), "%s: %s", where, sam_error_message());
    ACCEPTED(sam_optimizer_state_read(fresh->optimizer, right, right_bytes));
    ACCEPTED(sam_optimizer_get(fresh->optimizer, -1, "lr", &lr));
    CHECK(lr == 0.0015, "%s: lr is %a", where, lr);
}

int main(int argc, char **argv) {
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    static const char *const locales[] = {"C", "ps_AF.UTF-8", "de_DE.UTF-8"};
    if (argc < 2)
        return 2;
    char command[900];
    snprintf(command, sizeof command, "rm -rf '%s' && mkdir -p '%s'", argv[1], argv[1]);
    if (system(command))
        return 2;
    setenv("LOCPATH", argv[1], 1);
    pair p, fresh;
    make_pair(&p, "sam", "adamw"), make_pair(&fresh, "sam", "adamw");
    ACCEPTED(sam_optimizer_set(p.optimizer, -1, "lr", 0.0015));
    double loss = 0;
    for (int i = 0; i < 2; i++)
        while (sam_step(p.optimizer, loss) > 0)
            loss = 0.3;
    prepare();
    others();
    int commas = 0;
    for (size_t l = 0; l < sizeof locales / sizeof *locales; l++) {
        if (l) {                                /* "de_DE.UTF-8" from the system's description "de_DE" */
            snprintf(command, sizeof command, "localedef -i %.5s -f UTF-8 '%s/%s' >/dev/null 2>&1", locales[l], argv[1], locales[l]);
            if (system(command) > 256 || !setlocale(LC_ALL, locales[l]))
                continue;
        }
        commas += strcmp(localeconv()->decimal_point, ".") != 0;
        for (int m = 0; m < 4; m++) {
            char where[60];
            snprintf(where, sizeof where, "%s, mode %d", locales[l], m);
            fesetround(modes[m]);
            if (l < 2 || m == 0)
                all(where);
            of_the_library(&p, &fresh, where);
            fesetround(FE_TONEAREST);
        }
        setlocale(LC_ALL, "C");
    }
    printf("%d locales with another point\n", commas);
    destroy_pair(&p), destroy_pair(&fresh);
    return report("numbers");
}
