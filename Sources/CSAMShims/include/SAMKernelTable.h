/* What the engine knows of the kernels: one table of C functions for each instruction set. */
#ifndef SAM_KERNEL_TABLE_H
#define SAM_KERNEL_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum {
    SAM_REGISTER_BYTES = 4096,      /* one register of the block machine: 1024 floats or 512 doubles */
    SAM_REGISTERS = 8,              /* how deep an expression may be */
    SAM_CODE_LENGTH = 40,           /* instructions of an expression, at most */
    SAM_SUM_BLOCK = 4096,           /* elements of one partial sum; the order of addition is part of its definition */
    SAM_TALL_BLOCK = 1024,          /* the same in products with tall vectors */
    SAM_HALF_BLOCK = 1024,          /* weights of 16 bits that are in f32 at a time */
    SAM_PIECE_BYTES = 512,          /* room for a piece */
    SAM_SCRATCH_BYTES = 57 * 1024,  /* of one thread: registers, a block of the kernels' own, three blocks of f32, a piece, instructions */
    SAM_RULE_SLOTS = 4,
    SAM_RULE_OPTIONS = 12,
    SAM_RULES = 48
};

/* The block machine: a stack of registers. `value` is the instruction's number, `data` its operand in memory. */
enum {
    SAM_OP_LOAD = 0,        /* push value * data */
    SAM_OP_ADD_LOAD = 1,    /* top += value * data */
    SAM_OP_MULTIPLY_LOAD = 2, /* top *= value * data */
    SAM_OP_CONSTANT = 3,    /* push value everywhere */
    SAM_OP_ADD = 4,         /* the two topmost become one */
    SAM_OP_SUBTRACT = 5,
    SAM_OP_MULTIPLY = 6,
    SAM_OP_DIVIDE = 7,
    SAM_OP_LARGER = 8,
    SAM_OP_SMALLER = 9,
    SAM_OP_ABOVE = 10,      /* 1 where the lower is greater than the top, else 0 */
    SAM_OP_SCALE = 11,      /* top *= value */
    SAM_OP_SHIFT = 12,      /* top += value */
    SAM_OP_ROOT = 13,
    SAM_OP_MAGNITUDE = 14,
    SAM_OP_SIGN = 15,
    SAM_OP_POWER = 16,      /* top^value, for top >= 0 */
    SAM_OP_CLIP = 17,       /* into [-value, value] */
    SAM_OP_RANDOM = 18,     /* push random numbers: kind, stream, draw and seed of the instruction */
    SAM_OP_DUPLICATE = 19   /* push the top again */
};

enum { SAM_STORAGE_BF16 = 3, SAM_STORAGE_F16 = 4 };     /* SAM_BF16, SAM_F16 */
enum { SAM_STREAM_ROUNDING = 7 };                       /* of random numbers: rounding to 16 bits */
enum { SAM_UNIFORM = 0, SAM_NORMAL = 1, SAM_RADEMACHER = 2 };

typedef struct sam_instruction {
    int32_t operation;
    int32_t type;           /* of data: a dtype of sam.h; 0: zeros. RANDOM: the kind */
    double value;
    const void *data;       /* the operand at the piece's first element */
    uint64_t seed;
    uint32_t stream, draw;
} sam_instruction;

/* A piece of one tensor: `count` elements that begin at the start of a partial sum. */
typedef struct sam_piece {
    const sam_instruction *code, *other;    /* an expression; the second factor of a dot product */
    int64_t length, other_length;
    int64_t count;
    int64_t index;          /* of the first element among all scalars that are not frozen: the index of random draws */
    const void *from;       /* weights read (displace, descend) */
    void *to;               /* where the result goes */
    void *save;             /* displace: a copy of `from`, bit for bit; NULL: none */
    double *sums;           /* partial sums: dot: one a block; displace: two (displacement, what it moved); descend: one (what it moved) */
    void *scratch;          /* SAM_SCRATCH_BYTES, 64-aligned */
    const uint16_t *half_from;      /* displace_half, descend_half: the host's weights, of type `half`; `from` and `to` are their copy in f32, or NULL */
    uint16_t *half_to;
    int32_t half;           /* SAM_STORAGE_BF16, SAM_STORAGE_F16 */
    int32_t stream;         /* 1: the arrays exceed the last cache */
    int32_t absolute;       /* displace: the expression is the new point, not what is added */
    int32_t normal;         /* evaluate: numbers below the normal range are written as 0 */
    /* descend: */
    void *slot[SAM_RULE_SLOTS];
    const double *options;
    const double *numbers;  /* what the rule keeps of the tensor, as of this step */
    int64_t step;           /* the tensor's own, from 1 */
    int32_t slots;          /* bit i: slot i is in use */
    uint32_t fresh;         /* bit i: slot i holds nothing yet (zeros) */
    int32_t variant;        /* the rule's own */
    /* histogram, mask: */
    int32_t shift;          /* of the digit counted */
    uint64_t prefix;        /* the bits above them; mask: the key of the smallest value taken */
    int64_t *remaining;     /* how many equal ones are still taken */
} sam_piece;

typedef void (*sam_pass)(const sam_piece *);

/* adafactor's update of one tensor (Factored.swift). */
typedef struct sam_factored {
    const void *d, *from;       /* direction and weights */
    void *to;                   /* weights */
    int64_t batch, rows, columns;       /* rows 0: a vector of `columns` */
    double *row, *column;       /* what is kept: [batch, rows], [batch, columns]; of a vector [columns] and none */
    double *scratch;            /* [columns] */
    double rate, eps, limit, step, shrink;
    double moved;               /* out: the sum of what moved, squared */
} sam_factored;

typedef struct sam_rule_option {
    const char *name, *summary;
    double initial, low, high;
    int32_t kind;           /* 0 real, 1 integer, 2 flag */
    int32_t open;           /* bit 1: low is not allowed, bit 2: high is not */
} sam_rule_option;

typedef struct sam_rule {
    const char *name, *summary, *reference;
    int32_t exceeds;                    /* 1: it has more options or slots than there is room for here, and cannot be used */
    int32_t option_count;
    sam_rule_option option[SAM_RULE_OPTIONS];
    const char *slot[SAM_RULE_SLOTS];   /* names of the state */
    int32_t variant;        /* which of the rules that share one kernel */
    int32_t numbers;                    /* doubles that it keeps of each tensor */
    void (*advance)(const double *options, int64_t step, double *numbers);      /* makes them those of a tensor's step; NULL: it keeps none */
    int32_t first_moment;               /* which slot accumulates the directions; -1: none does */
    int32_t average, extrapolation;     /* which slot tells the average of iterates, -1: none; by which option m: w + (1 - 1/m) (slot - w), -1: as it is */
    int32_t (*slots)(const double *options);    /* bit i: slot i is in use with these options */
    sam_pass descend_f32, descend_f64;
    sam_pass descend_half;              /* descend_f32 of weights of 16 bits, rounded to the nearest; NULL: by blocks in f32 */
} sam_rule;

typedef struct sam_kernels {
    sam_pass evaluate_f32, evaluate_f64;    /* to = expression, in the arithmetic type */
    sam_pass dot_f32, dot_f64;              /* sums of code * other; other NULL: of code squared */
    sam_pass displace_f32, displace_f64;    /* to = from + expression */
    sam_pass histogram_f32, histogram_f64;  /* to = UInt64[2048]: counts of keys */
    sam_pass mask_f32, mask_f64;            /* to = 1 where the expression is among the largest, else 0 */
    /* Numbers of 16 bits, SAM_BF16 or SAM_F16, from and to f32; round: to the nearest, ties to even; round_random: up with the probability of
       what is cut off, in 2^-16, by stream SAM_STREAM_ROUNDING, element `index` first */
    void (*widen)(int32_t type, const void *from, float *to, int64_t count);
    void (*round)(int32_t type, const float *from, void *to, int64_t count);
    void (*round_random)(int32_t type, const float *from, void *to, int64_t count, uint64_t seed, uint32_t draw, int64_t index);
    double (*moved)(const float *a, const float *b, int64_t count);     /* the sum of (a - b)^2, at most SAM_HALF_BLOCK elements */
    sam_pass displace_half;                 /* displace_f32 of weights of 16 bits, rounded to the nearest; NULL: by blocks in f32 */
    /* to = 1 where |from| is among the `keep` largest of its group, of equal ones the later, else 0. Both are [rows, channels, inner];
       groups of `of` (at most 8) elements follow each other along channels, then inner, then rows */
    void (*strongest_f32)(const void *from, void *to, int64_t count, int64_t channels, int64_t inner, int32_t keep, int32_t of);
    void (*strongest_f64)(const void *from, void *to, int64_t count, int64_t channels, int64_t inner, int32_t keep, int32_t of);
    /* Tall vectors of doubles (measures): `columns` columns, each `stride` elements behind the one before; at most SAM_TALL_BLOCK
       elements. project: sums[j] = column j times v, in a fixed order. combine: v += the sum of numbers[j] times column j, in the order of j */
    void (*project_f32)(const float *basis, int64_t stride, int64_t columns, const double *v, int64_t count, double *sums);
    void (*project_f64)(const double *basis, int64_t stride, int64_t columns, const double *v, int64_t count, double *sums);
    void (*combine_f32)(const float *basis, int64_t stride, int64_t columns, const double *numbers, double *v, int64_t count);
    void (*combine_f64)(const double *basis, int64_t stride, int64_t columns, const double *numbers, double *v, int64_t count);
    /* to = from + value * v (from NULL: 0), computed in double and rounded once */
    void (*place_f32)(const float *from, double value, const double *v, float *to, int64_t count);
    void (*place_f64)(const double *from, double value, const double *v, double *to, int64_t count);
    /* SAM_UNIFORM, SAM_NORMAL or SAM_RADEMACHER, elements index to index + count - 1 */
    void (*random)(int32_t kind, uint64_t seed, uint32_t stream, uint32_t draw, int64_t index, int64_t count, double *out);
    void (*factored_f32)(sam_factored *);
    void (*factored_f64)(sam_factored *);
    void (*uniform)(uint64_t seed, uint32_t stream, uint32_t draw, int64_t index, int64_t count, double *out);
    double (*logarithm)(double);            /* the same bits everywhere, unlike libm's */
    double (*cosine)(double);
    double (*power)(double base, double exponent);   /* base >= 0 */
    int32_t rule_count;                 /* at most SAM_RULES */
    sam_rule rule[SAM_RULES];
} sam_kernels;

/* A piece of zeros: as a few stores of vectors. */
/* By stores that stay such: where code is made small a memset is a string instruction, slow for so few bytes. */
typedef int64_t sam_two_words __attribute__((vector_size(16), aligned(8)));
_Static_assert(sizeof(sam_piece) % sizeof(sam_two_words) == 0, "cleared by two words at a time");
static inline void sam_piece_clear(sam_piece *piece) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < sizeof *piece / sizeof(sam_two_words); i++)
        ((volatile sam_two_words *)piece)[i] = (sam_two_words){0, 0};
}
static inline sam_rule *sam_kernels_rule(sam_kernels *table, int i) { return &table->rule[i]; }
static inline sam_rule_option *sam_rule_option_at(sam_rule *rule, int i) { return &rule->option[i]; }
static inline const char **sam_rule_slot_name(sam_rule *rule, int i) { return &rule->slot[i]; }
static inline void **sam_piece_slot(sam_piece *piece, int i) { return &piece->slot[i]; }
static inline void *sam_piece_slot_at(const sam_piece *piece, int i) { return piece->slot[i]; }

/* Fills the table; v3 one that the baseline filled, v4 one that v3 did: what they do not have stays. Every instruction set's object has
   one, under a name of its own. */
void sam_kernels_baseline(sam_kernels *table);
void sam_kernels_v3(sam_kernels *table);
void sam_kernels_v4(sam_kernels *table);

#endif
