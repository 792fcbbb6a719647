#if CommandLine
import CoreMetrics
import LivechatJoin
import Synchronization

/// A metrics backend that keeps what it is given and writes it in the Prometheus text format, version 0.0.4.
final class PrometheusMetrics: MetricsFactory {
    static let contentType: StaticString = "text/plain; version=0.0.4; charset=utf-8"

    private enum Kind: String {
        case counter, gauge, histogram
    }

    private struct Family {
        let kind: Kind
        /// By the labels, as they are written.
        var series: [String: any PrometheusSeries] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    // MARK: MetricsFactory

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(.counter, label, dimensions, PrometheusCounter())
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(.gauge, label, dimensions, PrometheusGauge())
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if !aggregate { return series(.gauge, label, dimensions, PrometheusGauge()) }
        return series(.histogram, label, dimensions, PrometheusHistogram(PrometheusHistogram.values))
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(.histogram, label, dimensions, PrometheusHistogram(PrometheusHistogram.seconds))
    }

    // A series stays: a counter that went would come back with 0.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    /// The series that has been made already, or the new one.
    ///
    /// A name keeps its first kind: what is recorded under it as another one is not shown.
    private func series<Series: PrometheusSeries>(
        _ kind: Kind,
        _ name: String,
        _ labels: [(String, String)],
        _ new: Series
    ) -> Series {
        let text = labels.map { "\($0.0)=\"\(Self.escaped($0.1, quote: true))\"" }.joined(separator: ",")
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind)
            guard family.kind == kind else { return new }
            if let series = family.series[text] as? Series { return series }
            family.series[text] = new
            families[name] = family
            return new
        }
    }

    // MARK: The text

    /// Everything that has been recorded, ordered by name and labels.
    var text: String {
        families.withLock { families in
            var lines: [String] = []
            for (name, family) in families.sorted(by: { $0.key < $1.key }) {
                if let help = JoinMetric(rawValue: name)?.help {
                    lines.append("# HELP \(name) \(Self.escaped(help, quote: false))")
                }
                lines.append("# TYPE \(name) \(family.kind)")
                for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                    for sample in series.samples {
                        let all = [labels, sample.label].filter { !$0.isEmpty }.joined(separator: ",")
                        lines.append("\(name)\(sample.suffix)\(all.isEmpty ? "" : "{\(all)}") \(sample.value)")
                    }
                }
            }
            return lines.map { $0 + "\n" }.joined()
        }
    }

    private static func escaped(_ text: String, quote: Bool) -> String {
        let text = text.replacing("\\", with: #"\\"#).replacing("\n", with: #"\n"#)
        return quote ? text.replacing("\"", with: #"\""#) : text
    }
}
#endif
