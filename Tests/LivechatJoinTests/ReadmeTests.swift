import Foundation
import LivechatJoin
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("The decision table is the order's own")
    func table() throws {
        let readme = URL(filePath: #filePath).appending(path: "../../../README.md").standardizedFileURL
        let text = try String(contentsOf: readme, encoding: .utf8)
        #expect(text.contains(JoinProfile.documented.table))
    }
}
