import Foundation
import LivechatJoin
import Testing

@Suite("Documentation")
struct DocumentationTests {
    @Test("The decision table is the order's own")
    func table() throws {
        let page = URL(filePath: #filePath).appending(path: "../../../Documentation/Decision.md").standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(text.contains(JoinProfile.documented.table))
    }
}
