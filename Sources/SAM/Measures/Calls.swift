import CSAM
import CSAMShims

/// A callback of sam_objective, with its context and what else it takes.
func hostCall<Callback>(_ function: Callback, _ kind: Int, _ context: UnsafeMutableRawPointer?) -> sam_call {
    var call = sam_call()
    call.kind = Int32(kind)
    call.function = unsafeBitCast(function, to: sam_function.self)
    call.context = context
    return call
}

extension Ledger {
    /// Calls the host, on the stack of sam_measure's caller; what it answered. Where the callback never returned (longjmp, an exception) and
    /// sam_parameters_recover ends the measure, that is a failure, and nothing is called any more. The host's floating-point environment is the host's
    /// within it, and from then on as the callback leaves it.
    func call(_ made: sam_call) throws(Failure) -> Int32 {
        var call = made
        sam_environment_leave(environment)
        let isOver = sam_call_host(&call) != 0
        sam_environment_enter(environment)
        if isOver {
            isLeft = true
            throw .state("a callback of the objective never returned: sam_parameters_recover ended the measure")
        }
        return call.answer
    }

}

extension Objective {
    /// A callback that takes one pointer behind the context.
    func call<Callback>(_ function: Callback, _ first: UnsafeMutableRawPointer?) throws(Failure) -> Int32 {
        var call = hostCall(function, Int(SAM_CALL_POINTER), host.context)
        call.pointer.0 = first
        return try ledger.call(call)
    }

    /// A callback that takes a query and a pointer.
    func call<Callback>(_ function: Callback, _ query: UnsafeMutablePointer<sam_query>, _ second: UnsafeMutableRawPointer?) throws(Failure) -> Int32 {
        var call = hostCall(function, Int(SAM_CALL_POINTERS), host.context)
        (call.pointer.0, call.pointer.1) = (UnsafeMutableRawPointer(query), second)
        return try ledger.call(call)
    }

    /// A callback that takes a query and two pointers.
    func call<Callback>(_ function: Callback, _ query: UnsafeMutablePointer<sam_query>, _ second: UnsafeMutableRawPointer?,
                        _ third: UnsafeMutableRawPointer?) throws(Failure) -> Int32 {
        var call = hostCall(function, Int(SAM_CALL_THREE_POINTERS), host.context)
        call.pointer = (UnsafeMutableRawPointer(query), second, third)
        return try ledger.call(call)
    }
}
