/* Saving and loading a state beside plain writing and reading of the same bytes, in one run.
       cc -O2 -Iinclude benchmarks/state.c -o build/state -Lbuild -lsam -Wl,-rpath,$PWD/build
       build/state [scalars] [base] [folder] [rounds]        (1e8 adamw . 3)
   Plain writing: open, write(2) of one buffer of the state's size, fsync, close; plain reading: open, read(2) into memory that is there, close.
   Prints the bytes, for each round the seconds, and the medians as multiples of plain. */
#include <fcntl.h>
#include <sam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

static void must(int status) {
    if (status >= 0)
        return;
    fprintf(stderr, "%s\n", sam_error_message());
    exit(1);
}

static void all(ssize_t (*move)(int, void *, size_t), int file, char *bytes, size_t count) {
    while (count) {
        ssize_t n = move(file, bytes, count < ((size_t)1 << 30) ? count : (size_t)1 << 30);
        if (n <= 0)
            perror("state"), exit(1);
        bytes += n, count -= (size_t)n;
    }
}

static ssize_t put(int file, void *bytes, size_t count) { return write(file, bytes, count); }

int main(int argc, char **argv) {
    int64_t n = argc > 1 ? (int64_t)atof(argv[1]) : 100000000;
    const char *base = argc > 2 ? argv[2] : "adamw", *folder = argc > 3 ? argv[3] : ".";
    int rounds = argc > 4 ? atoi(argv[4]) : 3;
    float *w = calloc((size_t)n, 4), *g = malloc((size_t)n * 4);
    for (int64_t i = 0; i < n; i++)
        g[i] = (float)(i % 1000) / 1000 - 0.5f;
    sam_parameters *parameters;
    sam_optimizer *optimizer;
    sam_parameter tensor = {sizeof tensor, "w", SAM_F32, 0, SAM_WEIGHT, 0, 1, &n, w, g};
    must(sam_parameters_create(&parameters)), must(sam_parameters_add(parameters, &tensor)), must(sam_optimizer_create(parameters, "none", base, &optimizer));
    for (int ask; (ask = sam_step(optimizer, 1)) != 0;)
        must(ask);
    size_t bytes;
    must(sam_optimizer_state_size(optimizer, &bytes));
    char saved[1024], plain[1024], *buffer = malloc(bytes);
    snprintf(saved, sizeof saved, "%s/state.saved", folder), snprintf(plain, sizeof plain, "%s/state.plain", folder);
    must(sam_optimizer_state_write(optimizer, buffer, bytes));
    printf("%lld scalars, %s: %zu bytes of state, %.2f a scalar\n", (long long)n, base, bytes, (double)bytes / (double)n);
    double t[4][64];
    for (int r = 0; r < rounds && r < 64; r++) {
        double begin = now();
        int file = open(plain, O_CREAT | O_TRUNC | O_WRONLY, 0666);
        all(put, file, buffer, bytes);
        fsync(file), close(file);
        t[0][r] = now() - begin, begin = now();
        must(sam_optimizer_save(optimizer, saved));
        t[1][r] = now() - begin, begin = now();
        file = open(plain, O_RDONLY);
        all(read, file, buffer, bytes);
        close(file);
        t[2][r] = now() - begin, begin = now();
        must(sam_optimizer_load(optimizer, saved));
        t[3][r] = now() - begin;
        printf("write %.2f s, save %.2f s, read %.2f s, load %.2f s\n", t[0][r], t[1][r], t[2][r], t[3][r]);
    }
    for (int k = 0; k < 4; k++)
        qsort(t[k], (size_t)rounds, sizeof(double), by_size);
    printf("save / write %.2f, load / read %.2f, load / write %.2f\n", t[1][rounds / 2] / t[0][rounds / 2], t[3][rounds / 2] / t[2][rounds / 2],
           t[3][rounds / 2] / t[0][rounds / 2]);
    unlink(saved), unlink(plain);
    return 0;
}
