#include "SAMState.h"
#include <string.h>

/* Text as a number: the nearest double, ties to even, by whole numbers of any size alone. */

enum { WORDS = 48, MOST_DIGITS = 38 };      /* 38 digits times 10^308, and 2^-1074 of as many digits */

typedef struct natural {
    uint32_t word[WORDS];       /* least first */
    int count;
} natural;

static void multiply_add(natural *n, uint32_t factor, uint32_t more) {
    uint64_t carry = more;
    for (int i = 0; i < n->count; i++) {
        carry += (uint64_t)n->word[i] * factor;
        n->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        n->word[n->count++] = (uint32_t)carry;
}

static void times_ten(natural *n, int power) {
    for (; power >= 9; power -= 9)
        multiply_add(n, 1000000000, 0);
    for (; power > 0; power--)
        multiply_add(n, 10, 0);
}

static int bits_of(const natural *n) {
    int bits = 32 * n->count;
    for (uint32_t top = n->word[n->count - 1]; !(top >> 31); top <<= 1)
        bits--;
    return bits;
}

static void shift(natural *n, int by) {
    for (; by >= 31; by -= 31)
        multiply_add(n, (uint32_t)1 << 31, 0);
    multiply_add(n, (uint32_t)1 << by, 0);
}

static int below(const natural *a, const natural *b) {
    if (a->count != b->count)
        return a->count < b->count;
    for (int i = a->count - 1; i >= 0; i--)
        if (a->word[i] != b->word[i])
            return a->word[i] < b->word[i];
    return 0;
}

static void subtract(natural *a, const natural *b) {
    int64_t borrow = 0;
    for (int i = 0; i < a->count; i++) {
        borrow += (int64_t)a->word[i] - (i < b->count ? b->word[i] : 0);
        a->word[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    while (a->count && a->word[a->count - 1] == 0)
        a->count--;
}

/* The double nearest to a / b, a > 0, ties to even: its bits. */
static uint64_t quotient(natural *a, natural *b) {
    int exponent = bits_of(a) - bits_of(b), kept = 53;
    if (exponent < 0)
        shift(a, -exponent);
    else
        shift(b, exponent);
    if (below(a, b))
        exponent--, shift(a, 1);
    uint64_t q = 0;                             /* a / b = q 2^(exponent - 63), and what is left in a */
    for (int i = 0; i < 64; i++) {
        q <<= 1;
        if (!below(a, b))
            q |= 1, subtract(a, b);
        if (a->count)
            shift(a, 1);
    }
    if (exponent > 1023)
        return (uint64_t)2047 << 52;
    if (exponent < -1022)
        kept = 53 + exponent + 1022;
    if (kept < 0)
        return 0;
    uint64_t whole = kept ? q >> (64 - kept) : 0, rest = kept ? q << kept : q, half = (uint64_t)1 << 63;
    whole += rest > half || (rest == half && (a->count || whole & 1));
    return kept == 53 ? whole + ((uint64_t)(exponent + 1022) << 52) : whole;
}

static const char *sequence(const char *text, const char *wanted) {
    size_t n = strlen(wanted);
    return strncmp(text, wanted, n) == 0 ? text + n : NULL;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

double sam_number_read(const char *text, const char **end) {
    const char *at = text, *after;
    natural a = {{0}, 0}, b = {{1}, 1};
    int digits = 0, point = 0, seen = 0, power = 0;
    uint64_t bits = 0, sign = 0;
    double value;
    *end = text;
    if (*at == '-' || *at == '+')
        sign = (uint64_t)(*at++ == '-') << 63;
    if ((after = sequence(at, "inf"))) {
        bits = (uint64_t)2047 << 52;
        at = after;
    } else if ((after = sequence(at, "nan"))) {
        bits = (uint64_t)4095 << 51;
        at = after;
    } else {
        for (; is_digit(*at) || (*at == '.' && !point); at++) {
            if (*at == '.') {
                point = 1;
                continue;
            }
            seen = 1;
            if (digits == MOST_DIGITS)
                return 0;                       /* more than anybody writes */
            multiply_add(&a, 10, (uint32_t)(*at - '0'));
            digits += a.count > 0;
            power -= point;
        }
        if (!seen || power < -400)
            return 0;
        if (*at == 'e' || *at == 'E') {
            int negative = at[1] == '-', written_power = 0;
            after = at + 1 + (at[1] == '-' || at[1] == '+');
            if (is_digit(*after)) {
                for (at = after; is_digit(*at); at++)
                    written_power = written_power < 10000 ? 10 * written_power + (*at - '0') : written_power;
                power += negative ? -written_power : written_power;
            }
        }
        if (a.count && power + digits > 310)
            bits = (uint64_t)2047 << 52;
        else if (a.count && power + digits > -326) {
            times_ten(power < 0 ? &b : &a, power < 0 ? -power : power);
            bits = quotient(&a, &b);
        }
    }
    *end = at;
    bits |= sign;
    memcpy(&value, &bits, sizeof value);
    return value;
}
