#if Import
import CLivechatBSON
package import Foundation

/// An export in a folder of its own, as `mongodump` or `mongoexport` would have written it.
package struct WrittenExport {
    package let folder: URL

    package init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("export-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    package var path: String { folder.path }

    package func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Writes a file as it is.
    package func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: folder.appendingPathComponent(name))
    }

    /// Writes the documents of a collection.
    package func write(_ documents: [ExportValue], to collection: String, _ dialect: ExportDialect) throws {
        let texts = documents.map { $0.json(dialect) }
        switch dialect {
        case .bson: try write(texts.flatMap { Self.bson($0) }, to: collection + ".bson")
        case .array: try write(Array(("[" + texts.joined(separator: ",\n") + "]\n").utf8), to: collection + ".json")
        default: try write(Array(texts.map { $0 + "\n" }.joined().utf8), to: collection + ".json")
        }
    }

    /// The bytes of the document that a text in extended JSON describes.
    package static func bson(_ json: String) -> [UInt8] {
        let text = Array(json.utf8)
        guard let document = unsafe livechat_bson_from_json(text, text.count) else {
            preconditionFailure("no extended JSON: \(json)")
        }
        defer { unsafe livechat_bson_free(document) }
        guard let bytes = unsafe livechat_bson_bytes(document) else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: livechat_bson_count(document)))
    }
}
#endif
