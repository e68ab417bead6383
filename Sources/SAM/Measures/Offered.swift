import CSAM

/// What a member of an objective is, in words that a host of any language knows.
private let members: [(name: StaticString, what: StaticString)] = [
    ("evaluate", "the loss and its gradient"),
    ("hessian_product", "the Hessian times a vector; hessian = central takes differences of gradients in its place"),
    ("gauss_newton_product", "the Gauss-Newton matrix times a vector"),
    ("evaluate_example", "loss and gradient of one example"),
    ("example_losses", "one loss for each example"),
    ("logits", "a classifier's outputs before the softmax with one whole number a label for each example; a regression, or labels that are not whole numbers, has none"),
    ("backpropagate_logits", "the gradient from slopes of the logits"),
    ("outputs", "how many logits an example has"),
    ("examples", "how many there are"),
    ("batch_examples", "how many examples each batch has, where the batches differ"),
    ("batches", "two or more parts of the data that can be evaluated by themselves"),
    ("classes", "classes whose examples can be evaluated by themselves, with their numbers by batch"),
    ("other", "an objective over the same weights on other data"),
    ("forward_ones", "the sum of the outputs on an input of ones"),
    ("train", "a training from scratch on so many examples"),
    ("refresh", "running statistics made anew at the weights as they are"),
]

func offered(_ member: StaticString) -> StaticString {
    for known in members where Name(known.name) == Name(member) { return known.what }
    return "a callback"
}

extension Objective {
    /// That the host does not offer what is asked for.
    func missing(_ member: StaticString) -> Failure {
        .unsupported("measure \"\(measure)\" needs the objective's \(member) (\(offered(member))), and this objective has none")
    }
}
