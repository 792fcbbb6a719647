#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "floor.h"
#include "support.h"

// Steps through a query; copies each row into `insert` where there is one. Returns rows, or -1.
static int64_t pass(sqlite3 *source, const char *select, sqlite3_stmt *insert) {
    int64_t rows = 0;
    int code;
    sqlite3_stmt *read = prepare(source, select);
    if (!read) return -1;
    int columns = sqlite3_column_count(read);
    while ((code = sqlite3_step(read)) == SQLITE_ROW) {
        rows++;
        if (!insert) continue;
        for (int i = 0; i < columns; i++) sqlite3_bind_value(insert, i + 1, sqlite3_column_value(read, i));
        if (sqlite3_step(insert) != SQLITE_DONE) {
            say(sqlite3_db_handle(insert), select);
            rows = -1;
            break;
        }
        sqlite3_reset(insert);
    }
    sqlite3_finalize(read);
    return rows;
}

// The columns of a table that can be written, without those that are computed.
static int list_columns(
    sqlite3 *database, const char *table, char *columns, size_t size, char *places, size_t places_size) {
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT name FROM pragma_table_info('%s')", table);
    sqlite3_stmt *read = prepare(database, sql);
    columns[0] = places[0] = 0;
    while (read && sqlite3_step(read) == SQLITE_ROW) {
        const char *comma = columns[0] ? ", " : "";
        size_t used = strlen(columns), placed = strlen(places);
        snprintf(columns + used, size - used, "%s\"%s\"", comma, (const char *)sqlite3_column_text(read, 0));
        snprintf(places + placed, places_size - placed, "%s?", comma);
    }
    return sqlite3_finalize(read) == SQLITE_OK && columns[0];
}

static int64_t copy_table(sqlite3 *source, sqlite3 *target, const char *table, double *reading) {
    char sql[768], columns[512], places[256];
    if (!list_columns(target, table, columns, sizeof columns, places, sizeof places)) return -1;
    snprintf(sql, sizeof sql, "DELETE FROM \"%s\"", table);
    if (execute(target, sql) != SQLITE_OK) return -1;
    snprintf(sql, sizeof sql, "SELECT %s FROM \"%s\"", columns, table);

    double start = monotonic_seconds();
    if (pass(source, sql, NULL) < 0) return -1;
    double seconds = monotonic_seconds() - start;
    *reading += 2 * seconds;  // this pass, and the same work within the next

    char insert_sql[1024];
    snprintf(insert_sql, sizeof insert_sql, "INSERT INTO \"%s\" (%s) VALUES (%s)", table, columns, places);
    sqlite3_stmt *insert = prepare(target, insert_sql);
    if (!insert) return -1;
    int64_t rows = pass(source, sql, insert);
    sqlite3_finalize(insert);
    return rows;
}

int64_t bulk_copy(const char *source_path, const char *target_path, double *seconds) {
    sqlite3 *source = open_database(source_path, SQLITE_OPEN_READONLY, 65536, 1LL << 31);
    sqlite3 *target = open_database(target_path, SQLITE_OPEN_READWRITE, 65536, 0);
    if (!source || !target) return -1;
    // The engine's triggers follow changes by hand; a bulk load needs neither them nor the foreign keys.
    sqlite3_db_config(target, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    int64_t rows = 0;
    double start = monotonic_seconds(), reading = 0;
    sqlite3_stmt *tables =
        prepare(target, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'");
    if (!tables || execute(target, "BEGIN IMMEDIATE") != SQLITE_OK) rows = -1;
    while (rows >= 0 && sqlite3_step(tables) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(tables, 0);
        int64_t copied = copy_table(source, target, table, &reading);
        rows = copied < 0 ? -1 : rows + copied;
    }
    sqlite3_finalize(tables);
    if (rows >= 0 && execute(target, "COMMIT") != SQLITE_OK) rows = -1;
    *seconds = monotonic_seconds() - start - reading;
    sqlite3_close(source);
    sqlite3_close(target);
    return rows;
}

static int64_t integer(sqlite3 *database, const char *sql) {
    sqlite3_stmt *statement = prepare(database, sql);
    int64_t value = statement && sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return value;
}

double bytes_per_row(const char *path, const char *table) {
    sqlite3 *database = open_database(path, SQLITE_OPEN_READONLY, 65536, 0);
    if (!database) return 0;
    char sql[512];
    snprintf(
        sql, sizeof sql,
        "SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name = '%s')", table);
    double bytes = (double)integer(database, sql);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%s\"", table);
    double rows = bytes > 0 ? (double)integer(database, sql) : 0;
    sqlite3_close(database);
    return rows > 0 ? bytes / rows : 0;
}
