import Testing

/// Other programs on the file of an open database (contract C17), with a stock `sqlite3` shell and with connections
/// that this process opens beside ours.
///
/// One after the other: what is proved is what programs do to each other, and a crowd of tests would hide it.
@Suite(.serialized, .timeLimit(.minutes(10)))
enum Interop {}
