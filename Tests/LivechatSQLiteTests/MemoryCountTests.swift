import CLivechatSQLite
import LivechatSQLite
import Testing

/// In processes of their own, since SQLite can be told only before its first use.
@Suite("The count of SQLite's memory")
struct MemoryCountTests {
    @Test("It is kept where nobody says otherwise")
    func kept() async {
        await #expect(processExitsWith: .success) {
            let connection = try Connection.inMemory()
            #expect(sqlite3_memory_used() > 0)
            try connection.close()
        }
    }

    @Test("It can be turned off")
    func turnedOff() async {
        await #expect(processExitsWith: .success) {
            try turnOffMemoryCount()
            let connection = try Connection.inMemory()
            // A second component may ask for it too.
            try turnOffMemoryCount()
            #expect(try connection.integer("SELECT count(*) FROM sqlite_schema") == 0)
            #expect(sqlite3_memory_used() == 0)
            try connection.close()
        }
    }

    @Test("It cannot be turned off once SQLite is in use, and goes on")
    func tooLate() async {
        await #expect(processExitsWith: .success) {
            let connection = try Connection.inMemory()
            #expect(throws: SQLiteError.self) { try turnOffMemoryCount() }
            #expect(sqlite3_memory_used() > 0)
            try connection.close()
        }
    }
}
