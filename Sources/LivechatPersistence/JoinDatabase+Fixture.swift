internal import LivechatJoin
internal import LivechatSQLite
internal import Synchronization

extension JoinDatabase {
    /// Puts a fixture into the database (contract C12): all of it, in one transaction, or nothing.
    ///
    /// - Parameter fixture: The document, as UTF-8.
    /// - Throws: ``FixtureError`` for the first mistake, naming its place, or ``DatabaseError``; nothing has been
    ///   loaded then.
    public func load(fixture: [UInt8]) async throws {
        let reader = FixtureReader(fixture)
        let now = clock.now
        try await writer.write(isAlone: true) { session in try FixtureLoader(session.connection, now: now).load(reader)
        }
    }

    /// Writes the whole state as a fixture, in a stable order: raw tokens are not known and events not written.
    ///
    /// - Parameter sink: Takes the document in pieces of some 64 KiB. One snapshot is held until it returns for the
    ///   last time, so it should not take its time.
    /// - Throws: ``DatabaseError`` when the database cannot be read, or what `sink` throws.
    public func dump(to sink: @escaping ([UInt8]) throws -> Void) async throws {
        let reader = try readers.makeReader()
        try reader.snapshot { reader in
            try reader.query { connection in try FixtureDumper(connection, to: sink).dump() }
        }
    }

    /// Writes the whole state as a fixture and returns it.
    ///
    /// - Returns: The document, as UTF-8; use ``dump(to:)`` for a large database.
    /// - Throws: ``DatabaseError`` when the database cannot be read.
    public func dump() async throws -> [UInt8] {
        let document = Mutex<[UInt8]>([])
        try await dump { piece in document.withLock { $0 += piece } }
        return document.withLock { $0 }
    }
}
