#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Tells threads apart, so that each can come back to the connection that it used last.
package enum ThreadNumber {
    /// A number of the calling thread, at least 0: where its stack stands, in pages.
    package static var current: Int {
        #if canImport(Darwin)
        unsafe Int(bitPattern: pthread_self()) >> 12 & Int.max
        #else
        Int(truncatingIfNeeded: pthread_self() >> 12)
        #endif
    }
}
