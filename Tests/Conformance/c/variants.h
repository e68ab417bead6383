/* Every method and every base that the catalogue names: "none" and "sam" with every base, every other method with sgd (and, as it is by
   default, with adam and adamw); with each choice and flag turned, one at a time. */
#ifndef VARIANTS_H
#define VARIANTS_H

#include "host.h"

typedef struct variant {
    const char *method, *base;      /* base NULL: own update */
    uint32_t needs;
    int32_t evaluations, exactness;
    const char *option;             /* the turned option's name, NULL: all by default */
    const char *section;            /* "method", "base" or "shared", whose option it is */
    char word[64];                  /* of a choice, else "" */
    double value;                   /* of a flag or an integer */
    char title[160];
} variant;

/* Calls test for each; with_options 0: only those by default. */
void each_variant(int with_options, void (*test)(const variant *));

/* Calls test for every method with every base, or with one (a method that is its own optimizer: alone, with every base only). */
void each_pair(void (*test)(const variant *));
void each_with_base(const char *base, void (*test)(const variant *));

/* Calls test for each method over sgd (or alone) with the shared options that change how a step goes: accumulate 2, micro_batches 2 where the
   method can have it, maximize 1, in_place 0. */
void each_shared_variant(void (*test)(const variant *));

/* host_open with this method and base; momentum of the base 0.9 and its weight_decay 0.01 where it has them at 0.
   Answers 0 (and opens nothing) where method and base cannot go together. */
int variant_open(host *, const variant *, const layout *, int32_t dtype, size_t offset);
int variant_open_mixed(host *, const variant *, const layout *, int32_t dtype, int32_t gradient_dtype, size_t offset);

/* Whether method or base draws random numbers: by the index of the scalar and the number of the step. */
int variant_draws(const variant *);

/* Whether the catalogue's entry has the option; *out (not NULL) is filled. */
int catalogue_has(int kind, const char *name, const char *option, sam_option *out);

#endif
