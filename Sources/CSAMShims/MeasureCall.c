#include "SAMBeside.h"
#include "SAMPlatform.h"
#include <string.h>

static void make(void *call) { sam_measure_make(call); }

static int refuse(int status, const char *sentence) {
    sam_message_begin();
    sam_message_text(sentence, strlen(sentence));
    return status;
}

/* The function of sam.h. In C, so that an exception of a callback finds its way through these frames; nothing in them is counted or given back: it may
   never return to them. */
__attribute__((visibility("default"))) int sam_measure(void *parameters, const char *measure, const void *objective, const void *settings, size_t count,
                                                       void **out);

int sam_measure(void *parameters, const char *measure, const void *objective, const void *settings, size_t count, void **out) {
    enum { STATE = -4, MEMORY = -6 };
    sam_measure_call call = {parameters, measure, objective, settings, count, out != NULL, 0, NULL};
    if (out)
        *out = NULL;
    switch (sam_beside_run(make, &call, sizeof call)) {
    case 1:
        return refuse(MEMORY, "no memory for the stack of a measure: 1048576 bytes");
    case 2:
        return refuse(STATE, "sam_parameters_recover ended the measure while a callback of it was running");
    }
    if (out)
        *out = call.report;
    return call.status;
}
