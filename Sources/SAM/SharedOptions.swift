/// The options of every optimizer.
final class SharedOptions {
    let maximize = Option("maximize", flag: false, "Gradients and losses are negated as they arrive.")
    let clipCoordinates = Option("clip_coordinates", 0, .fraction, "This share of the descent direction's elements, the largest, is cut to the largest of the others, before clip_value; 0: off.")
    let clipValue = Option("clip_value", 0, .nonNegative, "Each element of the descent direction into [-clip_value, clip_value], before clip_norm; 0: off.")
    let clipNorm = Option("clip_norm", 0, .nonNegative, "The descent direction is shortened to this norm where it is longer, before the base; 0: off.")
    let gradientScale = Option("gradient_scale", 1, .positive, "The loss scale: gradients are multiplied by 1/gradient_scale as they are read.")
    let zeroGradient = Option("zero_gradient", flag: false, "The gradients that were read are cleared before sam_step returns.")
    let accumulate = Option("accumulate", count: 1, .atLeast(1), "Each evaluation is the mean over so many micro-batches.")
    let microBatches = Option("micro_batches", count: 1, .atLeast(1),
                              "m-sharpness: so many micro-batches have a perturbation each; their directions are averaged.")
    let nonfinite = Option("nonfinite", choices: "error,skip,propagate",
                           "A loss or gradient that is not finite: error ends the step, skip gives it up and counts it, propagate does not look.")
    let every = Option("every", count: 1, .atLeast(1), "Only every so many steps is the method's, counted from start_step; the others are the base's alone.")
    let startStep = Option("start_step", count: 1, .atLeast(1), "The first step that is the method's.")
    let inPlace = Option("in_place", flag: true, "Perturbed weights stand in the host's buffers; 0: in the library's, see sam_optimizer_point.")
    let master = Option("master", flag: false,
                        "Parameters of 16 bits have a copy in f32 that is stepped; the host's are that copy, rounded. A change that the host makes is not seen.")
    let rounding = Option("rounding", choices: "nearest,stochastic",
                          "How weights of 16 bits are rounded: to the nearest, ties to even, or up with the probability of what is cut off.")
    let average = Option("average", choices: "none,ema,swa",
                         "Averages the iterates, for sam_optimizer_average: ema with average_decay, swa with equal weights.")
    let averageDecay = Option("average_decay", 0.999, .fraction, "ema: a = average_decay a + (1 - average_decay) w, from the first w on.")
    let averageStart = Option("average_start", count: 0, .atLeast(0), "Steps before the first that can be averaged.")
    let averagePeriod = Option("average_period", count: 1, .atLeast(1), "Behind average_start the weights of every so-many-th step are averaged.")
    let seed = Option("seed", count: 0, .between(0, 9007199254740991), "Of every random draw.")

    var all: [Option] {
        [maximize, clipCoordinates, clipValue, clipNorm, gradientScale, zeroGradient, accumulate, microBatches, nonfinite, every, startStep, inPlace,
         master, rounding, average, averageDecay, averageStart, averagePeriod, seed]
    }

    /// Whether this optimizer can have the value: some options do not go with some methods, or with each other.
    func check(_ option: Option, _ value: Double, of optimizer: Optimizer) throws(Failure) {
        let method = optimizer.methodName
        if optimizer.method.isOwnOptimizer && value != option.initial
            && (option === clipCoordinates || option === clipValue || option === clipNorm || option === every || option === startStep) {
            throw .unsupported("\(option.name) = \(value): method \"\(method)\" has an update of its own, which the option does not act on; expected \(option.initial)")
        }
        if option === microBatches && value > 1 {
            if optimizer.keepsState {
                throw .unsupported("micro_batches = \(value): method \"\(method)\" keeps state or moves the weights itself; expected 1")
            }
            if accumulate.int > 1 {
                throw .unsupported("micro_batches = \(value) does not go with accumulate = \(accumulate.int); expected 1 for one of them")
            }
        }
        if option === accumulate && value > 1 && microBatches.int > 1 {
            throw .unsupported("accumulate = \(value) does not go with micro_batches = \(microBatches.int); expected 1 for one of them")
        }
    }
}
