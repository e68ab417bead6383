/* The plain product of one type: NUMBER, NAME. Rows of c are made of rows of b, or of products of rows, a block of k at a time. */
static void NAME(scale)(int64_t m, int64_t n, NUMBER beta, NUMBER *c, int64_t ldc) {
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++)
            c[i * ldc + j] = beta == 0 ? 0 : beta * c[i * ldc + j];
}

static NUMBER NAME(product)(const NUMBER *x, int64_t xs, const NUMBER *y, int64_t count) {
    NUMBER sum[8] = {0}, rest = 0;
    int64_t i = 0;
    if (xs == 1)
        for (; i + 8 <= count; i += 8)
            for (int l = 0; l < 8; l++)
                sum[l] += x[i + l] * y[i + l];
    for (; i < count; i++)
        rest += x[i * xs] * y[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7])) + rest;
}

void NAME(sam_plain_gemm)(int ta, int tb, int64_t m, int64_t n, int64_t k, NUMBER alpha, const NUMBER *a, int64_t lda, const NUMBER *b,
                          int64_t ldb, NUMBER beta, NUMBER *c, int64_t ldc) {
    enum { BLOCK = 128 };
    int64_t row = ta ? 1 : lda, step = ta ? lda : 1;        /* a's element (i, l) stands at i row + l step */
    NAME(scale)(m, n, beta, c, ldc);
    for (int64_t from = 0; from < k; from += BLOCK) {
        int64_t to = from + BLOCK < k ? from + BLOCK : k;
        for (int64_t i = 0; i < m; i++) {
            NUMBER *out = c + i * ldc;
            if (tb) {
                for (int64_t j = 0; j < n; j++)
                    out[j] += alpha * NAME(product)(a + i * row + from * step, step, b + j * ldb + from, to - from);
            } else {
                for (int64_t l = from; l < to; l++) {
                    NUMBER factor = alpha * a[i * row + l * step];
                    const NUMBER *in = b + l * ldb;
                    for (int64_t j = 0; j < n; j++)
                        out[j] += factor * in[j];
                }
            }
        }
    }
}
