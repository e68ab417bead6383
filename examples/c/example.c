/* Logistic regression on 32 points by any method: the same program as in the other folders, printing the same numbers.

   Problem: point i = 0 .. 31 is x = (7 i mod 32, 13 i mod 32) / 16 - 1. Its label y is 1 where x0 + 2 x1 > 0.25, else 0, and the
   other way round for i mod 8 = 3. With p = 1 / (1 + exp(-(w0 x0 + w1 x1 + b))) the loss is the mean over the points of -log p
   where y = 1 and -log(1 - p) where y = 0. All in double precision, from w = (0, 0), b = 0, every evaluation on all points.
   Tensors: "weight", role weight, shape (2); "bias", role bias, rank 0.
   Method: the first argument, "sam" without one; base "sgd", lr 0.5, momentum 0.9; all else by default. 50 steps.
   Output: after steps 1, 10, 20, 30, 40 and 50 the metrics' loss, that of the step's first evaluation, then the weights:
       step 10 loss 0.450123
       weight 1.234567 2.345678 bias -0.123456                                                                          */
#include <math.h>
#include <sam.h>
#include <stdio.h>
#include <stdlib.h>

static double w[2], b, w_gradient[2], b_gradient;

static double evaluate(void) {                      /* fills the gradients, answers the loss */
    double loss = w_gradient[0] = w_gradient[1] = b_gradient = 0;
    for (int i = 0; i < 32; i++) {
        double x0 = 7 * i % 32 / 16.0 - 1, x1 = 13 * i % 32 / 16.0 - 1;
        int y = (x0 + 2 * x1 > 0.25) != (i % 8 == 3);
        double p = 1 / (1 + exp(-(w[0] * x0 + w[1] * x1 + b)));
        loss -= log(y ? p : 1 - p) / 32;
        w_gradient[0] += (p - y) * x0 / 32;
        w_gradient[1] += (p - y) * x1 / 32;
        b_gradient += (p - y) / 32;
    }
    return loss;
}

static void check(int status) {
    if (status < 0) {
        fprintf(stderr, "%s: %s\n", sam_status_name(status), sam_error_message());
        exit(1);
    }
}

int main(int argc, char **argv) {
    int64_t shape[] = {2};
    sam_parameter weight = {.struct_size = sizeof weight, .name = "weight", .dtype = SAM_F64, .role = SAM_WEIGHT,
                            .rank = 1, .shape = shape, .data = w, .gradient = w_gradient};
    sam_parameter bias = {.struct_size = sizeof bias, .name = "bias", .dtype = SAM_F64, .role = SAM_BIAS,
                          .data = &b, .gradient = &b_gradient};
    sam_metrics metrics = {.struct_size = sizeof metrics};
    sam_parameters *parameters;
    sam_optimizer *optimizer;
    check(sam_parameters_create(&parameters));
    check(sam_parameters_add(parameters, &weight));
    check(sam_parameters_add(parameters, &bias));
    check(sam_optimizer_create(parameters, argc > 1 ? argv[1] : "sam", "sgd", &optimizer));
    check(sam_optimizer_set(optimizer, -1, "lr", 0.5));
    check(sam_optimizer_set(optimizer, -1, "momentum", 0.9));
    for (int step = 1; step <= 50; step++) {
        double loss = 0;
        int ask;
        while ((ask = sam_step(optimizer, loss)) > 0)
            loss = evaluate();
        check(ask);
        check(sam_optimizer_metrics(optimizer, &metrics));
        if (step == 1 || step % 10 == 0)
            printf("step %d loss %.6f\n", step, metrics.loss);
    }
    printf("weight %.6f %.6f bias %.6f\n", w[0], w[1], b);
    sam_optimizer_destroy(optimizer);
    sam_parameters_destroy(parameters);
    return 0;
}
