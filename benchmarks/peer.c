/* What steps.py calls in C: the limit, the hand-written peers, and the loop over sam_step. Compiled there at run time:
       cc -O3 -march=native -fno-math-errno -fno-trapping-math -fopenmp -fPIC -shared benchmarks/peer.c -o build-steps/peer.so
   The peers walk the whole set in one pass, tensor by tensor, every thread an equal share of the scalars; sets below PARALLEL scalars in
   one thread. Arrays of the set begin at multiples of 64 bytes. `stream`: which stores go past the caches, bit 1 those to memory that the pass does not read
   (home, and w where there is a home), bit 2 the others; a line is written whole, its stores side by side. */
#include <math.h>
#include <omp.h>
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { PARALLEL = 500000, CUT = 16, BLOCK = 4096 };

#if defined(__AVX512F__)
enum { LANES = 16 };
typedef __m512 lanes;
#define ROOT(x) _mm512_sqrt_ps(x)
#define STREAM(p, x) _mm512_stream_ps(p, x)
#elif defined(__AVX__)
enum { LANES = 8 };
typedef __m256 lanes;
#define ROOT(x) _mm256_sqrt_ps(x)
#define STREAM(p, x) _mm256_stream_ps(p, x)
#elif defined(__x86_64__)
enum { LANES = 4 };
typedef __m128 lanes;
#define ROOT(x) _mm_sqrt_ps(x)
#define STREAM(p, x) _mm_stream_ps(p, x)
#else
enum { LANES = 4 };
typedef float lanes __attribute__((vector_size(16)));
static lanes ROOT(lanes x) {
    for (int i = 0; i < LANES; i++)
        x[i] = sqrtf(x[i]);
    return x;
}
#define STREAM(p, x) (*(lanes *)(p) = (x))
#endif

/* Tensors by number; home: where the iterate stands from climb to descend (the weights themselves where there is no climb). */
typedef struct set {
    int64_t count, total;
    const int64_t *sizes;
    float **w, **g, **home, **m, **v;
    int64_t threads, stream, adam, steps;
    float rho, lr, momentum, beta1, beta2, eps, decay;
} set;

/* Numbers of a pass, and its sum over the elements from `a` to `b` of tensor t. */
typedef struct numbers { float scale, step, root, keep; } numbers;
typedef double pass(const set *s, const numbers *k, int64_t t, int64_t a, int64_t b);

static int64_t cut(int64_t x, int64_t size) { return x <= 0 ? 0 : x >= size ? size : x & -(int64_t)CUT; }

static double over(const set *s, pass *f, const numbers *k) {
    double sum = 0;
    int parts = s->total < PARALLEL ? 1 : (int)s->threads;
    if (parts == 1) {
        for (int64_t t = 0; t < s->count; t++)
            sum += f(s, k, t, 0, s->sizes[t]);
        return sum;
    }
#pragma omp parallel num_threads(parts) reduction(+ : sum)
    {
        int64_t part = omp_get_thread_num(), begin = s->total * part / parts, end = s->total * (part + 1) / parts;
        for (int64_t t = 0, at = 0; t < s->count && at < end; at += s->sizes[t++]) {
            int64_t a = cut(begin - at, s->sizes[t]), b = cut(end - at, s->sizes[t]);
            if (a < b)
                sum += f(s, k, t, a, b);
        }
    }
    return sum;
}

static inline lanes load(const float *p) { return *(const lanes *)p; }

static inline __attribute__((always_inline)) void store(float *p, lanes x, int stream) {
    if (stream)
        STREAM(p, x);
    else
        *(lanes *)p = x;
}

static inline void fence(int stream) {
#if defined(__x86_64__)
    if (stream)
        _mm_sfence();
#else
    (void)stream;
#endif
}

static double squares(const set *s, const numbers *k, int64_t t, int64_t a, int64_t b) {
    const float *g = s->g[t];
    double sum = 0;
    (void)k;
    for (; a < b; a += BLOCK) {
        int64_t end = b - a < BLOCK ? b : a + BLOCK, i = a;
        lanes x = {0}, y = {0}, z = {0}, u = {0};
        for (; i + 4 * LANES <= end; i += 4 * LANES) {
            lanes p = load(g + i), q = load(g + i + LANES), r = load(g + i + 2 * LANES), o = load(g + i + 3 * LANES);
            x += p * p;
            y += q * q;
            z += r * r;
            u += o * o;
        }
        x = x + y + (z + u);
        float tail = 0;
        for (int l = 0; l < LANES; l++)
            tail += x[l];
        for (; i < end; i++)
            tail += g[i] * g[i];
        sum += tail;
    }
    return sum;
}

/* Calls f with the constants 0, 1, 2, 3 for `stream`. */
#define BY_STREAM(f, ...) \
    (s->stream == 0 ? f(__VA_ARGS__, 0) : s->stream == 1 ? f(__VA_ARGS__, 1) : s->stream == 2 ? f(__VA_ARGS__, 2) : f(__VA_ARGS__, 3))

enum { HOME = 1, READ = 2, PARTS = 16 / LANES };    /* PARTS vectors are one line */

static inline __attribute__((always_inline)) void climb_piece(const set *s, const numbers *k, int64_t t, int64_t a, int64_t b, int stream) {
    float *restrict w = s->w[t], *restrict home = s->home[t];
    const float *restrict g = s->g[t];
    float scale = k->scale;
    int64_t i = a;
    for (; i + 16 <= b; i += 16) {
        lanes x[PARTS], y[PARTS];
        for (int l = 0; l < PARTS; l++) {
            x[l] = load(w + i + l * LANES);
            y[l] = x[l] + scale * load(g + i + l * LANES);
        }
        for (int l = 0; l < PARTS; l++)
            store(home + i + l * LANES, x[l], stream & HOME);
        for (int l = 0; l < PARTS; l++)
            store(w + i + l * LANES, y[l], stream & READ);
    }
    for (; i < b; i++) {
        home[i] = w[i];
        w[i] += scale * g[i];
    }
    fence(stream);
}

static double climb_pass(const set *s, const numbers *k, int64_t t, int64_t a, int64_t b) {
    BY_STREAM(climb_piece, s, k, t, a, b);
    return 0;
}

/* w is not read where there is a home. */
static inline __attribute__((always_inline)) void sgd_piece(const set *s, const numbers *k, int64_t t, int64_t a, int64_t b, int stream) {
    float *w = s->w[t], *m = s->m[t];
    const float *g = s->g[t], *home = s->home[t];
    float mu = s->momentum, lr = s->lr;
    int64_t i = a;
    (void)k;
    for (; i + 16 <= b; i += 16) {
        lanes x[PARTS], y[PARTS];
        for (int l = 0; l < PARTS; l++) {
            x[l] = mu * load(m + i + l * LANES) + load(g + i + l * LANES);
            y[l] = load(home + i + l * LANES) - lr * x[l];
        }
        for (int l = 0; l < PARTS; l++)
            store(m + i + l * LANES, x[l], stream & READ);
        for (int l = 0; l < PARTS; l++)
            store(w + i + l * LANES, y[l], stream & HOME);
    }
    for (; i < b; i++) {
        m[i] = mu * m[i] + g[i];
        w[i] = home[i] - lr * m[i];
    }
    fence(stream);
}

static double sgd_pass(const set *s, const numbers *k, int64_t t, int64_t a, int64_t b) {
    BY_STREAM(sgd_piece, s, k, t, a, b);
    return 0;
}

static inline __attribute__((always_inline)) void adam_piece(const set *s, const numbers *k, int64_t t, int64_t a, int64_t b, int stream) {
    float *w = s->w[t], *m = s->m[t], *v = s->v[t];
    const float *g = s->g[t], *home = s->home[t];
    float b1 = s->beta1, b2 = s->beta2, c1 = 1 - s->beta1, c2 = 1 - s->beta2, eps = s->eps, step = k->step, root = k->root, keep = k->keep;
    int64_t i = a;
    for (; i + 16 <= b; i += 16) {
        lanes x[PARTS], y[PARTS], z[PARTS];
        for (int l = 0; l < PARTS; l++) {
            int64_t j = i + l * LANES;
            lanes d = load(g + j);
            x[l] = b1 * load(m + j) + c1 * d;
            y[l] = b2 * load(v + j) + c2 * (d * d);
            z[l] = keep * load(home + j) - step * x[l] / (root * ROOT(y[l]) + eps);
        }
        for (int l = 0; l < PARTS; l++)
            store(m + i + l * LANES, x[l], stream & READ);
        for (int l = 0; l < PARTS; l++)
            store(v + i + l * LANES, y[l], stream & READ);
        for (int l = 0; l < PARTS; l++)
            store(w + i + l * LANES, z[l], stream & HOME);
    }
    for (; i < b; i++) {
        m[i] = b1 * m[i] + c1 * g[i];
        v[i] = b2 * v[i] + c2 * (g[i] * g[i]);
        w[i] = keep * home[i] - step * m[i] / (root * sqrtf(v[i]) + eps);
    }
    fence(stream);
}

static double adam_pass(const set *s, const numbers *k, int64_t t, int64_t a, int64_t b) {
    BY_STREAM(adam_piece, s, k, t, a, b);
    return 0;
}

/* As llm.c updates: one plain loop that the compiler makes fast. home is w. */
static double plain_adam_pass(const set *s, const numbers *k, int64_t t, int64_t a, int64_t b) {
    float *restrict w = s->w[t], *restrict m = s->m[t], *restrict v = s->v[t];
    const float *restrict g = s->g[t];
    float b1 = s->beta1, b2 = s->beta2, lr = s->lr, eps = s->eps, decay = s->decay, first = k->scale, second = k->root;
    for (int64_t i = a; i < b; i++) {
        float mean = b1 * m[i] + (1 - b1) * g[i], square = b2 * v[i] + (1 - b2) * g[i] * g[i];
        m[i] = mean;
        v[i] = square;
        w[i] -= lr * (mean / first / (sqrtf(square / second) + eps) + decay * w[i]);
    }
    return 0;
}

void peer_climb(set *s) {
    numbers k = {.scale = (float)(s->rho / (sqrt(over(s, squares, 0)) + 1e-12))};
    over(s, climb_pass, &k);
}

void peer_descend(set *s) {
    double t = (double)++s->steps;
    numbers k = {.step = (float)(s->lr / (1 - pow(s->beta1, t))), .root = (float)(1 / sqrt(1 - pow(s->beta2, t))), .keep = 1 - s->lr * s->decay};
    over(s, s->adam ? adam_pass : sgd_pass, &k);
}

void peer_plain_adam(set *s) {
    double t = (double)++s->steps;
    numbers k = {.scale = (float)(1 - pow(s->beta1, t)), .root = (float)(1 - pow(s->beta2, t))};
    over(s, plain_adam_pass, &k);
}

/* Many steps from C. kind 0: SAM, 1: the base alone, 2: the plain loop. */
void peer_steps(set *s, int kind, int64_t steps) {
    while (steps-- > 0) {
        if (kind == 0)
            peer_climb(s);
        if (kind == 2)
            peer_plain_adam(s);
        else
            peer_descend(s);
    }
}

/* w += a g, `repeats` times. */
void peer_axpy(float *restrict w, const float *restrict g, int64_t n, int threads, int64_t repeats) {
    while (repeats-- > 0) {
        if (threads == 1)
            for (int64_t i = 0; i < n; i++)
                w[i] += 1e-9f * g[i];
        else {
#pragma omp parallel for num_threads(threads) schedule(static)
            for (int64_t i = 0; i < n; i++)
                w[i] += 1e-9f * g[i];
        }
        __asm__ volatile("" : : "r"(w) : "memory");
    }
}

/* The host's loop in C, whose evaluations cost nothing: 0, or the first failing status. */
int peer_drive(int (*step)(void *, double), void *optimizer, int64_t steps) {
    while (steps-- > 0) {
        int ask;
        while ((ask = step(optimizer, 1.0)) > 0)
            ;
        if (ask < 0)
            return ask;
    }
    return 0;
}
