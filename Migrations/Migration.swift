/// One numbered change of the schema, embedded from files in `SQLite/` and `PostgreSQL/`.
package struct Migration: Sendable {
    /// The number that the files' names begin with; the first is 1 and none is left out.
    package let version: Int
    /// The name of the file that changes the schema.
    package let name: String
    /// That file's contents.
    package let sql: [UInt8]
    /// The contents of a file of rows that a new database starts with, which `migrate --empty` leaves out.
    package let defaults: [UInt8]

    /// Every migration of SQLite's schema in order.
    ///
    /// A new file is added here; a file that has been released is never changed.
    package static let all = [
        Migration(
            version: 1,
            name: "0001_schema.sql",
            sql: PackageResources._001_schema_sql,
            defaults: PackageResources._001_default_grants_sql
        ),
        Migration(
            version: 2,
            name: "0002_username_index.sql",
            sql: PackageResources._002_username_index_sql,
            defaults: []
        ),
    ]

    /// Every migration of PostgreSQL's schema in order, which has the same tables and so the same default rows.
    package static let postgreSQL = [
        Migration(
            version: 1,
            name: "0001_postgresql_schema.sql",
            sql: PackageResources._001_postgresql_schema_sql,
            defaults: PackageResources._001_default_grants_sql
        ),
        Migration(version: 2, name: "0002_lease.sql", sql: PackageResources._002_lease_sql, defaults: []),
        Migration(
            version: 3,
            name: "0003_username_index.sql",
            sql: PackageResources._003_username_index_sql,
            defaults: []
        ),
        Migration(version: 4, name: "0004_row_versions.sql", sql: PackageResources._004_row_versions_sql, defaults: []),
    ]
}
