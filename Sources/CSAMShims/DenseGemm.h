/* The plain product of one type: NUMBER, NAME. Rows of c are made of rows of b, or of products of rows, a block of k at a time. */
static void NAME(scale)(int64_t m, int64_t n, NUMBER beta, NUMBER *c, int64_t ldc) {
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++)
            c[i * ldc + j] = beta == 0 ? 0 : beta * c[i * ldc + j];
}

static NUMBER NAME(product)(const NUMBER *x, const NUMBER *y, int64_t count) {
    NUMBER sum[8] = {0}, rest = 0;
    int64_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int l = 0; l < 8; l++)
            sum[l] += x[i + l] * y[i + l];
    for (; i < count; i++)
        rest += x[i] * y[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7])) + rest;
}

/* out += alpha times the products of x with four rows of y. */
static void NAME(four)(const NUMBER *x, const NUMBER *y, int64_t ldy, int64_t count, NUMBER alpha, NUMBER *out) {
    NUMBER sum[4][4] = {{0}}, rest[4] = {0};
    int64_t i = 0;
    for (; i + 4 <= count; i += 4)
        for (int r = 0; r < 4; r++)
            for (int l = 0; l < 4; l++)
                sum[r][l] += x[i + l] * y[r * ldy + i + l];
    for (; i < count; i++)
        for (int r = 0; r < 4; r++)
            rest[r] += x[i] * y[r * ldy + i];
    for (int r = 0; r < 4; r++)
        out[r] += alpha * ((sum[r][0] + sum[r][1]) + (sum[r][2] + sum[r][3]) + rest[r]);
}

void NAME(sam_plain_gemm)(int ta, int tb, int64_t m, int64_t n, int64_t k, NUMBER alpha, const NUMBER *a, int64_t lda, const NUMBER *b,
                          int64_t ldb, NUMBER beta, NUMBER *c, int64_t ldc) {
    enum { BLOCK = 128 };
    int64_t row = ta ? 1 : lda, step = ta ? lda : 1;        /* a's element (i, l) stands at i row + l step */
    NUMBER left[BLOCK];
    NAME(scale)(m, n, beta, c, ldc);
    for (int64_t from = 0; from < k; from += BLOCK) {
        int64_t count = from + BLOCK < k ? BLOCK : k - from;
        for (int64_t i = 0; i < m; i++) {
            NUMBER *out = c + i * ldc;
            int64_t j = 0;
            for (int64_t l = 0; l < count; l++)
                left[l] = a[i * row + (from + l) * step];
            for (; tb && j + 4 <= n; j += 4)
                NAME(four)(left, b + j * ldb + from, ldb, count, alpha, out + j);
            for (; tb && j < n; j++)
                out[j] += alpha * NAME(product)(left, b + j * ldb + from, count);
            for (int64_t l = 0; !tb && l < count; l++) {
                NUMBER factor = alpha * left[l];
                const NUMBER *in = b + (from + l) * ldb;
                for (j = 0; j < n; j++)
                    out[j] += factor * in[j];
            }
        }
    }
}
