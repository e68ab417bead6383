import CSAMShims

extension Parameters {
    /// Ends the measure that a callback left without returning: on the stack where it waits it fails, and so gives back its memory and its locks on its
    /// ordinary way out, with the weights as they were. The host is not called. No measure under way: nothing.
    func recover() throws(Failure) {
        guard measuring > 0 else { return }
        let message = Message()
        guard let beside, sam_beside_leave(beside, besideGeneration) != 0 else {
            throw .state("the measure of these parameters waits for no callback: expected one that a callback of sam_measure left by longjmp or an exception")
        }
        message.putBack()
    }
}
