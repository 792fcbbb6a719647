import Foundation

/// Something that happens to a file behind SQLite's back.
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

    private enum Kind: Sendable {
        case flip(bit: Int)
        case overwrite([UInt8])
        case cut
    }

    private let file: File
    private let offset: Int
    private let kind: Kind

    var isCut: Bool { if case .cut = kind { true } else { false } }

    /// Most often a bit of what is not empty, since most of a small file is; nil where all of it is.
    init?(_ file: File, of path: String, with random: inout SplitMix64) throws {
        let bytes = try Data(contentsOf: URL(filePath: path + file.rawValue))
        guard !bytes.isEmpty else { return nil }
        self.file = file
        var offset = Int.random(in: 0..<bytes.count, using: &random)
        for _ in 0..<64 where bytes[offset] == 0 { offset = Int.random(in: 0..<bytes.count, using: &random) }
        self.offset = offset
        let count = min(Int.random(in: 1...512, using: &random), bytes.count - offset)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: kind = .cut
        case 1: kind = .overwrite([UInt8](repeating: 0, count: count))
        case 2: kind = .overwrite((0..<count).map { _ in .random(in: 0...255, using: &random) })
        default: kind = .flip(bit: Int.random(in: 0..<8, using: &random))
        }
    }

    /// Damages the file in place, under every process that has it open.
    func apply(to path: String) throws {
        let handle = try FileHandle(forUpdating: URL(filePath: path + file.rawValue))
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(offset))
        switch kind {
        case .cut: try handle.truncate(atOffset: UInt64(offset))
        case .overwrite(let bytes): try handle.write(contentsOf: Data(bytes))
        case .flip(let bit):
            guard let byte = try handle.read(upToCount: 1)?.first else { return }
            try handle.seek(toOffset: UInt64(offset))
            try handle.write(contentsOf: Data([byte ^ 1 << UInt8(bit)]))
        }
    }

    var description: String {
        switch kind {
        case .flip(let bit): "bit \(bit) of byte \(offset) of \(file.name) flipped"
        case .overwrite(let new): "\(new.count) bytes at \(offset) of \(file.name) overwritten"
        case .cut: "\(file.name) cut at \(offset)"
        }
    }
}
