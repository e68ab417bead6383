/// The settings of every measure that evaluates an objective.
final class CommonSettings {
    let seed = Setting("seed", count: 24301, .between(0, 9007199254740992), "Of every random draw: draw k does not depend on the others, on batches or threads.")
    let maxEvaluations = Setting("max_evaluations", count: 0, .between(0, 9007199254740992), "Evaluations, at the most; what was found so far comes back with converged 0. 0: no limit.")
    let batch = Setting("batch", count: -1, .atLeast(-1), "Only this batch; -1: all.")
    let classIndex = Setting("class_index", count: -1, .atLeast(-1), "Only the examples of this class; -1: all.")
    let combine = Setting("combine", choices: "examples,batches", "Weights of the batches: batch_weights or batch_examples of the objective, or all equal.")

    let loss = Setting("loss", choices: "host,cross_entropy", "Who turns logits into losses: the host, or the library by the cross-entropy of its logits.")
    let normalizeLogits = Setting("normalize_logits", choices: "none,unit,rms", "Logits without their mean and divided by their length, or by their root mean square, before the library's cross-entropy: a sharpness that their scale does not change.")

    var all: [Setting] { [seed, maxEvaluations, batch, classIndex, combine, loss, normalizeLogits] }
    /// Whether losses come from logits.
    var isCrossEntropy: Bool { loss.isChoice("cross_entropy") || !normalizeLogits.isChoice("none") }
}

/// What a perturbation, or an operator as C H C, is scaled by: c of each scalar, from the weights as they are.
///
/// The weights move by c u, and what is measured is the loss as a function of u: radii, random vectors, a start, eigenvectors and
/// diagonals are all in the coordinates u. A scalar with c = 0 (frozen by bias_scaling, tensor or slice, or a weight of 0) does not move:
/// it is no place of the operator, random vectors are 0 there, and means over places leave it out.
final class ScaleSettings {
    let scaling = Setting("scaling", choices: "none,element,filter,tensor,tensor_rms,custom",
                          "The scale c: 1; |w| + eta; the norm of the row (rank < 2: |w|); the norm of the tensor; that over the root of its size; scaling_values.")
    let bias = Setting("bias_scaling", choices: "scaled,ignore,unit", "Tensors of rank < 2 under a scale: like the others, not perturbed, or c = 1.")
    let eta = Setting("eta", 0, .between(0, 1e6), "Added to the magnitude in element scale.")
    let values = Setting(tensors: "scaling_values", "The scale of scaling = custom, all >= 0.")
    let tensor = Setting("tensor", count: -1, .atLeast(-1), "Only this tensor, by its index in the set: its diagonal block, no perturbation elsewhere; -1: all.")
    let slice = Setting.slice()

    var all: [Setting] { [scaling, bias, eta, values, tensor, slice] }
}

extension Setting {
    /// Beside a setting `tensor`.
    static func slice() -> Setting {
        Setting("slice", count: -1, .atLeast(-1), "Of a stacked tensor (setting tensor): only this matrix of it, from 0; -1: all.")
    }

    /// That the tensor has such a slice.
    func check(of tensors: [Tensor], _ tensor: Int) throws(Failure) {
        if int < 0 { return }
        if tensor < 0 { throw .argument("slice = \(int) without the setting tensor: expected the index of a stacked tensor") }
        let n = tensors[tensor].sliceCount
        if int >= n { throw .range("slice = \(int): expected -1 or 0 to \(n - 1), \"\(tensors[tensor].name)\" is \(n) stacked") }
    }
}

/// Which curvature is looked at, and how its products are had.
final class CurvatureSettings {
    let operand = Setting("operator", choices: "hessian,gauss_newton", "What the products are with: the Hessian, or the host's Gauss-Newton matrix.")
    let hessian = Setting("hessian", choices: "auto,product,central,forward,richardson",
                          "auto: the host's product, else central differences of gradients; or one of them.")
    let stepSize = Setting("step_size", 0, .share, "Difference step, relative to 1 + the norm of the weights; 0: found (3e-7 or 1e-4 by dtype, smaller where the answer asks for it).")
    let scale: ScaleSettings

    init(scale: ScaleSettings = ScaleSettings()) { self.scale = scale }

    var all: [Setting] { plain + scale.all }
    /// Without the scale.
    var plain: [Setting] { [operand, hessian, stepSize] }
}
