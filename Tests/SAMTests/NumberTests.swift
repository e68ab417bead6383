import CSAMShims
import Foundation
@testable import SAM
import Testing

@Suite struct NumberTests {
    let kernels = sam_processor_kernels()!

    /// Our own functions beside the system's.
    @Test func elementary() {
        for i in 1...20000 {
            let x = Double(i) / 977
            #expect(abs(kernels.pointee.logarithm!(x) - log(x)) <= 4e-16 * max(1, abs(log(x))))
            #expect(abs(kernels.pointee.cosine!(x) - cos(x)) <= 4e-16)
            #expect(abs(kernels.pointee.power!(x, 0.37) - pow(x, 0.37)) <= 1e-14 * pow(x, 0.37))
        }
        #expect(kernels.pointee.logarithm!(0x1p-1070) == log(0x1p-1070))
        #expect(kernels.pointee.logarithm!(0x1p-53) == log(0x1p-53))
    }

    /// random.json: uniforms and signs to the bit, normals to 1e-12.
    @Test func random() throws {
        let data = try Data(contentsOf: Golden.folder.appendingPathComponent("random.json"))
        let known = try JSONDecoder().decode([String: [Double]].self, from: data)
        #expect(known.count == 6)
        for (key, numbers) in known {
            let words = key.split(separator: " ")
            func number(_ name: String) -> UInt64 { UInt64(words.first { $0.hasPrefix(name + "=") }!.dropFirst(name.count + 1))! }
            let kind = ["uniform": SAM_UNIFORM, "normal": SAM_NORMAL, "rademacher": SAM_RADEMACHER][String(words[0])]!
            // from an odd place on as well: any part of a draw is the same numbers
            for start in [0, 129] {
                let ours = try drawn(kind, number("seed"), Stream(rawValue: UInt8(number("stream")))!, Int64(number("draw")), from: start, to: numbers.count)
                for (i, value) in ours.enumerated() {
                    let right = numbers[start + i]
                    if kind == SAM_NORMAL {
                        #expect(abs(value - right) <= 1e-12 * abs(right), "\(key)[\(start + i)]")
                    } else {
                        #expect(value == right, "\(key)[\(start + i)]")
                    }
                }
            }
        }
    }

    /// Elements start ..< end of a draw: a first tensor takes those before.
    private func drawn(_ kind: Int, _ seed: UInt64, _ stream: SAM.Stream, _ draw: Int64, from start: Int, to end: Int) throws -> [Double] {
        let w = UnsafeMutableBufferPointer<Double>.allocate(capacity: end), g = UnsafeMutableBufferPointer<Double>.allocate(capacity: end)
        w.initialize(repeating: 0)
        defer { w.deallocate(); g.deallocate() }
        let parameters = Parameters()
        for (i, part) in [0..<start, start..<end].enumerated() {
            try parameters.add("w\(i)", shape: [part.count], data: UnsafeMutableBufferPointer(rebasing: w[part]),
                               gradient: UnsafeMutableBufferPointer(rebasing: g[part]))
        }
        let device = try Device(parameters), step = Step(device: device, base: nil), out = Slot("out")
        device.seed = seed
        device.register(out)
        try device.prepare([out], byRow: false)
        step.assign(out, step.random(kind, stream, draw: draw))
        device.flush()
        let numbers = out.writing(1).assumingMemoryBound(to: Double.self)
        return (0..<(end - start)).map { numbers[$0] }
    }

    @Test func schedulesAgreeWithTheirFormulas() {
        func value(_ kind: String, _ t: Int64, warmup: Int64, steps: Int64, period: Int64 = 0) -> Double {
            let found = schedules.first { String(cString: $0.name.bytes) == kind }!
            return Schedule(kind: found, initial: 0.4, final: 0.1, warmup: warmup, steps: steps, power: 0, period: period, origin: 3).value(at: t + 3)
        }
        for (warmup, steps) in [(0, 20), (5, 20), (1, 2)] as [(Int64, Int64)] {
            for t in 1...40 as ClosedRange<Int64> {
                let t0 = max(warmup, 1), x = min(Double(t - t0) / Double(steps - t0), 1)
                let ramp = 0.4 * Double(t) / Double(t0)
                #expect(value("constant", t, warmup: warmup, steps: steps) == (t < t0 ? ramp : 0.4))
                #expect(abs(value("linear", t, warmup: warmup, steps: steps) - (t < t0 ? ramp : 0.4 - 0.3 * x)) < 1e-15)
                #expect(abs(value("cosine", t, warmup: warmup, steps: steps) - (t < t0 ? ramp : 0.1 + 0.15 * (1 + cos(.pi * x)))) < 1e-15)
                let y = Double((t - t0) % 6) / 6
                #expect(abs(value("cosine", t, warmup: warmup, steps: steps, period: 6) - (t < t0 ? ramp : 0.1 + 0.15 * (1 + cos(.pi * y)))) < 1e-15)
            }
        }
    }
}
