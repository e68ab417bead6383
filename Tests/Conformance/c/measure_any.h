/* A host that every measure can ask: all members of sam_objective, over a few tensors of any type, with curvature that is no pleasure, a limit of
   callbacks at which its progress cancels, and a callback that never returns. */
#ifndef MEASURE_ANY_H
#define MEASURE_ANY_H

#include "check.h"

#include <sam.h>
#include <setjmp.h>
#include <stdint.h>

enum { ANY_TENSORS = 6, ANY_BATCHES = 3, ANY_CLASSES = 2, ANY_EXAMPLES = 6, ANY_OUTPUTS = 3, ANY_MOST = 64, ANY_SETTINGS = 8 };
/* Losses: a bowl, one direction alone, products that are not symmetric, a hash of the weights, nothing. */
enum { ANY_BOWL, ANY_FLAT, ANY_TURNED, ANY_JUNK, ANY_NOTHING, ANY_LOSSES };
/* Callbacks. */
enum { ANY_EVALUATE, ANY_PRODUCT, ANY_GAUSS_NEWTON, ANY_PROGRESS, ANY_EXAMPLE_LOSSES, ANY_EXAMPLE, ANY_LOGITS, ANY_BACK, ANY_FREEZE, ANY_REFRESH, ANY_ONES, ANY_TRAIN, ANY_KINDS };

typedef struct any {
    sam_parameters *set;
    sam_objective objective, second;
    int tensors, loss;
    int32_t dtype, gradient_dtype;
    int64_t n, size[ANY_TENSORS];
    void *data[ANY_TENSORS], *gradient[ANY_TENSORS], *points[3][ANY_TENSORS];
    double w[ANY_MOST], g[ANY_MOST];
    int64_t batch_examples[ANY_BATCHES], class_examples[ANY_BATCHES * ANY_CLASSES];
    int64_t calls, limit;                       /* of callbacks; 0: none */
    int64_t seen[ANY_KINDS];
    int jump_kind, stops, writes;               /* the callback that calls `leave` (-1: none), and which of its calls; stops: what it answers then */
    int64_t jump_at;                            /* writes: logits are written */
    void (*leave)(void);                        /* a longjmp, an exception, a call */
    unsigned char before[ANY_TENSORS][8 * ANY_MOST];
} any;

/* Tensors of these sizes (0 ends them), rank 2 where a size is even and above 2; the weights' type and the gradients'. */
void any_make(any *, const int64_t *sizes, int32_t dtype, int32_t gradient_dtype, int loss, int with_product);
void any_free(any *);
/* What the measure cannot do without, in settings; how many. */
int any_settings(any *, const char *measure, sam_setting *);
/* The call, from counters at 0. */
int any_measure(any *, const char *measure, const sam_setting *, int count, sam_report **);
/* The weights' bits, kept and compared. */
void any_keep(any *);
int any_is_kept(const any *);

#endif
