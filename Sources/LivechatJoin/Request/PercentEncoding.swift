extension Span<UInt8> {
    /// Decodes percent escapes once; a malformed escape stays as it is.
    ///
    /// - Parameter plusIsSpace: Whether a plus sign stands for a space, as in a query and not in a path.
    /// - Returns: The bytes, which need not be UTF-8.
    package func percentDecoded(plusIsSpace: Bool = true) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(count)
        var place = 0
        while place < count {
            let byte = self[place]
            place += 1
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace:
                decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                if count - place >= 2, let high = self[place].hexValue, let low = self[place + 1].hexValue {
                    decoded.append(high << 4 | low)
                    place += 2
                } else {
                    decoded.append(byte)
                }
            default:
                decoded.append(byte)
            }
        }
        return decoded
    }
}
