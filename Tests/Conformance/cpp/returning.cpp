// sam.hpp without exceptions and without run-time types: what every call returns where it works and where it fails, and that nothing ends the program
// but the use of a value that is not there, which says so.
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

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__cpp_exceptions)
#error "compiled with exceptions"
#endif

int threads_of_another_file();

static_assert(!std::is_constructible_v<sam::optimizer, const sam::parameters &, const char *, const char *>);
static_assert(!std::is_copy_constructible_v<sam::result<sam::optimizer>> && std::is_move_constructible_v<sam::result<sam::optimizer>>);
static_assert(!std::is_convertible_v<sam::result<double>, double> && !std::is_convertible_v<sam::result<bool>, bool>);

static int passed, failed;

static void check(bool condition, const char *what) {
    condition ? passed++ : failed++;
    if (!condition)
        std::printf("FAILED %s\n", what);
}

// The result must be an error with this status and a text that holds `part`.
template <typename Result>
static void fails(int status, const char *part, const Result &found) {
    const bool right = !found && found.status() == status && found.error().status() == status && std::strstr(found.error().what(), part) &&
                       !std::strcmp(found.error().status_name(), sam_status_name(status));
    right ? passed++ : failed++;
    if (!right)
        std::printf("FAILED %d \"%s\", expected status %d and \"%s\"\n", found.status(), found ? "" : found.error().what(), status, part);
}

// The value of a result that must have one.
template <typename Value>
static Value of(sam::result<Value> found, const char *what) {
    check(found.has_value() && found.status() == 0, what);
    if (!found) {
        std::printf("%s\n", found.error().what());
        std::exit(1);
    }
    return *std::move(found);
}

static void works(const sam::result<void> &found, const char *what) {
    check(found.has_value() && found.status() == 0, what);
    if (!found)
        std::printf("%s\n", found.error().what());
}

struct quadratic {      // 1/2 |w|^2 over two tensors of different types
    std::vector<float> a{3, -4}, ga{0, 0};
    double b = 12, gb = 0;
    std::vector<double> frozen{1, 2};
    int calls = 0;
    double operator()(int) {
        calls++;
        ga = a, gb = b;
        return 0.5 * (double(a[0]) * a[0] + double(a[1]) * a[1] + b * b);
    }
    sam::parameters set() {
        sam::parameters made = of(sam::parameters::make(), "a set");
        const int head = of(made.add_group("head"), "a group");
        check(of(made.add("a", {2}, a.data(), ga.data()), "a tensor") == 0, "index of the first tensor");
        check(of(made.add("b", {}, &b, &gb, SAM_BIAS, head), "a scalar") == 1, "index of the second tensor");
        check(of(made.add("frozen", {1, 2}, frozen.data(), nullptr), "a frozen one") == 2, "index of the third tensor");
        check(*made.count() == 3 && *made.size() == 3, "count and size");
        return made;
    }
};

static void training() {
    quadratic q;
    sam::parameters set = q.set();
    sam::optimizer optimizer = of(sam::optimizer::make(set, "sam", "sgd"), "an optimizer");
    works(optimizer.set({{"lr", 0.25}, {"rho", 0.5}}), "options");
    works(optimizer.set("lr", 0.125, 1), "an option of a group");
    works(optimizer.choose("nonfinite", "error"), "a choice");
    check(*optimizer.get("lr", 0) == 0.25 && *optimizer.get("lr", 1) == 0.125 && *optimizer.choice("nonfinite") == "error", "what was set");
    check(*optimizer.batch() == 0 && *optimizer.evaluations() == 2 && *optimizer.point(0) == q.a.data(), "batch, evaluations, point");
    check(of(optimizer.minimize(q), "a step") == 84.5 && q.calls == 2, "the first loss");
    check(std::fabs(q.b - (12 - 0.125 * (12 + 0.5 * 12 / 13))) < 1e-12, "the step");
    check(optimizer.metrics()->steps == 1 && optimizer.metrics()->loss == 84.5, "metrics");
    works(optimizer.schedule("lr", "linear", 0.5, 0.125, 4), "a schedule");
    check(*optimizer.get("lr") == 0.5, "its value");
    works(optimizer.unschedule("lr"), "no schedule");
    check(*optimizer.step() == SAM_EVALUATE, "the explicit loop");
    works(optimizer.cancel(), "cancelled");
    check(*optimizer.memory() > 0, "memory");

    quadratic r;
    sam::parameters other = r.set();
    sam::optimizer resumed = of(sam::optimizer::make(other, "sam", "sgd"), "a second optimizer");
    const std::vector<unsigned char> state = of(optimizer.state(), "a state");
    works(resumed.restore(state), "read");
    const std::string path = "returning." + std::to_string(getpid()) + ".safetensors";
    works(optimizer.save(path), "saved");
    works(resumed.load(path), "loaded");
    std::remove(path.c_str());
    check(*resumed.state() == state, "the state again");
}

static void errors() {
    quadratic q;
    sam::parameters set = q.set();
    fails(SAM_ERROR_ARGUMENT, "\"a\"", set.add("a", {2}, q.a.data(), q.ga.data()));
    fails(SAM_ERROR_ARGUMENT, "head", set.add_group("head"));
    fails(SAM_ERROR_STATE, "frozen", set.bind(2, nullptr, q.ga.data()));
    fails(SAM_ERROR_NAME, "asam", sam::optimizer::make(set, "asma", "sgd"));
    fails(SAM_ERROR_ARGUMENT, "base", sam::optimizer::make(set, "sam"));
    sam::optimizer optimizer = of(sam::optimizer::make(set, "asam", "adamw"), "an optimizer");
    fails(SAM_ERROR_NAME, "rho", optimizer.set("roh", 1));
    fails(SAM_ERROR_RANGE, "lr", optimizer.set({{"rho", 0.25}, {"lr", -1}, {"weight_decay", 0.5}}));
    check(*optimizer.get("rho") == 0.25 && *optimizer.get("weight_decay") != 0.5, "options up to the first that cannot be");
    fails(SAM_ERROR_NAME, "rho", optimizer.get("roh"));
    fails(SAM_ERROR_NAME, "element", optimizer.choose("scaling", "elemnt"));
    fails(SAM_ERROR_NAME, "scaling", optimizer.choice("scalin"));
    fails(SAM_ERROR_NAME, "cosine", optimizer.schedule("lr", "cosin", 1, 0, 10));
    fails(SAM_ERROR_NAME, "rho", optimizer.unschedule("roh"));
    fails(SAM_ERROR_ARGUMENT, "index", optimizer.point(7));
    fails(SAM_ERROR_FORMAT, "", optimizer.restore({1, 2, 3}));
    fails(SAM_ERROR_IO, "none/state", optimizer.save("none/state"));
    fails(SAM_ERROR_IO, "none/state", optimizer.load("none/state"));
    double mean = 0;
    fails(SAM_ERROR_STATE, "average", optimizer.average(1, &mean));
    fails(SAM_ERROR_RANGE, "count", sam::set_threads(0));
    const auto before = q.a;
    fails(SAM_ERROR_NONFINITE, "loss", optimizer.minimize([&](int ask) { return q(ask), std::nan(""); }));
    check(q.a == before, "weights after an error");
    int asked = 0;
    fails(SAM_ERROR_CANCELLED, "evaluate", optimizer.minimize([&](int ask) {
        q(ask);
        return ++asked == 2 ? std::nullopt : std::optional<double>(1.0);
    }));
    check(asked == 2 && q.a == before && optimizer.metrics()->steps == 0, "a host that cannot evaluate cancels the step");
    check(of(optimizer.minimize(q), "goes on after an error") == 84.5, "the same loss");
    check(sam::result<double>(sam::error(SAM_ERROR_IO, "x")).value_or(3) == 3 && sam::result<double>(2).value_or(3) == 2, "value_or");
}

static void nothing() {      // an object without a handle: every call of it is an error
    quadratic q;
    sam::parameters set = q.set(), taken = std::move(set);
    check(!set && bool(taken), "moved");
    fails(SAM_ERROR_ARGUMENT, "parameters", set.add("c", {2}, q.a.data(), q.ga.data()));
    fails(SAM_ERROR_ARGUMENT, "parameters", set.count());
    fails(SAM_ERROR_ARGUMENT, "parameters", sam::optimizer::make(set, "sam", "sgd"));
    sam::optimizer optimizer;
    check(!optimizer, "an empty optimizer");
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.step());
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.minimize(q));
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.set("lr", 1));
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.set({{"lr", 1}}));
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.get("lr"));
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.choice("nonfinite"));
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.metrics());
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.batch());
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.evaluations());
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.point(0));
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.state());
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.memory());
    fails(SAM_ERROR_ARGUMENT, "optimizer", optimizer.cancel());
    optimizer = of(sam::optimizer::make(taken, "sam", "sgd"), "assigned");
    check(bool(optimizer) && *optimizer.step() == SAM_EVALUATE, "and it works");
}

static void measuring() {
    std::vector<double> w{1, 1, 1}, g{0, 0, 0};
    sam::parameters set = of(sam::parameters::make(), "a set");
    of(set.add("w", {3}, w.data(), g.data()), "a tensor");
    int calls = 0;
    const auto evaluate = [&](const sam_query &) {
        calls++;
        double loss = 0;
        for (std::size_t k = 0; k < 3; k++) {
            g[k] = double(k + 1) * w[k];
            loss += 0.5 * g[k] * w[k];
        }
        return loss;
    };
    sam::report top = of(sam::measure(set, "lambda_max", evaluate), "a measure");
    check(std::fabs(*top.value() - 3) < 1e-6 && *top.converged() && *top.has("residual") && !*top.has("standard_error"), "its report");
    check(top.shape("eigenvector")->size() == 1 && top.values("eigenvector")->size() == 3 && top.shape("value")->empty() &&
              top.values("value")->size() == 1 && top.keys()->front() == "value", "arrays and keys");
    fails(SAM_ERROR_NAME, "eigenvector", top.value("eigenvectr"));
    fails(SAM_ERROR_NAME, "eigenvector", top.values("eigenvectr"));
    fails(SAM_ERROR_NAME, "eigenvector", top.shape("eigenvectr"));
    sam::report moved = std::move(top);
    fails(SAM_ERROR_ARGUMENT, "report", top.value());
    fails(SAM_ERROR_ARGUMENT, "report", top.values("value"));
    fails(SAM_ERROR_ARGUMENT, "report", top.keys());
    fails(SAM_ERROR_ARGUMENT, "report", top.has("value"));
    fails(SAM_ERROR_ARGUMENT, "report", top.converged());
    fails(SAM_ERROR_NAME, "lambda_max", sam::measure(set, "lambda_mx", evaluate));
    fails(SAM_ERROR_RANGE, "tolerance", sam::measure(set, "lambda_max", evaluate, {{"tolerance", -1}}));
    fails(SAM_ERROR_UNSUPPORTED, "evaluate", sam::measure(set, "lambda_max", sam::objective{}));
    sam::objective host;
    host.evaluate = evaluate;
    host.batches = 3;
    host.batch_examples = {1, 2};
    fails(SAM_ERROR_ARGUMENT, "batches", sam::measure(set, "gradient_norm", host));
    host.batches = 0;
    host.batch_examples.clear();
    const auto before = w;
    host.evaluate = [&](const sam_query &query) { return host.failed = calls == 5, evaluate(query); };
    calls = 0;
    fails(SAM_ERROR_CALLBACK, "evaluate", sam::measure(set, "worst_case", host));
    check(calls == 6 && w == before, "a callback that cannot go on ends the measure, and the weights are as they were");
    calls = 0;
    host.evaluate = evaluate;
    check(sam::measure(set, "worst_case", host).has_value() && calls > 6, "and the next one goes on");
    host.progress = [&](double, const char *) { return true; };
    fails(SAM_ERROR_CANCELLED, "progress", sam::measure(set, "worst_case", host));
}

// The program that the body ends says part on stderr before it aborts.
template <typename Body>
static void aborts(const char *part, Body body) {
    int ends[2];
    check(pipe(ends) == 0, "a pipe");
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        body();
        _exit(0);
    }
    close(ends[1]);
    char said[1024] = "";
    std::size_t length = 0;
    for (ssize_t got; length < sizeof said - 1 && (got = read(ends[0], said + length, sizeof said - 1 - length)) > 0;)
        length += static_cast<std::size_t>(got);
    close(ends[0]);
    int status = 0;
    check(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && std::strstr(said, part), part);
}

static void wrong_use() {
    aborts("the value of a call that failed: SAM_ERROR_ARGUMENT: ", [] { (void)*sam::optimizer().step(); });
    aborts("the value of a call that failed: SAM_ERROR_ARGUMENT: ", [] { (void)sam::optimizer().metrics()->steps; });
    aborts("error() of a call that did not fail", [] { (void)sam::result<int>(1).error(); });
    aborts("error() of a call that did not fail", [] { (void)sam::result<void>().error(); });
}

int main() {
    training();
    errors();
    nothing();
    measuring();
    wrong_use();
    check(sam::version() == std::string(sam_version()) && !sam::build_info().empty(), "library");
    check(threads_of_another_file() == 2, "a file that was compiled with exceptions");
    std::printf("without exceptions: %d checks passed, %d failed\n", passed, failed);
    return failed != 0;
}
