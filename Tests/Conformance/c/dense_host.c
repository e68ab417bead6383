/* A host that uses OpenBLAS itself: a step of a matrix base leaves its number of threads as it was, whichever of the two loads it first, and has the
   same bits for any sam_set_threads. Arguments: libsam.so; "host" or "library", who is first. */
#include "check.h"

#include <dlfcn.h>
#include <sam.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 96, COLUMNS = 64, N = ROWS * COLUMNS };
static double w[N], g[N];
static int (*threads)(void);
static void (*set_threads)(int);

static void open_blas(void) {
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_GLOBAL);
    void *get = library ? dlsym(library, "openblas_get_num_threads") : NULL, *set = library ? dlsym(library, "openblas_set_num_threads") : NULL;
    CHECK(get && set, "no OpenBLAS: %s", library ? "it has no thread functions" : dlerror());
    memcpy(&threads, &get, sizeof get), memcpy(&set_threads, &set, sizeof set);
}

static void find(void *library, const char *name, void *function) {
    void *address = dlsym(library, name);
    CHECK(address != NULL, "no %s", name);
    memcpy(function, &address, sizeof address);
}

/* Three steps of a base; the hash of the weights. */
static uint64_t steps(void *library, const char *base, int count) {
    int (*create)(sam_parameters **), (*add)(sam_parameters *, const sam_parameter *), (*step)(sam_optimizer *, double), (*use)(int);
    int (*make)(sam_parameters *, const char *, const char *, sam_optimizer **);
    void (*end)(sam_optimizer *), (*end_set)(sam_parameters *);
    find(library, "sam_parameters_create", &create), find(library, "sam_parameters_add", &add), find(library, "sam_step", &step);
    find(library, "sam_optimizer_create", &make), find(library, "sam_set_threads", &use);
    find(library, "sam_optimizer_destroy", &end), find(library, "sam_parameters_destroy", &end_set);
    static const int64_t shape[] = {ROWS, COLUMNS};
    sam_parameters *parameters;
    sam_optimizer *optimizer;
    sam_parameter tensor = {sizeof tensor, "w", SAM_F64, 0, SAM_WEIGHT, 0, 2, shape, w, g};
    for (int i = 0; i < N; i++)
        w[i] = (double)(i * 7 % 13) / 13, g[i] = (double)(i * 11 % 17) / 17 - 0.5;
    use(count);
    int status = create(&parameters) | add(parameters, &tensor) | make(parameters, "sam", base, &optimizer);
    for (int i = 0; i < 3 && status == 0; i++)
        for (int ask; (ask = step(optimizer, 1)) != 0;)
            if (ask < 0)
                status = ask;
    CHECK(status == 0, "%s answers %d", base, status);
    end(optimizer), end_set(parameters);
    uint64_t hash = 0, bits;
    for (int i = 0; i < N; i++)
        memcpy(&bits, w + i, 8), hash = (hash ^ bits) * 0x100000001B3u;
    return hash;
}

int main(int argc, char **argv) {
    static const char *const bases[] = {"muon", "shampoo", "soap", "lanton"};
    if (argc < 3)
        return 2;
    int host_first = !strcmp(argv[2], "host");
    if (host_first) {
        open_blas();
        set_threads(2);
    }
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL, "%s", dlerror());
    for (int i = 0; library && i < 4; i++) {
        CHECK(steps(library, bases[i], 1) == steps(library, bases[i], 2), "%s: threads change bits", bases[i]);
        CHECK(!host_first || threads() == 2, "%s: the host's BLAS has %d threads, 2 before", bases[i], threads());
    }
    if (!host_first) {
        open_blas();
        set_threads(2);
        steps(library, "muon", 1);
        CHECK(threads() == 2, "the host's BLAS has %d threads, 2 before", threads());
    }
    return report("dense_host");
}
