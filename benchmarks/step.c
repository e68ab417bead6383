/* Time of a step beside an in-place axpy in the same run, one f32 tensor.
       cc -O3 -march=native benchmarks/step.c -Iinclude -Lbuild -lsam -Wl,-rpath,$PWD/build -o build/step
       build/step [scalars 1e7] [method sam] [base sgd] [threads 1] [nonfinite error]
   Prints the median step, the axpy's bandwidth (12 bytes per scalar) and the bytes per scalar that the axpy would move in a step's time:
   to be held against the step's minimal bytes, for SAM + SGD with momentum 40, and 4 more where the last gradient is seen to be finite. */
#define _POSIX_C_SOURCE 200809L
#include <sam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 21 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int order(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

static void check(int status) {
    if (status < 0) {
        fprintf(stderr, "%s\n", sam_error_message());
        exit(1);
    }
}

int main(int argc, char **argv) {
    int64_t n = argc > 1 ? (int64_t)atof(argv[1]) : 10000000, shape[] = {n};
    const char *method = argc > 2 ? argv[2] : "sam", *base = argc > 3 ? argv[3] : "sgd";
    int threads = argc > 4 ? atoi(argv[4]) : 1, steps = n > 1000000 ? 1 : (int)(1000000 / n) + 1;
    float *w = malloc((size_t)n * sizeof *w), *g = malloc((size_t)n * sizeof *g);
    if (!w || !g)
        return 1;
    for (int64_t i = 0; i < n; i++) {
        w[i] = 0.01f * (float)(i % 97);
        g[i] = 0.001f * (float)(i % 89) - 0.03f;
    }
    sam_parameter tensor = {.struct_size = sizeof tensor, .name = "w", .dtype = SAM_F32, .rank = 1, .shape = shape, .data = w, .gradient = g};
    sam_parameters *parameters;
    sam_optimizer *optimizer;
    check(sam_set_threads(threads));
    check(sam_parameters_create(&parameters));
    check(sam_parameters_add(parameters, &tensor));
    check(sam_optimizer_create(parameters, method, base, &optimizer));
    check(sam_optimizer_set(optimizer, -1, "base.lr", 1e-6));
    if (!strcmp(base, "sgd"))
        check(sam_optimizer_set(optimizer, -1, "base.momentum", 0.9));
    check(sam_optimizer_choose(optimizer, -1, "nonfinite", argc > 5 ? argv[5] : "error"));
    double step[RUNS], axpy[RUNS];
    for (int run = 0; run < RUNS; run++) {
        double begin = now();
        for (int64_t i = 0; i < n; i++)
            w[i] += 1e-9f * g[i];
        __asm__ volatile("" : : "r"(w) : "memory");
        axpy[run] = now() - begin;
        begin = now();
        for (int k = 0; k < steps; k++) {
            int ask;
            while ((ask = sam_step(optimizer, 1.0)) > 0)
                ;
            check(ask);
        }
        step[run] = (now() - begin) / steps;
    }
    qsort(step, RUNS, sizeof *step, order);
    qsort(axpy, RUNS, sizeof *axpy, order);
    double byte = axpy[RUNS / 2] / (12.0 * (double)n);
    printf("%s + %s, %lld scalars, %d thread(s): %.3f us a step; axpy %.1f GB/s; %.1f bytes per scalar\n", method, base, (long long)n, threads,
           1e6 * step[RUNS / 2], 1e-9 / byte, step[RUNS / 2] / byte / (double)n);
    sam_optimizer_destroy(optimizer);
    sam_parameters_destroy(parameters);
    return 0;
}
