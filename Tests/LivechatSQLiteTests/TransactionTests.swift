import Foundation
import LivechatSQLite
import Synchronization
import Testing

@Suite("Transactions and savepoints")
struct TransactionTests {
    @Test("What returns is committed", arguments: [Connection.TransactionKind.deferred, .immediate])
    func commit(_ kind: Connection.TransactionKind) throws {
        try withTable { connection in
            let answer = try connection.transaction(kind) {
                let isAutocommit = connection.isAutocommit
                #expect(!isAutocommit)
                try connection.execute("INSERT INTO t VALUES (1)")
                return "answer"
            }
            #expect(answer == "answer")
            let isAutocommit = connection.isAutocommit
            #expect(isAutocommit)
            let found = try values(connection)
            #expect(found == [1])
        }
    }

    @Test("What throws is rolled back", arguments: [Connection.TransactionKind.deferred, .immediate])
    func rollBack(_ kind: Connection.TransactionKind) throws {
        try withTable { connection in
            #expect(throws: Oops.self) {
                try connection.transaction(kind) {
                    try connection.execute("INSERT INTO t VALUES (1)")
                    throw Oops()
                }
            }
            let isAutocommit = connection.isAutocommit
            #expect(isAutocommit)
            let found = try values(connection)
            #expect(found == [])
        }
    }

    @Test("A commit that fails rolls back")
    func failedCommit() throws {
        try withTable { connection in
            try connection.execute(
                "CREATE TABLE child (parent INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED) STRICT"
            )
            let error = failure {
                try connection.transaction(.immediate) {
                    try connection.execute("INSERT INTO t VALUES (1); INSERT INTO child VALUES (2)")
                }
            }
            #expect(error?.code == ResultCode.foreignKey)
            let isAutocommit = connection.isAutocommit
            #expect(isAutocommit)
            let found = try values(connection)
            #expect(found == [])
        }
    }

    @Test("A transaction inside another one is refused and leaves the outer one alone")
    func nested() throws {
        try withTable { connection in
            try connection.transaction(.immediate) {
                try connection.execute("INSERT INTO t VALUES (1)")
                let error = failure { try connection.transaction(.immediate) {} }
                #expect(error?.code == ResultCode.error)
            }
            let found = try values(connection)
            #expect(found == [1])
        }
    }

    @Test("Rolling back without a transaction does nothing")
    func idleRollBack() throws {
        try withTable { connection in
            connection.rollBack()
            try connection.execute("INSERT INTO t VALUES (1)")
            connection.rollBack()
            let found = try values(connection)
            #expect(found == [1])
        }
    }

    @Test("A failed savepoint is undone, and its neighbours survive")
    func savepoints() throws {
        try withTable { connection in
            try connection.transaction(.immediate) {
                try connection.savepoint { try connection.execute("INSERT INTO t VALUES (1)") }
                #expect(throws: Oops.self) {
                    try connection.savepoint {
                        try connection.execute("INSERT INTO t VALUES (2)")
                        throw Oops()
                    }
                }
                let error = failure {
                    try connection.savepoint {
                        try connection.execute("INSERT INTO t VALUES (3); INSERT INTO t VALUES (1)")
                    }
                }
                #expect(error?.code == ResultCode.primaryKey)
                let isAutocommit = connection.isAutocommit
                #expect(!isAutocommit)
                try connection.savepoint { try connection.execute("INSERT INTO t VALUES (4)") }
            }
            let found = try values(connection)
            #expect(found == [1, 4])
        }
    }

    @Test("A savepoint in a savepoint is undone alone")
    func nestedSavepoints() throws {
        try withTable { connection in
            try connection.transaction(.immediate) {
                try connection.savepoint {
                    try connection.execute("INSERT INTO t VALUES (1)")
                    #expect(throws: Oops.self) {
                        try connection.savepoint {
                            try connection.execute("INSERT INTO t VALUES (2)")
                            throw Oops()
                        }
                    }
                    try connection.execute("INSERT INTO t VALUES (3)")
                }
            }
            let found = try values(connection)
            #expect(found == [1, 3])
        }
    }

    @Test("An error that ends the whole transaction is told, and isAutocommit shows it")
    func wholeTransaction() throws {
        try withTable { connection in
            let error = failure {
                try connection.transaction(.immediate) {
                    try connection.execute("INSERT INTO t VALUES (1)")
                    do {
                        try connection.savepoint { try connection.execute("INSERT OR ROLLBACK INTO t VALUES (1)") }
                    } catch {
                        let isAutocommit = connection.isAutocommit
                        #expect(isAutocommit)
                        throw error
                    }
                }
            }
            #expect(error?.code == ResultCode.primaryKey)
            let found = try values(connection)
            #expect(found == [])
        }
    }

    @Test("Reading and then writing in a deferred transaction fails at once", .timeLimit(.minutes(10)))
    func busySnapshot() throws {
        try withDatabasePath { path in
            // The wait would be ten minutes, were it not pointless to wait.
            let one = try open(path, busyTimeout: 600_000)
            try one.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (v INTEGER PRIMARY KEY) STRICT")
            let other = try open(path)
            let error = failure {
                try one.transaction(.deferred) {
                    _ = try one.integer("SELECT count(*) FROM t")
                    try other.execute("INSERT INTO t VALUES (1)")
                    try one.execute("INSERT INTO t VALUES (2)")
                }
            }
            #expect(error?.code == ResultCode.busySnapshot)
            #expect(error?.isBusy == true)
            let found = try values(one)
            #expect(found == [1])
        }
    }

    @Test("A lock that another connection holds is busy")
    func busy() throws {
        try withDatabasePath { path in
            let one = try open(path)
            try one.execute("CREATE TABLE t (v INTEGER PRIMARY KEY) STRICT")
            let other = try open(path, busyTimeout: 1)
            try one.transaction(.immediate) {
                let error = failure { try other.transaction(.immediate) {} }
                #expect(error?.code == ResultCode.busy)
                #expect(error?.isBusy == true)
            }
            try other.transaction(.immediate) { try other.execute("INSERT INTO t VALUES (1)") }
            let found = try values(one)
            #expect(found == [1])
        }
    }

    @Test("The busy timeout is set, and the lock is waited for", .timeLimit(.minutes(10)))
    func waiting() throws {
        try withDatabasePath { path in
            let one = try open(path, busyTimeout: 1_234)
            let timeout = try one.integer("PRAGMA busy_timeout")
            #expect(timeout == 1_234)
            try one.execute("CREATE TABLE t (v INTEGER PRIMARY KEY) STRICT")

            let arrived = DispatchSemaphore(value: 0)
            let finished = DispatchSemaphore(value: 0)
            let error = Mutex<SQLiteError?>(nil)
            try one.transaction(.immediate) {
                try one.execute("INSERT INTO t VALUES (1)")
                Thread.detachNewThread {
                    let failed = failure {
                        let other = try open(path, busyTimeout: 600_000)
                        arrived.signal()
                        try other.transaction(.immediate) { try other.execute("INSERT INTO t VALUES (2)") }
                    }
                    error.withLock { $0 = failed }
                    finished.signal()
                }
                arrived.wait()
            }
            finished.wait()
            #expect(error.withLock { $0 } == nil)
            let found = try values(one)
            #expect(found == [1, 2])
        }
    }

    private func withTable(_ body: (borrowing Connection) throws -> Void) throws {
        try withDatabasePath { path in
            let connection = try open(path)
            try connection.execute("CREATE TABLE t (v INTEGER PRIMARY KEY) STRICT")
            try body(connection)
        }
    }

    private func values(_ connection: borrowing Connection) throws -> [Int64] {
        let select = try connection.prepare("SELECT v FROM t ORDER BY v")
        var values: [Int64] = []
        try select.eachRow { row in values.append(row.integer(0)) }
        return values
    }
}
