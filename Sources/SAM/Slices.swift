/// Stacked tensors. What optimizers and measures work on is one slice after the other: rows, matrices, norms by tensor, counts of steps and partial
/// sums are then those of tensors registered apart, and so are the bits.
extension Tensor {
    /// How many tensors it is: the product of the lengths of its stacked axes.
    var sliceCount: Int {
        var n = 1
        for i in 0..<stackedAxes { n *= shape[i] }
        return n
    }

    /// One of them; the tensor itself where nothing is stacked.
    func slice(_ i: Int) -> Tensor {
        if stackedAxes == 0 { return self }
        return Tensor(name: name, storage: storage, gradientType: gradientType, role: role, group: group, shape: Array(shape[stackedAxes...]),
                      count: count / sliceCount, frozen: frozen, slice: i, slices: sliceCount)
    }

    /// Its first scalar, in the host's buffers.
    var start: Int { slice * count }
}

extension Parameters {
    /// The tensors that are not frozen, stacked ones slice by slice, and the numbers of those that they are parts of.
    var slices: (tensors: [Tensor], places: [Int]) {
        var slices: [Tensor] = [], places: [Int] = []
        for (place, tensor) in tensors.enumerated() where !tensor.frozen {
            for i in 0..<tensor.sliceCount {
                slices.append(tensor.slice(i))
                places.append(place)
            }
        }
        return (slices, places)
    }
}

extension Device {
    /// The slices of tensor `index` of the parameters; none of a frozen one, nor of a stack of none.
    func slices(_ index: Int) -> Range<Int> {
        guard let first = places.firstIndex(of: index) else { return 0..<0 }
        return first..<(first + tensors[first].slices)
    }
}
