/// Mean, standard deviation and standard error of numbers as they come: Welford's recurrence.
struct Sample {
    private(set) var values: [Double] = []
    /// NaN without numbers.
    var mean: Double { values.isEmpty ? .nan : middle }
    private var middle = 0.0
    private var squares = 0.0

    init(_ values: [Double] = []) { for x in values { add(x) } }

    mutating func add(_ x: Double) {
        values.append(x)
        let before = x - middle
        middle += before / Double(values.count)
        squares += before * (x - middle)
    }

    var count: Int { values.count }
    /// With count - 1; NaN below two numbers.
    var variance: Double { count > 1 ? squares / Double(count - 1) : .nan }
    var deviation: Double { variance.squareRoot() }
    /// Of the mean.
    var standardError: Double { (variance / Double(count)).squareRoot() }
    var least: Double { values.min() ?? .nan }
    var most: Double { values.max() ?? .nan }

    /// The standard error of a statistic of `count` items, from what it is without each of them in turn.
    static func jackknife(_ count: Int, _ without: (Int) -> Double) -> Double {
        var sample = Sample()
        for i in 0..<count { sample.add(without(i)) }
        return count > 1 ? sample.standardError * Double(count - 1) : .nan
    }

    /// Third standardised moment; NaN where all are the same.
    var skew: Double {
        var second = 0.0, third = 0.0
        for x in values {
            let d = x - mean
            second += d * d
            third += d * d * d
        }
        let m = Double(count)
        return (third / m) / ((second / m) * (second / m).squareRoot())
    }

    /// Linear between the order statistics: 0 the least, 1 the most.
    func quantile(_ q: Double) -> Double { Sample.quantile(values.sorted(), q) }
    func quantiles(_ shares: [Double]) -> [Double] {
        let sorted = values.sorted()
        return shares.map { Sample.quantile(sorted, $0) }
    }

    /// The standard error of the number at a place of sorted ones, from the order statistics about it: the number of those below a quantile q
    /// is binomial, with deviation sqrt(m q (1 - q)). At an end, from the one side that there is. NaN below two numbers.
    static func error(_ sorted: [Double], at place: Int) -> Double {
        let m = Double(sorted.count)
        if sorted.count < 2 { return .nan }
        let q = (Double(place) + 0.5) / m, width = (m * q * (1 - q)).squareRoot() / (m - 1), middle = Double(place) / (m - 1)
        let low = max(0, middle - width), high = min(1, middle + width)
        return width * (quantile(sorted, high) - quantile(sorted, low)) / (high - low)
    }

    private static func quantile(_ sorted: [Double], _ q: Double) -> Double {
        if sorted.isEmpty { return .nan }
        let place = q * Double(sorted.count - 1), low = Int(place)
        let share = place - Double(low)
        return share == 0 ? sorted[low] : (1 - share) * sorted[low] + share * sorted[low + 1]      // also beside infinity
    }
}
