import CSAMShims

/// Bytes that a call of the interface takes at most for what it makes: for itself, and for each tensor and group of its set. A test makes every call draw
/// from them, and fails above half.
private let bytesOfCall = 2 << 20, bytesOfObject = 8 << 10

/// Makes sure that a call has the memory that it can take, before it begins: what is refused within it would end the process.
func reserve(objects: Int = 0) throws(Failure) {
    let bytes = bytesOfCall + objects * bytesOfObject
    if sam_reserve(bytes) != 0 { throw .memory("no memory for the call: \(bytes) bytes") }
}

/// Makes sure that `bytes` can be had, beside what the call takes anyway, before arrays of that size are made: a size that comes from a setting or from
/// the host is checked here first. SAM_ERROR_MEMORY with the bytes where they cannot be had.
func secure(bytes: Int, for what: StaticString) throws(Failure) {
    if bytes < 0 || bytes > Int.max / 2 || sam_reserve(bytes + bytesOfCall) != 0 { throw .memory("no memory for \(what): \(bytes) bytes") }
}

extension Optimizer {
    /// Where the objects of a step live: found with the optimizer, so that no step asks the system for memory.
    static func arena(tensors: Int) throws(Failure) -> OpaquePointer {
        let bytes = 256 << 10 + tensors * 512
        guard let arena = sam_arena_make(bytes) else { throw .memory("no memory for the objects of a step: \(bytes) bytes") }
        return arena
    }

    /// The stack of dense algebra, for a base that has any.
    func prepareStack() throws(Failure) {
        if stack != nil || base?.usesMatrices != true { return }
        stack = sam_stack_make()
        if stack == nil { throw .memory("no memory for the stack of dense algebra") }
    }

    /// Runs a part of a step: its objects live in the optimizer's arena.
    func inArena<Result, Problem: Error>(_ body: () throws(Problem) -> Result) throws(Problem) -> Result {
        let before = sam_arena_use(arena), stack = sam_stack_use(stack)
        defer {
            _ = sam_arena_use(before)
            _ = sam_stack_use(stack)
        }
        return try body()
    }
}
