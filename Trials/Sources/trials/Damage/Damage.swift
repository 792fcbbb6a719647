import Foundation

/// Something that happens to a file behind everybody's back.
struct Damage: Sendable, CustomStringConvertible {
    enum File: String, CaseIterable, Sendable {
        case database = ""
        case log = "-wal"
        case index = "-shm"

        var name: String {
            switch self {
            case .database: "the database"
            case .log: "the log"
            case .index: "the shared memory"
            }
        }
    }

    enum Kind: Sendable {
        case flip(bit: Int)
        case overwrite([UInt8])
        case cut
    }

    let file: File
    let offset: Int
    let kind: Kind

    /// Most often a bit of what is not empty, since most of a small file is.
    ///
    /// - Parameter decisive: The places to take half of the time, if any.
    static func random(
        _ file: File,
        in bytes: [UInt8],
        decisive: [Int] = [],
        cuts: Bool,
        with random: inout SplitMix64
    ) -> Damage {
        var offset = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: break
        case 1...2 where !decisive.isEmpty: offset = decisive.randomElement(using: &random) ?? offset
        default:
            for _ in 0..<64 where bytes[offset] == 0 { offset = Int.random(in: 0..<bytes.count, using: &random) }
        }
        let kind: Kind
        switch Int.random(in: 0..<10, using: &random) {
        case 0 where cuts: kind = .cut
        case 1: kind = .overwrite((0..<Int.random(in: 1...512, using: &random)).map { _ in 0 })
        case 2:
            let count = Int.random(in: 1...512, using: &random)
            kind = .overwrite((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        default: kind = .flip(bit: Int.random(in: 0..<8, using: &random))
        }
        return Damage(file: file, offset: offset, kind: kind)
    }

    func applied(to bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        switch kind {
        case .flip(let bit): bytes[offset] ^= 1 << UInt8(bit)
        case .overwrite(let new):
            for (index, byte) in new.enumerated() where offset + index < bytes.count { bytes[offset + index] = byte }
        case .cut: bytes.removeSubrange(offset...)
        }
        return bytes
    }

    /// Damages the file where it lies, for whoever has it open.
    func apply(toFileOf path: String) throws {
        let url = URL(fileURLWithPath: path + file.rawValue)
        let handle = try FileHandle(forUpdating: url)
        defer { try? handle.close() }
        let size = Int(try handle.seekToEnd())
        guard offset < size else { return }
        if case .cut = kind { return try handle.truncate(atOffset: UInt64(offset)) }
        try handle.seek(toOffset: UInt64(offset))
        let old = Array(try handle.read(upToCount: min(512, size - offset)) ?? Data())
        let new = Damage(file: file, offset: 0, kind: kind).applied(to: old)
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: Data(new))
    }

    var description: String {
        switch kind {
        case .flip(let bit): "bit \(bit) of byte \(offset) of \(file.name) flipped"
        case .overwrite(let new): "\(new.count) bytes at \(offset) of \(file.name) overwritten"
        case .cut: "\(file.name) cut at \(offset)"
        }
    }
}
