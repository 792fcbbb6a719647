#if Import
internal import Foundation

/// Finds the files of an export.
enum ExportFolder {
    static func files(in folder: String) throws -> [Collection: ExportFile] {
        let manager = FileManager.default
        guard let type = try? manager.attributesOfItem(atPath: folder + "/.")[.type] as? FileAttributeType else {
            guard manager.fileExists(atPath: folder) else { throw ImportError(folder, "there is no such folder") }
            throw ImportError(
                folder,
                "is a file: give the folder of the export (an archive is one file: run mongodump without --archive)"
            )
        }
        guard type == .typeDirectory, let names = try? manager.contentsOfDirectory(atPath: folder) else {
            throw ImportError(folder, "may not be read: look at its permissions")
        }
        var files: [Collection: ExportFile] = [:]
        for collection in Collection.allCases {
            let found = ExportFile.Form.allCases.map { ("\(collection.rawValue).\($0.rawValue)", $0) }
            for (name, _) in found where names.contains(name + ".gz") {
                throw ImportError(name + ".gz", "is packed: run gunzip \(name).gz, and import again")
            }
            let there = found.filter { names.contains($0.0) }
            if there.count > 1 {
                throw ImportError(folder, "has both \(there[0].0) and \(there[1].0): remove the one that is older")
            }
            guard let (name, form) = there.first else { continue }
            let path = folder + "/" + name
            guard let size = try? manager.attributesOfItem(atPath: path)[.size] as? Int else {
                throw ImportError(name, "may not be read: look at its permissions")
            }
            files[collection] = ExportFile(path: path, name: name, form: form, size: size)
        }
        guard files[.users] != nil else {
            let archive = names.sorted().first { $0.hasSuffix(".archive") || $0.hasSuffix(".archive.gz") }
            if let archive { throw ImportError(archive, "is an archive: run mongodump without --archive") }
            throw ImportError(
                folder,
                "has neither users.bson nor users.json, and users are always exported whole: "
                    + "give the folder that has them, such as dump/rocketchat"
            )
        }
        return files
    }
}
#endif
