/// One numbered change of the schema, embedded from a file in `SQLite/`.
package struct Migration: Sendable {
    /// The number that the file's name begins with; the first is 1 and none is left out.
    package let version: Int
    /// The file's name.
    package let name: String
    /// The file's contents.
    package let sql: [UInt8]

    /// Every migration in order. A new file is added here; a file that has been released is never changed.
    package static let all = [
        Migration(version: 1, name: "0001_schema.sql", sql: PackageResources._001_schema_sql),
        Migration(version: 2, name: "0002_default_grants.sql", sql: PackageResources._002_default_grants_sql),
        Migration(version: 3, name: "0003_logins_stamp.sql", sql: PackageResources._003_logins_stamp_sql),
        Migration(version: 4, name: "0004_tokens_by_digest.sql", sql: PackageResources._004_tokens_by_digest_sql),
        Migration(version: 5, name: "0005_rooms_by_id.sql", sql: PackageResources._005_rooms_by_id_sql),
        Migration(version: 6, name: "0006_event_numbers.sql", sql: PackageResources._006_event_numbers_sql),
        Migration(version: 7, name: "0007_token_beginnings.sql", sql: PackageResources._007_token_beginnings_sql),
    ]
}
