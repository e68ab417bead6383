/* The objectives of the golden trajectories: 1/2 (w-c_b)'A(w-c_b)/n + sum_i a_i cos(k_i w_i + p_i)/n, and the auxiliary
   1/2 |w - aux|^2/n, with all constants read from a file of Golden/problems. */
#ifndef GOLDEN_PROBLEM_H
#define GOLDEN_PROBLEM_H

#include <cjson/cJSON.h>
#include <stdint.h>

typedef struct problem_tensor {
    const char *name;       /* lives as long as the problem */
    int32_t role;           /* SAM_WEIGHT and so on */
    int32_t rank;
    int64_t shape[8];
    int64_t start, size;    /* its place among the n scalars */
} problem_tensor;

typedef struct problem {
    cJSON *json;
    int64_t n, batches;
    int tensors;
    problem_tensor tensor[16];
    double *start, *a, *k, *p, *aux;    /* [n] */
    double *A;                          /* [n][n] */
    double *c;                          /* [batches][n] */
} problem;

/* The whole file parsed; prints the reason and ends the program where it cannot. Freed by cJSON_Delete. */
cJSON *read_json(const char *path);

/* `out` holds pointers into memory of its own, freed by problem_free. */
void problem_read(const char *path, problem *out);
void problem_free(problem *);

/* The loss at w, its gradient in g. */
double problem_evaluate(const problem *, const double *w, int64_t batch, int auxiliary, double *g);

#endif
