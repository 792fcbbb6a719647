#if CommandLine
import CoreMetrics
import LivechatJoin
import Testing

@testable import livechat_join

@Suite("C16: the Prometheus text format")
struct PrometheusTests {
    @Test("Counters, gauges and histograms, by name and labels")
    func text() {
        let metrics = PrometheusMetrics()
        Counter(label: "b_total", dimensions: [("code", "x")], factory: metrics).increment(by: 2)
        Counter(label: "b_total", dimensions: [("code", "a")], factory: metrics).increment()
        // The same series again goes on where it was.
        Counter(label: "b_total", dimensions: [("code", "x")], factory: metrics).increment()
        let meter = Meter(label: "a", factory: metrics)
        meter.set(7)
        meter.decrement(by: 2.0)
        Gauge(label: "c", factory: metrics).record(1.5)
        #expect(
            metrics.text == """
                # TYPE a gauge
                a 5.0
                # TYPE b_total counter
                b_total{code="a"} 1
                b_total{code="x"} 3
                # TYPE c gauge
                c 1.5

                """
        )
    }

    @Test("A timer is a histogram in seconds, whose buckets add up")
    func timer() {
        let metrics = PrometheusMetrics()
        let timer = Timer(label: "t_seconds", dimensions: [("a", "b")], factory: metrics)
        for nanoseconds in [10_000, 10_001, 500_000_000, 60_000_000_000] as [Int64] {
            timer.recordNanoseconds(nanoseconds)
        }
        let lines = metrics.text.split(separator: "\n")
        #expect(lines[0] == "# TYPE t_seconds histogram")
        #expect(lines[1] == #"t_seconds_bucket{a="b",le="1e-05"} 1"#)
        #expect(lines[2] == #"t_seconds_bucket{a="b",le="2.5e-05"} 2"#)
        #expect(lines.contains(#"t_seconds_bucket{a="b",le="0.25"} 2"#))
        #expect(lines.contains(#"t_seconds_bucket{a="b",le="0.5"} 3"#))
        #expect(lines.suffix(4).first == #"t_seconds_bucket{a="b",le="10.0"} 3"#)
        #expect(lines.suffix(3).first == #"t_seconds_bucket{a="b",le="+Inf"} 4"#)
        #expect(lines.suffix(2).first?.hasPrefix(#"t_seconds_sum{a="b"} 60.50002"#) == true)
        #expect(lines.last == #"t_seconds_count{a="b"} 4"#)
    }

    @Test("The values of labels are escaped")
    func escaped() {
        let metrics = PrometheusMetrics()
        Counter(label: "a_total", dimensions: [("l", "a\"b\\c\nd")], factory: metrics).increment()
        #expect(metrics.text == "# TYPE a_total counter\na_total{l=\"a\\\"b\\\\c\\nd\"} 1\n")
    }

    @Test("Each of our metrics has its help", arguments: JoinMetric.allCases)
    func help(_ metric: JoinMetric) {
        let metrics = PrometheusMetrics()
        Counter(label: metric.rawValue, factory: metrics).increment()
        #expect(metrics.text.hasPrefix("# HELP \(metric.rawValue) \(metric.help)\n# TYPE \(metric.rawValue) "))
    }
}
#endif
