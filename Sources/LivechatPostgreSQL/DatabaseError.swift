#if PostgreSQL
internal import LivechatJoin

extension LivechatStoreError {
    /// Says in an embedder's words what kept a call from doing its work.
    init(_ error: any Error, _ address: Address) {
        switch error {
        case let error as LivechatStoreError: self = error
        case let error as PostgreSQLError: self.init(of: error, address)
        default: self.init(.storage, "\(address): \(error)")
        }
    }

    private init(of error: PostgreSQLError, _ address: Address) {
        switch error.kind {
        case .notConnected:
            self.init(
                .storage,
                "\(address) cannot be reached: \(error); start the server, or correct the address"
            )
        case .lost, .late:
            self.init(.storage, "the connection to \(address) was lost: \(error); it is made again with the next call")
        case .unproven:
            self.init(
                .storage,
                "\(address) may have been deposed: \(error); look at pg_stat_replication, a synchronous standby is "
                    + "needed"
            )
        case .notSent: self.init(.storage, "\(error)")
        case .refused where error.isReadOnly:
            self.init(.readOnly, "\(address) only reads: \(error); name the primary")
        case .refused where error.isConflict:
            self.init(.busy, "\(address) is locked by another transaction: \(error); try again")
        case .refused where error.state == "42501":
            self.init(.readOnly, "\(address): \(error); grant the user what the guide for operators lists")
        case .refused where error.state == "53100": self.init(.diskFull, "\(address): \(error); make room on its disk")
        case .refused: self.init(.storage, "\(address): \(error)")
        }
    }

    /// The store has been closed.
    static func closed(_ address: Address) -> LivechatStoreError {
        LivechatStoreError(.closed, "\(address) has been closed")
    }
}
#endif
