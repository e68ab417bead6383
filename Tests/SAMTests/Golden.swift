import Foundation
import SAM
import Testing

/// The golden files: problems, and trajectories on them. Format: Tests/Golden/README.md.
enum Golden {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Golden")

    /// Files of a folder, as paths below Golden.
    static func files(_ name: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(name).path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { name + "/" + $0 }
    }

    static func cases(_ file: String) throws -> [Case] {
        try JSONDecoder().decode(Cases.self, from: Data(contentsOf: folder.appendingPathComponent(file))).cases
    }

    /// Own files have their problems beside them.
    static func problem(_ layout: String, for file: String) throws -> Problem {
        let own = folder.appendingPathComponent(file).deletingLastPathComponent().appendingPathComponent("problems/\(layout).json")
        let url = FileManager.default.fileExists(atPath: own.path) ? own : folder.appendingPathComponent("problems/\(layout).json")
        return try JSONDecoder().decode(Problem.self, from: Data(contentsOf: url))
    }

    struct Cases: Decodable { let cases: [Case] }

    struct Case: Decodable {
        let method: String, base: String?, layout: String
        let options: [String: Value], base_options: [String: Value]?
        let steps: [Row]
    }

    struct Row: Decodable {
        let ask: [Int32], batch: [Int], loss: Double
        let w: [Double]?
    }

    enum Value: Decodable {
        case number(Double), choice(String)
        init(from decoder: Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) { self = .choice(text) } else { self = .number(try container.decode(Double.self)) }
        }
    }
}

/// 1/2 (x - c_b)' A (x - c_b) / n + sum_i a_i cos(k_i x_i + p_i) / n; the auxiliary objective is 1/2 |x - aux|^2 / n.
struct Problem: Decodable {
    struct Tensor: Decodable { let name, role: String, shape: [Int] }
    let tensors: [Tensor]
    let batches: Int
    let start: [Double], A: [[Double]], c: [[Double]], a: [Double], k: [Double], p: [Double], aux: [Double]

    func evaluate(_ w: [Double], batch: Int, auxiliary: Bool) -> (loss: Double, gradient: [Double]) {
        let n = Double(w.count)
        if auxiliary {
            let r = zip(w, aux).map { $0 - $1 }
            return (0.5 * r.reduce(0) { $0 + $1 * $1 } / n, r.map { $0 / n })
        }
        let r = zip(w, c[batch % batches]).map { $0 - $1 }
        let Ar = A.map { row in zip(row, r).reduce(0) { $0 + $1.0 * $1.1 } }
        let s = w.indices.map { k[$0] * w[$0] + p[$0] }
        let loss = 0.5 * zip(r, Ar).reduce(0) { $0 + $1.0 * $1.1 } + w.indices.reduce(0) { $0 + a[$1] * cos(s[$1]) }
        return (loss / n, w.indices.map { (Ar[$0] - a[$0] * k[$0] * sin(s[$0])) / n })
    }
}

/// A host in Swift: buffers of one type and the loop.
final class Host<Scalar: ParameterScalar & BinaryFloatingPoint> {
    let problem: Problem
    let parameters = Parameters()
    let weights: UnsafeMutableBufferPointer<Scalar>, gradients: UnsafeMutableBufferPointer<Scalar>

    init(_ problem: Problem) throws {
        self.problem = problem
        weights = .allocate(capacity: problem.start.count)
        gradients = .allocate(capacity: problem.start.count)
        _ = weights.initialize(from: problem.start.map { Scalar($0) })
        gradients.initialize(repeating: 0)
        var start = 0
        for tensor in problem.tensors {
            let count = tensor.shape.reduce(1, *)
            let role: Role = ["weight": .weight, "bias": .bias, "norm": .norm, "embedding": .embedding][tensor.role]!
            try parameters.add(tensor.name, shape: tensor.shape, data: .init(rebasing: weights[start..<start + count]),
                               gradient: .init(rebasing: gradients[start..<start + count]), role: role)
            start += count
        }
    }

    deinit {
        weights.deallocate()
        gradients.deallocate()
    }

    var w: [Double] { weights.map { Double($0) } }

    /// One evaluation where the weights stand; the gradient is written, multiplied by `scale`.
    func evaluate(_ batch: Int, _ ask: Ask, scale: Double) -> Double {
        let (loss, g) = problem.evaluate(w, batch: batch, auxiliary: ask.contains(.auxiliary))
        if !ask.contains(.lossOnly) { for i in g.indices { gradients[i] = Scalar(g[i] * scale) } }
        return loss
    }
}
