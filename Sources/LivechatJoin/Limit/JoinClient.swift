/// The client that a request counts for: the network address that it came from (contract C10).
public struct JoinClient: Hashable, Sendable {
    /// The bits that count; an IPv4 address as it is mapped into IPv6.
    private let network: UInt64
    private let host: UInt64

    /// Takes the address of a client.
    ///
    /// An IPv6 address counts by its /64, which is what one customer of a provider has. One that maps an IPv4 address
    /// counts as that address.
    ///
    /// It is nil when there are neither 4 nor 16 bytes.
    ///
    /// - Parameter address: The bytes of the address in network order, 4 of them (IPv4) or 16 (IPv6).
    public init?(address: some Collection<UInt8>) {
        func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        switch address.count {
        case 4:
            network = 0
            host = 0xffff_0000_0000 | number(address)
        case 16:
            let (first, last) = (number(address.prefix(8)), number(address.suffix(8)))
            network = first
            host = first == 0 && last >> 32 == 0xffff ? last : 0
        default: return nil
        }
    }
}

extension JoinClient: CustomStringConvertible {
    /// The address, such as `192.0.2.7`, or the network of an IPv6 address, such as `2001:db8:0:1::/64`.
    public var description: String {
        if network == 0, host >> 32 == 0xffff {
            return [24, 16, 8, 0].map { "\(host >> $0 & 0xff)" }.joined(separator: ".")
        }
        return [48, 32, 16, 0].map { String(network >> $0 & 0xffff, radix: 16) }.joined(separator: ":") + "::/64"
    }
}
