/* libsam: sharpness-aware optimizers for any training loop. This header is the manual.

   The host computes losses and gradients, the library moves the weights, in the host's own buffers. One loop serves every method,
   however many evaluations a step of it takes:

       double loss = 0;
       int ask;
       while ((ask = sam_step(optimizer, loss)) > 0)      // < 0: an error, 0: the step is complete
           loss = forward_backward(batch, ask);           // fills the registered gradients

   The first call of a step begins it and ignores `loss`; each later call delivers the evaluation just made at the weights that stand
   in the buffers. A whole program, one hundred steps of SAM with SGD on (w0 - 1)^2 + 10 (w1 + 2)^2:

       #include <sam.h>
       #include <stdio.h>

       int main(void) {
           double w[2] = {0, 0}, g[2];
           int64_t shape[1] = {2};
           sam_parameter tensor = {.struct_size = sizeof tensor, .name = "w", .dtype = SAM_F64, .rank = 1, .shape = shape,
                                   .data = w, .gradient = g};
           sam_parameters *parameters;
           sam_optimizer *optimizer;
           if (sam_parameters_create(&parameters) < 0 || sam_parameters_add(parameters, &tensor) < 0 ||
               sam_optimizer_create(parameters, "sam", "sgd", &optimizer) < 0 ||
               sam_optimizer_set(optimizer, -1, "lr", 0.02) < 0) {
               fprintf(stderr, "%s\n", sam_error_message());
               return 1;
           }
           for (int step = 0; step < 100; step++) {
               double loss = 0;
               int ask;
               while ((ask = sam_step(optimizer, loss)) > 0) {
                   g[0] = 2 * (w[0] - 1);
                   g[1] = 20 * (w[1] + 2);
                   loss = (w[0] - 1) * (w[0] - 1) + 10 * (w[1] + 2) * (w[1] + 2);
               }
               if (ask < 0) { fprintf(stderr, "%s\n", sam_error_message()); return 1; }
           }
           printf("%.3f %.3f\n", w[0], w[1]);
           sam_optimizer_destroy(optimizer);
           sam_parameters_destroy(parameters);
           return 0;
       }

   What holds everywhere
   - Between steps, and after every error, cancel or skip, the weights are the iterate, bit for bit, in the same memory.
   - The same bits for any number of threads and any instruction set.
   - No call ends the process, prints, or changes signal or floating-point state. Where memory is refused, a call answers SAM_ERROR_MEMORY and
     changed nothing: it first finds what it can take beside vectors in the size of the parameters (address space, 4 MiB a thread and 8 KiB a
     tensor, of which what is never used costs nothing). Steps behind the first ask the system for nothing where no option was
     set and none follows a schedule. (A BLAS and OpenMP have memory of their own: what they do where theirs is refused is theirs.)
   - Functions that can fail answer SAM_OK or another non-negative number, or a negative status, and leave a sentence for
     sam_error_message(). A failing call changes nothing else, except that a failing sam_step ends its step.
   - Handles are looked up in a table, never followed: NULL, a destroyed handle and a pointer that never was a handle of that kind
     answer SAM_ERROR_ARGUMENT in every function, and every destroy ignores them.
   - A call uses at most 16 KiB of the calling thread's stack, besides what the callbacks take.
   - Floating-point environment: calls compute in one of their own (to nearest, subnormal numbers as they are, no traps, x87 at its whole
     precision), whatever the host's is; this one, its flags too, is back after the call, and stands in callbacks. So the bits do not depend on it.
     A NaN in metrics, in reports and, where nonfinite lets it through, in weights and states is the positive quiet one.
   - fork: at any moment, also while other threads are in calls; the child can make handles, step and measure. Of handles that another thread
     used at that moment it can use none.
   - The library stays loaded where a host closes it by dlclose.
   - Threads: a handle (and all optimizers of one parameter set) is used by one thread at a time, to destroy it too: what another thread
     still uses must not be destroyed, and is not waited for. Different ones at once are safe. The catalogue, the library section
     and the error message can be used from any thread at any time.
   - Structs begin with struct_size, their own sizeof. A struct that the library reads has the size of this version or of any earlier
     one from 1.0 on, whose missing members are 0; one that it fills is filled up to struct_size, whole members only. Larger ones are
     accepted: what this version does not know is neither read nor written. What is smaller than in 1.0, and more than 65536, is taken
     for a member that was never set: SAM_ERROR_ARGUMENT.
   - Sentences are UTF-8 of at most 1023 bytes. Long names in them are shortened in the middle, other bytes are shown as \xNN.
   - Numbers in sentences and states depend neither on the locale nor on the rounding mode. */
#ifndef SAM_H
#define SAM_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define SAM_API __attribute__((visibility("default")))
#else
#define SAM_API
#endif

#define SAM_ABI_VERSION 1    /* what sam_abi_version() of a matching library answers */

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types ---- */

/* What functions answer. 0 and above: success. */
enum {
    SAM_OK = 0,
    SAM_ERROR_ARGUMENT = -1,        /* an argument or struct member that cannot be: NULL, a handle that is none, index, dtype, shape, a name taken */
    SAM_ERROR_NAME = -2,            /* a name that is unknown or can mean two things */
    SAM_ERROR_RANGE = -3,           /* a number outside the bounds of its option or member, NaN or infinite */
    SAM_ERROR_STATE = -4,           /* a call that is right at another time: between steps, before an optimizer exists */
    SAM_ERROR_NONFINITE = -5,       /* a loss or gradient that is not finite (shared option "nonfinite") */
    SAM_ERROR_MEMORY = -6,          /* memory could not be had */
    SAM_ERROR_IO = -7,              /* a file could not be read or written */
    SAM_ERROR_FORMAT = -8,          /* a file or buffer is not what it should be */
    SAM_ERROR_MISMATCH = -9,        /* a saved state belongs to other parameters or another method */
    SAM_ERROR_CALLBACK = -10,       /* a function of the host answered other than 0 */
    SAM_ERROR_CANCELLED = -11,      /* the host asked to stop */
    SAM_ERROR_UNSUPPORTED = -12     /* possible in itself, but not in this combination or version */
};

/* Element types of buffers. Arithmetic and state of SAM_F64 are in double, of the others in single precision: see the shared options
   master and rounding. A gradient may have another type than its weights. */
enum {
    SAM_F32 = 1,     /* IEEE single precision */
    SAM_F64 = 2,     /* IEEE double precision */
    SAM_BF16 = 3,    /* upper half of a single */
    SAM_F16 = 4      /* IEEE half precision */
};

/* What a tensor is in its network: some methods perturb or scale by it. */
enum {
    SAM_WEIGHT = 0,      /* kernel of a linear, convolutional or similar layer */
    SAM_BIAS = 1,        /* additive bias */
    SAM_NORM = 2,        /* scale or shift of a normalisation layer; a scale has "weight" in its name */
    SAM_EMBEDDING = 3    /* table whose rows are looked up */
};

/* What a positive answer of sam_step asks for, as a set of bits: an evaluation at the weights now standing in the buffers. */
enum {
    SAM_EVALUATE = 1,      /* loss and gradient; set in every positive answer */
    SAM_PERTURBED = 2,     /* the weights are not the iterate: do not update running statistics (batch norm) */
    SAM_NEXT_BATCH = 4,    /* a further batch, which this step has not seen. Without it: the batch that sam_batch names, with the same
                              random draws (dropout). The first evaluation of a step is on a new batch and has no such bit */
    SAM_LOSS_ONLY = 8,     /* the gradient is not needed and not read */
    SAM_AUXILIARY = 16,    /* loss and gradient of the auxiliary objective, for methods that have one */
    SAM_LOCAL = 32         /* do not average this gradient over workers */
};

/* Sections of the catalogue. A kind that this version does not have counts 0 entries. */
enum {
    SAM_METHODS = 0,      /* first name given to sam_optimizer_create */
    SAM_BASES = 1,        /* second name given to sam_optimizer_create */
    SAM_MEASURES = 2,     /* second argument of sam_measure */
    SAM_SCHEDULES = 3,    /* sam_schedule.kind */
    SAM_LOSSES = 4,       /* none in this version */
    SAM_SHARED = 5        /* options of every optimizer */
};

/* Kinds of option: sam_option.kind. */
enum {
    SAM_OPTION_REAL = 0,       /* any number within the bounds; can have a schedule */
    SAM_OPTION_INTEGER = 1,    /* whole numbers within the bounds */
    SAM_OPTION_FLAG = 2,       /* 0 or 1 */
    SAM_OPTION_CHOICE = 3,     /* one of a few words: sam_optimizer_choose */
    SAM_OPTION_LIST = 4,       /* settings of measures: numbers, each within the bounds; one alone serves */
    SAM_OPTION_TENSORS = 5     /* settings of measures: one pointer for each tensor of the set */
};

/* Bits of sam_entry.needs: what a measure asks of sam_objective and its settings (hessian_product is used if it is there; who can do with
   one of several has the bits of all), and what a method asks of its host. */
enum {
    SAM_NEEDS_GRADIENT = 1,
    SAM_NEEDS_LOSS = 2,
    SAM_NEEDS_HESSIAN_PRODUCT = 4,
    SAM_NEEDS_GAUSS_NEWTON_PRODUCT = 8,
    SAM_NEEDS_EXAMPLE_LOSSES = 16,
    SAM_NEEDS_EVALUATE_EXAMPLE = 32,
    SAM_NEEDS_LOGITS = 64,
    SAM_NEEDS_BACKPROPAGATE_LOGITS = 128,
    SAM_NEEDS_BATCHES = 256,
    SAM_NEEDS_CLASSES = 512,
    SAM_NEEDS_TENSORS = 1024,           /* tensors in a setting */
    SAM_NEEDS_OTHER = 2048,
    SAM_NEEDS_FORWARD_ONES = 4096,
    SAM_NEEDS_TRAIN = 8192,
    SAM_OWN_UPDATE = 16384,             /* the method is its own optimizer: takes NULL for the base and refuses one */
    SAM_NEEDS_AUXILIARY = 32768         /* the method asks for the auxiliary objective */
};

typedef struct sam_parameters sam_parameters;    /* a set of tensors */
typedef struct sam_optimizer sam_optimizer;      /* a method and a base over a set */
typedef struct sam_report sam_report;            /* what a measure found */

/* One tensor of the host. Set struct_size and what differs from 0. */
typedef struct sam_parameter {
    size_t struct_size;        /* sizeof(sam_parameter) */
    const char *name;          /* unique in the set, not empty, UTF-8; copied */
    int32_t dtype;             /* of the weights: SAM_F32, SAM_F64, SAM_BF16 or SAM_F16 */
    int32_t gradient_dtype;    /* the same names; 0: as dtype */
    int32_t role;              /* SAM_WEIGHT, SAM_BIAS, SAM_NORM or SAM_EMBEDDING */
    int32_t group;             /* 0, or what sam_parameters_add_group answered */
    int32_t rank;              /* number of axes, 0 (a scalar) to 8 */
    const int64_t *shape;      /* rank lengths >= 0, row-major, contiguous; copied; may be NULL at rank 0. A 0 in it: an empty tensor, legal */
    void *data;                /* the weights: owned by the host, any alignment, alive and in place until bound anew or all handles of the
                                  set are destroyed. No overlap with another tensor's data or any gradient of the set (two sets may
                                  have the same data); NULL only for an empty tensor */
    void *gradient;            /* owned by the host, any alignment, same shape as data, no overlap with data or gradients of the set;
                                  NULL: the tensor is frozen for good (never touched, no state, in no norm, takes no random draws), unless
                                  trained is 1 */
    int32_t trained;           /* 1: gradient NULL does not freeze it, sam_parameters_bind gives it one later, for instance in the first
                                  backward pass; until then it is missing. 0: as above */
    int32_t stacked_axes;      /* 0 to rank: so many leading axes only stack tensors. (12, 96, 32) with 1 is stepped and measured as twelve
                                  tensors of (96, 32), with the bits of twelve registered one after the other; at most 2^20 of them */
} sam_parameter;

/* How axes become a matrix. Where more is looked at than elements, the first axis are a tensor's rows and all others together its columns: (out, in)
   of a linear layer, (out, in, height, width) of a convolution, (words, width) of an embedding. A row is what a neuron, a filter or a word has.
   So it is for methods by row or filter (sam_filterwise, rwp, adasap, ...), for muon, normuon and lanton (tensors of role SAM_WEIGHT with two
   axes or more) and for measures (scaling = filter, spectral_norms, relative_flatness). shampoo and soap have a matrix for each axis, adafactor
   rows and columns of the last two. A tensor of rank 0 or 1 is one row and no matrix. Weights stored as (in, out) are the transpose: what is
   by row is then by input. Layers, heads or experts in one buffer are stacked_axes; without, the first of these axes would be the rows. */

/* The course of an option over the steps. With t the step counted from 1 at the one before which the schedule was set, and
   t0 = max(warmup, 1): initial * t / t0 up to t0 (one_cycle: see there); behind it a curve over x = (t - t0) / (steps - t0), held
   at x = 1. "held": a decay stops at final, a growth as well. Where a course leaves the option's bounds the option stays as it was.
     "constant"      initial
     "linear"        initial + (final - initial) x
     "cosine"        final + (initial - final) (1 + cos pi x) / 2; period > 0: x = ((t - t0) mod period) / period, for ever
     "cosine_power"  final + (initial - final) (p^c(t - t0 + 1) - 1) / (p^c(1) - 1), c(e) = (1 + cos(pi e / (steps - t0 + 1))) / 2;
                     p = power (0: 10); p = 1: c(t - t0 + 1) / c(1)
     "step"          initial * power^floor((t - t0) / period), held; power 0: 0.1, period 0: 1
     "exponential"   initial * power^((t - t0) / period), held, period 0: 1; power 0: initial (final / initial)^x
     "polynomial"    final + (initial - final) (1 - x)^power; power 0: 1
     "inverse_sqrt"  initial * sqrt(t0 / t), held
     "one_cycle"     up to t0 along half a cosine from initial / 25, behind it along half a cosine to final. warmup 0: it rises over
                     0.3 steps, rounded down; power: 0 to 1: that share in 0.3's place; from 1 on: the divisor in 25's place */
typedef struct sam_schedule {
    size_t struct_size;        /* sizeof(sam_schedule) */
    const char *kind;          /* one of the above (catalogue: SAM_SCHEDULES) */
    double initial, final;     /* the value at t0 and at the end; both within the option's bounds ("constant" reads no final) */
    int64_t warmup, steps;     /* in steps, >= 0 and >= 1; steps counts the warm-up too */
    double power;              /* >= 0; the kinds above say what it is; 0: their default */
    int64_t period;            /* >= 0, in steps; the kinds above say what it is */
} sam_schedule;

/* What is known of the last completed step, from work done anyway. NaN: not known, or before the first step. */
typedef struct sam_metrics {
    size_t struct_size;                /* set by the host: sizeof(sam_metrics) */
    int64_t steps;                     /* completed steps since creation */
    int64_t evaluations;               /* evaluations the host has delivered since creation, those of accumulate included */
    int64_t skipped;                   /* steps given up under nonfinite = "skip" */
    double loss;                       /* of the step's first evaluation (mean over accumulate), wherever it was made */
    double perturbed_loss;             /* of the last perturbed evaluation; NaN where there was none */
    double gradient_norm;              /* Euclidean, over all tensors that took part, of the gradient at the iterate */
    double perturbation_norm;          /* of w perturbed minus w, of the last perturbation; 0 where there was none */
    double update_norm;                /* of w after minus w before the step. Norms are roots of sums of squares in double: of f32 and 16 bits
                                          they neither overflow nor vanish; f64 numbers above 1e154 give infinity, below 1e-162 0 */
    double perturbed_gradient_norm;    /* of the last perturbed evaluation's gradient */
    double cosine;                     /* between the gradients at the iterate and at the perturbed weights, -1 to 1 */
    double effective_radius;           /* length of what survived of the perturbation when it was rounded to the parameters' dtype */
} sam_metrics;

/* A name of the catalogue. All strings live as long as the library. */
typedef struct sam_entry {
    size_t struct_size;             /* set by the host: sizeof(sam_entry) */
    const char *name;               /* what the functions take */
    const char *summary;            /* one sentence */
    const char *reference;          /* the paper; "" where there is none */
    int32_t evaluations;            /* most per step at the default options, without the base's own and accumulate */
    int32_t state_per_parameter;    /* numbers kept per parameter between steps; -1: depends on shapes or options */
    int32_t options;                /* how many sam_catalog_option knows */
    uint32_t needs;                 /* SAM_NEEDS_ bits, SAM_OWN_UPDATE */
    int32_t exactness;              /* methods, at radius 0: 2 the base bit for bit, 1 to rounding, 0 neither */
} sam_entry;

/* An option of the catalogue. All strings live as long as the library. */
typedef struct sam_option {
    size_t struct_size;        /* set by the host: sizeof(sam_option) */
    const char *name;          /* as in "method.NAME", "base.NAME", "shared.NAME" */
    const char *summary;       /* meaning, unit, formula */
    int32_t kind;              /* SAM_OPTION_REAL, _INTEGER, _FLAG, _CHOICE, _LIST or _TENSORS */
    int32_t per_group;         /* 1: groups can differ */
    double initial;            /* the default; a choice: the place of the default in choices, from 0; NaN: a setting that has none, which is
                                  then absent, or must be given where its measure says so */
    double low, high;          /* bounds; -inf and inf where there are none (an integer is at most 2^31 - 1 all the same) */
    int32_t open;              /* bit 1: low itself is not allowed, bit 2: high itself is not */
    const char *choices;       /* comma-separated, or NULL where it is no choice */
} sam_option;

/* What a measure asks of a callback of sam_objective: an evaluation at the weights that stand in the registered buffers. */
typedef struct sam_query {
    uint32_t ask;           /* SAM_EVALUATE; with SAM_LOSS_ONLY: the gradient is not needed; with SAM_PERTURBED: not the host's own weights */
    int64_t batch;          /* 0 to batches - 1; -1: everything (asked only where batches is 0) */
    int64_t class_index;    /* 0 to classes - 1: only the examples of this class; -1: all */
    int64_t example;        /* place in the batch: only this example; -1: all */
} sam_query;

/* What is measured: a loss as the host computes it, over the weights in the buffers of a parameter set.

   Callbacks run on the calling thread, one at a time, in a fixed order. They answer 0, or a code of the host's own: the measure then ends with
   SAM_ERROR_CALLBACK and the code stands in the message. They evaluate at the weights standing in the registered buffers and must not write
   those: SAM_ERROR_STATE, and the weights are put back. A frozen tensor is never read, so that a callback which writes one is not noticed: what
   stands in it is the host's own affair. They may call functions of this library on other handles. Losses are means over the examples asked for, not sums,
   and gradients and products belong to that mean. The same query at the same weights gives the same bits: no dropout, no running statistics
   that move (see freeze); one query is made twice at the beginning, and a difference is reported as noise_loss and noise_gradient and
   lengthens difference steps. Where batches is 0 every query has batch -1; else every query names one batch, and the library combines the
   answers with the batches' weights: the host never averages over batches.

   A callback should return. One that does not (longjmp, a C++ exception that goes on to a frame above sam_measure) leaves the weights where they
   stood and the set in the middle of its measure: every step and measure of it answers SAM_ERROR_STATE until sam_parameters_recover, which puts
   everything back. Callbacks run on the stack of sam_measure's caller; the measure itself has one of its own, 1 MiB. C++ destructors of frames
   in between run as ever. (sam.hpp, Python and Swift catch exceptions themselves: they end the measure and go on to the caller.)

   Counts in the struct and in settings are met with SAM_ERROR_MEMORY and the bytes before lists of their size are made. Nothing iterates for
   ever: every iteration ends by its own limit, or where no direction is left that would better it (converged is 0 then), and `progress` is also
   asked within long work between callbacks, all some tenths of a second; an eigenproblem of a dense matrix is not interrupted.

   Set struct_size and what differs from 0 and NULL; struct_size may also be that of an older version: up to the end of a member from classes
   on. evaluate NULL: only for measures that need no evaluation. A member that a measure needs and that is not there: SAM_ERROR_UNSUPPORTED with
   its name, before the first callback. */
typedef struct sam_objective {
    size_t struct_size;        /* sizeof(sam_objective) */
    void *context;             /* first argument of every callback */
    int (*evaluate)(void *context, const sam_query *query, double *loss);   /* *loss, and without SAM_LOSS_ONLY all registered gradients, written and not added */
    int (*hessian_product)(void *context, const sam_query *query, const void *const *direction, void *const *product);
                               /* product = Hessian of the query's loss times direction: exact and symmetric; one pointer for each tensor of the set, in the
                                  gradients' dtype and the tensors' shape, NULL for a frozen one. NULL: differences of gradients in its place */
    int (*progress)(void *context, double fraction, const char *stage);     /* before every other callback (but the last freeze) at the least: 0 to 1, never falling, and a
                                                                               word; an answer other than 0: SAM_ERROR_CANCELLED */
    int64_t batches, classes;            /* how many; 0: none */
    /* 0 or NULL from here on: not offered */
    int64_t examples;                    /* all of them */
    int64_t outputs;                     /* logits of an example */
    const int64_t *batch_examples;       /* [batches], all > 0 */
    const double *batch_weights;         /* [batches], >= 0, not all 0; NULL: batch_examples; that NULL too: equal. Setting combine = batches: equal */
    const int64_t *class_examples;       /* [max(batches, 1)][classes]; a pair with 0 examples is never asked */
    int (*gauss_newton_product)(void *context, const sam_query *query, const void *const *direction, void *const *product);
                                         /* as hessian_product with J' (second derivative of the loss in the outputs) J */
    int (*example_losses)(void *context, const sam_query *query, double *losses);    /* one for each example of the batch */
    int (*evaluate_example)(void *context, const sam_query *query, double *loss);    /* as evaluate, for query->example alone; hessian_product then honours it too */
    int (*logits)(void *context, const sam_query *query, double *logits, int64_t *labels);   /* [examples of the batch][outputs]; labels 0 to outputs - 1. outputs = 1: labels 0 and 1,
                                            and the cross-entropy is the logistic loss, as of logits 0 and f */
    int (*backpropagate_logits)(void *context, const sam_query *query, const double *logit_gradient);
                                         /* the registered gradients = those of the sum of logit_gradient times logits, not divided by the examples */
    int (*freeze)(void *context, int on);                   /* 1: evaluation mode, statistics stand; 0: as before. Once at either end, also after an error */
    int (*refresh)(void *context);                          /* running statistics anew, at the weights standing (setting refresh) */
    const struct sam_objective *other;                      /* a second data set over the same parameters */
    int (*forward_ones)(void *context, double *sum);        /* sum of the outputs on an input of ones */
    int (*train)(void *context, int64_t examples, uint64_t seed, double *error);     /* trains on so many examples: the training error */
} sam_objective;

/* A setting of a measure (catalogue: sam_catalog_option of SAM_MEASURES). Made by sam_number, sam_choice, sam_list and sam_tensors. */
typedef struct sam_setting {
    const char *name;
    double value;                    /* a number, a flag, or the code of a choice: its place among the choices */
    const char *choice;              /* a choice by its word; NULL: value counts */
    const double *values;            /* a list of `count` numbers; NULL: value counts */
    int64_t count;
    const void *const *tensors;      /* one pointer for each tensor of the set, in its dtype and shape (NULL for a frozen one): weights, a direction, a scale */
} sam_setting;

/* ---- Library ---- */

/* "1.0.0": major, minor, patch. Lives as long as the library. */
SAM_API const char *sam_version(void);

/* Grows when a program built before must be rebuilt; compare with SAM_ABI_VERSION. */
SAM_API int sam_abi_version(void);

/* JSON: "version", "instruction_set" (in use), "threads", "blas", "openmp" (false), "swift" (mode of compilation). Lives until the calling thread's
   next call of this function. "blas": "openblas" where it is in use; "none" where it is not built in, not installed or not right on this
   processor; "unused" before anything has needed it: it is not loaded before. The environment's SAM_ISA ("baseline", "v3", "v4") asks for an
   instruction set and gets the best one not above it that the processor has; it is read once, at the first use. NULL: there is no memory. */
SAM_API const char *sam_build_info(void);

/* The sentence of the calling thread's last failing call: the argument, its value, what was expected, the nearest known names.
   "" before any; never NULL. Lives until that thread's next failing call. */
SAM_API const char *sam_error_message(void);

/* "SAM_ERROR_RANGE" for SAM_ERROR_RANGE and so on; "SAM_OK" for 0 and above, "unknown" for other numbers. Lives as long as the library. */
SAM_API const char *sam_status_name(int status);

/* How many threads large passes over memory (a million scalars and more) may use, in the whole process; 1 at first. Never changes
   a bit of any result. The first such pass makes the threads, with small stacks and no signal of the host's delivered to them; they sleep between
   passes. Where the system gives fewer, those do all the work, in the same bits. Several host threads may have passes under way.
   Below 1 or above 1024: SAM_ERROR_RANGE. */
SAM_API int sam_set_threads(int count);

/* The number set. */
SAM_API int sam_threads(void);

/* ---- Parameters: the host's buffers ---- */

/* A new, empty set in *out (NULL on failure). out NULL: SAM_ERROR_ARGUMENT. */
SAM_API int sam_parameters_create(sam_parameters **out);

/* Registers a tensor and answers its index, from 0. SAM_ERROR_ARGUMENT: a member that cannot be, sizes that overflow, data that
   overlaps (a tied weight is registered once, with the summed gradient), a gradient that overlaps the tensor's own data, other data or another
   gradient of the set, a name that is taken.
   SAM_ERROR_STATE: an optimizer of the set exists. */
SAM_API int sam_parameters_add(sam_parameters *parameters, const sam_parameter *parameter);

/* A new group of tensors that can have options of its own; answers its number, from 1 (0 is there from the start). name: unique, not
   empty, copied; taken: SAM_ERROR_ARGUMENT. SAM_ERROR_STATE: an optimizer of the set exists. */
SAM_API int sam_parameters_add_group(sam_parameters *parameters, const char *name);

/* Other buffers for tensor `index`. data NULL: unchanged; else between steps only, SAM_ERROR_STATE in the middle of one. gradient: at any
   time; NULL: missing. A gradient for a frozen tensor: SAM_ERROR_STATE. Index outside 0 to count - 1, data that overlaps other data or
   a gradient, a gradient that overlaps data: SAM_ERROR_ARGUMENT, and nothing changed. Gradients that overlap each other are refused by the next sam_step
   that begins a step or would read them (the step ends): two tensors can exchange their gradients by two calls. Weights that move to where
   gradients are: bind those elsewhere, or to NULL, before.
   The first delivery of a step decides who takes part. A tensor whose gradient was missing when the step began and is there then takes part, at its
   iterate in the first evaluation.
   A gradient missing at the first evaluation of a step leaves the tensor out of that step: norm, perturbation, update, decay, and the
   base's count of its steps. One missing only at a later evaluation counts as zero there; the tensor is restored and stepped like the others.
   While no tensor of the set has had a gradient yet (all were added with trained = 1 and without one) a step begins as if all had theirs, for
   hosts that make them in their first backward pass: bound before the first evaluation is delivered they give the bits of a set that had
   them from the start. Methods that ask for losses alone need none ever. */
SAM_API int sam_parameters_bind(sam_parameters *parameters, int index, void *data, void *gradient);

/* Tensors in the set. */
SAM_API int64_t sam_parameters_count(const sam_parameters *parameters);

/* Scalars in the set that are not frozen. */
SAM_API int64_t sam_parameters_size(const sam_parameters *parameters);

/* Ends the measure of this set that a callback left without returning (longjmp, a C++ exception; see sam_objective): the weights are the iterate,
   bit for bit, the measure's memory is given back, and the set can be used again. No callback is called, freeze neither: a host that was put into
   evaluation mode puts itself back. No measure under way: SAM_OK. In a callback that goes on to return the measure ends just the same: what the
   callback was given is gone, and sam_measure answers SAM_ERROR_STATE once it has returned. A step under way is ended by sam_cancel. */
SAM_API int sam_parameters_recover(sam_parameters *parameters);

/* Ends the handle. Optimizers keep the set alive for themselves, so that handles can be destroyed in any order. A measure that a callback left is to
   be ended before, by sam_parameters_recover. */
SAM_API void sam_parameters_destroy(sam_parameters *parameters);

/* ---- Stepping ---- */

/* An optimizer in *out (NULL on failure). method and base are names of the catalogue; base is NULL for a method that is its own optimizer
   and only there, else SAM_ERROR_ARGUMENT. "none" is the base alone. A set can have several optimizers; it must have a tensor that is not
   frozen (it may be empty), else SAM_ERROR_ARGUMENT. SAM_ERROR_NAME: unknown. SAM_ERROR_UNSUPPORTED: two that cannot go together.
   SAM_ERROR_MEMORY. */
SAM_API int sam_optimizer_create(sam_parameters *parameters, const char *method, const char *base, sam_optimizer **out);

/* Begins a step or delivers the evaluation just made. Answers what to evaluate next (ask bits), 0 where the step is complete, or a status,
   which ends the step: weights restored, state of method and base, step count and schedules as before it; the next call begins a new step.
   loss: the plain one, not multiplied by gradient_scale; ignored by the call that begins a step. The gradients must be written (not added)
   before the call and are read by it. SAM_ERROR_NONFINITE: names tensor and element. SAM_ERROR_STATE: another optimizer of the set is in
   the middle of a step; a gradient was asked for and no tensor of the set has ever had one (trained = 1). SAM_ERROR_MEMORY: only from the call that begins a step. */
SAM_API int sam_step(sam_optimizer *optimizer, double loss);

/* Which batch to evaluate: counts the batches (micro-batches under accumulate and micro_batches) used since creation, from 0; between
   steps the next one. It moves on even where a step is given up. */
SAM_API int64_t sam_batch(const sam_optimizer *optimizer);

/* In *data: where the weights of tensor `index` to evaluate stand now. The host's buffer, or the library's for perturbed evaluations where
   the shared option in_place is 0; that one lives until the next sam_step, sam_cancel or destroy. Bad index: SAM_ERROR_ARGUMENT. */
SAM_API int sam_optimizer_point(const sam_optimizer *optimizer, int index, void **data);

/* Ends the step under way: weights restored, no update, state as before the step. No step under way: SAM_OK. */
SAM_API int sam_cancel(sam_optimizer *optimizer);

/* The most evaluations a step can ask for with the present options, the base's own and accumulate included. */
SAM_API int sam_optimizer_evaluations(const sam_optimizer *optimizer);

/* Ends the handle, and first the step under way as sam_cancel does. */
SAM_API void sam_optimizer_destroy(sam_optimizer *optimizer);

/* ---- Options ----

   An option is addressed as "method.NAME", "base.NAME" or "shared.NAME". The plain NAME is enough where it can mean one thing; a method's
   own goes before a shared one; where method and base both have it: SAM_ERROR_NAME, with both full names. `lr` and `weight_decay` belong
   to the base, or to a method that is its own optimizer. group: -1 for all, or a group's number for what the catalogue marks per_group;
   a group >= 0 for another option, or one that is not there: SAM_ERROR_ARGUMENT. Unknown option: SAM_ERROR_NAME, with the nearest names.
   Options are set between steps and act on the next one; in the middle of a step: SAM_ERROR_STATE. Norms and products stay global over groups.
   Options that do not go together (micro_batches with accumulate, or with what makes the direction of a method keep state, as rwp's eta or
   normalized_gd's average): the second one is refused, set, chosen or given a schedule, with SAM_ERROR_UNSUPPORTED, and nothing is changed.

   Shared options of every optimizer (default; range):
     maximize        (0; flag)  gradients and losses are negated as they arrive; metrics keep the sign of the host
     clip_coordinates (0; [0, 1)) this share q of the n elements of the descent direction, the largest, is cut to the (floor(q n) + 1)-th
                                largest magnitude, before clip_value; 0: off
     clip_value      (0; >= 0)  cuts each element of the descent direction into [-c, c] before the base; 0: off
     clip_norm       (0; >= 0)  after it scales the direction d by c / |d| where |d| > c, the norm over everything; 0: off.
                                None of the three for methods that are their own optimizer: SAM_ERROR_UNSUPPORTED
     gradient_scale  (1; > 0)   the loss scale: gradients are multiplied by 1 / gradient_scale as they arrive
     zero_gradient   (0; flag)  sam_step sets the gradients it has read to 0 before it returns, for hosts that accumulate
     accumulate      (1; >= 1)  each evaluation is the mean over so many micro-batches: clean 0 to k-1, then perturbed 0 to k-1
     micro_batches   (1; >= 1)  m-sharpness: each micro-batch has its own perturbation: clean 0, perturbed 0, clean 1, ...; the descent
                                gradients are averaged. SAM_ERROR_UNSUPPORTED with accumulate > 1 or a method whose direction keeps state
     nonfinite       ("error")  a loss or gradient that is not finite: "error" ends the step with SAM_ERROR_NONFINITE, "skip" gives the step up
                                (sam_step answers 0; counted in the metrics), "propagate" does not look and saves one read of the last gradient
     every           (1; >= 1)  step t is the method's where t >= start_step and (t - start_step) mod every = 0; else it is `none`'s:
     start_step      (1; >= 1)  one evaluation, method state unchanged. Neither for own updates: SAM_ERROR_UNSUPPORTED
     in_place        (1; flag)  0: perturbed weights stand in memory of the library; see sam_optimizer_point
     master          (0; flag)  weights of 16 bits have a copy in f32, made when a step begins that finds none; it is what is perturbed and
                                stepped, and the host's are it, rounded. The library does not look at the host's then: after changing them
                                load a state, or make the optimizer anew. 0: they are widened, stepped and rounded; the rest is lost
     rounding        ("nearest") of weights of 16 bits, on every way back from f32: "nearest", ties to even; "stochastic": up with the
                                probability of what is cut off, by random numbers of stream 7, the seed, the step and the element
     average         ("none")   "ema", "swa": the iterates are averaged behind the steps t > average_start with (t - average_start) mod
     average_start   (0; >= 0)  average_period = 0, for sam_optimizer_average. The first is copied; then ema: a = average_decay a +
     average_period  (1; >= 1)  (1 - average_decay) w; swa: the mean. One vector more is kept; "none" gives it up
     average_decay   (0.999; [0, 1))
     seed            (0; integer, 0 to 2^53 - 1)  of every random draw */

/* Sets a number, an integer or a flag and removes the option's schedule. A value with which something is not kept, or kept in another size (momentum
   0, amsgrad 0, max_precondition_dim), gives up at once what was kept of it; set back, it begins anew. Outside its bounds, not whole, NaN: SAM_ERROR_RANGE. A choice: SAM_ERROR_ARGUMENT. */
SAM_API int sam_optimizer_set(sam_optimizer *optimizer, int group, const char *option, double value);

/* In *value: what the next step will use; of a per_group option and group -1 the value of group 0. A choice: SAM_ERROR_ARGUMENT. */
SAM_API int sam_optimizer_get(const sam_optimizer *optimizer, int group, const char *option, double *value);

/* Sets a choice. Not one of its words: SAM_ERROR_NAME. An option that is no choice: SAM_ERROR_ARGUMENT. */
SAM_API int sam_optimizer_choose(sam_optimizer *optimizer, int group, const char *option, const char *choice);

/* In *choice: the word in use; lives as long as the library. An option that is no choice: SAM_ERROR_ARGUMENT. */
SAM_API int sam_optimizer_choice(const sam_optimizer *optimizer, int group, const char *option, const char **choice);

/* ---- Schedules ---- */

/* Gives a real option a course over the coming steps; NULL removes it and leaves the present value. The struct is copied. Not for
   integers, flags and choices: SAM_ERROR_ARGUMENT. Unknown kind: SAM_ERROR_NAME. A member outside its range: SAM_ERROR_RANGE. */
SAM_API int sam_optimizer_schedule(sam_optimizer *optimizer, int group, const char *option, const sam_schedule *schedule);

/* ---- State ----   everything a step depends on but the weights, which are the host's to save: vectors of method and base, step and batch
   counters, options, schedules, random counters, averages. A run that saves weights and state and goes on from them, in the same
   or another process, with any number of threads and any instruction set, has the bits of one that never stopped.
   Between steps only: in the middle of one SAM_ERROR_STATE.

   The format is safetensors (a little-endian count of 8 bytes, a JSON header, the data): tensors are named "method.SLOT.PARAMETER",
   "base.SLOT.PARAMETER" and "shared.average.PARAMETER", in the parameters' arithmetic type or, what is counted, in F64; the rest stands in
   the metadata: "format" "libsam", "version" "1", method, base, a description of each parameter, options by their full names, and "checksum": XXH64
   (seed 0) of all bytes of the file, its own 16 digits taken as zeros. What the present options do not use is not kept.
   A host may compose a state itself, for instance to carry a run over to a set with more tensors: the metadata of a state of that set with "checksum"
   "none", which is then not verified, and any of the tensors. A tensor without state begins as in its first step.

   A load is whole or not at all. SAM_ERROR_FORMAT: cut, changed at any byte, no state, or counters and schedules that cannot be.
   SAM_ERROR_MISMATCH: made for another method or base, or for parameters of other names, shapes, types, roles or groups, or with entries that this
   version does not know. SAM_ERROR_RANGE, SAM_ERROR_UNSUPPORTED: options outside this version's bounds, or that do not go together; a state that the
   same version wrote has none. SAM_ERROR_MEMORY. SAM_ERROR_STATE: in the middle of a step. The sentence says what it is; the optimizer is as it was. */

/* Writes the state to a file: aside, flushed, renamed. Whatever fails, also a full disk, what was at the path is there: SAM_ERROR_IO, with the path and
   the system's reason. SAM_OK: the new file is there; after a power failure it is it or the old one, whole. Links are followed: they stay links, and
   what they lead to is written, also where it did not exist. Owner, group and mode of a file that is replaced stay as far as the process may give
   them; other names of the same file (hard links) keep the old one. The folder must be writable. A process that is killed meanwhile can leave a file
   PATH.NUMBER-NUMBER.part (the end of a long name is cut), which nothing reads and no later save minds. */
SAM_API int sam_optimizer_save(const sam_optimizer *optimizer, const char *path);

/* Reads a file that sam_optimizer_save wrote, of this version or an earlier one. SAM_ERROR_IO: cannot be read, with the path and the reason.
   SAM_ERROR_MEMORY: its size is needed twice for the moment; of a file that is no state only the header is looked at. Others: see above. */
SAM_API int sam_optimizer_load(sam_optimizer *optimizer, const char *path);

/* In *bytes: what sam_optimizer_state_write writes now. It grows with the first steps, and changes by a few bytes with the numbers' digits. */
SAM_API int sam_optimizer_state_size(const sam_optimizer *optimizer, size_t *bytes);

/* Writes the bytes that sam_optimizer_save would put into a file. bytes: of the buffer; fewer than sam_optimizer_state_size answers: SAM_ERROR_ARGUMENT. */
SAM_API int sam_optimizer_state_write(const sam_optimizer *optimizer, void *buffer, size_t bytes);

/* Reads them; bytes: of the state, exactly. The buffer, of any alignment, is not needed afterwards. */
SAM_API int sam_optimizer_state_read(sam_optimizer *optimizer, const void *buffer, size_t bytes);

/* In *bytes: the library's memory in the size of the parameters (vectors of method, base, averages and steps; partial sums), held now;
   before the first step, or where options were set since the last one: what the next step will hold. Tables of a few numbers
   per tensor or row are not counted. */
SAM_API int sam_optimizer_memory(const sam_optimizer *optimizer, int64_t *bytes);

/* Copies the averaged weights of tensor `index`, in its dtype, to out: where the shared option average is on, else of a base that keeps an
   average (schedule-free: x). The weights themselves where none was averaged yet, and of a frozen tensor. Neither: SAM_ERROR_STATE. */
SAM_API int sam_optimizer_average(const sam_optimizer *optimizer, int index, void *out);

/* ---- Metrics ---- */

/* Fills *metrics up to its struct_size. In the middle of a step: the counters as they stand, the rest of the last completed step. */
SAM_API int sam_optimizer_metrics(const sam_optimizer *optimizer, sam_metrics *metrics);

/* ---- Catalogue ----   what names and options there are. An unknown kind or an index outside 0 to count - 1: SAM_ERROR_ARGUMENT. */

/* Entries of a kind; of SAM_SHARED: the shared options. */
SAM_API int sam_catalog_count(int kind);

/* Fills *out up to its struct_size. Of SAM_SHARED: name and summary of the option. */
SAM_API int sam_catalog_entry(int kind, int index, sam_entry *out);

/* Option `index` of the entry `name`; SAM_SHARED: name is ignored, options are counted by sam_catalog_count. Unknown name: SAM_ERROR_NAME. */
SAM_API int sam_catalog_option(int kind, const char *name, int index, sam_option *out);

/* ---- Measures ----   numbers about the loss around the weights: curvature, sharpness, slices. Everything from an objective's callbacks.

   Settings of every measure that evaluates (their own: the catalogue):
     seed             (24301)     of every random draw; the same answer for any number of threads
     max_evaluations  (0: none)   the value found so far comes back, with converged 0; NaN where there is none yet, or only a part of a sum
     batch, class_index (-1: all) only that batch, only the examples of that class
     combine          (examples)  weights of the batches; batches: all the same
     loss            host: losses are evaluate's; cross_entropy: the library's, of the objective's logits (backpropagate_logits for gradients)
     normalize_logits none; unit, rms: logits without their mean and divided by their length or root mean square before the cross-entropy
   Memory: the iterate, once in the weights' type and once in doubles, and vectors of n doubles (8 bytes a scalar): the gradient, 2 to 7 for an
   iteration, and what is kept: Lanczos one for each iteration done, at the most max_iterations + 1 (4 bytes with precision = single); eigenpairs
   max(2 count + 10, 30) + count; xtrace and hutchpp samples / 2 and samples / 3; stiffness, igs and gradient eigenvalues one for each example.
   Of measures that perturb or scale: scaling, bias_scaling, eta, scaling_values, tensor, slice; of curvature also operator, hessian, step_size.

   Keys of every report: value (the measure's number), evaluations (callbacks that ran the model) and among them loss_evaluations,
   gradient_evaluations, products and example_evaluations, seed, seconds, converged (0: a limit came first, the value still stands), noise_loss,
   noise_gradient; where they were taken at the weights given: loss, gradient_norm; of estimates: standard_error; where curvature was used:
   hessian_source (0 the host's product, 1 central, 2 forward, 3 richardson differences), difference_error (the disagreement of two steps at the
   answer), step_gradients (of the gradients those that went into finding the step). Only where not 0: nonfinite, clipped, random_starts,
   degenerate (1: the scale is 0 everywhere, the value is 0). Arrays over the weights are flat, in the order of the tensors that are not frozen. Arrays
   with a number for each tensor have one for each slice of a stacked one. SAM_ERROR_STATE also where a gradient is wanted of a tensor that
   never had one (trained = 1), at the end of the callback that could have bound it. */

/* A measure of the catalogue over the weights of a set, in *out (NULL on failure). The weights are the same bits again however it ends; the
   gradient buffers hold what the last evaluation wrote. objective: NULL where the measure needs none. SAM_ERROR_NAME: unknown measure, setting
   or word. SAM_ERROR_RANGE: a number outside its bounds, a code that no choice has. SAM_ERROR_ARGUMENT: a setting of another kind, or given
   twice; nothing to measure. SAM_ERROR_STATE: an optimizer of the set is in the middle of a step, a measure of it is under way, or a callback
   changed the weights, or sam_parameters_recover ended it. SAM_ERROR_NONFINITE: weights, loss or gradient at the weights given, a product; at trial points only the fifth in a row.
   SAM_ERROR_CALLBACK, SAM_ERROR_CANCELLED, SAM_ERROR_UNSUPPORTED, SAM_ERROR_MEMORY with the bytes. */
SAM_API int sam_measure(sam_parameters *parameters, const char *measure, const sam_objective *objective, const sam_setting *settings,
                        size_t count, sam_report **out);

/* In *value: a single number. Unknown key: SAM_ERROR_NAME with the nearest. An array: SAM_ERROR_ARGUMENT. */
SAM_API int sam_report_value(const sam_report *report, const char *key, double *value);

/* In *values, *rank, *shape: an array, row-major; a single number has rank 0. They live until the report is destroyed. */
SAM_API int sam_report_array(const sam_report *report, const char *key, const double **values, int *rank, const int64_t **shape);

/* In *key: the key at an index, from 0; lives as long as the library. Answers 1, and 0 behind the last. */
SAM_API int sam_report_key(const sam_report *report, int index, const char **key);

/* Ends the handle. Reports do not depend on the set. */
SAM_API void sam_report_destroy(sam_report *report);

/* Makers of settings: a number, a flag or the code of a choice; a choice by its word; a list; tensors. The pointers are kept, not copied. */
static inline sam_setting sam_number(const char *name, double value) {
    sam_setting setting = {name, value, NULL, NULL, 0, NULL};
    return setting;
}
static inline sam_setting sam_choice(const char *name, const char *choice) {
    sam_setting setting = {name, 0, choice, NULL, 0, NULL};
    return setting;
}
static inline sam_setting sam_list(const char *name, const double *values, int64_t count) {
    sam_setting setting = {name, 0, NULL, values, count, NULL};
    return setting;
}
static inline sam_setting sam_tensors(const char *name, const void *const *tensors) {
    sam_setting setting = {name, 0, NULL, NULL, 0, tensors};
    return setting;
}

#ifdef __cplusplus
}
#endif

#endif
