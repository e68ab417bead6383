#include "SAMState.h"
#include <string.h>

/* XXH64 (Collet): four lanes, each a bijection of its words, so that a change within one word always shows. */
static const uint64_t P1 = 0x9E3779B185EBCA87u, P2 = 0xC2B2AE3D27D4EB4Fu, P3 = 0x165667B19E3779F9u, P4 = 0x85EBCA77C2B2AE63u,
                      P5 = 0x27D4EB2F165667C5u;

static uint64_t turned(uint64_t x, int by) { return x << by | x >> (64 - by); }

static uint64_t word(const unsigned char *p) {
    uint64_t x;
    memcpy(&x, p, 8);
    return x;
}

static uint64_t half(const unsigned char *p) {
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

static uint64_t mixed(uint64_t lane, uint64_t x) { return turned(lane + x * P2, 31) * P1; }

void sam_checksum_begin(sam_checksum *sum) {
    sum->lane[0] = P1 + P2;
    sum->lane[1] = P2;
    sum->lane[2] = 0;
    sum->lane[3] = 0 - P1;
    sum->total = 0;
}

static void stripes(sam_checksum *sum, const unsigned char *p, size_t count) {
    uint64_t a = sum->lane[0], b = sum->lane[1], c = sum->lane[2], d = sum->lane[3];
    for (; count; count--, p += 32) {
        a = mixed(a, word(p));
        b = mixed(b, word(p + 8));
        c = mixed(c, word(p + 16));
        d = mixed(d, word(p + 24));
    }
    sum->lane[0] = a, sum->lane[1] = b, sum->lane[2] = c, sum->lane[3] = d;
}

void sam_checksum_add(sam_checksum *sum, const void *bytes, size_t count) {
    const unsigned char *p = bytes;
    size_t kept = sum->total & 31;
    sum->total += count;
    if (kept) {
        size_t n = 32 - kept < count ? 32 - kept : count;
        memcpy(sum->rest + kept, p, n);
        p += n, count -= n;
        if (kept + n < 32)
            return;
        stripes(sum, sum->rest, 1);
    }
    stripes(sum, p, count / 32);
    if (count % 32)
        memcpy(sum->rest, p + count / 32 * 32, count % 32);
}

uint64_t sam_checksum_end(const sam_checksum *sum) {
    uint64_t h = sum->lane[2] + P5;
    if (sum->total >= 32) {
        h = turned(sum->lane[0], 1) + turned(sum->lane[1], 7) + turned(sum->lane[2], 12) + turned(sum->lane[3], 18);
        for (int i = 0; i < 4; i++)
            h = (h ^ mixed(0, sum->lane[i])) * P1 + P4;
    }
    h += sum->total;
    const unsigned char *p = sum->rest;
    size_t left = sum->total & 31;
    for (; left >= 8; left -= 8, p += 8)
        h = turned(h ^ mixed(0, word(p)), 27) * P1 + P4;
    if (left >= 4) {
        h = turned(h ^ half(p) * P1, 23) * P2 + P3;
        left -= 4, p += 4;
    }
    for (; left; left--, p++)
        h = turned(h ^ *p * P5, 11) * P1;
    h = (h ^ h >> 33) * P2;
    h = (h ^ h >> 29) * P3;
    return h ^ h >> 32;
}
