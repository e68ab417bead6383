#include "SAMPlatform.h"
#include "SAMState.h"
#include <stdio.h>
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

void sam_message_errno(int number) {
    char text[128] = "";
    sam_errno_text(number, text, sizeof text);
    sam_message_text(text, strlen(text));
}

void sam_message_number(double value) {
    char text[SAM_NUMBER_BYTES];
    sam_message_text(text, (size_t)sam_number_text(value, text));
}

const char *sam_message_read(void) { return message; }

const char *sam_info(const char *version, const char *mode) {
    static _Thread_local char info[256];
    snprintf(info, sizeof info,
             "{\"version\": \"%s\", \"instruction_set\": \"%s\", \"threads\": %d, \"blas\": \"%s\", \"openmp\": false, \"swift\": \"%s\"}",
             version, sam_processor_set(), sam_threads_wanted(), sam_blas_kind(), mode);
    return info;
}
