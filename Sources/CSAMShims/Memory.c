#include "SAMPlatform.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

void *sam_memory_reserve(size_t bytes) {
    const size_t page = (size_t)2 << 20;
    size_t alignment = bytes >= 2 * page ? page : 64;
    void *memory = NULL;
    if (bytes > SIZE_MAX - alignment || posix_memalign(&memory, alignment, bytes ? bytes : 64) != 0)
        return NULL;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (alignment == page)
        madvise(memory, bytes / page * page, MADV_HUGEPAGE);
#endif
    return memory;
}

void *sam_memory_take(size_t bytes) {
    void *memory = sam_memory_reserve(bytes);
    if (memory)
        memset(memory, 0, bytes);
    return memory;
}

void sam_memory_give(void *memory) { free(memory); }

double sam_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
