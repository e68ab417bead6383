/// Where buffers lie: intervals of addresses, most of them in order. An empty buffer lies nowhere.
struct Intervals {
    struct Interval {
        var start, end: UInt
        var tensor: Int
    }

    private var memory: UnsafeMutablePointer<Interval> = .allocate(capacity: 8)
    private var room = 8, count = 0
    /// Of those that are in order; the newest follow them as they came.
    private var ordered = 0
    private static let newest = 512

    func deallocate() { memory.deallocate() }

    /// Of those in order, the first that begins at an address or behind it.
    private func place(_ start: UInt) -> Int {
        var low = 0, high = ordered
        while low < high {
            let middle = (low + high) / 2
            if memory[middle].start < start { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A tensor's buffer that has an address of start ..< end, but not that of tensor `except`. The intervals lie apart.
    func tensor(in start: UInt, _ end: UInt, except: Int = -1) -> Int? {
        if start >= end { return nil }
        var i = place(start)
        if i > 0, memory[i - 1].end > start, memory[i - 1].tensor != except { return memory[i - 1].tensor }
        while i < ordered, memory[i].start < end {
            if memory[i].tensor != except { return memory[i].tensor }
            i += 1
        }
        i = ordered
        while i < count {
            if memory[i].start < end, start < memory[i].end, memory[i].tensor != except { return memory[i].tensor }
            i += 1
        }
        return nil
    }

    /// Memory for so many intervals, so that no later one needs any.
    mutating func makeRoom(_ wanted: Int) {
        if wanted <= room { return }
        let larger = UnsafeMutablePointer<Interval>.allocate(capacity: 2 * wanted)
        larger.moveInitialize(from: memory, count: count)
        memory.deallocate()
        (memory, room) = (larger, 2 * wanted)
    }

    mutating func insert(_ start: UInt, _ end: UInt, _ tensor: Int) {
        append(start, end, tensor)
        if count - ordered > Intervals.newest { sort() }
    }

    /// Behind the others, wherever it lies.
    mutating func append(_ start: UInt, _ end: UInt, _ tensor: Int) {
        if start >= end { return }
        makeRoom(count + 1)
        (memory + count).initialize(to: Interval(start: start, end: end, tensor: tensor))
        if ordered == count, count == 0 || memory[count - 1].start <= start { ordered += 1 }
        count += 1
    }

    /// The interval that begins there and is the tensor's goes, if there is one.
    mutating func remove(_ start: UInt, _ tensor: Int) {
        var i = place(start)
        if i == ordered || memory[i].tensor != tensor {
            i = ordered
            while i < count, memory[i].tensor != tensor { i += 1 }
        }
        if i == count { return }
        if i < ordered { ordered -= 1 }
        (memory + i).update(from: memory + i + 1, count: count - 1 - i)
        count -= 1
    }

    mutating func removeAll() { (count, ordered) = (0, 0) }

    /// All in order: Shell's way, quick where most are.
    mutating func sort() {
        if ordered == count { return }
        ordered = count
        var gap = 1
        while gap < count / 9 { gap = 3 * gap + 1 }
        while gap > 0 {
            var i = gap
            while i < count {
                let one = memory[i]
                var k = i
                while k >= gap, memory[k - gap].start > one.start {
                    memory[k] = memory[k - gap]
                    k -= gap
                }
                memory[k] = one
                i += 1
            }
            gap /= 3
        }
    }

    /// Two tensors whose intervals overlap; of intervals in order.
    var overlap: (Int, Int)? {
        var i = 1
        while i < count {
            if memory[i].start < memory[i - 1].end { return (memory[i - 1].tensor, memory[i].tensor) }
            i += 1
        }
        return nil
    }
}

/// The buffers of a set: weights lie apart from each other and from all gradients; gradients from each other. Weights are checked where they are given,
/// and a gradient against them; gradients against each other before they are read, so that two tensors can exchange theirs.
extension Parameters {
    private func interval(_ memory: UnsafeMutableRawPointer?, _ bytes: Int) -> (start: UInt, end: UInt) {
        let start = UInt(bitPattern: memory)
        return (start, memory == nil ? start : start &+ UInt(bytes))
    }

    /// Whether buffers of a tensor can lie there, in the place of those that tensor `index` of the set has (-1: it is new).
    func checkOverlap(_ tensor: Tensor, _ index: Int, _ data: UnsafeMutableRawPointer, _ gradient: UnsafeMutableRawPointer?, moves: Bool) throws(Failure) {
        try checkRange("data", tensor, data, tensor.bytes)
        try checkRange("gradient", tensor, gradient, tensor.gradientBytes)
        let (start, end) = interval(data, tensor.bytes), (first, last) = interval(gradient, tensor.gradientBytes)
        if moves, let other = weights.tensor(in: start, end, except: index) {
            throw .argument("data of \"\(tensor.name)\" overlaps that of \"\(tensors[other].name)\": register a tied weight once, with the summed gradient")
        }
        if first < end && start < last && first < last && start < end {
            throw .argument("gradient of \"\(tensor.name)\" overlaps its own data: expected a buffer of its own")
        }
        if let other = weights.tensor(in: first, last, except: index) {
            throw .argument("gradient of \"\(tensor.name)\" overlaps the data of \"\(tensors[other].name)\": expected a buffer of its own")
        }
        if moves, start < end, let other = gradientOver(start, end, except: index) {
            throw .argument("data of \"\(tensor.name)\" overlaps the gradient of \"\(tensors[other].name)\": bind that one elsewhere, or to NULL, first")
        }
    }

    private func checkRange(_ what: StaticString, _ tensor: Tensor, _ memory: UnsafeMutableRawPointer?, _ bytes: Int) throws(Failure) {
        if UInt(bytes) > UInt.max - UInt(bitPattern: memory) {
            throw .argument("\(what) of \"\(tensor.name)\": \(bytes) bytes from there exceed the address space")
        }
    }

    private func gradientOver(_ start: UInt, _ end: UInt, except: Int) -> Int? {
        if areGradientsApart { return gradients.tensor(in: start, end, except: except) }
        for i in 0..<tensorCount where i != except && hosts[i].gradient != nil {
            let first = UInt(bitPattern: hosts[i].gradient)
            if first < end && start < first + UInt(hosts[i].gradientBytes) { return i }
        }
        return nil
    }

    /// Gradients that were bound since they were last seen lie apart.
    func verify() throws(Failure) {
        if areGradientsApart { return }
        gradients.removeAll()
        for i in 0..<tensorCount where hosts[i].gradient != nil {
            let (start, end) = interval(hosts[i].gradient, hosts[i].gradientBytes)
            gradients.append(start, end, i)
        }
        gradients.sort()
        if let (a, b) = gradients.overlap { throw .argument(overlapping(a, b)) }
        areGradientsApart = true
    }

    private func overlapping(_ a: Int, _ b: Int) -> Sentence {
        "gradient of \"\(tensors[max(a, b)].name)\" overlaps that of \"\(tensors[min(a, b)].name)\": expected a buffer of its own"
    }

    /// A new tensor's gradient against those that are there.
    func checkGradient(_ tensor: Tensor, _ gradient: UnsafeMutableRawPointer?) throws(Failure) {
        try verify()
        let (first, last) = interval(gradient, tensor.gradientBytes)
        if let other = gradients.tensor(in: first, last) {
            throw .argument("gradient of \"\(tensor.name)\" overlaps that of \"\(tensors[other].name)\": expected a buffer of its own")
        }
    }
}
