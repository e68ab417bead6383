/* What a host outside the tree does first: prints the version and makes a step. */
#include <sam.h>
#include <stdio.h>

int main(void) {
    double w = 1, g = 0;
    sam_parameter tensor = {.struct_size = sizeof tensor, .name = "w", .dtype = SAM_F64, .data = &w, .gradient = &g};
    sam_parameters *parameters;
    sam_optimizer *optimizer;
    if (sam_parameters_create(&parameters) < 0 || sam_parameters_add(parameters, &tensor) < 0 ||
        sam_optimizer_create(parameters, "sam", "sgd", &optimizer) < 0)
        return 1;
    double loss = 0;
    int ask;
    while ((ask = sam_step(optimizer, loss)) > 0)
        loss = w * w, g = 2 * w;
    printf("libsam %s %.3f\n", sam_version(), w);
    sam_optimizer_destroy(optimizer);
    sam_parameters_destroy(parameters);
    return ask;
}
