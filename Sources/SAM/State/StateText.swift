import CSAMShims

/// The header of a state: the JSON object of the safetensors format, its members in the order in which they are added.
struct StateText {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    init() { raw("{") }

    mutating func raw(_ text: StaticString) {
        for i in 0..<text.utf8CodeUnitCount { bytes.append(text.utf8Start[i]) }
    }

    mutating func integer(_ value: Int64) { append { Int(sam_integer_text(value, $0)) } }

    /// The fewest digits that read back as the same number.
    mutating func number(_ value: Double) { append { Int(sam_number_text(value, $0)) } }

    private mutating func append(_ write: (UnsafeMutablePointer<CChar>) -> Int) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(SAM_NUMBER_BYTES)) { text in
            let count = write(text.baseAddress!)
            for i in 0..<count { bytes.append(UInt8(bitPattern: text[i])) }
        }
    }

    /// A name within a string. Bytes that JSON cannot hold as they are: \u00XX.
    mutating func name(_ name: Name) {
        let hex: StaticString = "0123456789abcdef", count = name.count, plain = isUnicode(name, count)
        for i in 0..<count {
            let byte = UInt8(bitPattern: name.bytes[i])
            if byte == 34 || byte == 92 {
                bytes.append(92)
                bytes.append(byte)
            } else if byte < 32 || byte == 127 || (byte > 127 && !plain) {
                raw("\\u00")
                bytes.append(hex.utf8Start[Int(byte >> 4)])
                bytes.append(hex.utf8Start[Int(byte & 15)])
            } else {
                bytes.append(byte)
            }
        }
    }

    /// Begins a member: the comma before it, and its quotation mark.
    mutating func member() {
        if !isFirst { raw(",") }
        isFirst = false
        raw("\"")
    }

    mutating func open() {
        raw("\":{")
        isFirst = true
    }

    mutating func close() {
        raw("}")
        isFirst = false
    }

    /// Spaces up to a multiple of 64 bytes, the eight of the length in front of it included.
    mutating func pad() {
        while (bytes.count + 8) % 64 != 0 { bytes.append(32) }
    }
}

/// Whether the bytes are UTF-8.
private func isUnicode(_ name: Name, _ count: Int) -> Bool {
    var i = 0
    while i < count {
        let byte = UInt8(bitPattern: name.bytes[i])
        let length = byte < 0x80 ? 1 : byte >= 0xC2 && byte < 0xE0 ? 2 : byte >= 0xE0 && byte < 0xF0 ? 3 : byte >= 0xF0 && byte < 0xF5 ? 4 : 0
        if length == 0 || i + length > count { return false }
        for k in 1..<max(length, 1) where UInt8(bitPattern: name.bytes[i + k]) >> 6 != 2 { return false }
        if length > 2 {                                     // overlong forms, surrogates, beyond U+10FFFF
            let next = UInt8(bitPattern: name.bytes[i + 1])
            if byte == 0xE0 && next < 0xA0 || byte == 0xED && next > 0x9F || byte == 0xF0 && next < 0x90 || byte == 0xF4 && next > 0x8F { return false }
        }
        i += length
    }
    return true
}
