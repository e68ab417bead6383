/* An exception out of a callback of the C interface, through sam_measure, into a catch of the host's: the frames' destructors run, the set is locked
   until it is recovered, and then everything is as before. */
#include <sam.hpp>

#include <cstdio>
#include <stdexcept>
#include <vector>

static int failed = 0;
#define EXPECT(condition)                                                                  \
    do {                                                                                   \
        if (!(condition))                                                                  \
            failed++, std::printf("FAILED %s:%d: %s\n", __FILE__, __LINE__, #condition);   \
    } while (0)

struct host {
    double w[3] = {1, 2, 3}, g[3] = {};
    int calls = 0, throw_at = -1;
};

static int evaluate(void *context, const sam_query *, double *loss) {
    auto &h = *static_cast<host *>(context);
    if (h.calls++ == h.throw_at)
        throw std::runtime_error("out of memory on the device");
    *loss = 0;
    for (int i = 0; i < 3; i++)
        *loss += 0.5 * (i + 1) * h.w[i] * h.w[i], h.g[i] = (i + 1) * h.w[i];
    return 0;
}

struct counted {
    int &count;
    ~counted() { count++; }
};

int main() {
    host h;
    sam::parameters set;
    set.add("w", {3}, h.w, h.g);
    sam_objective objective{};
    objective.struct_size = sizeof objective;
    objective.context = &h;
    objective.evaluate = evaluate;
    sam_report *report = nullptr;
    EXPECT(sam_measure(set.get(), "lambda_max", &objective, nullptr, 0, &report) == SAM_OK);
    double value = 0, again = 0;
    EXPECT(sam_report_value(report, "value", &value) == SAM_OK);
    sam_report_destroy(report);
    const int whole = h.calls;
    for (int at = 0; at < whole; at++) {
        int destroyed = 0, caught = 0;
        h.calls = 0, h.throw_at = at;
        try {
            counted one{destroyed};
            sam_measure(set.get(), "lambda_max", &objective, nullptr, 0, &report);
        } catch (const std::runtime_error &) {
            caught = 1;
        }
        EXPECT(caught == 1 && destroyed == 1);
        h.throw_at = -1;
        EXPECT(sam_measure(set.get(), "lambda_max", &objective, nullptr, 0, &report) == SAM_ERROR_STATE);
        set.recover();
        EXPECT(h.w[0] == 1 && h.w[1] == 2 && h.w[2] == 3);
        EXPECT(sam_measure(set.get(), "lambda_max", &objective, nullptr, 0, &report) == SAM_OK);
        EXPECT(sam_report_value(report, "value", &again) == SAM_OK && again == value);
        sam_report_destroy(report);
    }
    std::printf("left: %d exceptions, %d failed\n", whole, failed);
    return failed != 0 || whole == 0;
}
