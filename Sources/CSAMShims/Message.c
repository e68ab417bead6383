#include "SAMPlatform.h"
#include <string.h>

static _Thread_local char message[1024];

void sam_message_write(const char *bytes, size_t count) {
    if (count > sizeof message - 1)
        count = sizeof message - 1;
    memcpy(message, bytes, count);
    message[count] = 0;
}

const char *sam_message_read(void) { return message; }

const char *sam_info_write(const char *bytes, size_t count) {
    static _Thread_local char info[256];
    if (count > sizeof info - 1)
        count = sizeof info - 1;
    memcpy(info, bytes, count);
    info[count] = 0;
    return info;
}
