// sam.hpp: owners, exceptions, the loop, options; what it must refuse at compile time.
#include <sam.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

int threads_of_another_file();
bool exceptions_of_the_host_go_through();

static_assert(!std::is_copy_constructible_v<sam::parameters> && !std::is_copy_assignable_v<sam::parameters>);
static_assert(!std::is_copy_constructible_v<sam::optimizer> && !std::is_copy_assignable_v<sam::optimizer>);
static_assert(!std::is_copy_constructible_v<sam::report> && std::is_nothrow_move_constructible_v<sam::report>);
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
    optimizer.set({{"lr", 1}, {"rho", 0.5}}).set("lr", 0.25).set("lr", 0.125, 1).choose("nonfinite", "skip");
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

/* Two matrices in one buffer, whose gradient comes with the first evaluation: as two tensors that had theirs. */
static void stacked_and_late() {
    std::vector<double> whole{1, 2, 3, 4, 5, 6, 7, 9}, slopes(8), apart = whole, others(8);
    sam::parameters stack, pieces;
    stack.add("w", {2, 2, 2}, whole.data(), sam::later, SAM_WEIGHT, 0, 1);
    for (std::size_t i = 0; i < 2; i++)
        pieces.add("w" + std::to_string(i), {2, 2}, apart.data() + 4 * i, others.data() + 4 * i);
    sam::optimizer a(stack, "sam_layerwise", "muon"), b(pieces, "sam_layerwise", "muon");
    for (int step = 0; step < 3; step++) {
        a.minimize([&](int) {
            stack.bind(0, nullptr, slopes.data());
            slopes = whole;
            return 1.0;
        });
        b.minimize([&](int) {
            others = apart;
            return 1.0;
        });
    }
    check(whole == apart && whole[0] != 1, "a stack is its slices");
    sam::parameters none;
    none.add("frozen", {8}, whole.data(), nullptr);
    throws(SAM_ERROR_ARGUMENT, "trained = 1", [&] { sam::optimizer wrong(none, "sam", "sgd"); });
    throws(SAM_ERROR_ARGUMENT, "stacked_axes", [&] { none.add("w", {2}, apart.data(), others.data(), SAM_WEIGHT, 0, 2); });
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
    throws(SAM_ERROR_CANCELLED, "evaluate", [&] { optimizer.minimize([&](int ask) { return q(ask), std::optional<double>(); }); });
    throws(SAM_ERROR_RANGE, "lr", [&] { optimizer.set({{"rho", 0.25}, {"lr", -1}}); });
    check(q.a == before && optimizer.get("rho") == 0.25, "weights after an error");
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
    check(!first && bool(second) && !sam::optimizer() && bool(sam::optimizer::make(set, "none", "sgd")), "whether there is one");
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

// 1/2 sum of k w_k^2, k = 1, 2, 3, by gradients and products, over one tensor beside a frozen one.
struct bowl {
    std::vector<double> w{1, 1, 1}, g{0, 0, 0}, frozen{5};
    sam::parameters set;
    int calls = 0, calls_unfrozen = 0, frozen_on = 0, frozen_off = 0;
    bool is_frozen = false;
    bowl() {
        set.add("frozen", {1}, frozen.data(), nullptr);
        set.add("w", {3}, w.data(), g.data());
    }
    double operator()(const sam_query &query) {
        calls++;
        calls_unfrozen += !is_frozen;
        double loss = 0;
        for (int k = 0; k < 3; k++) {
            loss += 0.5 * (k + 1) * w[k] * w[k];
            if (!(query.ask & SAM_LOSS_ONLY))
                g[k] = (k + 1) * w[k];
        }
        return loss;
    }
    sam::objective objective() {
        sam::objective host;
        host.evaluate = std::ref(*this);
        host.hessian_product = [](const sam_query &, const void *const *direction, void *const *product) {
            for (int k = 0; k < 3; k++)
                static_cast<double *>(product[1])[k] = (k + 1) * static_cast<const double *>(direction[1])[k];
        };
        host.freeze = [this](bool on) { (is_frozen = on) ? frozen_on++ : frozen_off++; };
        return host;
    }
};

static bool near(double a, double b) { return std::fabs(a - b) < 1e-9 * std::fabs(b); }

static void measuring() {
    bowl b;
    const auto before = b.w;
    sam::report top = sam::measure(b.set, "lambda_max", b.objective());
    check(near(top.value(), 3) && top.converged() && top.value("products") > 0, "the largest eigenvalue, by products");
    const auto vector = top.values("eigenvector");
    check(top.shape("eigenvector") == std::vector<std::int64_t>{3} && near(std::fabs(vector[2]), 1), "its vector");
    check(top.keys()[0] == "value" && top.has("residual") && !top.has("standard_error") && top.shape("value").empty(), "keys");
    check(b.w == before && b.frozen_on == 1 && b.frozen_off == 1 && !b.is_frozen && b.calls_unfrozen == 0, "frozen once, and the weights as they were");
    check(near(sam::measure(b.set, "trace", b).value(), 6), "the trace, by a callable alone");
    const auto pairs = sam::measure(b.set, "eigenpairs", b, {{"count", 2}, {"which", "smallest"}, {"tolerance", 1e-6}});
    check(pairs.shape("vectors") == std::vector<std::int64_t>{2, 3} && near(pairs.values("values")[1], 2), "settings, and an array of rank 2");
    const auto counts = sam::measure(b.set, "spectral_density", b, {{"edges", std::vector<double>{0, 2.5, 4}}}).values("counts");
    check(near(counts[0], 2) && near(counts[1], 1), "a list");
    const std::vector<double> scale{1, 0, 0};
    const std::vector<const void *> tensors{nullptr, scale.data()};
    check(near(sam::measure(b.set, "lambda_max", b, {{"scaling", "custom"}, {"scaling_values", tensors}}).value(), 1), "tensors");
    sam::report moved = std::move(top);
    check(near(moved.value(), 3), "a report moves");
    throws(SAM_ERROR_ARGUMENT, "report", [&] { top.value(); });
    throws(SAM_ERROR_NAME, "eigenvector", [&] { moved.value("eigenvectr"); });
    throws(SAM_ERROR_NAME, "lambda_max", [&] { sam::measure(b.set, "lambda_mx", b); });
    throws(SAM_ERROR_NAME, "tolerance", [&] { sam::measure(b.set, "lambda_max", b, {{"toleranc", 0}}); });
    throws(SAM_ERROR_RANGE, "tolerance", [&] { sam::measure(b.set, "lambda_max", b, {{"tolerance", -1}}); });
    throws(SAM_ERROR_UNSUPPORTED, "evaluate", [&] { sam::measure(b.set, "lambda_max", sam::objective{}); });
    sam::objective host = b.objective();
    host.batches = 3;
    host.batch_examples = {1, 2};
    throws(SAM_ERROR_ARGUMENT, "batches", [&] { sam::measure(b.set, "gradient_norm", host); });
}

static void measures_by_batches() {
    bowl b;
    sam::objective host;
    std::vector<std::int64_t> seen;
    host.evaluate = [&](const sam_query &query) { seen.push_back(query.batch); return query.batch == 0 ? b(query) : 2 * b(query); };
    host.batch_examples = {3, 1};
    const double mean = sam::measure(b.set, "average_case", host, {{"samples", 2}}).value("loss");
    check(near(mean, 3.0 * 3 / 4 + 6.0 / 4) && seen.back() == 1, "batches are counted and weighted by their examples");
    host.batch_weights = {0, 1};
    check(near(sam::measure(b.set, "average_case", host, {{"samples", 2}}).value("loss"), 6), "weights of batches");
}

static void measures_end() {
    struct interruption {};
    for (int at = 0; at < 8; at++) {
        bowl b;
        const auto before = b.w;
        sam::objective host = b.objective();
        host.evaluate = [&](const sam_query &query) { if (b.calls == at) throw interruption(); return b(query); };
        bool caught = false;
        try {
            sam::measure(b.set, "worst_case", host);
        } catch (const interruption &) {
            caught = true;
        }
        check(caught && b.w == before && b.frozen_off == 1, "an exception goes through, and the weights are as they were");
    }
    bowl b;
    sam::objective host = b.objective();
    host.progress = [&](double, const char *) { return b.calls == 3; };
    throws(SAM_ERROR_CANCELLED, "progress", [&] { sam::measure(b.set, "worst_case", host); });
    check(b.calls == 3, "cancelled within an evaluation");
    host.progress = [&](double, const char *) -> bool { throw interruption(); };
    bool caught = false;
    try {
        sam::measure(b.set, "worst_case", host);
    } catch (const interruption &) {
        caught = true;
    }
    check(caught, "an exception of progress");
}

int main() {
    measuring();
    measures_by_batches();
    measures_end();
    stacked_and_late();
    training();
    states();
    exceptions();
    moves();
    check(sam::version() == std::string(sam_version()) && !sam::build_info().empty(), "library");
    check(threads_of_another_file() == 2, "two files");
    check(exceptions_of_the_host_go_through(), "a file that takes results");
    std::printf("binding: %d checks passed, %d failed\n", passed, failed);
    return failed != 0;
}
