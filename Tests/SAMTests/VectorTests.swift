import CSAMShims
@testable import SAM
import Testing

/// Every instruction of the block machine against plain Swift, in both types and at lengths around its blocks.
@Suite struct VectorTests {
    static let lengths = [1, 15, 16, 17, 33, 511, 512, 1025, 4096, 5000]

    @Test(arguments: lengths)
    func formulas(_ n: Int) throws {
        try check(n, Double.self, 1e-15)
        try check(n, Float.self, 1e-6)
    }

    private func check<Scalar: ParameterScalar & BinaryFloatingPoint>(_ n: Int, _ type: Scalar.Type, _ tolerance: Double) throws {
        let w = UnsafeMutableBufferPointer<Scalar>.allocate(capacity: n), g = UnsafeMutableBufferPointer<Scalar>.allocate(capacity: n)
        defer { w.deallocate(); g.deallocate() }
        for i in 0..<n {
            w[i] = Scalar(Double(i % 37) / 7 - 2)
            g[i] = Scalar(Double(i * 7 % 41) / 9 - 2.1)
        }
        let parameters = Parameters()
        try parameters.add("w", shape: [n], data: w, gradient: g)
        let device = try Device(parameters), step = Step(device: device, base: nil), out = Slot("out")
        device.register(out)
        try device.prepare([out], byRow: false)
        let W = step.iterate, G = step.gradient
        func check(_ name: String, _ formula: Vector, _ expected: (Double, Double) -> Double) {
            step.assign(out, formula)
            device.flush()
            let result = out.writing(0).assumingMemoryBound(to: Scalar.self)
            for i in 0..<n {
                let right = expected(Double(w[i]), Double(g[i]))
                #expect(abs(Double(result[i]) - right) <= tolerance * max(1, abs(right)) * 4, "\(name)[\(i)] of \(n), \(Scalar.self)")
            }
        }
        check("sum", 2.0 * W + 3.0 * G) { 2 * $0 + 3 * $1 }
        check("difference", W - 0.5 * (G + W)) { $0 - 0.5 * ($1 + $0) }
        check("product", W * G) { $0 * $1 }
        check("quotient", W / (G.magnitude + Coefficient(0.5))) { $0 / (abs($1) + 0.5) }
        check("root", W.magnitude.root) { v, _ in abs(v).squareRoot() }
        check("sign", W.sign * G) { ($0 > 0 ? 1 : $0 < 0 ? -1 : 0) * $1 }
        check("clip", W.clipped(0.7)) { v, _ in min(max(v, -0.7), 0.7) }
        check("larger", .larger(W, 0.3 * G)) { max($0, 0.3 * $1) }
        check("smaller", .smaller(W, 0.3 * G)) { min($0, 0.3 * $1) }
        check("above", .above(W, G)) { $0 > $1 ? 1 : 0 }
        check("squared", (W - G).squared) { ($0 - $1) * ($0 - $1) }
        check("power", W.magnitude.power(1.5)) { v, _ in abs(v) * abs(v).squareRoot() }
        check("constant", Vector(constant: 3) - W) { v, _ in 3 - v }
        let dot = zip(w, g).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(step.dot(W, G) - dot) <= 1e-12 * Double(n))
        #expect(abs(step.norm(2.0 * G) - 2 * g.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()) <= tolerance * Double(n))
    }

    /// Masks and ranks against sorting, with many equal values.
    @Test(arguments: [1, 7, 100, 5000])
    func largest(_ n: Int) throws {
        let w = UnsafeMutableBufferPointer<Float>.allocate(capacity: n), g = UnsafeMutableBufferPointer<Float>.allocate(capacity: n)
        defer { w.deallocate(); g.deallocate() }
        for i in 0..<n {
            w[i] = Float(i * 31 % 11) - 5
            g[i] = 0
        }
        let parameters = Parameters()
        try parameters.add("w", shape: [n], data: w, gradient: g)
        let device = try Device(parameters), step = Step(device: device, base: nil), mask = Slot("mask")
        device.register(mask)
        try device.prepare([mask], byRow: false)
        let order = (0..<n).sorted { w[$0] != w[$1] ? w[$0] > w[$1] : $0 < $1 }
        for k in Set([0, 1, n / 3, n / 2, n]) {
            step.assign(mask, largest: k, of: step.iterate)
            let result = mask.writing(0).assumingMemoryBound(to: Float.self)
            let chosen = Set(order[..<k])
            for i in 0..<n { #expect(result[i] == (chosen.contains(i) ? 1 : 0), "element \(i), \(k) of \(n)") }
            if k > 0 { #expect(step.kth(step.iterate, k) == Double(w[order[k - 1]])) }
        }
    }
}
