/// Bytes of so many things, of a product that may leave the range of Int: then the largest number, which nothing has memory for.
func bytes(_ count: Int, times more: Int = 1, of size: Int = 8) -> Int {
    if count <= 0 || more <= 0 { return 0 }
    let all = count.multipliedReportingOverflow(by: more), bytes = all.partialValue.multipliedReportingOverflow(by: size)
    return all.overflow || bytes.overflow || bytes.partialValue > Int.max - 4096 ? Int.max - 4096 : bytes.partialValue
}

/// That there is memory for so many numbers, before lists of them are made: of a size that a setting or the objective says.
func secure(_ count: Int, times more: Int = 1, of size: Int = 8, for what: StaticString) throws(Failure) {
    try secure(bytes: bytes(count, times: more, of: size), for: what)
}
