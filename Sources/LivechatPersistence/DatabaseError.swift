internal import LivechatJoin
internal import LivechatSQLite

extension LivechatStoreError {
    /// Says in an embedder's words what SQLite said of a file.
    init(_ error: SQLiteError, path: String) {
        if error.isFull {
            self = .diskFull(path)
        } else if error.isOutOfDescriptors {
            self.init(
                .storage,
                "\(path) cannot be opened: too many files are open; raise the limit of open files, as with `ulimit -n`"
            )
        } else if error.isNotADatabase {
            self.init(.notADatabase, "\(path) is not a SQLite database: \(error.message)")
        } else if error.isDamage {
            self.init(
                .damaged,
                "\(path) is damaged: \(error.message); see what is wrong and what "
                    + "to do with `livechat-join check --database \(path)`"
            )
        } else if error.isFailedSync {
            self = .failedSync(path)
        } else if error.hasMoved {
            self.init(
                .moved,
                "\(path), or the -wal or -shm beside it, has been replaced or removed while it was open: nothing more "
                    + "is decided or written until the same files are back; with other files in their place, restart the "
                    + "program"
            )
        } else if error.isAlteredSchema {
            self.init(
                .schemaChanged,
                "\(path): \(error.message); see what to do with `livechat-join check --database \(path)`"
            )
        } else if error.isSchemaChange {
            self.init(.schemaNewer, "\(path) \(error.message)")
        } else if error.isReadOnly {
            self.init(.readOnly, "\(path) cannot be written: give write permission on the file and its folder")
        } else if error.isBusy {
            self.init(.busy, "\(path) is locked by another process: wait for it to end, or end it, and try again")
        } else if error.cannotOpen {
            self.init(
                .storage,
                "\(path) cannot be opened: \(error.message); look at the permissions of the file and its folder"
            )
        } else if error.isReferredTo {
            self = .referredTo(path, error.message)
        } else {
            self.init(.storage, "\(path): \(error)")
        }
    }

    static func diskFull(_ path: String) -> LivechatStoreError {
        LivechatStoreError(
            .diskFull,
            "the disk is full: \(path) could not be written; make room on its disk, and it is written again"
        )
    }

    /// Says why nothing could be made in a folder.
    static func unwritable(folder: String, _ error: FileError) -> LivechatStoreError {
        if error.isFull { return diskFull(folder) }
        return LivechatStoreError(.readOnly, "\(folder) cannot be written (\(error)): give write permission on it")
    }

    static func failedSync(_ path: String) -> LivechatStoreError {
        LivechatStoreError(
            .failedSync,
            "something that was written to \(path) could not be brought to the disk: nothing more is decided or "
                + "written; check the disk and restart the program"
        )
    }

    /// Says what kept a call from doing its work.
    init(opening error: any Error, path: String) {
        switch error {
        case let error as LivechatStoreError: self = error
        case let error as SQLiteError: self.init(error, path: path)
        default: self.init(.storage, "\(path): \(error)")
        }
    }
}
