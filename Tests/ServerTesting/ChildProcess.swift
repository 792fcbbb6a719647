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
            DispatchQueue.global().async { [self] in
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

/// Runs work that blocks on a thread that nobody else waits for.
package func offThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
    }
}
