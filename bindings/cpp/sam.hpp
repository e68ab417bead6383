/* libsam for C++17: sam.h with owners and exceptions, header only. The meaning of every name, option and status is in sam.h.

       std::vector<float> w(1000), g(1000);
       sam::parameters parameters;
       parameters.add("w", {10, 100}, w.data(), g.data());
       sam::optimizer optimizer(parameters, "sam", "adamw");
       optimizer.set("lr", 1e-3).set("rho", 0.05);
       for (auto &batch : batches)
           optimizer.minimize([&](int ask) { return forward_backward(batch, ask); });

   A failing call throws sam::error; what it left is said in sam.h: after a failing step the weights are the iterate.
   sam::parameters and sam::optimizer own a handle each; they move, they do not copy. A moved-from object can be destroyed and assigned to;
   any other call throws sam::error with SAM_ERROR_ARGUMENT. Threads: as the handles. */
#ifndef SAM_HPP
#define SAM_HPP

#include <sam.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace sam {

/* What a failing call throws. what() is the library's sentence. */
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

/* answer where it is >= 0; else throws what the library has to say. */
template <typename Integer>
Integer checked(Integer answer) {
    if (answer < 0)
        throw error(static_cast<int>(answer), sam_error_message());
    return answer;
}

/* "1.0.0". */
inline const char *version() noexcept { return sam_version(); }
/* What the library was built with and uses, as JSON. */
inline std::string build_info() { return sam_build_info(); }
/* Threads for large passes, in the whole process; 1 at first. */
inline void set_threads(int count) { checked(sam_set_threads(count)); }
inline int threads() noexcept { return sam_threads(); }

/* The element type of a buffer: sam::dtype_of<float>() is SAM_F32, of double SAM_F64. */
template <typename Element>
constexpr std::int32_t dtype_of() noexcept;
template <>
constexpr std::int32_t dtype_of<float>() noexcept { return SAM_F32; }
template <>
constexpr std::int32_t dtype_of<double>() noexcept { return SAM_F64; }

/* A set of tensors of the host. The buffers stay the host's and must outlive the set and its optimizers. */
class parameters {
public:
    parameters() { checked(sam_parameters_create(&handle_)); }
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
       shape {}: a scalar. role: SAM_WEIGHT, SAM_BIAS, SAM_NORM, SAM_EMBEDDING. group: 0 or what add_group answered. */
    template <typename Element, typename Gradient>
    int add(const std::string &name, const std::vector<std::int64_t> &shape, Element *data, Gradient *gradient,
            std::int32_t role = SAM_WEIGHT, std::int32_t group = 0) {
        return add(name, shape, data, dtype_of<Element>(), gradient, dtype_of<Gradient>(), role, group);
    }
    template <typename Element>
    int add(const std::string &name, const std::vector<std::int64_t> &shape, Element *data, std::nullptr_t,
            std::int32_t role = SAM_WEIGHT, std::int32_t group = 0) {
        return add(name, shape, data, dtype_of<Element>(), nullptr, 0, role, group);
    }
    /* The same for buffers whose element types are known at run time. */
    int add(const std::string &name, const std::vector<std::int64_t> &shape, void *data, std::int32_t dtype, void *gradient,
            std::int32_t gradient_dtype, std::int32_t role, std::int32_t group) {
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
        return checked(sam_parameters_add(handle_, &parameter));
    }
    /* A group whose options can differ; answers its number, from 1. */
    int add_group(const std::string &name) { return checked(sam_parameters_add_group(handle_, name.c_str())); }
    /* Other buffers; data nullptr: unchanged, gradient nullptr: missing. */
    void bind(int index, void *data, void *gradient) { checked(sam_parameters_bind(handle_, index, data, gradient)); }
    /* Tensors. */
    std::int64_t count() const { return checked(sam_parameters_count(handle_)); }
    /* Scalars that are not frozen. */
    std::int64_t size() const { return checked(sam_parameters_size(handle_)); }
    /* The C handle; lives as long as this object. */
    sam_parameters *get() const noexcept { return handle_; }

private:
    sam_parameters *handle_ = nullptr;
};

/* A method and a base over a set; keeps the set alive. */
class optimizer {
public:
    optimizer(const parameters &set, const std::string &method, const std::string &base) {
        checked(sam_optimizer_create(set.get(), method.c_str(), base.c_str(), &handle_));
    }
    /* A method that is its own optimizer. */
    optimizer(const parameters &set, const std::string &method) {
        checked(sam_optimizer_create(set.get(), method.c_str(), nullptr, &handle_));
    }
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
    int step(double loss = 0) { return checked(sam_step(handle_, loss)); }
    /* A whole step. evaluate: double(int ask), fills the gradients and answers the loss; called until the step is complete. An exception in it
       cancels the step (weights restored) and goes on to the caller. Answers the loss of the step's first evaluation. */
    template <typename Evaluate>
    double minimize(Evaluate &&evaluate) {
        double first = 0, loss = 0;
        bool begun = false;
        while (const int ask = step(loss)) {
            try {
                loss = evaluate(ask);
            } catch (...) {
                sam_cancel(handle_);
                throw;
            }
            if (!std::exchange(begun, true))
                first = loss;
        }
        return first;
    }
    /* Ends the step under way: weights restored, no update. */
    void cancel() { checked(sam_cancel(handle_)); }
    /* Which batch to evaluate, from 0; between steps the next one. */
    std::int64_t batch() const { return checked(sam_batch(handle_)); }
    /* Where the weights of tensor `index` to evaluate stand. */
    void *point(int index) const {
        void *data = nullptr;
        checked(sam_optimizer_point(handle_, index, &data));
        return data;
    }
    /* The most evaluations a step can ask for with the present options. */
    int evaluations() const { return checked(sam_optimizer_evaluations(handle_)); }
    sam_metrics metrics() const {
        sam_metrics result{};
        result.struct_size = sizeof result;
        checked(sam_optimizer_metrics(handle_, &result));
        return result;
    }

    /* Options: numbers, integers and flags; group -1: all. They answer the optimizer, so that calls can follow each other. */
    optimizer &set(const std::string &option, double value, int group = -1) {
        checked(sam_optimizer_set(handle_, group, option.c_str(), value));
        return *this;
    }
    /* What the next step will use. */
    double get(const std::string &option, int group = -1) const {
        double value = 0;
        checked(sam_optimizer_get(handle_, group, option.c_str(), &value));
        return value;
    }
    /* One of the words of a choice. */
    optimizer &choose(const std::string &option, const std::string &choice, int group = -1) {
        checked(sam_optimizer_choose(handle_, group, option.c_str(), choice.c_str()));
        return *this;
    }
    std::string choice(const std::string &option, int group = -1) const {
        const char *word = nullptr;
        checked(sam_optimizer_choice(handle_, group, option.c_str(), &word));
        return word;
    }
    /* The course of a real option over the coming steps; kind, members and formula as sam_schedule. */
    optimizer &schedule(const std::string &option, const std::string &kind, double initial, double final, std::int64_t steps,
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
        checked(sam_optimizer_schedule(handle_, group, option.c_str(), &course));
        return *this;
    }
    /* Removes it; the present value stays. */
    optimizer &unschedule(const std::string &option, int group = -1) {
        checked(sam_optimizer_schedule(handle_, group, option.c_str(), nullptr));
        return *this;
    }

    /* State: everything a step depends on but the weights, between steps; see sam.h. A file is written whole or not at all, and so read. */
    void save(const std::string &path) const { checked(sam_optimizer_save(handle_, path.c_str())); }
    void load(const std::string &path) { checked(sam_optimizer_load(handle_, path.c_str())); }
    /* The bytes of such a file. */
    std::vector<unsigned char> state() const {
        std::size_t bytes = 0;
        checked(sam_optimizer_state_size(handle_, &bytes));
        std::vector<unsigned char> result(bytes);
        checked(sam_optimizer_state_write(handle_, result.data(), bytes));
        return result;
    }
    void restore(const std::vector<unsigned char> &state) { checked(sam_optimizer_state_read(handle_, state.data(), state.size())); }
    /* Bytes of the library's memory in the size of the parameters, held now; before the first step: planned. */
    std::int64_t memory() const {
        std::int64_t bytes = 0;
        checked(sam_optimizer_memory(handle_, &bytes));
        return bytes;
    }
    /* The averaged weights of tensor `index` to out, a buffer of its size in its element type. */
    void average(int index, void *out) const { checked(sam_optimizer_average(handle_, index, out)); }
    /* The C handle; lives as long as this object. */
    sam_optimizer *get() const noexcept { return handle_; }

private:
    sam_optimizer *handle_ = nullptr;
};

}  // namespace sam

#endif
