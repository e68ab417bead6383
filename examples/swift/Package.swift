// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "example",
    dependencies: [.package(name: "libsam", path: "../..")],
    targets: [.executableTarget(name: "example", dependencies: [.product(name: "SAM", package: "libsam")])]
)
