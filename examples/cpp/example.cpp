// The problem and the output of ../c/example.c, in C++.
#include <sam.hpp>

#include <cmath>
#include <cstdio>
#include <string>

int main(int argc, char **argv) try {
    double w[2] = {0, 0}, b = 0, w_gradient[2], b_gradient;
    sam::parameters parameters;
    parameters.add("weight", {2}, w, w_gradient, SAM_WEIGHT);
    parameters.add("bias", {}, &b, &b_gradient, SAM_BIAS);
    sam::optimizer optimizer(parameters, argc > 1 ? argv[1] : "sam", "sgd");
    optimizer.set("lr", 0.5).set("momentum", 0.9);

    const auto evaluate = [&](int) {                // fills the gradients, answers the loss
        double loss = w_gradient[0] = w_gradient[1] = b_gradient = 0;
        for (int i = 0; i < 32; i++) {
            const double x0 = 7 * i % 32 / 16.0 - 1, x1 = 13 * i % 32 / 16.0 - 1;
            const bool y = (x0 + 2 * x1 > 0.25) != (i % 8 == 3);
            const double p = 1 / (1 + std::exp(-(w[0] * x0 + w[1] * x1 + b)));
            loss -= std::log(y ? p : 1 - p) / 32;
            w_gradient[0] += (p - y) * x0 / 32;
            w_gradient[1] += (p - y) * x1 / 32;
            b_gradient += (p - y) / 32;
        }
        return loss;
    };
    for (int step = 1; step <= 50; step++) {
        const double loss = optimizer.minimize(evaluate);
        if (step == 1 || step % 10 == 0)
            std::printf("step %d loss %.6f\n", step, loss);
    }
    std::printf("weight %.6f %.6f bias %.6f\n", w[0], w[1], b);
} catch (const sam::error &error) {
    std::fprintf(stderr, "%s: %s\n", error.status_name(), error.what());
    return 1;
}
