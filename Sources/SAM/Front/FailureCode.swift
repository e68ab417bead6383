#if !hasFeature(Embedded)
import CSAM

extension Failure {
    /// The kinds of failure, by their numbers in `sam.h`.
    public enum Code: Int32, Sendable, CaseIterable {
        /// An argument that cannot be: an index, a shape, a count, a name taken.
        case argument = -1
        /// A name that is unknown or can mean two things; the message has the nearest.
        case name = -2
        /// A number outside its bounds, NaN or infinite.
        case range = -3
        /// A call that is right at another time: between steps, before an optimizer exists.
        case state = -4
        /// A loss, a gradient or weights that are not finite.
        case nonfinite = -5
        /// Memory could not be had.
        case memory = -6
        /// A file could not be read or written.
        case io = -7
        /// A file or buffer is not what it should be.
        case format = -8
        /// A saved state belongs to other parameters or another method.
        case mismatch = -9
        /// A function of the host failed. From Swift its own error is thrown in the place of this one.
        case callback = -10
        /// The host asked to stop, by an answer of `true` from ``MeasureObjective/progress``.
        case cancelled = -11
        /// Possible in itself, but not in this combination.
        case unsupported = -12

        /// The name in `sam.h`: "SAM_ERROR_RANGE".
        public var headerName: String { String(cString: sam_status_name(rawValue)!) }
    }

    /// What kind of failure it is.
    public var code: Code { Code(rawValue: status) ?? .argument }
}

extension Failure: CustomStringConvertible, CustomDebugStringConvertible {
    /// ``message``.
    public var description: String { message }
    /// The name of the code and the message.
    public var debugDescription: String { "\(code.headerName): \(message)" }
}
#endif
