import CSAM
import CSAMShims

/// The weights that the host evaluates at: its own buffers, moved about a private copy of the iterate and brought back by copy. Every
/// trial point is computed in double from that copy and rounded once; what stands is seen to be unchanged when it is left.
final class Point {
    let parameters: Parameters
    let space: Space
    /// The tensors that are not frozen, stacked ones slice by slice, their numbers in the set, and where each begins in a flat vector.
    let tensors: [Tensor]
    let places: [Int]
    let start: [Int]
    /// The iterate, in double.
    let iterate: Flat
    /// Its length.
    private(set) var length = 0.0
    /// Whether every tensor and gradient is f64.
    let isDouble: Bool
    private(set) var isMoved = false
    /// Whether the iterate itself is not the host's own weights: a point of a path.
    var isAway = false

    private let home: UnsafeMutableRawPointer
    private let homeStart: [Int]
    private var hash: UInt64 = 0
    /// Numbers of 16 bits in passing.
    private let floats = UnsafeMutablePointer<Float>.allocate(capacity: Int(SAM_TALL_BLOCK))

    init(_ parameters: Parameters, seed: UInt64) throws(Failure) {
        self.parameters = parameters
        let (tensors, places) = parameters.slices
        var start: [Int] = [], homeStart: [Int] = [], n = 0, bytes = 0, isDouble = true
        for t in tensors {
            start.append(n)
            homeStart.append(bytes)
            n += t.count
            bytes += (t.bytes + 63) / 64 * 64
            isDouble = isDouble && Int(t.type) == SAM_F64 && Int(t.gradientType) == SAM_F64
        }
        (self.tensors, self.places, self.start, self.homeStart, self.isDouble) = (tensors, places, start, homeStart, isDouble)
        space = try Space(n, seed: seed)
        iterate = try space.vector()
        guard let home = sam_memory_take(bytes) else { throw .memory("no memory for a copy of the weights: \(bytes) bytes") }
        self.home = home
        for (i, t) in tensors.enumerated() {
            (home + homeStart[i]).copyMemory(from: data(i), byteCount: t.bytes)
            add(1, data(i), t.storage, t.count, to: iterate.at + start[i])
        }
        length = space.norm(iterate)
        hash = standing()
    }

    deinit {
        sam_memory_give(home)
        floats.deallocate()
    }

    func data(_ i: Int) -> UnsafeMutableRawPointer { parameters.hosts[places[i]].data + tensors[i].start * byteCount(of: tensors[i].storage) }
    /// nil: missing, which counts as 0. One that never was is no gradient of 0.
    func gradient(_ i: Int) throws(Failure) -> UnsafeMutableRawPointer? {
        let t = tensors[i], host = parameters.hosts[places[i]]
        if host.gradient == nil && !host.hadGradient && t.count > 0 {
            throw .state("gradient of \"\(t.name)\" = NULL where an evaluation was to write it, and none was there before: expected sam_parameters_bind with one")
        }
        return host.gradient.map { $0 + t.start * byteCount(of: t.gradientType) }
    }

    /// out += value * from, which is of a type of sam.h.
    func add(_ value: Double, _ from: UnsafeRawPointer, _ type: Int32, _ count: Int, to out: UnsafeMutablePointer<Double>) {
        if isHalf(type) {
            return walkHalves(count) { first, n in
                var value = value
                self.widen(from, type, first, n)
                self.space.kernels.pointee.combine_f32!(self.floats, 0, 1, &value, out + first, Int64(n))
            }
        }
        Space.walk(count) { _, first, n in
            var value = value
            if Int(type) == SAM_F64 {
                self.space.kernels.pointee.combine_f64!(from.assumingMemoryBound(to: Double.self) + first, 0, 1, &value, out + first, Int64(n))
            } else {
                self.space.kernels.pointee.combine_f32!(from.assumingMemoryBound(to: Float.self) + first, 0, 1, &value, out + first, Int64(n))
            }
        }
    }

    /// to = from + value * v, of a type of sam.h; from nil: 0. Of 16 bits: rounded to f32 and then to the nearest.
    func place(_ from: UnsafeRawPointer?, _ value: Double, _ v: UnsafePointer<Double>, _ to: UnsafeMutableRawPointer, _ type: Int32, _ count: Int) {
        if isHalf(type) {
            return walkHalves(count) { first, n in
                if let from { self.widen(from, type, first, n) }
                self.space.kernels.pointee.place_f32!(from == nil ? nil : UnsafePointer(self.floats), value, v + first, self.floats, Int64(n))
                self.space.kernels.pointee.round!(type, self.floats, to + 2 * first, Int64(n))
            }
        }
        Space.walk(count) { _, first, n in
            if Int(type) == SAM_F64 {
                self.space.kernels.pointee.place_f64!(from.map { $0.assumingMemoryBound(to: Double.self) + first }, value, v + first,
                                                      to.assumingMemoryBound(to: Double.self) + first, Int64(n))
            } else {
                self.space.kernels.pointee.place_f32!(from.map { $0.assumingMemoryBound(to: Float.self) + first }, value, v + first,
                                                      to.assumingMemoryBound(to: Float.self) + first, Int64(n))
            }
        }
    }

    /// Through `floats`, on one thread.
    private func walkHalves(_ count: Int, _ body: (_ first: Int, _ n: Int) -> Void) {
        for first in stride(from: 0, to: count, by: Int(SAM_TALL_BLOCK)) { body(first, min(Int(SAM_TALL_BLOCK), count - first)) }
    }

    private func widen(_ from: UnsafeRawPointer, _ type: Int32, _ first: Int, _ n: Int) {
        space.kernels.pointee.widen!(type, from + 2 * first, floats, Int64(n))
    }

    // MARK: moving

    /// Weights = iterate + s v.
    func move(_ v: Flat, times s: Double) throws(Failure) {
        try leave()
        for (i, t) in tensors.enumerated() { place(home + homeStart[i], s, v.at + start[i], data(i), t.storage, t.count) }
        arrive()
    }

    /// Weights = v. What was read from buffers of the same dtypes comes back bit for bit.
    func stand(at v: Flat) throws(Failure) {
        try leave()
        for (i, t) in tensors.enumerated() { place(nil, 1, v.at + start[i], data(i), t.storage, t.count) }
        arrive()
    }

    /// Weights = iterate, bit for bit.
    func moveBack() throws(Failure) {
        if !isMoved { return }
        try leave()
        restore()
        hash = standing()
    }

    /// The same without a look at what stands: on every way out.
    func restore() {
        for (i, t) in tensors.enumerated() { data(i).copyMemory(from: home + homeStart[i], byteCount: t.bytes) }
        isMoved = false
    }

    private func arrive() {
        isMoved = true
        hash = standing()
    }

    /// The weights as they are now are those that leave() expects.
    func note() { hash = standing() }

    /// That the weights are still those that were written.
    func leave() throws(Failure) {
        if standing() != hash { throw .state("a callback of the objective changed the weights: it must leave the parameters' buffers as they are") }
    }

    private func standing() -> UInt64 {
        var total: UInt64 = 0xCBF2_9CE4_8422_2325
        for (i, t) in tensors.enumerated() {
            let bytes = UnsafeRawPointer(data(i)), count = t.bytes
            var a: UInt64 = 1, b: UInt64 = 2, c: UInt64 = 3, d: UInt64 = 4, at = 0
            while at + 32 <= count {
                a = Point.mix(a, bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                b = Point.mix(b, bytes.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self))
                c = Point.mix(c, bytes.loadUnaligned(fromByteOffset: at + 16, as: UInt64.self))
                d = Point.mix(d, bytes.loadUnaligned(fromByteOffset: at + 24, as: UInt64.self))
                at += 32
            }
            while at < count {
                a = Point.mix(a, UInt64(bytes.loadUnaligned(fromByteOffset: at, as: UInt16.self)))
                at += 2
            }
            for part in [a, b, c, d] { total = Point.mix(total, part) }
        }
        return total
    }

    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let x = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
        return x ^ x >> 32
    }

    // MARK: looking

    /// Names the first scalar that is not finite.
    func checkFinite(_ v: Flat, _ what: StaticString) throws(Failure) {
        if space.dot(v, v).isFinite { return }
        for (i, t) in tensors.enumerated() {
            for k in 0..<t.count where !v[start[i] + k].isFinite {
                throw .nonfinite("\(what) of \"\(t.name)\" is \(v[start[i] + k]) at element \(t.start + k): expected finite numbers")
            }
        }
    }

    /// A flat vector from tensors of a setting: one pointer for each tensor of the set, frozen ones included (not read).
    func read(_ setting: Setting, _ which: Int = 0, into v: Flat) throws(Failure) {
        space.clear(v)
        for (i, t) in tensors.enumerated() where t.count > 0 {
            guard let from = setting.tensors[which][places[i]] else {
                throw .argument("tensors[\(places[i])] = NULL of setting \"\(setting.option.name)\": expected values for \"\(t.name)\"")
            }
            add(1, from + t.start * byteCount(of: t.storage), t.storage, t.count, to: v.at + start[i])
        }
        try checkFinite(v, "a setting's value")
    }

    /// How many places of tensors other than f64 a displacement rho c would not move: it is lost in rounding.
    func lost(_ c: Flat?, _ rho: Double) -> Int {
        var lost = 0
        for (i, t) in tensors.enumerated() where Int(t.type) != SAM_F64 {
            let coarser = spacing(of: t.storage) / spacing(of: Int32(SAM_F32))
            for k in range(i) where rho * (c?[k] ?? 1) < 0.5 * coarser * Double(Float(iterate[k]).ulp) { lost += 1 }
        }
        return lost
    }

    /// The places of a tensor in a flat vector.
    func range(_ i: Int) -> Range<Int> { start[i]..<(start[i] + tensors[i].count) }
}
