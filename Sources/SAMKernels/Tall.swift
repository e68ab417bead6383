import CSAMShims

/// Products with tall vectors: columns of one basis, doubles or floats, with one vector of doubles. Memory is read once; element i
/// of a sum goes to lane i mod 8, and the lanes are added by halves, however many columns are read together.
enum Tall<M: Real> {
    /// sums[j] = column j times v.
    static func project(_ basis: UnsafePointer<M>, _ stride: Int, _ columns: Int, _ v: UnsafePointer<Double>, _ count: Int,
                        _ sums: UnsafeMutablePointer<Double>) {
        var j = 0
        while j + 4 <= columns {
            let a = basis + j * stride, b = a + stride, c = b + stride, d = c + stride
            var s0 = SIMD8<Double>(repeating: 0), s1 = s0, s2 = s0, s3 = s0
            var i = 0
            while i + 8 <= count {
                let x = sam_load_f64x8(v + i)
                s0 += M.widened(a + i) * x
                s1 += M.widened(b + i) * x
                s2 += M.widened(c + i) * x
                s3 += M.widened(d + i) * x
                i &+= 8
            }
            sums[j] = finish(s0, a, v, i, count)
            sums[j + 1] = finish(s1, b, v, i, count)
            sums[j + 2] = finish(s2, c, v, i, count)
            sums[j + 3] = finish(s3, d, v, i, count)
            j += 4
        }
        while j < columns {
            let a = basis + j * stride
            var s = SIMD8<Double>(repeating: 0), i = 0
            while i + 8 <= count {
                s += M.widened(a + i) * sam_load_f64x8(v + i)
                i &+= 8
            }
            sums[j] = finish(s, a, v, i, count)
            j += 1
        }
    }

    @inline(never)
    private static func finish(_ sums: SIMD8<Double>, _ a: UnsafePointer<M>, _ v: UnsafePointer<Double>, _ from: Int, _ count: Int) -> Double {
        var s = sums
        for i in from..<count { s[i - from] += a[i].double * v[i] }
        return s.total
    }

    /// v += sum of numbers[j] * column j.
    static func combine(_ basis: UnsafePointer<M>, _ stride: Int, _ columns: Int, _ numbers: UnsafePointer<Double>,
                        _ v: UnsafeMutablePointer<Double>, _ count: Int) {
        var j = 0
        while j + 4 <= columns {
            let a = basis + j * stride, b = a + stride, c = b + stride, d = c + stride
            let p = numbers[j], q = numbers[j + 1], r = numbers[j + 2], s = numbers[j + 3]
            var i = 0
            while i + 8 <= count {
                let x = ((sam_load_f64x8(v + i) + p * M.widened(a + i)) + q * M.widened(b + i)) + r * M.widened(c + i)
                sam_store_f64x8(v + i, x + s * M.widened(d + i))
                i &+= 8
            }
            while i < count {
                v[i] = (((v[i] + p * a[i].double) + q * b[i].double) + r * c[i].double) + s * d[i].double
                i &+= 1
            }
            j += 4
        }
        while j < columns {
            let a = basis + j * stride, p = numbers[j]
            var i = 0
            while i + 8 <= count {
                sam_store_f64x8(v + i, sam_load_f64x8(v + i) + p * M.widened(a + i))
                i &+= 8
            }
            while i < count {
                v[i] += p * a[i].double
                i &+= 1
            }
            j += 1
        }
    }

    /// to = from + value * v.
    static func place(_ from: UnsafePointer<M>?, _ value: Double, _ v: UnsafePointer<Double>, _ to: UnsafeMutablePointer<M>, _ count: Int) {
        if let from {
            for i in 0..<count { to[i] = M(from[i].double + value * v[i]) }
        } else {
            for i in 0..<count { to[i] = M(value * v[i]) }
        }
    }
}
