#include "SAMPlatform.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static sam_kernels table;
static const char *set = "baseline";
static int64_t last_cache = 32 << 20;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int level(const char *name) {
    return !name ? 3 : strcmp(name, "baseline") == 0 ? 1 : strcmp(name, "v3") == 0 ? 2 : 3;
}

static void choose(void) {
    int most = level(getenv("SAM_ISA"));
    (void)most;
    sam_kernels_baseline(&table);
#if defined(__x86_64__) && defined(SAM_KERNEL_SETS)
    __builtin_cpu_init();
    int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi")
        && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("lzcnt")
        && __builtin_cpu_supports("movbe");
    int v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (v3 && most >= 2) {
        sam_kernels_v3(&table);
        set = "v3";
    }
    if (v4 && most >= 3) {
        sam_kernels_v4(&table);
        set = "v4";
    }
#endif
#if defined(_SC_LEVEL3_CACHE_SIZE)
    long l3 = sysconf(_SC_LEVEL3_CACHE_SIZE), l2 = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (l3 > 0 || l2 > 0)
        last_cache = l3 > 0 ? l3 : l2;
#endif
}

sam_kernels *sam_processor_kernels(void) {
    pthread_once(&once, choose);
    return &table;
}

const char *sam_processor_set(void) {
    pthread_once(&once, choose);
    return set;
}

int64_t sam_processor_last_cache(void) {
    pthread_once(&once, choose);
    return last_cache;
}
