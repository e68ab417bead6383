#include "golden_problem.h"

#include <math.h>
#include <sam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

cJSON *read_json(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(2);
    }
    size_t size = (size_t)ftell(file);
    char *text = malloc(size + 1);
    rewind(file);
    if (!text || fread(text, 1, size, file) != size) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(2);
    }
    text[size] = 0;
    fclose(file);
    cJSON *json = cJSON_Parse(text);
    free(text);
    if (!json) {
        fprintf(stderr, "%s is not JSON\n", path);
        exit(2);
    }
    return json;
}

/* The numbers of an array, or of an array of arrays row by row, in memory of their own. */
static double *numbers(const cJSON *json, const char *name, int64_t expected) {
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(json, name), *row, *item;
    double *out = malloc((size_t)expected * sizeof *out);
    int64_t count = 0;
    cJSON_ArrayForEach(row, array) {
        if (cJSON_IsNumber(row) && count++ < expected)
            out[count - 1] = row->valuedouble;
        if (cJSON_IsArray(row))
            cJSON_ArrayForEach(item, row) if (count++ < expected) out[count - 1] = item->valuedouble;
    }
    if (count != expected) {
        fprintf(stderr, "\"%s\" holds %lld numbers where %lld belong\n", name, (long long)count, (long long)expected);
        exit(2);
    }
    return out;
}

static int32_t role_number(const char *role) {
    const char *const names[] = {"weight", "bias", "norm", "embedding"};
    for (int32_t i = 0; i < 4; i++)
        if (!strcmp(role, names[i]))
            return i;
    fprintf(stderr, "unknown role %s\n", role);
    exit(2);
}

void problem_read(const char *path, problem *out) {
    memset(out, 0, sizeof *out);
    out->json = read_json(path);
    const cJSON *tensor, *axis;
    cJSON_ArrayForEach(tensor, cJSON_GetObjectItemCaseSensitive(out->json, "tensors")) {
        problem_tensor *t = &out->tensor[out->tensors++];
        t->name = cJSON_GetObjectItemCaseSensitive(tensor, "name")->valuestring;
        t->role = role_number(cJSON_GetObjectItemCaseSensitive(tensor, "role")->valuestring);
        t->start = out->n;
        t->size = 1;
        cJSON_ArrayForEach(axis, cJSON_GetObjectItemCaseSensitive(tensor, "shape")) {
            t->shape[t->rank++] = (int64_t)axis->valuedouble;
            t->size *= (int64_t)axis->valuedouble;
        }
        out->n += t->size;
    }
    int64_t n = out->n;
    out->batches = (int64_t)cJSON_GetObjectItemCaseSensitive(out->json, "batches")->valuedouble;
    out->start = numbers(out->json, "start", n);
    out->a = numbers(out->json, "a", n);
    out->k = numbers(out->json, "k", n);
    out->p = numbers(out->json, "p", n);
    out->aux = numbers(out->json, "aux", n);
    out->A = numbers(out->json, "A", n * n);
    out->c = numbers(out->json, "c", out->batches * n);
}

void problem_free(problem *p) {
    cJSON_Delete(p->json);
    free(p->start), free(p->a), free(p->k), free(p->p), free(p->aux), free(p->A), free(p->c);
}

double problem_evaluate(const problem *p, const double *w, int64_t batch, int auxiliary, double *g) {
    double loss = 0, n = (double)p->n;
    if (auxiliary) {
        for (int64_t i = 0; i < p->n; i++) {
            g[i] = (w[i] - p->aux[i]) / n;
            loss += 0.5 * (w[i] - p->aux[i]) * (w[i] - p->aux[i]) / n;
        }
        return loss;
    }
    const double *c = p->c + (batch % p->batches) * p->n;
    for (int64_t i = 0; i < p->n; i++) {
        double product = 0, angle = p->k[i] * w[i] + p->p[i];
        for (int64_t j = 0; j < p->n; j++)
            product += p->A[i * p->n + j] * (w[j] - c[j]);
        loss += 0.5 * (w[i] - c[i]) * product + p->a[i] * cos(angle);
        g[i] = (product - p->a[i] * p->k[i] * sin(angle)) / n;
    }
    return loss / n;
}
