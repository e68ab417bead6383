import CSAM

private func find(_ optimizer: Optimizer, _ name: UnsafePointer<CChar>?) throws(Failure) -> Option {
    try optimizer.option(Name(at: try given(name, "option", "the name of an option")))
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_set(_ handle: OpaquePointer?, _ group: Int32, _ option: UnsafePointer<CChar>?, _ value: Double) -> Int32 {
    answer { () throws(Failure) in
        let optimizer = try optimizer(reserving: handle), option = try find(optimizer, option)
        try option.mustBeNumber()
        try optimizer.set(option, value, group: group)
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_get(_ handle: OpaquePointer?, _ group: Int32, _ option: UnsafePointer<CChar>?,
                              _ value: UnsafeMutablePointer<Double>?) -> Int32 {
    answer { () throws(Failure) in
        let optimizer = try optimizer(reserving: handle), option = try find(optimizer, option)
        let value = try given(value, "value", "where the number goes")
        try option.mustBeNumber()
        optimizer.followSchedules()
        value.pointee = try option.get(group: group)
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_choose(_ handle: OpaquePointer?, _ group: Int32, _ option: UnsafePointer<CChar>?,
                                 _ choice: UnsafePointer<CChar>?) -> Int32 {
    answer { () throws(Failure) in
        let optimizer = try optimizer(reserving: handle), option = try find(optimizer, option)
        try optimizer.choose(option, Name(at: try given(choice, "choice", "a word")), group: group)
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_choice(_ handle: OpaquePointer?, _ group: Int32, _ option: UnsafePointer<CChar>?,
                                 _ choice: UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> Int32 {
    answer { () throws(Failure) in
        let option = try find(try optimizer(reserving: handle), option)
        let choice = try given(choice, "choice", "where the word goes")
        try option.mustBeChoice()
        choice.pointee = option.choice(at: Int(try option.get(group: group)))?.bytes
        return Int32(SAM_OK)
    }
}

@c @implementation @_documentation(visibility: internal)
public func sam_optimizer_schedule(_ handle: OpaquePointer?, _ group: Int32, _ option: UnsafePointer<CChar>?,
                                   _ schedule: UnsafePointer<sam_schedule>?) -> Int32 {
    answer { () throws(Failure) in
        let optimizer = try optimizer(reserving: handle), option = try find(optimizer, option)
        guard let schedule else {
            try optimizer.schedule(option, nil, group: group)
            return Int32(SAM_OK)
        }
        try optimizer.schedule(option, try Schedule(try read(schedule, "sam_schedule", first: 64), from: optimizer.completed.steps), group: group)
        return Int32(SAM_OK)
    }
}
