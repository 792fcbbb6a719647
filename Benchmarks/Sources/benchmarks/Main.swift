import Foundation
import Generated

/// `benchmarks rows …` runs rows and prints the table, `report` makes the page of them; the other forms are the processes that rows start.
@main
struct Main {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            switch arguments.first {
            case "rows": try Suite(Array(arguments.dropFirst())).run()
            case "report": try Report(arguments).write()
            case "side": try await Worker(arguments).run()
            case "make": try await make(arguments)
            case "fixture": try fixture(arguments)
            case "load": try await load(arguments)
            case "dump": try await dump(arguments)
            case "bulk": try bulk(arguments)
            case "postgresql": try await postgreSQL(arguments)
            case "serve": try await serve(arguments)
            default: throw NotMeasured("run Benchmarks/run, which runs this program")
            }
        } catch {
            FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
            exit(1)
        }
    }
}

extension Array where Element == String {
    /// The argument after an option's name.
    func value(of option: String) -> String? {
        firstIndex(of: option).flatMap { $0 + 1 < count ? self[$0 + 1] : nil }
    }

    func integer(_ index: Int) throws -> Int {
        guard index < count, let value = Int(self[index]) else {
            throw NotMeasured("argument \(index) of \(self) is not a number")
        }
        return value
    }
}
