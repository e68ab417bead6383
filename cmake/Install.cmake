# What cmake --install puts in place: the library, the header, the pkg-config file and the CMake package. What a program needs to run is the
# component runtime, what one needs to build it is development.
include(CMakePackageConfigHelpers)
set(SAM_CMAKE_FOLDER ${CMAKE_INSTALL_LIBDIR}/cmake/SAM)
install(TARGETS sam EXPORT SAMTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT development)
install(FILES include/sam.h bindings/cpp/sam.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
install(EXPORT SAMTargets NAMESPACE SAM:: DESTINATION ${SAM_CMAKE_FOLDER} COMPONENT development)
configure_package_config_file(cmake/SAMConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/SAMConfig.cmake INSTALL_DESTINATION ${SAM_CMAKE_FOLDER})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/SAMConfigVersion.cmake COMPATIBILITY SameMajorVersion)
file(RELATIVE_PATH SAM_PREFIX_FROM_PC /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/sam.pc.in ${CMAKE_CURRENT_BINARY_DIR}/sam.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/SAMConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/SAMConfigVersion.cmake
    DESTINATION ${SAM_CMAKE_FOLDER} COMPONENT development)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sam.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
