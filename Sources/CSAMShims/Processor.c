#include "SAMPlatform.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static sam_kernels table;
static const char *set = "baseline";
static int64_t last_cache = 32 << 20;
static _Atomic int is_chosen;

static int level(const char *name) {
    return !name ? 3 : strcmp(name, "baseline") == 0 ? 1 : strcmp(name, "v3") == 0 ? 2 : 3;
}

/* Of the first processor's last cache, as the system describes it; 0: it does not. sysconf may answer the sum over all of a chip's. */
static int64_t described_cache(void) {
    int64_t bytes = 0;
    for (int index = 3; index >= 2 && bytes <= 0; index--) {
        char path[80], unit = 'K';
        long long size = 0;
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/size", index);
        FILE *file = fopen(path, "re");
        if (!file)
            continue;
        if (fscanf(file, "%lld%c", &size, &unit) >= 1)
            bytes = size << (unit == 'M' ? 20 : unit == 'K' ? 10 : 0);
        fclose(file);
    }
    return bytes;
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
    int64_t described = described_cache();
    if (described > 0 && described < last_cache)
        last_cache = described;
}

static void once(void) {
    if (atomic_load_explicit(&is_chosen, memory_order_acquire))
        return;
    sam_first_use_take();
    if (!atomic_load(&is_chosen)) {
        choose();
        atomic_store_explicit(&is_chosen, 1, memory_order_release);
    }
    sam_first_use_give();
}

sam_kernels *sam_processor_kernels(void) {
    once();
    return &table;
}

const char *sam_processor_set(void) {
    once();
    return set;
}

int64_t sam_processor_last_cache(void) {
    once();
    return last_cache;
}
