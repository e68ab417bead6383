#include "SAMState.h"
#include <string.h>

/* Numbers as text, exactly and by integers alone: neither the host's locale nor its rounding mode has a say. NumberReading.c is the way back. */

enum { LIMBS = 96, KEPT = 20 };
static const uint32_t LIMB = 1000000000u;

/* A positive number: so many digits of it, the first not 0, with the exponent of ten of the first; whether others than 0 follow. */
typedef struct decimal {
    unsigned char digit[KEPT];
    int exponent, more;
} decimal;

static int times(uint32_t *limb, int count, uint32_t factor) {
    uint64_t carry = 0;
    for (int i = 0; i < count; i++) {
        carry += (uint64_t)limb[i] * factor;
        limb[i] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
    if (carry)
        limb[count++] = (uint32_t)carry;
    return count;
}

/* significand * 2^exponent, significand > 0, by its exact digits: significand * 2^e, or significand * 5^-e * 10^e. */
static void expand(uint64_t significand, int exponent, decimal *out) {
    uint32_t limb[LIMBS];
    int count = 0, point = exponent < 0 ? exponent : 0, step = exponent < 0 ? 12 : 29, kept = 0;      /* factors below LIMB */
    for (; significand; significand /= LIMB)
        limb[count++] = (uint32_t)(significand % LIMB);
    for (int left = exponent < 0 ? -exponent : exponent; left > 0; left -= step) {
        int n = left < step ? left : step;
        uint32_t factor = 1;
        for (int i = 0; i < n; i++)
            factor *= exponent < 0 ? 5 : 2;
        count = times(limb, count, factor);
    }
    out->more = 0;
    for (int i = count - 1; i >= 0; i--) {
        uint32_t unit = LIMB / 10;
        for (int k = 0; k < 9; k++, unit /= 10) {
            int digit = (int)(limb[i] / unit % 10);
            if (kept == 0 && digit == 0)
                continue;
            if (kept == 0)
                out->exponent = 9 * i + 8 - k + point;
            if (kept < KEPT)
                out->digit[kept++] = (unsigned char)digit;
            else
                out->more |= digit;
        }
    }
    memset(out->digit + kept, 0, (size_t)(KEPT - kept));
}

/* -1, 0, 1: a < b, a = b, a > b; equal as far as kept only where at most one goes on. */
static int compare(const decimal *a, const decimal *b) {
    if (a->exponent != b->exponent)
        return a->exponent < b->exponent ? -1 : 1;
    int order = memcmp(a->digit, b->digit, KEPT);
    return order ? (order < 0 ? -1 : 1) : (a->more != 0) - (b->more != 0);
}

/* To so many digits, to the nearest, ties to an even digit. */
static decimal rounded(const decimal *exact, int count) {
    decimal out = *exact;
    int rest = exact->more;
    for (int i = count + 1; i < KEPT; i++)
        rest |= exact->digit[i];
    int next = exact->digit[count], up = next > 5 || (next == 5 && (rest || exact->digit[count - 1] & 1));
    memset(out.digit + count, 0, (size_t)(KEPT - count));
    out.more = 0;
    for (int i = count - 1; up && i >= 0; i--) {
        up = out.digit[i] == 9;
        out.digit[i] = up ? 0 : out.digit[i] + 1;
    }
    if (up)
        out.digit[0] = 1, out.exponent++;
    return out;
}

int sam_integer_text(int64_t value, char *out) {
    char digits[24];
    int count = 0, at = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        digits[count++] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        out[at++] = '-';
    while (count)
        out[at++] = digits[--count];
    out[at] = 0;
    return at;
}

/* As "%.*g" writes the digits in the C locale: `count` of them, those that are 0 at the end left out. */
static int written(const decimal *d, int count, char *out) {
    int at = 0, exponent = d->exponent, last = count;
    while (last > 1 && d->digit[last - 1] == 0)
        last--;
    if (exponent < -4 || exponent >= count) {
        out[at++] = (char)('0' + d->digit[0]);
        if (last > 1)
            out[at++] = '.';
        for (int i = 1; i < last; i++)
            out[at++] = (char)('0' + d->digit[i]);
        out[at++] = 'e';
        out[at++] = exponent < 0 ? '-' : '+';
        exponent = exponent < 0 ? -exponent : exponent;
        if (exponent < 10)
            out[at++] = '0';
        return at + sam_integer_text(exponent, out + at);
    }
    for (int i = exponent < 0 ? exponent : 0; i < last || i <= exponent; i++) {
        if (i == exponent + 1)
            out[at++] = '.';
        out[at++] = i < 0 || i >= last ? '0' : (char)('0' + d->digit[i]);
    }
    out[at] = 0;
    return at;
}

static int word(const char *text, char *out) {
    strcpy(out, text);
    return (int)strlen(text);
}

int sam_number_text(double value, char out[SAM_NUMBER_BYTES]) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint64_t part = bits & (((uint64_t)1 << 52) - 1);
    int power = (int)(bits >> 52 & 2047), at = 0;
    if (power == 2047 && part)
        return word("nan", out);
    if (bits >> 63)
        out[at++] = '-';
    if (power == 2047)
        return at + word("inf", out + at);
    if (power == 0 && part == 0)
        return at + word("0", out + at);
    /* the numbers that read back as this one lie between low and high, which do themselves where the significand is even */
    uint64_t significand = power ? part | (uint64_t)1 << 52 : part;
    int exponent = (power ? power : 1) - 1075, narrow = part == 0 && power > 1;
    decimal exact, low, high, short_one;
    expand(significand, exponent, &exact);
    expand(2 * significand + 1, exponent - 1, &high);
    expand(narrow ? 4 * significand - 1 : 2 * significand - 1, narrow ? exponent - 2 : exponent - 1, &low);
    int even = !(significand & 1), count = 0;
    do {
        short_one = rounded(&exact, ++count);
        int above = compare(&short_one, &low), below = compare(&high, &short_one);
        if (above + even > 0 && below + even > 0)
            break;
    } while (count < 17);
    return at + written(&short_one, count, out + at);
}
