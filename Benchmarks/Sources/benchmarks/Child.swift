import Foundation
import Generated

/// A process of this program that a row has started.
final class Child {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var pending = Data()

    init(_ arguments: [String], program: String = CommandLine.arguments[0], environment: [String: String] = [:]) throws
    {
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Waits for the next line on standard output.
    func line() throws -> String {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending = Data(pending[(end + 1)...])
                return line
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { throw NotMeasured("\(process.arguments ?? []) ended without an answer") }
            pending += more
        }
    }

    /// Everything until the process ends.
    func rest() -> String {
        let rest = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: pending + rest, as: UTF8.self)
    }

    func numbers() throws -> [Double] { try line().split(separator: " ").compactMap { Double($0) } }

    func ask(_ question: String) throws -> [Double] {
        try put(question)
        return try numbers()
    }

    /// Asks without waiting for the answer, which `numbers` gives.
    func put(_ question: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((question + "\n").utf8))
    }

    /// The process's own id.
    var id: Int32 { process.processIdentifier }

    /// Ends it and waits until it has ended.
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// Runs a form of this program to its end and returns the numbers that it prints.
    static func run(_ arguments: [String]) throws -> [Double] {
        let child = try Child(arguments)
        let numbers = try child.numbers()
        _ = child.rest()
        return numbers
    }
}
