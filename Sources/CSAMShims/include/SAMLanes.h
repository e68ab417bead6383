/* Vector operations that Swift cannot say, or says as a call per element: roots, streaming stores, selections.
   Imported into Swift as SIMD16<Float> and SIMD8<Double>; every function inlines to the instruction.
   Compile with -ffp-contract=off: a * b + c is two roundings on every instruction set. */
#ifndef SAM_LANES_H
#define SAM_LANES_H

#include <stdint.h>
#include <math.h>

#define SAM_INLINE static inline __attribute__((always_inline, unused))

typedef float sam_f32x16 __attribute__((ext_vector_type(16)));
typedef double sam_f64x8 __attribute__((ext_vector_type(8)));
typedef float sam_f32x8 __attribute__((ext_vector_type(8)));
typedef int64_t sam_i64x8 __attribute__((ext_vector_type(8)));
typedef uint64_t sam_u64x8 __attribute__((ext_vector_type(8)));
typedef uint32_t sam_u32x8 __attribute__((ext_vector_type(8)));
typedef float sam_f32x16_unaligned __attribute__((ext_vector_type(16), aligned(4)));
typedef double sam_f64x8_unaligned __attribute__((ext_vector_type(8), aligned(8)));
typedef float sam_f32x8_unaligned __attribute__((ext_vector_type(8), aligned(4)));

SAM_INLINE sam_f32x16 sam_load_f32x16(const float *p) { return *(const sam_f32x16_unaligned *)p; }
SAM_INLINE sam_f64x8 sam_load_f64x8(const double *p) { return *(const sam_f64x8_unaligned *)p; }
SAM_INLINE void sam_store_f32x16(float *p, sam_f32x16 v) { *(sam_f32x16_unaligned *)p = v; }
SAM_INLINE void sam_store_f64x8(double *p, sam_f64x8 v) { *(sam_f64x8_unaligned *)p = v; }

/* p at a multiple of 64 bytes; past the caches. sam_fence() orders what was streamed before what follows. A line's parts are stored one
   directly behind the other: with other stores between them some processors write the line in pieces, at a fraction of the speed. */
#if defined(__AVX__) && !defined(__AVX512F__)
#define SAM_STREAM_LINE(p, v)                                                                        \
    __asm__ volatile("vmovntps %1, (%0)\n\tvmovntps %2, 32(%0)" : : "r"(p),                          \
                     "x"(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7)),                     \
                     "x"(__builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15)) : "memory")
#elif defined(__x86_64__) && !defined(__AVX__)
#define SAM_STREAM_LINE(p, v)                                                                        \
    __asm__ volatile("movntps %1, (%0)\n\tmovntps %2, 16(%0)\n\tmovntps %3, 32(%0)\n\tmovntps %4, 48(%0)" : : "r"(p), \
                     "x"(__builtin_shufflevector(v, v, 0, 1, 2, 3)), "x"(__builtin_shufflevector(v, v, 4, 5, 6, 7)),         \
                     "x"(__builtin_shufflevector(v, v, 8, 9, 10, 11)), "x"(__builtin_shufflevector(v, v, 12, 13, 14, 15)) : "memory")
#else
#define SAM_STREAM_LINE(p, v) __builtin_nontemporal_store(v, (sam_f32x16 *)(p))
#endif
SAM_INLINE void sam_stream_f32x16(float *p, sam_f32x16 v) { SAM_STREAM_LINE(p, v); }
SAM_INLINE void sam_stream_f64x8(double *p, sam_f64x8 d) { sam_f32x16 v = (sam_f32x16)d; SAM_STREAM_LINE(p, v); }

/* Numbers of 16 bits where the processor converts those of type f16: the bits are those of SAMKernels/Half.swift. A rounded number is an f32
   that has one of that type; storing it is exact. */
#if defined(__F16C__) || !defined(__x86_64__)
typedef uint32_t sam_u32x16 __attribute__((ext_vector_type(16)));
typedef uint16_t sam_u16x16 __attribute__((ext_vector_type(16)));
typedef uint16_t sam_u16x16_unaligned __attribute__((ext_vector_type(16), aligned(2)));
typedef _Float16 sam_f16x16 __attribute__((ext_vector_type(16)));
typedef _Float16 sam_f16x16_unaligned __attribute__((ext_vector_type(16), aligned(2)));

SAM_INLINE sam_f32x16 sam_load_bf16x16(const uint16_t *p) {
    return (sam_f32x16)(__builtin_convertvector(*(const sam_u16x16_unaligned *)p, sam_u32x16) << 16);
}
SAM_INLINE sam_f32x16 sam_load_f16x16(const uint16_t *p) { return __builtin_convertvector(*(const sam_f16x16_unaligned *)p, sam_f32x16); }
#define SAM_NEAREST_BF16(x) (x + 0x7FFF + (x >> 16 & 1))
SAM_INLINE sam_f32x16 sam_round_bf16x16(sam_f32x16 v) {
    sam_u32x16 x = (sam_u32x16)v, nearest = SAM_NEAREST_BF16(x), number = v == v ? nearest : (x | 0x400000);
    return (sam_f32x16)(number & 0xFFFF0000);
}
/* The same of what is no NaN. */
SAM_INLINE sam_f32x16 sam_nearest_bf16x16(sam_f32x16 v) {
    sam_u32x16 x = (sam_u32x16)v;
    return (sam_f32x16)(SAM_NEAREST_BF16(x) & 0xFFFF0000);
}
SAM_INLINE sam_f32x16 sam_round_f16x16(sam_f32x16 v) { return __builtin_convertvector(__builtin_convertvector(v, sam_f16x16), sam_f32x16); }
SAM_INLINE void sam_store_bf16x16(uint16_t *p, sam_f32x16 v) {
    *(sam_u16x16_unaligned *)p = __builtin_convertvector((sam_u32x16)v >> 16, sam_u16x16);
}
SAM_INLINE void sam_store_f16x16(uint16_t *p, sam_f32x16 v) { *(sam_f16x16_unaligned *)p = __builtin_convertvector(v, sam_f16x16); }
#endif

SAM_INLINE void sam_fence(void) {
#if defined(__x86_64__)
    __builtin_ia32_sfence();
#endif
}
SAM_INLINE void sam_prefetch(const void *p) { __builtin_prefetch(p, 0, 3); }

SAM_INLINE sam_f64x8 sam_widen_f32(const float *p) { return __builtin_convertvector(*(const sam_f32x8_unaligned *)p, sam_f64x8); }

/* sum + x y of what was widened: products of f32 are exact in double, so that one rounding and two are the same bits. */
SAM_INLINE sam_f64x8 sam_add_products_f32(sam_f64x8 sum, sam_f64x8 x, sam_f64x8 y) {
#if defined(__FMA__) || defined(__aarch64__)
    return __builtin_elementwise_fma(x, y, sum);
#else
    return sum + x * y;
#endif
}

/* The lanes' sum in double: halves are added, then halves of what they are. */
#define SAM_TOTAL(v) (((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])))
SAM_INLINE double sam_total_f64x8(sam_f64x8 v) { return SAM_TOTAL(v); }
/* Lanes 0 to 7 and 8 to 15 as doubles. */
SAM_INLINE sam_f64x8 sam_lower_f32x16(sam_f32x16 v) { return __builtin_convertvector(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7), sam_f64x8); }
SAM_INLINE sam_f64x8 sam_upper_f32x16(sam_f32x16 v) {
    return __builtin_convertvector(__builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15), sam_f64x8);
}
SAM_INLINE double sam_total_f32x16(sam_f32x16 v) {
    sam_f64x8 sum = __builtin_convertvector(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7), sam_f64x8)
        + __builtin_convertvector(__builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15), sam_f64x8);
    return SAM_TOTAL(sum);
}

/* 0 where v is below the normal range, else v; by integers, which no processor is slow with. */
SAM_INLINE sam_f32x16 sam_normal_f32x16(sam_f32x16 v) {
    typedef int32_t bits __attribute__((ext_vector_type(16)));
    bits x = (bits)v;
    return (sam_f32x16)(((x & 0x7FFFFFFF) >= 0x00800000) & x);
}
SAM_INLINE sam_f64x8 sam_normal_f64x8(sam_f64x8 v) {
    sam_i64x8 x = (sam_i64x8)v;
    return (sam_f64x8)(((x & 0x7FFFFFFFFFFFFFFF) >= 0x0010000000000000) & x);
}

SAM_INLINE sam_f32x16 sam_root_f32x16(sam_f32x16 v) { return __builtin_elementwise_sqrt(v); }
SAM_INLINE sam_f64x8 sam_root_f64x8(sam_f64x8 v) { return __builtin_elementwise_sqrt(v); }
SAM_INLINE float sam_root_f32(float v) { return __builtin_elementwise_sqrt(v); }
SAM_INLINE double sam_root_f64(double v) { return __builtin_elementwise_sqrt(v); }

SAM_INLINE sam_f32x16 sam_magnitude_f32x16(sam_f32x16 v) { return __builtin_elementwise_abs(v); }
SAM_INLINE sam_f64x8 sam_magnitude_f64x8(sam_f64x8 v) { return __builtin_elementwise_abs(v); }

/* The bits, integers below 2^53, as doubles: the halves' doubles begin as those of 2^52 and 2^84. */
SAM_INLINE sam_f64x8 sam_double_u64x8(sam_f64x8 bits) {
    sam_u64x8 v = (sam_u64x8)bits;
    return ((sam_f64x8)(v >> 32 | 0x4530000000000000) - (0x1p84 + 0x1p52)) + (sam_f64x8)((v & 0xFFFFFFFF) | 0x4330000000000000);
}
SAM_INLINE void sam_store_pairs_f64x8(double *p, sam_f64x8 a, sam_f64x8 b) {
    *(sam_f64x8_unaligned *)p = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    *(sam_f64x8_unaligned *)(p + 8) = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
/* cos and sin of an angle and so many quarters of the circle as the lowest bits of q say, from c = cos and s = sin of the angle. */
SAM_INLINE sam_f64x8 sam_turned_cosine(sam_f64x8 q, sam_f64x8 c, sam_f64x8 s) {
    sam_u64x8 turns = (sam_u64x8)q;
    return (sam_f64x8)(((turns & 1) != 0 ? (sam_u64x8)s : (sam_u64x8)c) ^ ((turns + 1) & 2) << 62);
}
SAM_INLINE sam_f64x8 sam_turned_sine(sam_f64x8 q, sam_f64x8 c, sam_f64x8 s) {
    sam_u64x8 turns = (sam_u64x8)q;
    return (sam_f64x8)(((turns & 1) != 0 ? (sam_u64x8)c : (sam_u64x8)s) ^ (turns & 2) << 62);
}

/* 1 where v > 0, -1 where v < 0, v itself (0 or NaN) elsewhere. */
SAM_INLINE sam_f32x16 sam_sign_f32x16(sam_f32x16 v) { sam_f32x16 one = 1, less = -1; return v > 0 ? one : v < 0 ? less : v; }
SAM_INLINE sam_f64x8 sam_sign_f64x8(sam_f64x8 v) { sam_f64x8 one = 1, less = -1; return v > 0 ? one : v < 0 ? less : v; }
SAM_INLINE float sam_sign_f32(float v) { return v > 0 ? 1 : v < 0 ? -1 : v; }
SAM_INLINE double sam_sign_f64(double v) { return v > 0 ? 1 : v < 0 ? -1 : v; }

/* b where b > a (or a is NaN: a), a elsewhere; and the other way round. */
SAM_INLINE sam_f32x16 sam_larger_f32x16(sam_f32x16 a, sam_f32x16 b) { return b > a ? b : a; }
SAM_INLINE sam_f64x8 sam_larger_f64x8(sam_f64x8 a, sam_f64x8 b) { return b > a ? b : a; }
SAM_INLINE sam_f32x16 sam_smaller_f32x16(sam_f32x16 a, sam_f32x16 b) { return b < a ? b : a; }
SAM_INLINE sam_f64x8 sam_smaller_f64x8(sam_f64x8 a, sam_f64x8 b) { return b < a ? b : a; }

/* 1 where a > b, 0 elsewhere. */
SAM_INLINE sam_f32x16 sam_above_f32x16(sam_f32x16 a, sam_f32x16 b) { sam_f32x16 one = 1, none = 0; return a > b ? one : none; }
SAM_INLINE sam_f64x8 sam_above_f64x8(sam_f64x8 a, sam_f64x8 b) { sam_f64x8 one = 1, none = 0; return a > b ? one : none; }

#endif
