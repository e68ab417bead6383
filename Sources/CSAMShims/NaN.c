#include "SAMPlatform.h"
#include <string.h>

/* By their bits: which sign and payload arithmetic gives a NaN depends on the order of operands, which each instruction set has its own of. */

void sam_nan_plain_f64(double *numbers, int64_t count) {
    const uint64_t nan = 0x7FF8000000000000u;
    for (int64_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, numbers + i, sizeof bits);
        if ((bits & INT64_MAX) > 0x7FF0000000000000u)
            memcpy(numbers + i, &nan, sizeof nan);
    }
}

void sam_nan_plain_f32(float *numbers, int64_t count) {
    const uint32_t nan = 0x7FC00000u;
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, numbers + i, sizeof bits);
        if ((bits & INT32_MAX) > 0x7F800000u)
            memcpy(numbers + i, &nan, sizeof nan);
    }
}

void sam_nan_plain_half(uint16_t *numbers, int64_t count, uint16_t infinity) {
    const uint16_t nan = infinity == 0x7F80 ? 0x7FC0 : 0x7E00;
    for (int64_t i = 0; i < count; i++) {
        uint16_t bits;
        memcpy(&bits, numbers + i, sizeof bits);
        if ((bits & INT16_MAX) > infinity)
            memcpy(numbers + i, &nan, sizeof nan);
    }
}
