// The host in C++: the same step as program.c makes, and the same line.
#include <sam.hpp>
#include <cstdio>

int main() {
    double w = 1, g = 0;
    sam::parameters parameters;
    parameters.add("w", {}, &w, &g);
    sam::optimizer optimizer(parameters, "sam", "sgd");
    optimizer.minimize([&](int) {
        g = 2 * w;
        return w * w;
    });
    std::printf("libsam %s %.3f\n", sam_version(), w);
}
