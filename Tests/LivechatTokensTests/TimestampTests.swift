import Foundation
import LivechatTokens
import LivechatValues
import Testing

@Suite("Times are RFC 3339 with a zone, to the millisecond")
struct TimestampTests {
    static let good: [(text: String, milliseconds: Int64)] = [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.001Z", 1),
        ("1969-12-31T23:59:59.999Z", -1),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T19:00:00-05:00", 0),
        ("1970-01-01T05:45:00+05:45", 0),
        ("1970-01-01T23:59:00+23:59", 0),
        ("1970-01-01T00:00:00-00:00", 0),
        ("1970-01-01t00:00:00z", 0),
        ("1970-01-01 00:00:00Z", 0),
        ("1970-01-01T00:00:00.1Z", 100),
        ("1970-01-01T00:00:00.12Z", 120),
        ("1970-01-01T00:00:00.1234567890123456789012Z", 123),
        ("1970-01-01T00:00:00.9999Z", 999),
        ("2026-01-02T03:04:05.678Z", 1_767_323_045_678),
        ("2026-01-02T04:04:05.678+01:00", 1_767_323_045_678),
        ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("2024-02-29T12:00:00Z", 1_709_208_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("2016-12-31T23:59:60.999Z", 1_483_228_800_999),
        ("2015-06-30T23:59:60Z", 1_435_708_800_000),
        ("2017-01-01T00:59:60+01:00", 1_483_228_800_000),
        ("2016-12-31T18:59:60-05:00", 1_483_228_800_000),
        ("2017-01-01T05:44:60+05:45", 1_483_228_800_000),
        ("2024-02-29T23:59:60Z", 1_709_251_200_000),
        ("2025-02-28T23:59:60Z", 1_740_787_200_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("9999-12-31T23:59:59.999+00:01", 253_402_300_739_999),
    ]

    @Test("These are times", arguments: good)
    func read(_ row: (text: String, milliseconds: Int64)) {
        #expect(LivechatTimestamp(rfc3339: row.text)?.milliseconds == row.milliseconds)
    }

    @Test(
        "These are none",
        arguments: [
            "", "Z", "now", "1767323045", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05.678",
            "2026-01-02T03:04Z", "2026-01-0203:04:05Z", "2026-01-02_03:04:05Z", "2026-01-02  03:04:05Z",
            "2026-00-02T03:04:05Z", "2026-13-02T03:04:05Z", "2026-01-00T03:04:05Z", "2026-01-32T03:04:05Z",
            "2026-04-31T03:04:05Z", "2026-06-31T03:04:05Z", "2026-09-31T03:04:05Z", "2026-11-31T03:04:05Z",
            "2026-02-29T03:04:05Z", "2024-02-30T03:04:05Z", "1900-02-29T03:04:05Z", "2100-02-29T03:04:05Z",
            "2026-01-02T24:00:00Z", "2026-01-02T03:60:05Z", "2026-01-02T03:04:61Z", "2026-01-02T03:04:05.Z",
            "2026-01-02T03:04:05,678Z", "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+01:60",
            "2026-01-02T03:04:05+1:00", "2026-01-02T03:04:05+0100", "2026-01-02T03:04:05+01", "2026-01-02T03:04:05+",
            "2026-01-02T03:04:05 Z", "2026-01-02T03:04:05Z ", " 2026-01-02T03:04:05Z", "2026-01-02T03:04:05ZZ",
            "2026-01-02T03:04:05Z\0", "2026-01-02T03:04:05\0Z", "2026-1-2T03:04:05Z", "26-01-02T03:04:05Z",
            "12026-01-02T03:04:05Z", "+2026-01-02T03:04:05Z", "-2026-01-02T03:04:05Z", "2026-01-02T3:4:5Z",
            "２026-01-02T03:04:05Z", "2026-01-02T03:04:05\u{2212}01:00", "2026\u{2010}01-02T03:04:05Z",
            "2026-01-02T03:04:05Z\u{301}", "2026-01-02T-3:04:05Z", "2026-01-02T03:04:05.-1Z", "20260102T030405Z",
        ]
    )
    func notRead(_ text: String) {
        #expect(LivechatTimestamp(rfc3339: text) == nil)
    }

    @Test(
        "A leap second is 23:59:60 UTC at the end of a month",
        arguments: [
            "2026-06-15T12:30:60Z", "2026-06-30T12:30:60Z", "2026-06-30T23:58:60Z", "2026-06-30T22:59:60Z",
            "2026-06-29T23:59:60Z", "2026-07-01T23:59:60Z", "2024-02-28T23:59:60Z", "2026-12-30T23:59:60Z",
            "2026-06-30T23:59:60+01:00", "2026-06-30T23:59:60-00:01", "2026-07-01T00:59:60+00:59",
            "1970-01-01T00:00:60Z", "2026-07-01T00:00:60Z", "2026-06-30T23:59:61Z",
        ]
    )
    func noLeapSecond(_ text: String) {
        #expect(LivechatTimestamp(rfc3339: text) == nil)
    }

    /// Such a time could be read but not written again with four digits of a year.
    @Test(
        "A zone or a leap second leads to no year outside 0000 to 9999",
        arguments: [
            "9999-12-31T23:59:59-00:01", "9999-12-31T01:00:00-23:59", "9999-12-31T23:59:60Z",
            "0000-01-01T00:00:00+00:01", "0000-01-01T23:00:00+23:59",
        ]
    )
    func outOfYears(_ text: String) {
        #expect(LivechatTimestamp(rfc3339: text) == nil)
    }

    @Test(
        "Written in UTC with milliseconds",
        arguments: [
            (0 as Int64, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_767_323_045_678, "2026-01-02T03:04:05.678Z"), (1_767_323_045_007, "2026-01-02T03:04:05.007Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        ]
    )
    func written(_ milliseconds: Int64, _ text: String) {
        #expect(LivechatTimestamp(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test("What is written is read back, from year 1 to 9999")
    func roundTrip() {
        var generator = SplitMix64(state: 2_026)
        for _ in 0..<5_000 {
            let moment = LivechatTimestamp(
                milliseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &generator)
            )
            let text = moment.rfc3339
            if text.utf8.count != 24 || LivechatTimestamp(rfc3339: text) != moment {
                Issue.record("\(moment.milliseconds) is written \(text)")
            }
        }
    }

    @Test("A zone moves a time and nothing else")
    func zones() {
        var generator = SplitMix64(state: 7)
        for _ in 0..<2_000 {
            let minutes = Int64.random(in: 0..<1_440, using: &generator)
            let moment = LivechatTimestamp(milliseconds: Int64.random(in: 0...4_000_000_000_000, using: &generator))
            let zone = [minutes / 60, minutes % 60].map { ($0 < 10 ? "0" : "") + String($0) }.joined(separator: ":")
            let utc = moment.rfc3339.dropLast()
            let east = LivechatTimestamp(rfc3339: utc + "+" + zone)
            let west = LivechatTimestamp(rfc3339: utc + "-" + zone)
            if east?.milliseconds != moment.milliseconds - minutes * 60_000
                || west?.milliseconds != moment.milliseconds + minutes * 60_000
            {
                Issue.record("\(utc) with zone \(zone)")
            }
        }
    }

    @Test("Every year has the days it has, counted one year after the other")
    func calendar() {
        var day: Int64 = -719_162  // 0001-01-01
        for year in 1...9_999 {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            let name = String(repeating: "0", count: 4 - String(year).count) + String(year)
            let marks = [("01-01", 0), ("02-28", 58), ("03-01", isLeap ? 60 : 59), ("12-31", isLeap ? 365 : 364)]
            for (mark, offset) in marks {
                let moment = LivechatTimestamp(milliseconds: (day + Int64(offset)) * 86_400_000)
                let text = "\(name)-\(mark)T00:00:00.000Z"
                if moment.rfc3339 != text || LivechatTimestamp(rfc3339: text) != moment { Issue.record("\(text)") }
            }
            if (LivechatTimestamp(rfc3339: "\(name)-02-29T00:00:00Z") != nil) != isLeap {
                Issue.record("29 February \(name)")
            }
            day += isLeap ? 366 : 365
        }
    }

    @Test(
        "Days are added",
        arguments: [
            (1.0, 86_400_000 as Int64), (0, 0), (0.5, 43_200_000), (90, 7_776_000_000), (1e9, 253_402_300_799_999),
            (1e300, 253_402_300_799_999), (.infinity, 253_402_300_799_999),
        ]
    )
    func addingDays(_ days: Double, _ milliseconds: Int64) {
        #expect(LivechatTimestamp(milliseconds: 0).adding(days: days).milliseconds == milliseconds)
    }

    @Test(
        "A date is a moment, whatever it is",
        arguments: [
            (0.0, Int64(0)), (1.0016, 1_002), (-0.0012, -1), (1_767_323_045.678, 1_767_323_045_678),
            (.infinity, 253_402_300_799_999), (-.infinity, -62_167_219_200_000), (.nan, -62_167_219_200_000),
        ]
    )
    func date(_ seconds: Double, _ milliseconds: Int64) {
        #expect(LivechatTimestamp(Date(timeIntervalSince1970: seconds)).milliseconds == milliseconds)
    }

    @Test("A moment is a date and the same moment again", arguments: [0, -1, 1_767_323_045_678, 253_402_300_799_999])
    func backAndForth(_ milliseconds: Int64) {
        let moment = LivechatTimestamp(milliseconds: milliseconds)
        #expect(LivechatTimestamp(Date(moment)) == moment)
    }
}

/// A generator that gives every run of the tests the same numbers.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
