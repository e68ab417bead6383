/// base^exponent by squaring, for exponents >= 0: the same bits on every processor.
func raised(_ base: Double, _ exponent: Int64) -> Double {
    var result = 1.0, square = base, rest = exponent
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}
