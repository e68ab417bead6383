import CSAM
import CSAMShims

/// Why a call was refused: a status of sam.h. The sentence that names the argument, its value and what was expected stands
/// in the thread's message until its next failure.
public struct Failure: Error {
    /// The status's number in `sam.h`, negative.
    public let status: Int32
    #if !hasFeature(Embedded)
    /// The sentence: the argument, its value, what was expected, the nearest known names.
    public let message: String
    #endif

    init(_ status: Int, _ sentence: Sentence) {
        self.status = Int32(status)
        #if !hasFeature(Embedded)
        message = String(cString: sam_message_read())
        #endif
    }

    static func argument(_ sentence: Sentence) -> Failure { Failure(SAM_ERROR_ARGUMENT, sentence) }
    static func name(_ sentence: Sentence) -> Failure { Failure(SAM_ERROR_NAME, sentence) }
    static func range(_ sentence: Sentence) -> Failure { Failure(SAM_ERROR_RANGE, sentence) }
    static func state(_ sentence: Sentence) -> Failure { Failure(SAM_ERROR_STATE, sentence) }
    static func nonfinite(_ sentence: Sentence) -> Failure { Failure(SAM_ERROR_NONFINITE, sentence) }
    static func memory(_ sentence: Sentence) -> Failure { Failure(SAM_ERROR_MEMORY, sentence) }
    static func io(_ sentence: Sentence) -> Failure { Failure(SAM_ERROR_IO, sentence) }
    static func format(_ sentence: Sentence) -> Failure { Failure(SAM_ERROR_FORMAT, sentence) }
    static func mismatch(_ sentence: Sentence) -> Failure { Failure(SAM_ERROR_MISMATCH, sentence) }
    /// What the system answered to a call on a file; `done`: what could not be done to it.
    static func system(_ number: Int32, _ path: UnsafePointer<CChar>, _ done: StaticString) -> Failure {
        if number == sam_errno_of_memory() { return .memory("no memory: path = \"\(Name(at: path))\" cannot be \(done)") }
        return .io("path = \"\(Name(at: path))\" cannot be \(done): \({ (_: inout Sentence.Pieces) in sam_message_errno(number) })")
    }
    static func unsupported(_ sentence: Sentence) -> Failure { Failure(SAM_ERROR_UNSUPPORTED, sentence) }
}

/// A message, written piece by piece where it stays: the thread's own buffer, so that refusing allocates nothing.
struct Sentence: ExpressibleByStringInterpolation {
    init(stringLiteral text: StaticString) {
        sam_message_begin()
        Sentence.write(text)
    }
    init(stringInterpolation: Pieces) {}

    struct Pieces: StringInterpolationProtocol {
        typealias StringLiteralType = StaticString
        init(literalCapacity: Int, interpolationCount: Int) { sam_message_begin() }
        mutating func appendLiteral(_ text: StaticString) { Sentence.write(text) }
        mutating func appendInterpolation(_ text: StaticString) { Sentence.write(text) }
        mutating func appendInterpolation(_ name: Name) { sam_message_name(name.bytes, name.count) }
        mutating func appendInterpolation(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { append($0.baseAddress, $0.count) } }
        mutating func appendInterpolation(_ text: StateFile.Text) { append(text.start, text.count) }
        private func append(_ bytes: UnsafePointer<UInt8>?, _ count: Int) {
            if let bytes { sam_message_name(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self), count) }
        }
        mutating func appendInterpolation(_ value: Int) { sam_message_integer(Int64(value)) }
        mutating func appendInterpolation(_ value: Int32) { sam_message_integer(Int64(value)) }
        mutating func appendInterpolation(_ value: Int64) { sam_message_integer(value) }
        mutating func appendInterpolation(_ value: Double) { sam_message_number(value) }
        /// What a function says, in its place.
        mutating func appendInterpolation(_ more: (inout Pieces) -> Void) { more(&self) }
    }

    @inline(never)
    private static func write(_ text: StaticString) { sam_message_text(Name(text).bytes, text.utf8CodeUnitCount) }
}

/// A name: zero-terminated bytes that live as long as the library or their owner. Compared byte by byte.
struct Name {
    let bytes: UnsafePointer<CChar>

    init(at bytes: UnsafePointer<CChar>) { self.bytes = bytes }
    init(_ text: StaticString) { bytes = UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self) }

    static func == (a: Name, b: Name) -> Bool {
        var i = 0
        while a.bytes[i] == b.bytes[i] {
            if a.bytes[i] == 0 { return true }
            i += 1
        }
        return false
    }

    /// What follows `prefix` and a point, nil where the name does not begin so.
    func after(_ prefix: StaticString) -> Name? {
        for i in 0..<prefix.utf8CodeUnitCount where UInt8(bitPattern: bytes[i]) != prefix.utf8Start[i] { return nil }
        return bytes[prefix.utf8CodeUnitCount] == 46 ? Name(at: bytes + prefix.utf8CodeUnitCount + 1) : nil
    }

    var count: Int {
        var i = 0
        while bytes[i] != 0 { i += 1 }
        return i
    }

    func contains(_ part: StaticString) -> Bool {
        let n = count, m = part.utf8CodeUnitCount
        if m > n { return false }
        for start in 0...(n - m) {
            var same = 0
            while same < m, UInt8(bitPattern: bytes[start + same]) == part.utf8Start[same] { same += 1 }
            if same == m { return true }
        }
        return false
    }

    /// Edits (insert, delete, replace, and swap of neighbours) between two names.
    func distance(_ other: Name) -> Int {
        let n = count, m = other.count
        if n > 64 || m > 64 { return 64 }
        var before = [Int](repeating: 0, count: m + 1), old = [Int](0...m), new = old
        for i in 0..<n {
            new[0] = i + 1
            for j in 0..<m {
                var best = min(old[j + 1] + 1, new[j] + 1, old[j] + (bytes[i] == other.bytes[j] ? 0 : 1))
                if i > 0, j > 0, bytes[i] == other.bytes[j - 1], bytes[i - 1] == other.bytes[j] { best = min(best, before[j - 1] + 1) }
                new[j + 1] = best
            }
            before = old
            old = new
        }
        return old[m]
    }
}

/// ": did you mean a, b or c?" with the names nearest to `wanted`; nothing where there are none.
func nearest(_ wanted: Name, _ known: [Name]) -> (inout Sentence.Pieces) -> Void {
    { text in
        var found: [(distance: Int, name: Name)] = []
        for name in known {
            let d = wanted.distance(name)
            var i = found.count
            while i > 0, found[i - 1].distance > d { i -= 1 }
            found.insert((d, name), at: i)
            if found.count > 3 { found.removeLast() }
        }
        for (i, one) in found.enumerated() {
            text.appendLiteral(i == 0 ? ": did you mean \"" : i == found.count - 1 ? "\" or \"" : "\", \"")
            text.appendInterpolation(one.name)
        }
        if !found.isEmpty { text.appendLiteral("\"?") }
    }
}
