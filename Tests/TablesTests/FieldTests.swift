import Foundation
import Tables
import Testing

@Suite struct FieldTests {
    private func number(_ text: String) throws -> Double { try Double(decimal: Array(text.utf8).span) }
    private func time(_ text: String) throws -> Int64 { try Timestamp(Array(text.utf8).span).microseconds }

    @Test("numbers are the nearest doubles, as the C library reads them") func numbers() throws {
        var texts = [
            "0", "-0", "12.50", "+3", ".5", "5.", " 7 ", "1e3", "1E-3", "2.5e+2", "123456789012345678901234567890",
        ]
        texts += ["0.1", "1e22", "1e23", "9007199254740993", "4.9e-324", "1e-400", "17976931348623157e292"]
        for _ in 0..<20_000 {
            let digits = (0..<Int.random(in: 1...24)).map { _ in String(Int.random(in: 0...9)) }
            let point = Int.random(in: 0...digits.count)
            let exponent = Bool.random() ? "" : "e\(Int.random(in: -40...40))"
            texts.append(
                digits[..<point].joined() + (point < digits.count ? "." : "") + digits[point...].joined() + exponent)
        }
        for text in texts {
            let value = try number(text)
            #expect(unsafe value.bitPattern == strtod(text, nil).bitPattern, "\(text)")
        }
    }

    @Test(
        "what is no number is told",
        arguments: [
            "", " ", "-", "+-1", "1,5", "1 000", "1.2.3", "0x10", "nan", "inf", "1e", "1e+", "12a", "€5", "1e999",
        ])
    func noNumbers(text: String) {
        let fault = #expect(throws: FieldFault.self) { _ = try number(text) }
        #expect(fault?.text.contains(text.isEmpty ? "no number" : text) == true)
        if text == "1,5" { #expect(fault?.text.contains("decimal point") == true) }
    }

    @Test("times are taken as they stand, and in UTC where a zone stands by") func times() throws {
        #expect(try time("1970-01-01 00:00:00") == 0)
        #expect(try time("2018-04-01 00:07:56") == 1_522_541_276_000_000)
        #expect(try time("2018-04-01T00:07") == 1_522_541_220_000_000)
        #expect(try time("2018-04-01") == 1_522_540_800_000_000)
        #expect(try time("2018-04-01 00:07:56.25") == 1_522_541_276_250_000)
        #expect(try time("2018-04-01T02:07:56+02:00") == time("2018-04-01T00:07:56Z"))
        #expect(try time("2018-03-31T20:07:56-0400") == time("2018-04-01T00:07:56"))
        #expect(try time("1522541276") == 1_522_541_276_000_000 && time("-1.5") == -1_500_000)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "UTC")!
        let format = DateFormatter()
        (format.calendar, format.timeZone, format.locale) = (
            calendar, calendar.timeZone, Locale(identifier: "en_US_POSIX")
        )
        format.dateFormat = "yyyy-MM-dd HH:mm:ss"
        for _ in 0..<3_000 {
            let seconds = Int.random(in: -11_000_000_000...30_000_000_000)
            let date = Date(timeIntervalSince1970: Double(seconds))
            let stamp = try Timestamp(Array(format.string(from: date).utf8).span)
            #expect(stamp.microseconds == Int64(seconds) * 1_000_000)
            let parts = calendar.dateComponents([.hour, .weekday], from: date)
            // Sunday is 1.
            #expect(stamp.hour == parts.hour && (stamp.weekday + 1) % 7 + 1 == parts.weekday)
        }
    }

    @Test("a day's date is read as that day, over all centuries") func dates() throws {
        #expect(Timestamp.date(ofDay: 0) == "1970-01-01")
        #expect(Timestamp.date(ofDay: 17_622) == "2018-04-01")
        #expect(Timestamp.date(ofDay: -719_468) == "0000-03-01")
        for day in stride(from: -700_000, to: 2_000_000, by: 97) {
            let date = Timestamp.date(ofDay: day)
            #expect(try Timestamp(Array(date.utf8).span).dayNumber == day)
        }
    }

    @Test(
        "what is no time is told",
        arguments: [
            "", "today", "2018-02-30", "2018-13-01", "1900-02-29", "2018-04-01 24:00:00", "2018-04-01 00:60",
            "2018-4-1",
            "01/04/2018", "2018-04-01 00:07:56 x", "2018-04-01T00:07:56+25:00", "1e300",
        ])
    func noTimes(text: String) { #expect(throws: FieldFault.self) { _ = try time(text) } }
}
