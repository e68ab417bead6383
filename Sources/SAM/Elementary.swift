/// base^exponent by squaring, for exponents >= 0: the same bits on every processor. The kernels have their own: their modules
/// are localised by instruction set, and nothing of their Swift is seen here.
func raised(_ base: Double, _ exponent: Int64) -> Double {
    var result = 1.0, square = base, rest = exponent
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}
