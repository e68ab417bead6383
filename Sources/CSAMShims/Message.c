#include "SAMPlatform.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local char message[1024];
static _Thread_local size_t length;

void sam_message_begin(void) {
    length = 0;
    message[0] = 0;
}

void sam_message_text(const char *bytes, size_t count) {
    if (count > sizeof message - 1 - length)
        count = sizeof message - 1 - length;
    memcpy(message + length, bytes, count);
    length += count;
    message[length] = 0;
}

void sam_message_integer(int64_t value) {
    char text[24];
    int count = snprintf(text, sizeof text, "%lld", (long long)value);
    sam_message_text(text, (size_t)count);
}

/* The fewest digits that read back as the same number; a point whatever the host's locale. */
void sam_message_number(double value) {
    char text[40];
    int count = 0;
    for (int digits = 1; digits <= 17; digits++) {
        count = snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    for (int i = 0; i < count; i++)
        if (text[i] == ',')
            text[i] = '.';
    sam_message_text(text, (size_t)count);
}

const char *sam_message_read(void) { return message; }

const char *sam_info(const char *version, const char *mode) {
    static _Thread_local char info[256];
    snprintf(info, sizeof info,
             "{\"version\": \"%s\", \"instruction_set\": \"%s\", \"threads\": %d, \"blas\": \"%s\", \"openmp\": %s, \"swift\": \"%s\"}",
             version, sam_processor_set(), sam_threads_wanted(), sam_blas_kind(),
             strcmp(sam_threads_kind(), "openmp") == 0 ? "true" : "false", mode);
    return info;
}
