import CSAM
import CSAMShims

/// Why a call was refused: a status of sam.h and a sentence that names the argument, its value and what was expected.
public struct Failure: Error {
    public let status: Int32
    public let message: String

    init(_ status: Int, _ message: String) {
        self.status = Int32(status)
        self.message = message
    }

    static func argument(_ message: String) -> Failure { Failure(SAM_ERROR_ARGUMENT, message) }
    static func name(_ message: String) -> Failure { Failure(SAM_ERROR_NAME, message) }
    static func range(_ message: String) -> Failure { Failure(SAM_ERROR_RANGE, message) }
    static func state(_ message: String) -> Failure { Failure(SAM_ERROR_STATE, message) }
    static func nonfinite(_ message: String) -> Failure { Failure(SAM_ERROR_NONFINITE, message) }
    static func unsupported(_ message: String) -> Failure { Failure(SAM_ERROR_UNSUPPORTED, message) }

    static func memory(_ what: String, _ bytes: Int) -> Failure {
        Failure(SAM_ERROR_MEMORY, "no memory for " + what + ": \(bytes) bytes were asked for")
    }
}

/// A name: zero-terminated bytes that live as long as the library or their owner. Compared byte by byte.
struct Name {
    let bytes: UnsafePointer<CChar>

    init(_ bytes: UnsafePointer<CChar>) { self.bytes = bytes }
    init(_ text: StaticString) { bytes = UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self) }

    var text: String { String(cString: bytes) }

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
        return bytes[prefix.utf8CodeUnitCount] == 46 ? Name(bytes + prefix.utf8CodeUnitCount + 1) : nil
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

/// ": did you mean a, b or c?" with the names nearest to `wanted`, "" where there are none.
func nearest(_ wanted: Name, _ known: [Name]) -> String {
    var found: [(Int, Name)] = []
    for name in known {
        let d = wanted.distance(name)
        var i = found.count
        while i > 0, found[i - 1].0 > d { i -= 1 }
        found.insert((d, name), at: i)
        if found.count > 3 { found.removeLast() }
    }
    if found.isEmpty { return "" }
    var text = ": did you mean "
    for (i, (_, name)) in found.enumerated() {
        if i > 0 { text += i == found.count - 1 ? " or " : ", " }
        text += "\"" + name.text + "\""
    }
    return text + "?"
}
