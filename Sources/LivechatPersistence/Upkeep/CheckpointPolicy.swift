/// Decides when to checkpoint, from how long the log is: a pure function with a little memory.
///
/// A checkpoint that runs beside the writer leaves what is committed meanwhile, so while there are always commits the
/// log never restarts by itself. Once it is long the writer stops for a checkpoint of all of it; the next commit
/// restarts it.
struct CheckpointPolicy {
    /// What to do after a commit.
    enum Action: Equatable {
        case nothing
        /// Checkpoint on the checkpointer's thread, beside commits.
        case besideCommits
        /// Let the writer wait until all of the log is checkpointed.
        case beforeNextCommit
    }

    /// How many frames may wait for a checkpoint.
    private let waitingFrames: Int
    /// How few frames keep nobody waiting for long.
    private var fewFrames: Int { max(1, waitingFrames / 4) }
    /// How long the log is when checkpoints begin to follow each other, so that the writer stops for few frames.
    private var nearlyLongLog: Int { 3 * waitingFrames }
    /// How long the log may become before the writer stops for it, however much is left.
    var longLog: Int { 4 * waitingFrames }

    /// How long the log was when a checkpoint beside commits last began, and how much of it had been checkpointed then.
    private var begun = (frames: 0, checkpointed: 0)
    /// How long it was when the writer last stopped.
    private var stopped = 0

    init(waitingFrames: Int) { self.waitingFrames = max(1, waitingFrames) }

    /// Decides after a commit.
    ///
    /// - Parameters:
    ///   - frames: How many frames the log has.
    ///   - checkpointed: How many of them have been checkpointed.
    ///   - isRunning: Whether a checkpoint beside commits is running.
    /// - Returns: What to do now; a checkpoint that it asks for counts as begun.
    mutating func next(frames: Int, checkpointed: Int, isRunning: Bool) -> Action {
        let waiting = frames - checkpointed
        // A log that has restarted is shorter than it was.
        begun.frames = min(begun.frames, frames)
        begun.checkpointed = min(begun.checkpointed, frames)
        stopped = min(stopped, frames)
        let isNearlyLong = frames >= nearlyLongLog
        // Where a long reader keeps the log, stopping again at each commit would be of no use.
        if frames >= longLog, frames - stopped >= waitingFrames {
            stopped = frames
            return .beforeNextCommit
        }
        if isNearlyLong, !isRunning, waiting <= fewFrames, frames - stopped >= fewFrames {
            stopped = frames
            return .beforeNextCommit
        }
        if isRunning { return .nothing }
        let hasGrown = waiting >= waitingFrames && (begun.frames == 0 || frames - begun.frames >= waitingFrames)
        // One after the other: as long as checkpoints are faster than commits, each has less to do.
        let isCatchingUp = isNearlyLong && waiting > fewFrames && checkpointed > begun.checkpointed
        guard hasGrown || isCatchingUp else { return .nothing }
        begun = (frames, checkpointed)
        return .besideCommits
    }
}
