import CSAMShims

/// Runs what computes in the library's floating-point environment; the host's, which `body` gets for its callbacks, is back behind it.
@inline(__always)
func inOwnEnvironment<Result, Problem: Error>(_ body: (UnsafeMutablePointer<sam_environment>) throws(Problem) -> Result) throws(Problem) -> Result {
    var host = sam_environment()
    sam_environment_enter(&host)
    defer { sam_environment_leave(&host) }
    return try withUnsafeMutablePointer(to: &host) { (host) throws(Problem) in try body(host) }
}
