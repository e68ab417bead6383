import CSAMShims

/// A mutual exclusion for what all handles share.
final class Lock {
    private let memory = sam_lock_make()
    func take() { sam_lock_take(memory) }
    func give() { sam_lock_give(memory) }
}
