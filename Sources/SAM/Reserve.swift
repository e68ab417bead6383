import CSAMShims

/// Makes sure that `bytes` can be had before arrays of that size are made: a size that comes from a setting or from the host is checked here first.
/// SAM_ERROR_MEMORY with the bytes where they cannot be had.
func secure(bytes: Int, for what: StaticString) throws(Failure) {
    guard bytes >= 0, let memory = sam_memory_reserve(max(bytes, 64)) else { throw .memory("no memory for \(what): \(bytes) bytes") }
    sam_memory_give(memory)
}
