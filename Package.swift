// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "libsam",
    products: [.library(name: "SAM", targets: ["SAM"])],
    targets: [
        .systemLibrary(name: "CSAM", path: "include"),
        .target(name: "CSAMShims", cSettings: [.define("SAM_WITH_BLAS")],
                linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux])), .linkedLibrary("m", .when(platforms: [.linux]))]),
        .target(name: "SAMKernels", dependencies: ["CSAMShims"]),
        .target(name: "SAM", dependencies: ["CSAM", "CSAMShims", "SAMKernels"],
                linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
        .testTarget(name: "SAMTests", dependencies: ["SAM", "SAMKernels", "CSAM", "CSAMShims"]),
    ])
