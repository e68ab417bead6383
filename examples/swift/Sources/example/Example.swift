// The problem and the output of ../../../c/example.c, in Swift.
import Foundation
import SAM

@main
enum Example {
    static func main() {
        do { try train(CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "sam") } catch {
            FileHandle.standardError.write(Data("\((error as? Failure)?.message ?? "\(error)")\n".utf8))
            exit(1)
        }
    }

    static func train(_ method: String) throws {
        let (w, wGradient, b, bGradient) = (zeros(2), zeros(2), zeros(1), zeros(1))
        defer { for buffer in [w, wGradient, b, bGradient] { buffer.deallocate() } }
        let parameters = Parameters()
        try parameters.add("weight", shape: [2], data: w, gradient: wGradient)
        try parameters.add("bias", shape: [], data: b, gradient: bGradient, role: .bias)
        let optimizer = try Optimizer(parameters, method: method, base: "sgd")
        try optimizer.set("lr", 0.5)
        try optimizer.set("momentum", 0.9)

        for step in 1...50 {
            let loss = try optimizer.step { _ in             // fills the gradients, answers the loss
                var loss = 0.0
                for gradient in [wGradient, bGradient] { gradient.update(repeating: 0) }
                for i in 0..<32 {
                    let x0 = Double(7 * i % 32) / 16 - 1, x1 = Double(13 * i % 32) / 16 - 1
                    let y = (x0 + 2 * x1 > 0.25) != (i % 8 == 3)
                    let p = 1 / (1 + exp(-(w[0] * x0 + w[1] * x1 + b[0]))), slope = (p - (y ? 1 : 0)) / 32
                    loss -= log(y ? p : 1 - p) / 32
                    wGradient[0] += slope * x0
                    wGradient[1] += slope * x1
                    bGradient[0] += slope
                }
                return loss
            }
            if step == 1 || step % 10 == 0 { print("step \(step) loss " + String(format: "%.6f", loss)) }
        }
        print(String(format: "weight %.6f %.6f bias %.6f", w[0], w[1], b[0]))
    }

    static func zeros(_ count: Int) -> UnsafeMutableBufferPointer<Double> {
        let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: count)
        buffer.initialize(repeating: 0)
        return buffer
    }
}
