#if Import
internal import Foundation
internal import Synchronization

/// One collection's file, read document by document.
struct ExportFile: Sendable {
    enum Form: String, Sendable, CaseIterable { case bson, json }

    let path: String
    let name: String
    let form: Form
    let size: Int

    private static let pieceSize = 1 << 20
    /// MongoDB's limit is 16 MiB of BSON, which can be several times as long as JSON.
    private static let longestDocument = 128 << 20

    /// Reads all documents.
    ///
    /// - Parameters:
    ///   - progress: Told how many bytes have been read since it was last told.
    ///   - visit: Takes a document, which is lent, and where it begins.
    /// - Throws: ``ImportError`` for the first that is damaged, or when the file cannot be read; what `visit` throws.
    func read(progress: (Int) -> Void = { _ in }, _ visit: (BSONDocument, Int) throws -> Void) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ImportError(name, "may not be read: look at its permissions")
        }
        defer { try? handle.close() }
        var pieces = Pieces(handle: handle, file: self)
        while true {
            let count: Int
            do {
                count = try pieces.readMore()
            } catch let error as ImportError {
                throw error
            } catch {
                throw ImportError(name, "cannot be read: \(error.localizedDescription)")
            }
            progress(count)
            try pieces.visitAll(isLast: count == 0, visit)
            if count == 0 { return }
        }
    }

    /// What has been read and not yet been visited.
    private struct Pieces {
        let handle: FileHandle
        let file: ExportFile
        var bytes: [UInt8] = []
        /// Where the bytes begin in the file.
        var offset = 0
        var cutter = JSONCutter()

        init(handle: FileHandle, file: ExportFile) {
            self.handle = handle
            self.file = file
        }

        mutating func readMore() throws -> Int {
            let piece = try handle.read(upToCount: ExportFile.pieceSize) ?? Data()
            bytes += piece
            return piece.count
        }

        mutating func visitAll(isLast: Bool, _ visit: (BSONDocument, Int) throws -> Void) throws {
            let used = file.form == .bson ? try visitBSON(visit) : try visitJSON(visit)
            bytes.removeFirst(used)
            offset += used
            cutter.drop(used)
            guard bytes.count <= ExportFile.longestDocument else {
                throw damaged(0, "is longer than any document of MongoDB")
            }
            guard isLast else { return }
            if file.form == .bson, !bytes.isEmpty { throw damaged(0, "is cut off") }
            if file.form == .json, !cutter.mayEnd { throw damaged(cutter.start ?? bytes.count, "is cut off") }
        }

        private func visitBSON(_ visit: (BSONDocument, Int) throws -> Void) throws -> Int {
            var start = 0
            while bytes.count - start >= 4 {
                let length = (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
                guard (5...ExportFile.longestDocument).contains(length) else {
                    throw damaged(start, "says that it has \(length) bytes")
                }
                guard bytes.count - start >= length else { break }
                try BSONDocument.with(bson: bytes.span.extracting(start..<start + length)) { document in
                    guard let document else { throw damaged(start) }
                    try visit(document, offset + start)
                }
                start += length
            }
            return start
        }

        private mutating func visitJSON(_ visit: (BSONDocument, Int) throws -> Void) throws -> Int {
            var cutter = cutter
            defer { self.cutter = cutter }
            while true {
                let before = cutter.start ?? cutter.position
                switch cutter.next(in: bytes.span) {
                case .more: return cutter.start ?? cutter.position
                case .damaged(let position): throw damaged(position)
                case .document(let end):
                    let start = firstBrace(from: before)
                    try BSONDocument.with(json: bytes.span.extracting(start..<end)) { document in
                        guard let document else { throw damaged(start) }
                        try visit(document, offset + start)
                    }
                }
            }
        }

        /// The cutter may have passed over space and a comma before the document began.
        private func firstBrace(from position: Int) -> Int {
            bytes[position...].firstIndex(of: UInt8(ascii: "{")) ?? position
        }

        private func damaged(_ start: Int, _ what: String = "is damaged") -> ImportError {
            let rest = bytes[min(start, bytes.count)..<min(start + 65_536, bytes.count)]
            let isShell =
                file.form == .json
                && ["ISODate(", "NumberLong(", "ObjectId("].contains { word in
                    String(decoding: rest, as: UTF8.self).contains(word)
                }
            let advice =
                isShell
                ? "it is what the shell prints, and no JSON: export with mongoexport"
                : "export the collection again"
            return ImportError(
                file.name,
                offset: offset + start,
                id: DamagedDocument.id(rest),
                "the document \(what): \(advice)"
            )
        }
    }
}
#endif
