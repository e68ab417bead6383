/* A host that has the library inside: matrices, a state in a file, a second optimizer that goes on from it. Prints what the algebra is done by. */
#include <sam.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 48, COLUMNS = 32, SIZE = ROWS * COLUMNS };
static float w[SIZE], g[SIZE];
static sam_optimizer *optimizer;

static int start(void) {
    const int64_t shape[] = {ROWS, COLUMNS};
    sam_parameter tensor = {.struct_size = sizeof tensor, .name = "w", .dtype = SAM_F32, .rank = 2, .shape = shape, .data = w, .gradient = g};
    sam_parameters *parameters;
    int status;
    if ((status = sam_parameters_create(&parameters)) < 0 || (status = sam_parameters_add(parameters, &tensor)) < 0 ||
        (status = sam_optimizer_create(parameters, "sam", "soap", &optimizer)) < 0)
        return status;
    sam_parameters_destroy(parameters);
    return sam_optimizer_set(optimizer, -1, "precondition_frequency", 2);
}

static int step(void) {
    double loss = 0;
    int ask;
    while ((ask = sam_step(optimizer, loss)) > 0) {
        loss = 0;
        for (int i = 0; i < SIZE; i++)
            g[i] = w[i] * (float)(1 + i % 3), loss += 0.5 * w[i] * g[i];
    }
    return ask;
}

int main(int count, char **arguments) {
    static float before[SIZE], first[SIZE];
    if (count < 2 || start() < 0)
        return 1;
    for (int i = 0; i < SIZE; i++)
        w[i] = (float)(i % 7) - 3;
    for (int i = 0; i < 5; i++)
        if (step() < 0)
            return printf("%s\n", sam_error_message()), 1;
    memcpy(before, w, sizeof w);
    if (sam_optimizer_save(optimizer, arguments[1]) < 0 || step() < 0)
        return printf("%s\n", sam_error_message()), 1;
    sam_optimizer_destroy(optimizer);
    memcpy(first, w, sizeof w);
    memcpy(w, before, sizeof w);
    if (start() < 0 || sam_optimizer_load(optimizer, arguments[1]) < 0 || step() < 0)
        return printf("%s\n", sam_error_message()), 1;
    sam_optimizer_destroy(optimizer);
    if (memcmp(w, first, sizeof w) || !memcmp(w, before, sizeof w))
        return printf("the second optimizer does not go on from the state\n"), 1;
    printf("libsam %s inside, %s\n", sam_version(), strstr(sam_build_info(), "\"openblas\"") ? "openblas" : "plain");
    return 0;
}
