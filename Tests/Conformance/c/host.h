/* A host for the property tests: an objective made by formula, tensors laid out by a table, the loop, and faults on demand.

   Objective over coordinates i = 0 .. n-1 and batches b, with constants drawn from a hash of (i, b):
   sum_i a_i / (1 + (k_i w_i + p_i)^2)/n + 1/2 sum_i d_i (w_i - c_bi)^2/n + 1/2 (sum_i s_i (w_i - c_bi))^2/n; auxiliary: 1/2 |w - c_-1|^2/n.
   Above 1e5 coordinates 1/2 sum_i (1 + i mod 8) (w_i - c_bi)^2/n alone.
   The batch is named by the step and by its place within the step, so that a step that is repeated sees the same one. */
#ifndef HOST_H
#define HOST_H

#include <sam.h>
#include <stdint.h>

enum { MOST_TENSORS = 32, MOST_EVALUATIONS = 256 };

typedef struct tensor_spec {
    const char *name;
    int32_t role, rank;
    int64_t shape[5];
    int64_t start;      /* its first coordinate */
    int frozen;
    int32_t stacked;    /* leading axes that stack tensors */
    int late;           /* registered without a gradient, which is bound behind the first evaluation */
} tensor_spec;

typedef struct layout {
    int tensors;
    const tensor_spec *tensor;
} layout;

/* All roles, ranks 0, 1, 2 and 4, an empty and a frozen tensor. */
extern const layout usual_layout;

/* What goes wrong, at which evaluation of the step (from 0). A gradient that is missing at evaluation 0 is so from before the step on. JOINS: it is
   missing when the step begins and there for its first delivery; LEAVES: the other way round. */
enum { NO_FAULT, CANCEL, NAN_LOSS, NAN_GRADIENT, INFINITE_GRADIENT, NO_GRADIENT, ZERO_GRADIENT, JOINS, LEAVES };
typedef struct fault {
    int kind, evaluation, tensor;
} fault;

typedef struct host {
    const layout *layout;
    int32_t dtype, gradient_dtype;
    int round_gradients;            /* 1: gradients are rounded to f32, whatever holds them */
    int64_t n, size[MOST_TENSORS];
    void *memory[MOST_TENSORS], *data[MOST_TENSORS], *gradient_memory[MOST_TENSORS], *gradient[MOST_TENSORS];
    double *w, *g;                  /* [n], what is evaluated */
    double *constants;              /* [n][5]: a, k, p, d, s */
    double scale;                   /* gradients are multiplied by it; a negative one negates the loss as well */
    int adds;                       /* 1: gradients are added to what stands in the buffers */
    int made_gradients;             /* those that come late are bound */
    int in_place;                   /* 0: the points to evaluate are the library's */
    int same_batch;                 /* 1: further batches of a step are the first one again */
    int64_t step, batch_in_step;    /* completed steps; the batch under evaluation */
    int64_t further_batches;        /* that the last step asked for behind its first */
    int64_t evaluations;            /* delivered */
    int most;                       /* evaluations in one step so far */
    int asked[MOST_EVALUATIONS];    /* ask bits of the step under way */
    int last_ask;                   /* of the last evaluation delivered */
    sam_parameters *parameters;
    sam_optimizer *optimizer;
} host;

/* Buffers and a set with `layout`, weights by formula; buffers begin `offset` bytes behind malloc's alignment. Gradients in f32, rounded to
   it, or in f64, or (gradient_dtype 0) as the weights. */
void host_open(host *, const layout *, int32_t dtype, int32_t gradient_dtype, size_t offset);
void host_close(host *);

/* A step, with a fault or NULL. Answers what the last call answered; counts a step where that is 0 and nothing was wrong. Checks on the way
   that asks begin with SAM_EVALUATE, that evaluations stay within sam_optimizer_evaluations, and where the points stand. */
int host_step(host *, const fault *);

/* A copy of all weights, for free(); and whether they are the same bits in the same place. */
void *host_snapshot(const host *);
int host_equals(const host *, const void *snapshot);

/* A hash of the bits of all weights, in the manner of FNV-1a with an element at a time. */
uint64_t host_hash(const host *);

/* Largest |difference| of any coordinate of two hosts, divided by max(1, largest |w|). NaN counts as infinite. */
double host_distance(const host *, const host *);

/* The weight at a coordinate; 0 for one that no tensor holds. */
double host_weight(const host *, int64_t coordinate);

#endif
