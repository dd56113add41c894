/// A moment in microseconds since 1 January 1970, by the clock that whoever wrote it down had.
///
/// Times without a zone are taken as they stand, whatever the machine's zone; those with one are in UTC. Days have 86,400 seconds.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Since 1 January 1970.
    public var microseconds: Int64

    /// Microseconds since 1 January 1970.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    /// In a second, and in a day.
    public static let second: Int64 = 1_000_000, day: Int64 = 86_400 * second

    /// The days since 1 January 1970, a Thursday.
    public var dayNumber: Int { Int((Double(microseconds) / Double(Self.day)).rounded(.down)) }
    /// 0 to 23.
    public var hour: Int { Int((microseconds - Int64(dayNumber) * Self.day) / (3_600 * Self.second)) }
    /// 0 for Monday to 6 for Sunday.
    public var weekday: Int { ((dayNumber + 3) % 7 + 7) % 7 }

    /// The time of a field: `2018-04-01 00:07:56`, a `T` in place of the space, seconds and their fraction or the whole time left out, and behind
    /// it `Z`, `+02:00` or nothing; or a number of seconds (Unix time).
    ///
    /// - Throws: ``FieldFault`` where it is something else, or a date that no calendar has.
    public init(_ field: Span<UInt8>) throws(FieldFault) {
        var text = DigitReader(field)
        guard let year = text.number(of: 4), text.take("-") else {
            let seconds: Double
            do throws(FieldFault) { seconds = try Double(decimal: field) } catch {
                throw FieldFault(field, "is no time such as 2018-04-01 00:07:56")
            }
            guard abs(seconds) <= 1e12 else { throw FieldFault(field, "is no time in seconds since 1970") }
            microseconds = Int64((seconds * 1e6).rounded())
            return
        }
        guard let month = text.number(of: 2), text.take("-"), let day = text.number(of: 2) else {
            throw FieldFault(field, "is no time such as 2018-04-01 00:07:56")
        }
        guard (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day) else {
            throw FieldFault(field, "is a date that there is not")
        }
        var total = Int64(Self.dayNumber(year, month, day)) * Self.day
        if text.take(" ") || text.take("T") || text.take("t") {
            guard let hour = text.number(of: 2), text.take(":"), let minute = text.number(of: 2) else {
                throw FieldFault(field, "is no time such as 2018-04-01 00:07:56")
            }
            var second = 0, fraction: Int64 = 0
            if text.take(":") {
                guard let whole = text.number(of: 2) else {
                    throw FieldFault(field, "is no time such as 2018-04-01 00:07:56")
                }
                second = whole
                if text.take(".") { fraction = text.millionths() }
            }
            guard hour < 24, minute < 60, second < 60 else { throw FieldFault(field, "is a time that there is not") }
            total += Int64((hour * 60 + minute) * 60 + second) * Self.second + fraction
        }
        if let offset = text.offset() { total -= Int64(offset) * 60 * Self.second }
        guard text.isAtEnd else { throw FieldFault(field, "is no time such as 2018-04-01 00:07:56") }
        microseconds = total
    }

    /// The date of a day, counted from 1 January 1970: `2018-04-01`.
    ///
    /// - Source: Hinnant 2021, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    public static func date(ofDay day: Int) -> String {
        let shifted = day + 719_468, era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let place = (5 * dayOfYear + 2) / 153, month = place < 10 ? place + 3 : place - 9
        func padded(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(width - text.count, 0)) + text
        }
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * place + 2) / 5 + 1, 2))"
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// The days from 1 January 1970 to a date of the Gregorian calendar.
    ///
    /// - Source: Hinnant 2021, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// Reads digits and marks of a field.
private struct DigitReader: ~Escapable {
    private let field: Span<UInt8>
    private var place = 0

    @_lifetime(copy field)
    init(_ field: Span<UInt8>) { self.field = field }

    var isAtEnd: Bool { place == field.count }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard place < field.count, field[place] == UInt8(ascii: mark) else { return false }
        place += 1
        return true
    }

    /// A number of so many digits; nil, and nothing is taken, where there are others.
    mutating func number(of count: Int) -> Int? {
        guard place + count <= field.count else { return nil }
        var number = 0
        for offset in 0..<count {
            let byte = field[place + offset]
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        place += count
        return number
    }

    /// The digits behind a point; those after the sixth are passed over.
    mutating func millionths() -> Int64 {
        var number: Int64 = 0, unit: Int64 = 100_000
        while place < field.count, field[place] >= UInt8(ascii: "0"), field[place] <= UInt8(ascii: "9") {
            number += Int64(field[place] - UInt8(ascii: "0")) * unit
            unit /= 10
            place += 1
        }
        return number
    }

    /// Minutes ahead of UTC; nil, and nothing is taken, where no zone stands there.
    mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let start = place, isEast = take("+")
        guard isEast || take("-"), let hours = number(of: 2) else {
            place = start
            return nil
        }
        _ = take(":")
        guard let minutes = number(of: 2), hours < 24, minutes < 60 else {
            place = start
            return nil
        }
        return (isEast ? 1 : -1) * (hours * 60 + minutes)
    }
}
