// sam.hpp: owners, exceptions, the loop, options; what it must refuse at compile time.
#include <sam.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

int threads_of_another_file();

static_assert(!std::is_copy_constructible_v<sam::parameters> && !std::is_copy_assignable_v<sam::parameters>);
static_assert(!std::is_copy_constructible_v<sam::optimizer> && !std::is_copy_assignable_v<sam::optimizer>);
static_assert(std::is_nothrow_move_constructible_v<sam::optimizer> && std::is_nothrow_move_assignable_v<sam::optimizer>);
static_assert(std::is_nothrow_move_constructible_v<sam::parameters> && std::is_nothrow_move_assignable_v<sam::parameters>);

static int passed, failed;

static void check(bool condition, const char *what) {
    condition ? passed++ : failed++;
    if (!condition)
        std::printf("FAILED %s\n", what);
}

// The call must throw sam::error with this status and a text that holds `part`.
template <typename Call>
static void throws(int status, const char *part, Call &&call) {
    try {
        call();
    } catch (const sam::error &error) {
        const bool right = error.status() == status && std::strstr(error.what(), part);
        right ? passed++ : failed++;
        if (!right)
            std::printf("FAILED %s: \"%s\", expected status %d and \"%s\"\n", error.status_name(), error.what(), status, part);
        return;
    }
    failed++;
    std::printf("FAILED nothing was thrown where status %d and \"%s\" were expected\n", status, part);
}

struct quadratic {      // 1/2 |w|^2 over two tensors of different types
    std::vector<float> a{3, -4}, ga{0, 0};
    double b = 12, gb = 0, *no_gradient = nullptr;
    std::vector<double> frozen{1, 2};
    int seen = 0;
    double operator()(int ask) {
        seen |= ask;
        ga = a, gb = b;
        return 0.5 * (double(a[0]) * a[0] + double(a[1]) * a[1] + b * b);
    }
};

static sam::parameters make(quadratic &q) {
    sam::parameters set;
    const int head = set.add_group("head");
    check(set.add("a", {2}, q.a.data(), q.ga.data()) == 0, "index of the first tensor");
    check(set.add("b", {}, &q.b, &q.gb, SAM_BIAS, head) == 1, "index of the second tensor");
    set.add("frozen", {1, 2}, q.frozen.data(), nullptr);
    check(set.count() == 3 && set.size() == 3, "count and size");
    return set;
}

static void training() {
    quadratic q;
    sam::parameters set = make(q);
    sam::optimizer optimizer(set, "sam", "sgd");
    optimizer.set("lr", 0.25).set("rho", 0.5).set("lr", 0.125, 1).choose("nonfinite", "skip");
    check(optimizer.get("lr", 0) == 0.25 && optimizer.get("lr", 1) == 0.125 && optimizer.choice("nonfinite") == "skip", "options");
    check(optimizer.batch() == 0 && optimizer.evaluations() == 2, "batch and evaluations");
    check(optimizer.minimize(q) == 84.5, "the first loss");
    check(std::fabs(q.b - (12 - 0.125 * (12 + 0.5 * 12 / 13))) < 1e-12, "the step");
    check(optimizer.batch() == 1 && optimizer.metrics().steps == 1 && optimizer.metrics().loss == 84.5, "metrics");
    optimizer.schedule("lr", "linear", 0.5, 0.125, 4);
    check(optimizer.get("lr") == 0.5, "schedule");
    optimizer.minimize(q);
    check(optimizer.get("lr") == 0.375, "schedule, second step");
    optimizer.unschedule("lr");
    optimizer.minimize(q);
    check(optimizer.get("lr") == 0.375, "no schedule");
}

static void exceptions() {
    quadratic q;
    sam::parameters set = make(q);
    sam::optimizer optimizer(set, "asam", "adamw");
    throws(SAM_ERROR_NAME, "rho", [&] { optimizer.set("roh", 1); });
    throws(SAM_ERROR_RANGE, "lr", [&] { optimizer.set("lr", -1); });
    throws(SAM_ERROR_NAME, "element", [&] { optimizer.choose("scaling", "elemnt"); });
    throws(SAM_ERROR_NAME, "asam", [&] { sam::optimizer wrong(set, "asma", "sgd"); });
    throws(SAM_ERROR_ARGUMENT, "base", [&] { sam::optimizer wrong(set, "sam"); });
    throws(SAM_ERROR_STATE, "optimizer", [&] { set.add("late", {2}, q.a.data(), q.ga.data()); });
    throws(SAM_ERROR_STATE, "frozen", [&] { set.bind(2, nullptr, q.ga.data()); });
    throws(SAM_ERROR_RANGE, "count", [] { sam::set_threads(0); });
    const auto before = q.a;
    struct interruption {};
    bool caught = false;
    try {
        optimizer.minimize([&](int ask) -> double {
            if (ask & SAM_PERTURBED)
                throw interruption();
            return q(ask);
        });
    } catch (const interruption &) {
        caught = true;
    }
    check(caught && q.a == before && optimizer.metrics().steps == 0, "an exception of the host cancels the step");
    throws(SAM_ERROR_NONFINITE, "loss", [&] { optimizer.minimize([&](int ask) { return q(ask), std::nan(""); }); });
    check(q.a == before, "weights after an error");
    optimizer.minimize(q);
    check(optimizer.metrics().steps == 1, "goes on after an error");
}

static void moves() {
    quadratic q;
    sam::parameters set = make(q);
    sam::optimizer first(set, "sam", "sgd");
    check(first.step() == SAM_EVALUATE && first.point(0) == q.a.data(), "explicit loop");
    sam::optimizer second = std::move(first);
    throws(SAM_ERROR_ARGUMENT, "optimizer", [&] { first.step(); });
    q(SAM_EVALUATE);
    check(second.step(1) == (SAM_EVALUATE | SAM_PERTURBED), "a moved optimizer goes on");
    first = sam::optimizer(set, "none", "sgd");
    second.cancel();
    second = std::move(first);
    set = sam::parameters();
    check(second.step() == SAM_EVALUATE && second.step(1) == 0, "an optimizer keeps its set alive");
    sam::optimizer &same = second;
    second = std::move(same);
    check(second.batch() == 1, "moved onto itself");
}

static void states() {
    quadratic q, r;
    sam::parameters set = make(q), other = make(r);
    sam::optimizer optimizer(set, "sam", "adam"), resumed(other, "sam", "adam");
    optimizer.choose("average", "swa").set("lr", 0.05);
    const std::int64_t planned = optimizer.memory();
    optimizer.minimize(q);
    check(optimizer.memory() == planned, "memory is what was planned");
    const std::string path = "binding.safetensors";
    optimizer.save(path);
    const auto state = optimizer.state();
    std::FILE *file = std::fopen(path.c_str(), "rb");
    std::vector<unsigned char> saved(state.size() + 1);
    check(file && std::fread(saved.data(), 1, saved.size(), file) == state.size(), "the file has the state's size");
    if (file)
        std::fclose(file);
    std::remove(path.c_str());
    saved.pop_back();
    check(saved == state, "a file and a buffer are the same");
    r.a = q.a, r.b = q.b;
    resumed.restore(state);
    double mean = 0;
    resumed.average(1, &mean);
    check(mean == q.b, "the average of one iterate is the iterate");
    optimizer.minimize(q), resumed.minimize(r);
    check(q.a == r.a && q.b == r.b && optimizer.state() == resumed.state(), "a resumed run has the same bits");
    throws(SAM_ERROR_FORMAT, "cut", [&] { resumed.restore({state.begin(), state.end() - 1}); });
    throws(SAM_ERROR_IO, "none/state", [&] { resumed.save("none/state"); });
    throws(SAM_ERROR_IO, "none/state", [&] { resumed.load("none/state"); });
}

int main() {
    training();
    states();
    exceptions();
    moves();
    check(sam::version() == std::string(sam_version()) && !sam::build_info().empty(), "library");
    check(threads_of_another_file() == 2, "two files");
    std::printf("binding: %d checks passed, %d failed\n", passed, failed);
    return failed != 0;
}
