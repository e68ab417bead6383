/* An objective that offers every member of sam_objective, over two tensors (8 x 8 and 8) in f64 or f32: for tests over all measures. */
#ifndef TOY_H
#define TOY_H

#include <sam.h>

enum { TOY_ROWS = 8, TOY_COLUMNS = 8, TOY_N = 72, TOY_EXAMPLES = 12, TOY_BATCHES = 3, TOY_CLASSES = 2 };

typedef struct toy {
    sam_parameters *parameters;
    sam_objective objective, other;
    double w[TOY_N], g[TOY_N], end[TOY_N];
    const void *ends[2];            /* a second set of weights, for measures between two */
    void (*inside)(void);           /* called at the beginning and at the end of every callback; NULL: nothing */
    void (*outside)(void);
} toy;

/* The set, with weights by formula. */
void toy_open(toy *);
void toy_close(toy *);

/* Loss at the weights; its gradients into the buffers. */
double toy_evaluate(toy *);

/* A measure by its name, with the settings of kind SAM_OPTION_TENSORS that it has. Answers its status. */
int toy_measure(toy *, const char *measure, sam_report **);

#endif
