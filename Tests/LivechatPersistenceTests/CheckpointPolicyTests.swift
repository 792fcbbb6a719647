import Testing

@testable import LivechatPersistence

@Suite("When to checkpoint")
struct CheckpointPolicyTests {
    /// One look at the log, in frames, with 100 that may wait.
    struct Look: Sendable {
        let frames: Int
        let checkpointed: Int
        var isRunning = false
        let action: CheckpointPolicy.Action
    }

    struct Course: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let looks: [Look]
    }

    static let courses = [
        Course(
            testDescription: "few frames wait",
            looks: [
                Look(frames: 0, checkpointed: 0, action: .nothing), Look(frames: 99, checkpointed: 0, action: .nothing),
            ]
        ),
        Course(
            testDescription: "enough wait, and again once as many have come",
            looks: [
                Look(frames: 100, checkpointed: 0, action: .besideCommits),
                Look(frames: 150, checkpointed: 0, isRunning: true, action: .nothing),
                Look(frames: 199, checkpointed: 100, action: .nothing),
                Look(frames: 200, checkpointed: 100, action: .besideCommits),
            ]
        ),
        Course(
            testDescription: "a reader keeps a checkpoint from coming far: not tried again at each commit",
            looks: [
                Look(frames: 100, checkpointed: 0, action: .besideCommits),
                Look(frames: 101, checkpointed: 0, action: .nothing),
                Look(frames: 199, checkpointed: 0, action: .nothing),
                Look(frames: 200, checkpointed: 0, action: .besideCommits),
            ]
        ),
        Course(
            testDescription:
                "a log that is nearly long: checkpoints one after the other, then the writer stops for the rest",
            looks: [
                Look(frames: 300, checkpointed: 200, action: .besideCommits),
                Look(frames: 340, checkpointed: 290, isRunning: true, action: .nothing),
                Look(frames: 350, checkpointed: 300, action: .besideCommits),
                Look(frames: 360, checkpointed: 340, isRunning: true, action: .nothing),
                Look(frames: 361, checkpointed: 340, action: .beforeNextCommit),
                Look(frames: 2, checkpointed: 0, action: .nothing),
            ]
        ),
        Course(
            testDescription: "a long log stops the writer whatever waits, and with a long reader not at each commit",
            looks: [
                Look(frames: 400, checkpointed: 0, isRunning: true, action: .beforeNextCommit),
                Look(frames: 401, checkpointed: 0, isRunning: true, action: .nothing),
                Look(frames: 499, checkpointed: 0, isRunning: true, action: .nothing),
                Look(frames: 500, checkpointed: 0, isRunning: true, action: .beforeNextCommit),
            ]
        ),
        Course(
            testDescription: "a log that has restarted counts from its beginning",
            looks: [
                Look(frames: 250, checkpointed: 0, action: .besideCommits),
                Look(frames: 1, checkpointed: 0, action: .nothing),
                Look(frames: 101, checkpointed: 0, action: .besideCommits),
            ]
        ),
    ]

    @Test("Each look decides from what it sees and what came before", arguments: courses)
    func course(_ course: Course) {
        var policy = CheckpointPolicy(waitingFrames: 100)
        for look in course.looks {
            let action = policy.next(frames: look.frames, checkpointed: look.checkpointed, isRunning: look.isRunning)
            #expect(action == look.action, "\(look)")
        }
    }

    @Test("There is always something that may wait", arguments: [-1, 0, 1])
    func smallest(_ frames: Int) {
        var policy = CheckpointPolicy(waitingFrames: frames)
        #expect(policy.longLog == 4)
        #expect(policy.next(frames: 1, checkpointed: 0, isRunning: false) == .besideCommits)
    }
}
