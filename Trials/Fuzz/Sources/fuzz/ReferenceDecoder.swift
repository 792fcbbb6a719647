import Foundation

/// The decoder once more, written from the contract's words and for nothing but being easy to read.
enum ReferenceDecoder {
    enum Who: Equatable {
        case missing, malformed
        case given(user: [UInt8], digest: [UInt8])
    }

    enum Where: Equatable {
        case missing, additional, notAString, unmatched
        case id([UInt8])
    }

    static func credentials(_ headers: [(name: String, value: String)]) -> Who {
        let users = values(of: "x-user-id", in: headers)
        let tokens = values(of: "x-auth-token", in: headers)
        if !users.contains(where: isPresent) || !tokens.contains(where: isPresent) { return .missing }
        if users.count > 1 || tokens.count > 1 { return .malformed }
        let (user, token) = (Array(users[0].utf8), Array(tokens[0].utf8))
        if user.count > 256 || user.contains(0) || token.contains(0) { return .malformed }
        if contains(user, replacement) || contains(token, replacement) { return .malformed }
        return .given(user: user, digest: ReferenceDigest.sha256(token))
    }

    private static func values(of name: String, in headers: [(name: String, value: String)]) -> [String] {
        headers.filter { header in header.name.utf8.map(lower) == Array(name.utf8) }.map(\.value)
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

    private static func isPresent(_ value: String) -> Bool {
        !value.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
    }

    static func room(_ query: String?) -> Where {
        var values: [[UInt8]] = []
        var forms = 0
        var others = 0
        for pair in split(Array((query ?? "").utf8), at: 38) where !pair.isEmpty {
            let equals = pair.firstIndex(of: 61) ?? pair.count
            let name = decode(Array(pair[..<equals]))
            let value = Array(pair[min(equals + 1, pair.count)...])
            if name == Array("roomId".utf8) {
                values.append(value)
            } else if isForm(name) {
                forms += 1
            } else {
                others += 1
            }
        }
        if values.count + forms == 0 { return .missing }
        if others > 0 { return .additional }
        if values.count + forms > 1 || forms > 0 { return .notAString }
        let value = decode(values[0])
        // A server puts U+FFFD where the bytes were not UTF-8.
        if contains(values[0], replacement) || !isUTF8(value) { return .unmatched }
        return value.isEmpty || value.count > 256 || value.contains(0) ? .unmatched : .id(value)
    }

    /// `roomId[` and later a `]`, with no other `[` before it.
    private static func isForm(_ name: [UInt8]) -> Bool {
        let text = name.map { Character(Unicode.Scalar($0)) }
        return String(text).wholeMatch(of: /(?s)roomId\[[^\[\]]*\].*/) != nil
    }

    private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count else { return false }
        return (0...(bytes.count - part.count)).contains { Array(bytes[$0..<$0 + part.count]) == part }
    }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool { Array(String(decoding: bytes, as: UTF8.self).utf8) == bytes }

    private static func split(_ bytes: [UInt8], at separator: UInt8) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        for byte in bytes { if byte == separator { parts.append([]) } else { parts[parts.count - 1].append(byte) } }
        return parts
    }

    private static func decode(_ bytes: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 37, index + 2 < bytes.count, let high = digit(bytes[index + 1]),
                let low = digit(bytes[index + 2])
            {
                decoded.append(UInt8(high * 16 + low))
                index += 3
            } else {
                decoded.append(bytes[index] == 43 ? 32 : bytes[index])
                index += 1
            }
        }
        return decoded
    }

    private static func digit(_ byte: UInt8) -> Int? {
        Array("0123456789abcdef".utf8).firstIndex(of: lower(byte))
    }
}
