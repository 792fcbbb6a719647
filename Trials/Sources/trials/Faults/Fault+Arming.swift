import CTrials
import Foundation

extension Fault {
    /// The unit in which a disk's room is counted.
    private static let pageBytes = 4_096

    /// How many pages of room a full disk is tried with: nothing here needs more.
    static let mostPages = 48

    /// Has calls fail from now on.
    ///
    /// - Parameters:
    ///   - stand: The stand whose disk is filled, where the fault is a full disk.
    ///   - nth: Which call of the kind; for a full disk, how many pages are left.
    ///   - lasts: Whether all after it fail too.
    /// - Throws: `TrialFailure` when the disk cannot be filled.
    func arm(_ stand: Stand, nth: Int, lasts: Bool) throws {
        if let code { return ctrials_arm(code, nth, lasts ? 1 : 0) }
        // One more than anything needs is no limit at all.
        let bytes = Int64(min(nth, 1_000) * Self.pageBytes)
        if self == .fileLimit { return ctrials_limit_files(bytes) }
        guard ctrials_fill_disk(Self.filler(stand), bytes) == 0 else {
            throw TrialFailure("the disk cannot be filled: \(String(cString: strerror(errno)))")
        }
    }

    /// Lets everything succeed again.
    ///
    /// - Returns: How many calls of the kind there were and how many of them failed, where that can be known.
    func disarm(_ stand: Stand) -> (calls: Int, failed: Int)? {
        if code != nil {
            let failed = ctrials_disarm()
            return (ctrials_calls(), failed)
        }
        if self == .fileLimit {
            ctrials_limit_files(-1)
        } else {
            try? FileManager.default.removeItem(atPath: Self.filler(stand))
        }
        return nil
    }

    private static func filler(_ stand: Stand) -> String { stand.folder + "/filler" }
}
