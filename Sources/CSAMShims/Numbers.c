#include "SAMState.h"
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

int sam_number_text(double value, char out[SAM_NUMBER_BYTES]) {
    int count = 0;
    if (value != value)
        return snprintf(out, SAM_NUMBER_BYTES, "nan");
    for (int digits = 1; digits <= 17; digits++) {
        count = snprintf(out, SAM_NUMBER_BYTES, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    for (int i = 0; i < count; i++)
        if (!strchr("0123456789+-einfa", out[i]))
            out[i] = '.';
    return count;
}

double sam_number_read(const char *text, const char **end) {
    char copy[SAM_NUMBER_BYTES], *stop;
    size_t n = strspn(text, "0123456789+-.einfa");
    if (n >= sizeof copy)
        n = sizeof copy - 1;
    memcpy(copy, text, n);
    copy[n] = 0;
    char *point = strchr(copy, '.'), *local = localeconv()->decimal_point;
    if (point && local && local[0] && !local[1])
        *point = local[0];
    double value = strtod(copy, &stop);
    *end = text + (stop - copy);
    return value;
}
