// A file that takes results though its compiler has exceptions, linked with others that take the exceptions: those of the host go through as there.
#define SAM_NO_EXCEPTIONS
#include <sam.hpp>

bool exceptions_of_the_host_go_through() {
    struct interruption {};
    double w = 1, g = 0;
    sam::parameters set;
    if (!set.add("w", {}, &w, &g) || sam::optimizer::make(set, "sam", "sdg").status() != SAM_ERROR_NAME)
        return false;
    auto optimizer = sam::optimizer::make(set, "sam", "sgd");
    const auto evaluate = [&](bool is_perturbed) -> double {
        g = w;
        return is_perturbed ? throw interruption() : w * w / 2;
    };
    int caught = 0;
    try {
        (void)optimizer->minimize([&](int ask) { return evaluate(ask & SAM_PERTURBED); });
    } catch (const interruption &) {
        caught++;
    }
    try {
        (void)sam::measure(set, "worst_case", [&](const sam_query &) { return evaluate(w != 1); });
    } catch (const interruption &) {
        caught++;
    }
    return caught == 2 && w == 1 && optimizer->metrics()->steps == 0;
}
