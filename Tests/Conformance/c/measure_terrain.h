/* What tests of landscapes and of neighbourhoods stand on: hosts by formula, tensors of a setting, and the promises at every evaluation. */
#ifndef MEASURE_TERRAIN_H
#define MEASURE_TERRAIN_H

#include "measure_host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A setting of one pointer for each tensor of the set, from a flat vector; alive until done(), which frees the host too. */
sam_setting point(const host *h, const char *name, const double *flat);
void done(host *h);

double dot(const double *a, const double *b, int64_t n);

/* A host of n weights by a formula; and how often one that checks SAM_PERTURBED was asked off those weights. */
void small(host *h, formula p, int32_t dtype, int rank, int64_t n, const double *w);
extern int moves_seen;

double scalar_net(host *, const double *w, const sam_query *, double *g, const double *v, double *hv);       /* (w1 w2 - 1)^2 / 2 */
double ring(host *, const double *w, const sam_query *, double *g, const double *v, double *hv);             /* (|w|^2 - 1)^2 */
double line(host *, const double *w, const sam_query *, double *g, const double *v, double *hv);             /* 1 + sum of (i + 1) / 10 w_i */
double wave(host *, const double *w, const sam_query *, double *g, const double *v, double *hv);             /* cos(4 pi (w - 1)) */
double hidden(host *, const double *w, const sam_query *, double *g, const double *v, double *hv);           /* sin^2(69.5 w) + w^2 */
double constant(host *, const double *w, const sam_query *, double *g, const double *v, double *hv);
double bits(host *, const double *w, const sam_query *, double *g, const double *v, double *hv);             /* the weights' bits, mixed */

/* A network of two layers, the first times `factor`, the second over it: the loss alone. */
void layers(host *h, double factor);

/* A rotated quadratic off its minimum; or, centred, at it. Its eigenvalues and where its host stands. */
enum { N = 22 };
extern double spectrum[N], weights[N];
void bowl(host *h, int32_t dtype, int centred);

/* b'd + w'A d and d'A d at the weights */
void terms(const host *h, const double *d, double *first, double *second);

/* Cancel, a failing callback, a callback that writes and max_evaluations, each at every evaluation. */
void promises(host *h, const char *name, const sam_setting *settings, size_t count);

/* The tests of measure_neighbourhoods.c. */
void neighbourhoods(void);

#endif
