import CSAM
import CSAMShims

/// A state as it was read: its header's members, and where their data lie. Nothing in it is believed before its checksum is right,
/// unless the host that composed it says that it has none.
struct StateFile {
    /// Bytes of the header, as they stand there (escapes and all).
    struct Text {
        let start: UnsafePointer<UInt8>
        let count: Int

        func isSame(_ other: [UInt8]) -> Bool { count == other.count && begins(other) }

        func begins(_ other: [UInt8]) -> Bool {
            if count < other.count { return false }
            for i in other.indices where start[i] != other[i] { return false }
            return true
        }

        func after(_ skipped: Int) -> Text { Text(start: start + skipped, count: count - skipped) }

        /// What stands between the commas.
        var fields: [Text] {
            var list: [Text] = [], first = 0
            for i in 0...count where i == count || start[i] == 44 {
                list.append(Text(start: start + first, count: i - first))
                first = i + 1
            }
            return list
        }

        /// The number that the text is; nil where it is something else.
        var number: Double? {
            var after: UnsafePointer<CChar>?
            let at = UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self), value = sam_number_read(at, &after)
            return count > 0 && after == at + count ? value : nil
        }

        /// The whole number >= 0 that the text is, of all 63 bits; nil where it is something else. 1.0 wrote such numbers as doubles.
        var whole: Int64? {
            var value: Int64 = 0
            for i in 0..<count {
                guard start[i] >= 48, start[i] <= 57 else { return number.flatMap(Text.whole) }
                let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10), (next, tooMuch) = tens.addingReportingOverflow(Int64(start[i] - 48))
                if tooLarge || tooMuch { return number.flatMap(Text.whole) }
                value = next
            }
            return count > 0 ? value : nil
        }
        private static func whole(_ number: Double) -> Int64? {
            if number == 0x1p63 { return Int64.max }        // what that is as a double
            return number >= 0 && number < 0x1p63 && number == number.rounded(.towardZero) ? Int64(number) : nil
        }

        /// Numbers separated by commas; nil where it is something else.
        var numbers: [Double]? {
            var list: [Double] = []
            for field in fields {
                guard let number = field.number else { return nil }
                list.append(number)
            }
            return list
        }
        var wholes: [Int64]? {
            var list: [Int64] = []
            for field in fields {
                guard let number = field.whole else { return nil }
                list.append(number)
            }
            return list
        }

        /// What `code` makes of the words separated by commas.
        func words(_ code: (Name) -> Int) -> [Double] {
            var list: [Double] = [], word: [CChar] = []
            for i in 0...count {
                if i < count && start[i] != 44 {
                    word.append(CChar(bitPattern: start[i]))
                } else {
                    word.append(0)
                    list.append(word.withUnsafeBufferPointer { Double(code(Name(at: $0.baseAddress!))) })
                    word = []
                }
            }
            return list
        }
    }

    /// What a sentence says where there is nothing.
    var nothing: Text { Text(start: header, count: 0) }

    struct Tensor {
        let name: Text
        var type: Int32 = 0, shape: [Int] = [], start = -1, end = -1
    }

    private(set) var metadata: [(key: Text, value: Text)] = []
    private(set) var tensors: [Tensor] = []
    private(set) var data: UnsafePointer<UInt8>
    private let header: UnsafePointer<UInt8>
    private let headerCount: Int, size: Int
    private var dataCount = 0
    private var at = 0
    private let what: StaticString

    /// A header taken apart: `bytes`, which must stay, of a state of `size` bytes; what is behind the header is not looked at, nor need it be there.
    /// what: "file" or "buffer", for sentences.
    init(header bytes: UnsafePointer<UInt8>, _ count: Int, of size: Int, _ what: StaticString) throws(Failure) {
        self.what = what
        self.size = size
        if count < 8 { throw .format("the \(what) has \(size) bytes: expected a state of at least 8") }
        let length = UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self)
        if length > UInt64(size - 8) { throw .format("the \(what) has \(size) bytes: it was cut, or is no state") }
        header = bytes + 8
        headerCount = Int(length)
        data = header + headerCount
        if headerCount > count - 8 { throw .format("the \(what) does not begin with a header of \(headerCount) bytes: it was cut, or is no state") }
        try secure(bytes: 24 * headerCount, for: "what a state's header says")
        try take(123)
        try members { (file, key) throws(Failure) in
            if file.isText(key, "__metadata__") {
                try file.take(123)
                try file.members { (file, key) throws(Failure) in file.metadata.append((key, try file.string())) }
            } else {
                file.tensors.append(try file.tensor(key))
            }
        }
        skip()
        if at != headerCount { throw broken() }
        for tensor in tensors {
            if tensor.start != dataCount { throw broken() }
            dataCount = tensor.end
        }
        if dataCount != size - 8 - headerCount {
            throw .format("the \(what) has \(size) bytes: its header describes \(8 + headerCount + dataCount); it was cut or added to")
        }
        let checksum = value { $0.raw("checksum") }
        if checksum?.count != StateFile.checksumCount && checksum?.isSame(StateFile.unchecked) != true { throw .format("the \(what) has no checksum: it is no state of libsam") }
        if value({ $0.raw("format") })?.isSame(Array("libsam")) != true { throw .format("the \(what) is no state of libsam: its format is \"\(value({ $0.raw("format") }) ?? nothing)\"") }
    }

    /// What is behind the header; it must stay. From here on what the state says is believed.
    mutating func take(_ data: UnsafePointer<UInt8>, _ count: Int) throws(Failure) {
        if count < dataCount { throw .format("the \(what) has \(8 + headerCount + count) bytes: its header describes \(size); it was cut") }
        self.data = data
        try verify()
    }

    /// Bytes of the header, with the eight of its length.
    var headerEnd: Int { 8 + headerCount }

    /// The value of a key of the metadata.
    func value(_ key: (inout StateText) -> Void) -> Text? {
        let wanted = StateText.of(key)
        for one in metadata where one.key.isSame(wanted) { return one.value }
        return nil
    }

    /// The place of a tensor, looked for from `hint` on.
    func place(of name: [UInt8], hint: Int) -> Int? {
        for i in tensors.indices {
            let k = (i + hint) % tensors.count
            if tensors[k].name.isSame(name) { return k }
        }
        return nil
    }

    private func broken() -> Failure { .format("the \(what)'s header is no state's: it differs at byte \(at + 8)") }

    private func verify() throws(Failure) {
        guard let value = value({ $0.raw("checksum") }), value.count == StateFile.checksumCount else { return }
        let place = value.start + (value.count - 16), zeros: StaticString = "0000000000000000"
        var sum = sam_checksum()
        sam_checksum_begin(&sum)
        sam_checksum_add(&sum, header - 8, place - (header - 8))
        sam_checksum_add(&sum, zeros.utf8Start, 16)
        sam_checksum_add(&sum, place + 16, header + headerCount - (place + 16))
        sam_checksum_add(&sum, data, dataCount)
        var expected = sam_checksum_end(&sum)
        for i in 0..<16 {
            let digit = UInt8(expected >> 60)
            if place[i] != (digit < 10 ? 48 + digit : 87 + digit) { throw .format("the \(what) was changed: its checksum does not belong to its bytes") }
            expected <<= 4
        }
    }

    /// "xxh64:" and 16 digits.
    static let checksumCount = 22
    /// What a host writes that composed the state itself.
    static let unchecked = Array<UInt8>("none" as StaticString)
}

// MARK: the parser

extension StateFile {
    private func isText(_ text: Text, _ wanted: StaticString) -> Bool { text.isSame(Array(wanted)) }

    private mutating func skip() {
        while at < headerCount, header[at] == 32 || (header[at] >= 9 && header[at] <= 13) { at += 1 }
    }

    private mutating func next(_ byte: UInt8) -> Bool {
        skip()
        if at >= headerCount || header[at] != byte { return false }
        at += 1
        return true
    }

    private mutating func take(_ byte: UInt8) throws(Failure) {
        if !next(byte) { throw broken() }
    }

    /// The members of an object whose brace was read: `body` reads each value.
    private mutating func members(_ body: (inout StateFile, Text) throws(Failure) -> Void) throws(Failure) {
        if next(125) { return }
        repeat {
            let key = try string()
            try take(58)
            try body(&self, key)
        } while next(44)
        try take(125)
    }

    private mutating func string() throws(Failure) -> Text {
        try take(34)
        let start = at
        while at < headerCount, header[at] != 34 { at += header[at] == 92 ? 2 : 1 }
        if at >= headerCount { throw broken() }
        at += 1
        return Text(start: header + start, count: at - 1 - start)
    }

    private mutating func integers() throws(Failure) -> [Int] {
        var list: [Int] = []
        try take(91)
        if next(93) { return list }
        repeat {
            skip()
            var value = 0, digits = 0
            while at < headerCount, header[at] >= 48, header[at] <= 57, digits < 18 {
                value = 10 * value + Int(header[at] - 48)
                at += 1
                digits += 1
            }
            if digits == 0 { throw broken() }
            list.append(value)
        } while next(44)
        try take(93)
        return list
    }

    private mutating func tensor(_ name: Text) throws(Failure) -> Tensor {
        var tensor = Tensor(name: name)
        try take(123)
        try members { (file, key) throws(Failure) in
            if file.isText(key, "dtype") {
                let type = try file.string()
                tensor.type = file.isText(type, "F64") ? Int32(SAM_F64) : file.isText(type, "F32") ? Int32(SAM_F32) : 0
            } else if file.isText(key, "shape") {
                tensor.shape = try file.integers()
            } else {
                let places = try file.integers()
                if !file.isText(key, "data_offsets") || places.count != 2 || places[1] < places[0] { throw file.broken() }
                (tensor.start, tensor.end) = (places[0], places[1])
            }
        }
        var bytes = tensor.type == 0 ? -1 : byteCount(of: tensor.type)
        for length in tensor.shape {
            let product = bytes.multipliedReportingOverflow(by: length)
            bytes = product.overflow ? -1 : product.partialValue
        }
        if bytes < 0 || tensor.end - tensor.start != bytes { throw broken() }
        return tensor
    }
}

extension Array where Element == UInt8 {
    init(_ text: StaticString) {
        self = []
        for i in 0..<text.utf8CodeUnitCount { append(text.utf8Start[i]) }
    }
}
