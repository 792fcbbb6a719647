package import Foundation
import Synchronization

/// Programs that tests start.
package enum ChildProcess {
    package struct Result: Sendable {
        package let status: Int32
        package let output: String
        package let errors: String
    }

    /// Runs a program to its end.
    package static func run(
        _ program: URL,
        _ arguments: [String],
        input: String? = nil
    ) async throws -> Result {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let (output, errors, given) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = given
        // Reading until the end of a pipe blocks, which no thread of the cooperative pool may.
        return try await offThread {
            try process.run()
            let errorReader = Reader(errors)
            if let input { try given.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
            try given.fileHandleForWriting.close()
            let read = try output.fileHandleForReading.readToEnd() ?? Data()
            let errorText = errorReader.text()
            process.waitUntilExit()
            return Result(
                status: process.terminationStatus,
                output: String(decoding: read, as: UTF8.self),
                errors: errorText
            )
        }
    }

    /// Reads one pipe while another is read, so that neither fills up.
    private final class Reader: Sendable {
        private let done = DispatchSemaphore(value: 0)
        private let data = Mutex(Data())

        init(_ pipe: Pipe) {
            Thread.detachNewThread { [self] in
                let read = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
                data.withLock { $0 = read }
                done.signal()
            }
        }

        func text() -> String {
            done.wait()
            return data.withLock { String(decoding: $0, as: UTF8.self) }
        }
    }
}

/// Runs work that blocks on a thread of its own.
///
/// Dispatch's global queue has few threads: work there that waits for other work there can wait for ever.
package func offThread<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
    let result = await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: Result(catching: work)) }
    }
    return try result.get()
}
