/* libsam for C++17: sam.h with owners and exceptions, or without exceptions; header only. The meaning of every name, option and status is in sam.h.

       std::vector<float> w(1000), g(1000);
       sam::parameters parameters;
       parameters.add("w", {10, 100}, w.data(), g.data());
       sam::optimizer optimizer(parameters, "sam", "adamw");
       optimizer.set("lr", 1e-3).set("rho", 0.05);
       for (auto &batch : batches)
           optimizer.minimize([&](int ask) { return forward_backward(batch, ask); });
       sam::report sharpness = sam::measure(parameters, "lambda_max", [&](const sam_query &query) { return evaluate(query); });

   A failing call throws sam::error; what it left is said in sam.h: after a failing step the weights are the iterate.

   Where exceptions are off (-fno-exceptions), or SAM_NO_EXCEPTIONS is defined before this header, a call that can fail returns a sam::result of what it
   returns otherwise: it holds that, or the sam::error. A compiler warns of a result that nobody looks at; its value is asked for by *. Exceptions
   of the host's own functions, where there are some, go through all the same.

       auto made = sam::optimizer::make(parameters, "sam", "adamw");
       if (!made)
           return made.error().status();
       sam::optimizer optimizer = std::move(*made);
       if (auto done = optimizer.set({{"lr", 1e-3}, {"rho", 0.05}}); !done)
           std::puts(done.error().what());

   The two forms are different types, so that files compiled one way and the other can be linked together.

   sam::parameters, sam::optimizer and sam::report own a handle each; they move, they do not copy. A moved-from object can be destroyed and assigned to;
   any other call throws sam::error with SAM_ERROR_ARGUMENT. Threads: as the handles. */
#ifndef SAM_HPP
#define SAM_HPP

#include <sam.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#if defined(__cpp_exceptions) && !defined(SAM_NO_EXCEPTIONS)
#define SAM_HPP_THROWS 1
#define SAM_HPP_FORM throwing
#else
#define SAM_HPP_THROWS 0
#define SAM_HPP_FORM returning
#endif

namespace sam {
inline namespace SAM_HPP_FORM {

/* What a failing call throws, or its result holds. what() is the library's sentence. */
class error : public std::runtime_error {
public:
    error(int status, const char *message) : std::runtime_error(message), status_(status) {}
    /* One of the SAM_ERROR_ numbers. */
    int status() const noexcept { return status_; }
    /* Its name: "SAM_ERROR_RANGE". Lives as long as the library. */
    const char *status_name() const noexcept { return sam_status_name(status_); }

private:
    int status_;
};

#if SAM_HPP_THROWS
/* What a call that can fail returns. */
template <typename Value>
using answer = Value;

template <typename Value>
[[noreturn]] Value failed(int status, const char *message) {
    throw error(status, message);
}
#else
/* What a call returned, or why it failed. * and -> are for one that holds a value: another ends the program, with the error's sentence on stderr. */
template <typename Value>
class [[nodiscard]] result {
public:
    result(Value value) : held_(std::move(value)) {}
    result(sam::error failure) : held_(std::move(failure)) {}
    bool has_value() const noexcept { return held_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }
    Value &operator*() & { return *looked(std::get_if<0>(&held_)); }
    const Value &operator*() const & { return *looked(std::get_if<0>(&held_)); }
    Value &&operator*() && { return std::move(*looked(std::get_if<0>(&held_))); }
    Value *operator->() { return looked(std::get_if<0>(&held_)); }
    const Value *operator->() const { return looked(std::get_if<0>(&held_)); }
    Value value_or(Value other) && { return has_value() ? std::move(**this) : std::move(other); }
    Value value_or(Value other) const & { return has_value() ? **this : std::move(other); }
    /* Of one without a value. */
    const sam::error &error() const {
        if (const sam::error *failure = std::get_if<1>(&held_))
            return *failure;
        std::fputs("sam::result: error() of a call that did not fail\n", stderr);
        std::abort();
    }
    /* The error's status; 0 where there is none. */
    int status() const noexcept { return has_value() ? 0 : std::get_if<1>(&held_)->status(); }

private:
    template <typename Pointer>
    Pointer looked(Pointer value) const {
        if (value)
            return value;
        std::fprintf(stderr, "sam::result: the value of a call that failed: %s: %s\n", error().status_name(), error().what());
        std::abort();
    }

    std::variant<Value, sam::error> held_;
};

/* Of a call that returns nothing. */
template <>
class [[nodiscard]] result<void> {
public:
    result() noexcept = default;
    result(sam::error failure) : failure_(std::move(failure)) {}
    bool has_value() const noexcept { return !failure_; }
    explicit operator bool() const noexcept { return has_value(); }
    const sam::error &error() const {
        if (failure_)
            return *failure_;
        std::fputs("sam::result: error() of a call that did not fail\n", stderr);
        std::abort();
    }
    int status() const noexcept { return failure_ ? failure_->status() : 0; }

private:
    std::optional<sam::error> failure_;
};

template <typename Value>
using answer = result<Value>;

template <typename Value>
answer<Value> failed(int status, const char *message) {
    return error(status, message);
}
#endif

/* status where it is >= 0; else the error with what the library has to say. */
template <typename Integer>
answer<Integer> checked(Integer status) {
    if (status < 0)
        return failed<Integer>(static_cast<int>(status), sam_error_message());
    return status;
}
/* The same without a value, and with another one. */
inline answer<void> done(int status) {
    if (status < 0)
        return failed<void>(status, sam_error_message());
    return answer<void>();
}
template <typename Value>
answer<Value> given(int status, Value value) {
    if (status < 0)
        return failed<Value>(status, sam_error_message());
    return value;
}

/* "1.0.0". */
inline const char *version() noexcept { return sam_version(); }
/* What the library was built with and uses, as JSON. */
inline std::string build_info() { return sam_build_info(); }
/* Threads for large passes, in the whole process; 1 at first. */
inline answer<void> set_threads(int count) { return done(sam_set_threads(count)); }
inline int threads() noexcept { return sam_threads(); }

/* The element type of a buffer: sam::dtype_of<float>() is SAM_F32, of double SAM_F64. Buffers of 16 bits (SAM_BF16, SAM_F16) are added by
   parameters::add with the types as numbers. */
template <typename Element>
constexpr std::int32_t dtype_of() noexcept;
template <>
constexpr std::int32_t dtype_of<float>() noexcept { return SAM_F32; }
template <>
constexpr std::int32_t dtype_of<double>() noexcept { return SAM_F64; }

/* In a gradient's place: it comes later, by bind; until then it is missing. */
struct later_t {};
inline constexpr later_t later{};

/* A set of tensors of the host. The buffers stay the host's and must outlive the set and its optimizers. */
class parameters {
public:
#if SAM_HPP_THROWS
    parameters() { checked(sam_parameters_create(&handle_)); }
#else
    /* An empty one where there is no memory: its calls fail, and make says why. */
    parameters() noexcept { (void)sam_parameters_create(&handle_); }
#endif
    /* The same as the constructor. */
    static answer<parameters> make() {
        sam_parameters *handle = nullptr;
        const int status = sam_parameters_create(&handle);
        return given(status, parameters(handle));
    }
    parameters(parameters &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    parameters &operator=(parameters &&other) noexcept {
        if (this != &other) {
            sam_parameters_destroy(handle_);
            handle_ = std::exchange(other.handle_, nullptr);
        }
        return *this;
    }
    ~parameters() { sam_parameters_destroy(handle_); }

    /* Registers a tensor and answers its index. Element and Gradient: float or double; gradient nullptr: frozen for good.
       sam::later: trained, bound later. shape {}: a scalar. role: SAM_WEIGHT, SAM_BIAS, SAM_NORM, SAM_EMBEDDING. group: 0 or what add_group
       answered. stacked_axes: so many leading axes only stack tensors: {12, 96, 32} with 1 is stepped as twelve tensors {96, 32}. */
    template <typename Element, typename Gradient>
    answer<int> add(const std::string &name, const std::vector<std::int64_t> &shape, Element *data, Gradient *gradient,
                    std::int32_t role = SAM_WEIGHT, std::int32_t group = 0, std::int32_t stacked_axes = 0) {
        return add(name, shape, data, dtype_of<Element>(), gradient, dtype_of<Gradient>(), role, group, stacked_axes);
    }
    template <typename Element>
    answer<int> add(const std::string &name, const std::vector<std::int64_t> &shape, Element *data, std::nullptr_t,
                    std::int32_t role = SAM_WEIGHT, std::int32_t group = 0, std::int32_t stacked_axes = 0) {
        return add(name, shape, data, dtype_of<Element>(), nullptr, 0, role, group, stacked_axes);
    }
    template <typename Element>
    answer<int> add(const std::string &name, const std::vector<std::int64_t> &shape, Element *data, later_t,
                    std::int32_t role = SAM_WEIGHT, std::int32_t group = 0, std::int32_t stacked_axes = 0) {
        return add(name, shape, data, dtype_of<Element>(), nullptr, 0, role, group, stacked_axes, true);
    }
    /* The same for buffers whose element types are known at run time. trained: a gradient of nullptr comes later. */
    answer<int> add(const std::string &name, const std::vector<std::int64_t> &shape, void *data, std::int32_t dtype, void *gradient,
                    std::int32_t gradient_dtype, std::int32_t role, std::int32_t group, std::int32_t stacked_axes = 0, bool trained = false) {
        sam_parameter parameter{};
        parameter.struct_size = sizeof parameter;
        parameter.name = name.c_str();
        parameter.dtype = dtype;
        parameter.gradient_dtype = gradient_dtype;
        parameter.role = role;
        parameter.group = group;
        parameter.rank = static_cast<std::int32_t>(shape.size());
        parameter.shape = shape.data();
        parameter.data = data;
        parameter.gradient = gradient;
        parameter.trained = trained ? 1 : 0;
        parameter.stacked_axes = stacked_axes;
        return checked(sam_parameters_add(handle_, &parameter));
    }
    /* A group whose options can differ; answers its number, from 1. */
    answer<int> add_group(const std::string &name) { return checked(sam_parameters_add_group(handle_, name.c_str())); }
    /* Other buffers; data nullptr: unchanged, gradient nullptr: missing. */
    answer<void> bind(int index, void *data, void *gradient) { return done(sam_parameters_bind(handle_, index, data, gradient)); }
    /* Tensors. */
    answer<std::int64_t> count() const { return checked(sam_parameters_count(handle_)); }
    /* Scalars that are not frozen. */
    answer<std::int64_t> size() const { return checked(sam_parameters_size(handle_)); }
    /* Ends the measure that a callback given to sam_measure left; those of an objective below never leave one. */
    answer<void> recover() { return done(sam_parameters_recover(handle_)); }
    /* The C handle; lives as long as this object. */
    sam_parameters *get() const noexcept { return handle_; }
    /* Whether there is one. */
    explicit operator bool() const noexcept { return handle_ != nullptr; }

private:
    explicit parameters(sam_parameters *handle) noexcept : handle_(handle) {}

    sam_parameters *handle_ = nullptr;
};

/* A method and a base over a set; keeps the set alive. */
class optimizer {
public:
    /* Nothing, as one that was moved from. */
    optimizer() noexcept = default;
#if SAM_HPP_THROWS
    optimizer(const parameters &set, const std::string &method, const std::string &base) : optimizer(make(set, method, base)) {}
    /* A method that is its own optimizer. */
    optimizer(const parameters &set, const std::string &method) : optimizer(make(set, method)) {}
#endif
    /* The same as the constructors, which are there only where exceptions are. */
    static answer<optimizer> make(const parameters &set, const std::string &method, const std::string &base) {
        return created(set, method.c_str(), base.c_str());
    }
    static answer<optimizer> make(const parameters &set, const std::string &method) { return created(set, method.c_str(), nullptr); }
    optimizer(optimizer &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    optimizer &operator=(optimizer &&other) noexcept {
        if (this != &other) {
            sam_optimizer_destroy(handle_);
            handle_ = std::exchange(other.handle_, nullptr);
        }
        return *this;
    }
    ~optimizer() { sam_optimizer_destroy(handle_); }

    /* The next ask bits, or 0 where the step is complete (or was skipped). */
    answer<int> step(double loss = 0) { return checked(sam_step(handle_, loss)); }
    /* A whole step. evaluate: double(int ask), fills the gradients and answers the loss; called until the step is complete. An exception in it, or
       an empty std::optional<double>, cancels the step (weights restored): the exception goes on to the caller, the other is an error with
       SAM_ERROR_CANCELLED. Answers the loss of the step's first evaluation. */
    template <typename Evaluate>
    answer<double> minimize(Evaluate &&evaluate) {
        double first = 0, loss = 0;
        bool begun = false;
        int ask;
        while ((ask = sam_step(handle_, loss)) > 0) {
            canceller cancels{handle_};
            const std::optional<double> evaluated = evaluate(ask);
            if (!evaluated)
                return failed<double>(SAM_ERROR_CANCELLED, "minimize: evaluate has no loss; the step is cancelled");
            cancels.handle = nullptr;
            loss = *evaluated;
            if (!std::exchange(begun, true))
                first = loss;
        }
        return given(ask, first);
    }
    /* Ends the step under way: weights restored, no update. */
    answer<void> cancel() { return done(sam_cancel(handle_)); }
    /* Which batch to evaluate, from 0; between steps the next one. */
    answer<std::int64_t> batch() const { return checked(sam_batch(handle_)); }
    /* Where the weights of tensor `index` to evaluate stand. */
    answer<void *> point(int index) const {
        void *data = nullptr;
        const int status = sam_optimizer_point(handle_, index, &data);
        return given(status, data);
    }
    /* The most evaluations a step can ask for with the present options. */
    answer<int> evaluations() const { return checked(sam_optimizer_evaluations(handle_)); }
    answer<sam_metrics> metrics() const {
        sam_metrics found{};
        found.struct_size = sizeof found;
        const int status = sam_optimizer_metrics(handle_, &found);
        return given(status, found);
    }

#if SAM_HPP_THROWS
    using chain = optimizer &;
#else
    using chain = result<void>;
#endif
    /* Options: numbers, integers and flags; group -1: all. With exceptions they answer the optimizer, so that calls can follow each other. */
    chain set(const std::string &option, double value, int group = -1) {
        return chained(sam_optimizer_set(handle_, group, option.c_str(), value));
    }
    /* Several, in their order, as far as they can be set. */
    chain set(std::initializer_list<std::pair<const char *, double>> options, int group = -1) {
        int status = 0;
        for (const auto &[option, value] : options)
            if ((status = sam_optimizer_set(handle_, group, option, value)) < 0)
                break;
        return chained(status);
    }
    /* What the next step will use. */
    answer<double> get(const std::string &option, int group = -1) const {
        double value = 0;
        const int status = sam_optimizer_get(handle_, group, option.c_str(), &value);
        return given(status, value);
    }
    /* One of the words of a choice. */
    chain choose(const std::string &option, const std::string &choice, int group = -1) {
        return chained(sam_optimizer_choose(handle_, group, option.c_str(), choice.c_str()));
    }
    answer<std::string> choice(const std::string &option, int group = -1) const {
        const char *word = "";
        const int status = sam_optimizer_choice(handle_, group, option.c_str(), &word);
        return given(status, std::string(status < 0 ? "" : word));
    }
    /* The course of a real option over the coming steps; kind, members and formula as sam_schedule. */
    chain schedule(const std::string &option, const std::string &kind, double initial, double final, std::int64_t steps,
                   std::int64_t warmup = 0, std::int64_t period = 0, double power = 0, int group = -1) {
        sam_schedule course{};
        course.struct_size = sizeof course;
        course.kind = kind.c_str();
        course.initial = initial;
        course.final = final;
        course.warmup = warmup;
        course.steps = steps;
        course.power = power;
        course.period = period;
        return chained(sam_optimizer_schedule(handle_, group, option.c_str(), &course));
    }
    /* Removes it; the present value stays. */
    chain unschedule(const std::string &option, int group = -1) {
        return chained(sam_optimizer_schedule(handle_, group, option.c_str(), nullptr));
    }

    /* State: everything a step depends on but the weights, between steps; see sam.h. A file is written whole or not at all, and so read. */
    answer<void> save(const std::string &path) const { return done(sam_optimizer_save(handle_, path.c_str())); }
    answer<void> load(const std::string &path) { return done(sam_optimizer_load(handle_, path.c_str())); }
    /* The bytes of such a file. */
    answer<std::vector<unsigned char>> state() const {
        std::size_t bytes = 0;
        int status = sam_optimizer_state_size(handle_, &bytes);
        std::vector<unsigned char> written(status < 0 ? 0 : bytes);
        if (status >= 0)
            status = sam_optimizer_state_write(handle_, written.data(), bytes);
        return given(status, std::move(written));
    }
    answer<void> restore(const std::vector<unsigned char> &state) { return done(sam_optimizer_state_read(handle_, state.data(), state.size())); }
    /* Bytes of the library's memory in the size of the parameters, held now; before the first step: planned. */
    answer<std::int64_t> memory() const {
        std::int64_t bytes = 0;
        const int status = sam_optimizer_memory(handle_, &bytes);
        return given(status, bytes);
    }
    /* The averaged weights of tensor `index` to out, a buffer of its size in its element type. */
    answer<void> average(int index, void *out) const { return done(sam_optimizer_average(handle_, index, out)); }
    /* The C handle; lives as long as this object. */
    sam_optimizer *get() const noexcept { return handle_; }
    /* Whether there is one. */
    explicit operator bool() const noexcept { return handle_ != nullptr; }

private:
    struct canceller {
        sam_optimizer *handle;
        ~canceller() {
            if (handle)
                (void)sam_cancel(handle);
        }
    };

    explicit optimizer(sam_optimizer *handle) noexcept : handle_(handle) {}
    static answer<optimizer> created(const parameters &set, const char *method, const char *base) {
        sam_optimizer *handle = nullptr;
        const int status = sam_optimizer_create(set.get(), method, base, &handle);
        return given(status, optimizer(handle));
    }
    chain chained(int status) {
#if SAM_HPP_THROWS
        checked(status);
        return *this;
#else
        return done(status);
#endif
    }

    sam_optimizer *handle_ = nullptr;
};

/* What is measured: the members of sam_objective as callables; which of them a measure needs says the catalogue. An exception in one ends the
   measure, with the weights as they were, and goes on to the caller. Without exceptions one that cannot go on sets `failed`, which ends the
   measure behind it. Counts that are 0 are taken from the lists' lengths. */
struct objective {
    std::function<double(const sam_query &)> evaluate;      /* the loss; without SAM_LOSS_ONLY also the registered gradients */
    using matrix = std::function<void(const sam_query &, const void *const *direction, void *const *product)>;
    matrix hessian_product{}, gauss_newton_product{};
    std::function<bool(double fraction, const char *stage)> progress{};     /* true cancels: sam::error with SAM_ERROR_CANCELLED */
    std::function<void(const sam_query &, double *losses)> example_losses{};
    std::function<double(const sam_query &)> evaluate_example{};
    std::function<void(const sam_query &, double *logits, std::int64_t *labels)> logits{};
    std::function<void(const sam_query &, const double *logit_gradient)> backpropagate_logits{};
    std::function<void(bool on)> freeze{};
    std::function<void()> refresh{};
    std::function<double()> forward_ones{};
    std::function<double(std::int64_t examples, std::uint64_t seed)> train{};
    const objective *other = nullptr;
    std::int64_t batches = 0, classes = 0, examples = 0, outputs = 0;
    std::vector<std::int64_t> batch_examples{}, class_examples{};           /* class_examples: [max(batches, 1)][classes] */
    std::vector<double> batch_weights{};
    mutable bool failed = false;                    /* false again when a measure begins */
};

/* A setting of a measure: {"rho", 0.05}, {"scaling", "element"}, {"edges", std::vector<double>{-1, 0, 1}}, or tensors, one pointer for
   each tensor of the set. */
class setting {
public:
    template <typename Number, typename = std::enable_if_t<std::is_arithmetic_v<Number>>>
    setting(std::string name, Number value) : name_(std::move(name)), value_(static_cast<double>(value)) {}
    setting(std::string name, std::string choice) : name_(std::move(name)), choice_(std::move(choice)), kind_(word) {}
    setting(std::string name, const char *choice) : setting(std::move(name), std::string(choice)) {}
    setting(std::string name, std::vector<double> values) : name_(std::move(name)), values_(std::move(values)), kind_(list) {}
    setting(std::string name, std::vector<const void *> tensors) : name_(std::move(name)), tensors_(std::move(tensors)), kind_(arrays) {}
    /* Its pointers live as long as this object. */
    sam_setting get() const {
        switch (kind_) {
        case word: return sam_choice(name_.c_str(), choice_.c_str());
        case list: return sam_list(name_.c_str(), values_.data(), static_cast<std::int64_t>(values_.size()));
        case arrays: return sam_tensors(name_.c_str(), tensors_.data());
        default: return sam_number(name_.c_str(), value_);
        }
    }

private:
    enum form { number, word, list, arrays };
    std::string name_;
    double value_ = 0;
    std::string choice_;
    std::vector<double> values_;
    std::vector<const void *> tensors_;
    form kind_ = number;
};

/* What a measure found. */
class report {
public:
    explicit report(sam_report *handle) noexcept : handle_(handle) {}
    report(report &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    report &operator=(report &&other) noexcept {
        if (this != &other) {
            sam_report_destroy(handle_);
            handle_ = std::exchange(other.handle_, nullptr);
        }
        return *this;
    }
    ~report() { sam_report_destroy(handle_); }

    /* A single number. */
    answer<double> value(const std::string &key = "value") const {
        double found = 0;
        const int status = sam_report_value(handle_, key.c_str(), &found);
        return given(status, found);
    }
    /* An array, row-major; of a single number that alone. */
    answer<std::vector<double>> values(const std::string &key) const {
        const array found(handle_, key);
        std::int64_t count = 1;
        for (int axis = 0; axis < found.rank; axis++)
            count *= found.lengths[axis];
        return given(found.status, found.status < 0 ? std::vector<double>() : std::vector<double>(found.data, found.data + count));
    }
    /* Its lengths; empty: a single number. */
    answer<std::vector<std::int64_t>> shape(const std::string &key) const {
        const array found(handle_, key);
        return given(found.status, std::vector<std::int64_t>(found.lengths, found.lengths + found.rank));
    }
    /* In the order of the report. */
    answer<std::vector<std::string>> keys() const {
        std::vector<std::string> found;
        const char *key = nullptr;
        int status;
        while ((status = sam_report_key(handle_, static_cast<int>(found.size()), &key)) > 0)
            found.emplace_back(key);
        return given(status, std::move(found));
    }
    answer<bool> has(const std::string &key) const {
        const char *known = nullptr;
        int status;
        for (int index = 0; (status = sam_report_key(handle_, index, &known)) > 0; index++)
            if (key == known)
                return true;
        return given(status, false);
    }
    /* false: a limit came first; the value still stands. */
    answer<bool> converged() const {
        double found = 0;
        const int status = sam_report_value(handle_, "converged", &found);
        return given(status, found != 0);
    }
    /* The C handle; lives as long as this object. */
    sam_report *get() const noexcept { return handle_; }
    /* Whether there is one. */
    explicit operator bool() const noexcept { return handle_ != nullptr; }

private:
    struct array {
        int status, rank = 0;
        const double *data = nullptr;
        const std::int64_t *lengths = nullptr;
        array(const sam_report *report, const std::string &key) : status(0) { status = sam_report_array(report, key.c_str(), &data, &rank, &lengths); }
    };

    sam_report *handle_ = nullptr;
};

namespace detail {

/* The context of the callbacks of one objective; `failure`: the call's first exception. */
struct callbacks {
    const objective &host;
#if defined(__cpp_exceptions)
    std::exception_ptr &failure;
#endif

    template <typename Body>
    static int guarded(void *context, Body body) noexcept {
        auto &self = *static_cast<callbacks *>(context);
#if defined(__cpp_exceptions)
        try {
            body(self.host);
        } catch (...) {
            if (!self.failure)
                self.failure = std::current_exception();
            return 1;
        }
#else
        body(self.host);
#endif
        return self.host.failed ? 1 : 0;
    }

    /* Whether the lists are as long as the counts say. */
    bool fits() const {
        const sam_objective raw = const_cast<callbacks *>(this)->get();
        const auto right = [](std::size_t found, std::int64_t wanted) { return !found || static_cast<std::int64_t>(found) == wanted; };
        return right(host.batch_examples.size(), raw.batches) && right(host.batch_weights.size(), raw.batches) &&
               right(host.class_examples.size(), (raw.batches > 1 ? raw.batches : 1) * raw.classes);
    }

    /* The struct over these callbacks; it points into the objective. */
    sam_objective get() {
        sam_objective raw{};
        raw.struct_size = sizeof raw;
        raw.context = this;
        const auto length = [](const auto &list) { return static_cast<std::int64_t>(list.size()); };
        raw.batches = host.batches ? host.batches : length(host.batch_examples) ? length(host.batch_examples) : length(host.batch_weights);
        const std::int64_t rows = raw.batches > 1 ? raw.batches : 1;
        raw.classes = host.classes ? host.classes : length(host.class_examples) / rows;
        raw.examples = host.examples;
        if (!raw.examples)
            for (std::int64_t count : host.batch_examples)
                raw.examples += count;
        raw.outputs = host.outputs;
        raw.batch_examples = host.batch_examples.empty() ? nullptr : host.batch_examples.data();
        raw.batch_weights = host.batch_weights.empty() ? nullptr : host.batch_weights.data();
        raw.class_examples = host.class_examples.empty() ? nullptr : host.class_examples.data();
        if (host.evaluate)
            raw.evaluate = [](void *c, const sam_query *q, double *loss) { return guarded(c, [&](auto &o) { *loss = o.evaluate(*q); }); };
        if (host.hessian_product)
            raw.hessian_product = [](void *c, const sam_query *q, const void *const *direction, void *const *product) {
                return guarded(c, [&](auto &o) { o.hessian_product(*q, direction, product); });
            };
        if (host.gauss_newton_product)
            raw.gauss_newton_product = [](void *c, const sam_query *q, const void *const *direction, void *const *product) {
                return guarded(c, [&](auto &o) { o.gauss_newton_product(*q, direction, product); });
            };
        if (host.progress)
            raw.progress = [](void *c, double fraction, const char *stage) {
                bool stop = false;
                return guarded(c, [&](auto &o) { stop = o.progress(fraction, stage); }) || stop ? 1 : 0;
            };
        if (host.example_losses)
            raw.example_losses = [](void *c, const sam_query *q, double *losses) { return guarded(c, [&](auto &o) { o.example_losses(*q, losses); }); };
        if (host.evaluate_example)
            raw.evaluate_example = [](void *c, const sam_query *q, double *loss) { return guarded(c, [&](auto &o) { *loss = o.evaluate_example(*q); }); };
        if (host.logits)
            raw.logits = [](void *c, const sam_query *q, double *logits, std::int64_t *labels) {
                return guarded(c, [&](auto &o) { o.logits(*q, logits, labels); });
            };
        if (host.backpropagate_logits)
            raw.backpropagate_logits = [](void *c, const sam_query *q, const double *slope) { return guarded(c, [&](auto &o) { o.backpropagate_logits(*q, slope); }); };
        if (host.freeze)
            raw.freeze = [](void *c, int on) { return guarded(c, [&](auto &o) { o.freeze(on != 0); }); };
        if (host.refresh)
            raw.refresh = [](void *c) { return guarded(c, [&](auto &o) { o.refresh(); }); };
        if (host.forward_ones)
            raw.forward_ones = [](void *c, double *sum) { return guarded(c, [&](auto &o) { *sum = o.forward_ones(); }); };
        if (host.train)
            raw.train = [](void *c, std::int64_t examples, std::uint64_t seed, double *wrong) {
                return guarded(c, [&](auto &o) { *wrong = o.train(examples, seed); });
            };
        return raw;
    }
};

}  // namespace detail

/* A measure of the catalogue over the weights of a set, which are the same bits again however it ends. */
inline answer<report> measure(const parameters &set, const std::string &name, const objective &host, const std::vector<setting> &settings = {}) {
    const objective &beside = host.other ? *host.other : host;
#if defined(__cpp_exceptions)
    std::exception_ptr failure;
    detail::callbacks first{host, failure}, second{beside, failure};
#else
    detail::callbacks first{host}, second{beside};
#endif
    host.failed = beside.failed = false;
    if (!first.fits() || !second.fits())
        return failed<report>(SAM_ERROR_ARGUMENT,
                              "batch_examples, batch_weights, class_examples: as many as batches, batches, batches times classes are needed");
    sam_objective raw = first.get(), other{};
    if (host.other) {
        other = second.get();
        raw.other = &other;
    }
    std::vector<sam_setting> listed;
    for (const setting &one : settings)
        listed.push_back(one.get());
    sam_report *handle = nullptr;
    const int status = sam_measure(set.get(), name.c_str(), &raw, listed.data(), listed.size(), &handle);
    report found(handle);
#if defined(__cpp_exceptions)
    if (failure)
        std::rethrow_exception(failure);
#endif
    return given(status, std::move(found));
}

/* The same by losses and gradients alone. evaluate: double(const sam_query &). */
template <typename Evaluate, typename = std::enable_if_t<std::is_invocable_r_v<double, Evaluate &, const sam_query &>>>
answer<report> measure(const parameters &set, const std::string &name, Evaluate &&evaluate, const std::vector<setting> &settings = {}) {
    objective host;
    host.evaluate = std::ref(evaluate);
    return measure(set, name, host, settings);
}

}  // namespace SAM_HPP_FORM
}  // namespace sam

#endif
