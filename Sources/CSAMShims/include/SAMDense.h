/* Dense algebra, row-major, on the calling thread alone: by OpenBLAS, loaded at the first use, where it is there (and SAM_WITH_BLAS), else by
   plain code. Nothing is allocated by ours; no setting of the host's BLAS is left changed. Sizes are >= 0. NaN gives NaN, and ends. */
#ifndef SAM_DENSE_H
#define SAM_DENSE_H

#include <stdint.h>

/* c = alpha op(a) op(b) + beta c: [m, n], op(a) [m, k], op(b) [k, n]; transposed: op(x) = x'. lda, ldb, ldc: from row to row as they are stored.
   beta = 0: c is not read. */
void sam_gemm_f64(int a_transposed, int b_transposed, int64_t m, int64_t n, int64_t k, double alpha, const double *a, int64_t lda,
                  const double *b, int64_t ldb, double beta, double *c, int64_t ldc);
void sam_gemm_f32(int a_transposed, int b_transposed, int64_t m, int64_t n, int64_t k, float alpha, const float *a, int64_t lda,
                  const float *b, int64_t ldb, float beta, float *c, int64_t ldc);

/* The eigenvalues of a symmetric a [n, n], in rising order, and in the rows of a its eigenvectors. work: sam_eigen_work(n) doubles. Not 0: they did
   not converge (not finite input). */
int64_t sam_eigen_work(int64_t n);
int sam_eigen(int64_t n, double *a, double *values, double *work);

/* a [n, n] becomes the orthogonal factor Q of a = Q R. work: sam_orthogonal_work(n) doubles. */
int64_t sam_orthogonal_work(int64_t n);
void sam_orthogonal(int64_t n, double *a, double *work);

/* The singular values of a [rows, columns], which is destroyed, in falling order: min(rows, columns). work: doubles. Not 0: not converged. */
int64_t sam_singular_work(int64_t rows, int64_t columns);
int sam_singular(int64_t rows, int64_t columns, double *a, double *values, double *work);

/* 1: from now on the plain code (tests). Process-wide. */
void sam_dense_plain(int on);
/* "openblas" where it is in use, "plain"; before the first use it is looked for. */
const char *sam_dense_kind(void);

/* The plain code: the same bits on every machine. A matrix that is not finite gives not 0, and whatever numbers. */
void sam_plain_gemm_f64(int ta, int tb, int64_t m, int64_t n, int64_t k, double alpha, const double *a, int64_t lda, const double *b, int64_t ldb,
                        double beta, double *c, int64_t ldc);
void sam_plain_gemm_f32(int ta, int tb, int64_t m, int64_t n, int64_t k, float alpha, const float *a, int64_t lda, const float *b, int64_t ldb,
                        float beta, float *c, int64_t ldc);
int sam_plain_eigen(int64_t n, double *a, double *values, double *work);
void sam_plain_orthogonal(int64_t n, double *a, double *work);
int sam_plain_singular(int64_t rows, int64_t columns, double *a, double *values, double *work);

#endif
