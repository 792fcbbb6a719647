#if CommandLine
import ArgumentParser
import LivechatJoin
import Logging

/// How the lines of a log look.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
    /// `TIME LEVEL LABEL: MESSAGE key=value "key"="a value"`
    case text
    /// One JSON object a line.
    case json
}

/// What is logged, before it is put into bytes.
struct LogLine: Sendable {
    var time: LivechatTimestamp
    var level: Logger.Level
    var label: String
    var message: String
    var metadata: Logger.Metadata = [:]

    /// The line with its end.
    func bytes(_ format: LogFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        switch format {
        case .text: appendText(to: &bytes)
        case .json: appendJSON(to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private var sortedMetadata: [(key: String, value: Logger.MetadataValue)] {
        metadata.sorted { $0.key < $1.key }
    }

    private func appendText(to bytes: inout [UInt8]) {
        bytes += "\(time.rfc3339) \(level) \(label): ".utf8
        LogText.appendEscaped(message, to: &bytes)
        for (key, value) in sortedMetadata {
            bytes.append(UInt8(ascii: " "))
            LogText.append(key, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            LogText.append(value.text, to: &bytes)
        }
    }

    /// The keys that every object begins with; metadata of such a name gets a line in front.
    private static let ownKeys = ["time", "level", "logger", "message"]

    private func appendJSON(to bytes: inout [UInt8]) {
        let own = [time.rfc3339, level.rawValue, label, message].map { Logger.MetadataValue.string($0) }
        let members = zip(Self.ownKeys, own).map { (key: $0, value: $1) }
        let others = sortedMetadata.map { (key: (Self.ownKeys.contains($0.key) ? "_" : "") + $0.key, value: $0.value) }
        Logger.MetadataValue.append(members + others, to: &bytes)
    }
}

extension Logger.MetadataValue {
    /// The value as one text.
    fileprivate var text: String {
        switch self {
        case .string(let text): return text
        case .stringConvertible(let value): return (value as? LogText)?.raw ?? value.description
        case .array, .dictionary:
            var bytes: [UInt8] = []
            append(to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Appends the value as JSON.
    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .stringConvertible(let number as Int): bytes += "\(number)".utf8
        case .string, .stringConvertible: Self.append(text, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .dictionary(let members):
            Self.append(members.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }, to: &bytes)
        }
    }

    fileprivate static func append(_ members: [(key: String, value: Self)], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(member.key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            member.value.append(to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        LogText.appendEscaped(text, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}
#endif
